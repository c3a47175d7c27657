package store_test

import (
	"fmt"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/store"
	"duban/store/mem"
	"duban/store/storetest"
)

// capped returns an office whose account is under a cap.
func capped(t *testing.T, c outbox.Cap) *office {
	t.Helper()
	o := &office{t: t, engine: storetest.RunTwice(mem.New()), clock: newClock()}
	o.reopen = func() *office {
		var err error
		o.Store, err = notice.OpenStore(t.Context(), o.engine, store.Options{Now: o.clock.Now, Values: []any{outbox.Limits{Caps: map[string]outbox.Cap{"web": c}}}}, nil)
		o.must(err)
		return o
	}
	return o.reopen()
}

// left sends what is due and returns how much that was.
func (o *office) left() (n int) {
	o.drain(func(bot.Outgoing) { n++ })
	return n
}

func TestCap_day(t *testing.T) {
	c := outbox.Cap{PerDay: 300, Zone: newClock().Now().Location(), Morning: 7 * time.Hour}
	o := capped(t, c)
	for i := range 500 {
		o.enqueue(bot.Outgoing{
			Key: fmt.Sprint(i), Account: "web", Chat: fmt.Sprintf("chat %d", i%40), Text: "提醒", Rank: bot.Ordinary,
		})
	}
	if n := o.left(); n != 300 {
		t.Fatalf("%d left on the first day, want 300", n)
	}
	o.enqueue(bot.Outgoing{Key: "answer", Account: "web", Chat: "chat 3", Text: "答复", Answer: true})
	if n := o.left(); n != 1 {
		t.Errorf("%d left, want the answer alone", n)
	}
	o = o.reopen() // a restart gains nothing
	if n := o.left(); n != 0 {
		t.Errorf("%d left after a restart, want none", n)
	}
	o.clock.add(21 * time.Hour) // 6:00
	if n := o.left(); n != 0 {
		t.Errorf("%d left before the morning, want none", n)
	}
	o.clock.add(time.Hour)
	if n := o.left(); n != 200 {
		t.Errorf("%d left on the next day, want the other 200", n)
	}
}

func TestCap_dayOfHeldRows(t *testing.T) {
	o := capped(t, outbox.Cap{PerDay: 2})
	for i := range 3 {
		o.enqueue(bot.Outgoing{Key: fmt.Sprint(i), Account: "web", Chat: "c", Text: "提醒", Rank: bot.Ordinary})
	}
	for range 50 { // the account is out
		o.settle(o.claim("0"), bot.Result{Err: bot.ErrOut, Held: true, Again: o.clock.Now()})
	}
	if n := o.left(); n != 2 {
		t.Errorf("%d left, want 2: what was held back costs nothing", n)
	}
}

func TestCap_hour(t *testing.T) {
	o := capped(t, outbox.Cap{PerHour: 20})
	for i := range 50 {
		o.enqueue(bot.Outgoing{Key: fmt.Sprint(i), Account: "web", Chat: "c", Text: "提醒", Rank: bot.Ordinary})
	}
	o.enqueue(bot.Outgoing{Key: "other", Account: "web", Chat: "d", Text: "提醒", Rank: bot.Ordinary})
	var sent []time.Time
	for range 4 * 60 {
		for range o.left() {
			sent = append(sent, o.clock.Now())
		}
		o.clock.add(time.Minute)
	}
	if len(sent) != 51 {
		t.Fatalf("%d left in four hours, want all 51", len(sent))
	}
	for i := 22; i < len(sent); i++ {
		if d := sent[i].Sub(sent[i-20]); d < time.Hour {
			t.Errorf("21 texts left within %v, want at most 20 within any hour", d)
		}
	}
}

func TestCap_young(t *testing.T) {
	o := capped(t, outbox.Cap{PerDay: 300, Young: 7 * 24 * time.Hour})
	since := o.clock.Now()
	o.update(func(tx *store.Tx) error {
		return outbox.PutStanding(tx, "web", outbox.Standing{State: bot.State{Word: bot.Online, Since: since}, First: since})
	})
	for i := range 1000 {
		o.enqueue(bot.Outgoing{Key: fmt.Sprint(i), Account: "web", Chat: fmt.Sprint(i % 50), Text: "提醒", Rank: bot.Ordinary})
	}
	for day := range 8 {
		want := 75
		if day == 7 {
			want = 300
		}
		if n := o.left(); n != want {
			t.Errorf("%d left on day %d, want %d", n, day+1, want)
		}
		o.clock.add(24 * time.Hour)
	}
}
