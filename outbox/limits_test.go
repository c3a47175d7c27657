package outbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
)

// flood enqueues n texts that nobody asked for, in so many chats.
func (o *office) flood(name string, n, chats int) {
	o.Helper()
	o.EnqueueMany(n, func(i int) bot.Outgoing {
		return bot.Outgoing{Key: fmt.Sprint(name, i), Chat: fmt.Sprint("chat ", i%chats), Text: "提醒", Rank: bot.Ordinary}
	})
}

// leave fails the test unless n texts are due.
func (o *office) leave(n int, when string) {
	o.Helper()
	if got := len(o.Drain()); got != n {
		o.Fatalf("%s: %d left, want %d", when, got, n)
	}
}

func capped(t *testing.T, l bot.Limits) *office {
	t.Helper()
	return limited(t, outbox.Limits{Daybreak: 7 * time.Hour, Accounts: map[string]bot.Limits{"web": l}})
}

func TestLimits_day(t *testing.T) {
	o := capped(t, bot.Limits{PerDay: 300})
	o.flood("", 500, 40)
	o.leave(300, "on the first day")
	o.Enqueue(bot.Outgoing{Key: "answer", Chat: "chat 3", Text: "答复", Answer: true})
	o.leave(1, "when there is an answer")
	o.Reopen()
	o.leave(0, "after a restart")
	o.Pass(21 * time.Hour) // 6:00
	o.leave(0, "before the morning")
	o.Pass(time.Hour)
	o.leave(200, "on the next day")
}

// What was held back costs nothing.
func TestLimits_dayOfHeldRows(t *testing.T) {
	o := capped(t, bot.Limits{PerDay: 2})
	o.flood("", 3, 1)
	for range 50 { // the account is out
		o.Settle(o.Claim("0"), bot.Result{Err: bot.ErrOut, Held: true, Again: o.Now()})
	}
	o.leave(2, "when the account is back")
}

func TestLimits_hour(t *testing.T) {
	o := capped(t, bot.Limits{PerHour: 20})
	o.flood("", 50, 1)
	o.Enqueue(bot.Outgoing{Key: "other", Chat: "d", Text: "提醒", Rank: bot.Ordinary})
	var sent []time.Time
	for range 4 * 60 {
		for range o.Drain() {
			sent = append(sent, o.Now())
		}
		o.Pass(time.Minute)
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

func TestLimits_young(t *testing.T) {
	o := capped(t, bot.Limits{PerDay: 300, Young: 7 * day})
	since := o.Now()
	o.Change(func(tx *store.Tx) {
		outbox.PutStanding(tx, "web", outbox.Standing{State: bot.State{Word: bot.Online, Since: since}, First: since})
	})
	o.flood("", 1000, 50)
	for n := range 7 {
		o.leave(75, fmt.Sprint("on day ", n+1))
		o.Pass(day)
	}
	o.leave(300, "after a week")
}

func TestLimits_stopsAtThreeTimesTheUsual(t *testing.T) {
	o := limited(t, outbox.Limits{Stop: 3, Usual: 5})
	for n := range 3 { // ten a day become usual
		o.flood(fmt.Sprint("day", n, "/"), 10, 10)
		o.leave(10, "on a usual day")
		o.Pass(day)
	}
	o.flood("flood/", 100, 100)
	o.leave(30, "before it stopped")
	o.Enqueue(bot.Outgoing{Key: "urgent", Chat: "g", Text: "急", Rank: bot.Urgent})
	o.Enqueue(bot.Outgoing{Key: "answer", Chat: "boss", Text: "答", Answer: true})
	o.Send("answer")
	stops := outboxtest.See(o, outbox.Stops)
	if len(stops) != 1 || stops[0].Account != "web" || stops[0].Sent != 30 || stops[0].Usual != 10 || stops[0].Told {
		t.Fatalf("got %+v, want one stop at 30, where 10 are usual", stops)
	}
	o.Change(func(tx *store.Tx) { outbox.TellStop(tx, stops[0]) })
	if stops = outboxtest.See(o, outbox.Stops); !stops[0].Told {
		t.Errorf("got %+v, want a stop that was told", stops)
	}
	outboxtest.Do(o, func(tx *store.Tx) bool { return outbox.ResumeSending(tx, "boss", store.Chat) })
	o.leave(30, "after it was let go on, until it stops again")
}

func TestPauseSending(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Change(func(tx *store.Tx) { outbox.PauseSending(tx, "boss", store.Chat) })
		o.Enqueue(bot.Outgoing{Key: "chase", Chat: "boss", Text: "催", Rank: bot.Ordinary})
		o.Enqueue(bot.Outgoing{Key: "urgent", Chat: "g", Text: "急", Rank: bot.Urgent})
		o.Enqueue(bot.Outgoing{Key: "answer", Chat: "p-ann", Text: "答", Answer: true})
		o.Idle()
		o.Enqueue(bot.Outgoing{Key: "command", Chat: "boss", Text: "好", Answer: true})
		o.Reopen()
		o.Send("command") // although a chase stands before it in its chat
		o.Idle()
		o.Change(func(tx *store.Tx) { outbox.ResumeSending(tx, "", store.CLI) })
		o.Pass(time.Minute)
		o.leave(3, "after it was resumed")
	})
}

// speak gives n answers at this moment, of which so many must be allowed.
func (o *office) speak(n, allowed int, when string) {
	o.Helper()
	said := 0
	for range n {
		var ok bool
		o.Change(func(tx *store.Tx) { ok, _ = outbox.Speak(tx, "web", "g") })
		if ok {
			said++
		}
	}
	if said != allowed {
		o.Fatalf("%s: %d of %d answers were allowed, want %d", when, said, n, allowed)
	}
}

func TestSpeak(t *testing.T) {
	o := limited(t, outbox.Limits{Answers: outbox.Answers{PerMinute: 5}})
	o.speak(4, 4, "in a minute")
	o.Pass(61 * time.Second)
	o.speak(6, 5, "in another minute")
	o.Pass(9 * time.Minute)
	o.speak(1, 0, "in the pause")
	o.Pass(2 * time.Minute)
	o.speak(3, 3, "after the pause")
	o.Pass(-time.Hour)
	o.speak(4, 4, "after the clock was set back")
}

// What is kept of a busy chat has a size that can always be written.
func TestSpeak_bounded(t *testing.T) {
	o := limited(t, outbox.Limits{Answers: outbox.Answers{PerMinute: 1 << 30}})
	for range 300 {
		o.speak(20, 20, "without a limit")
		o.Pass(100 * time.Millisecond)
	}
}

func TestEcho(t *testing.T) {
	o := limited(t, outbox.Limits{})
	echo := func(person string) (again bool) {
		o.Change(func(tx *store.Tx) {
			if again = outbox.Echoed(tx.Snapshot, "web", "g", person); again {
				return
			}
			outbox.Echo(tx, "web", "g", person)
		})
		return again
	}
	got := []bool{echo("ann"), echo("ann"), echo("bob")}
	o.Pass(29 * time.Second)
	got = append(got, echo("ann"))
	o.Pass(time.Second)
	if got = append(got, echo("ann")); !slices.Equal(got, []bool{false, true, false, true, false}) {
		t.Errorf("got %v, want one for each in 30 seconds", got)
	}
}

func TestLimits_Check(t *testing.T) {
	if err := outbox.DefaultLimits().Check(); err != nil {
		t.Errorf("got %v of the defaults, want them right", err)
	}
	for want, change := range map[string]func(*outbox.Limits){
		"answers.per_minute": func(l *outbox.Limits) { l.Answers.PerMinute = 0 },
		"limits.per_day":     func(l *outbox.Limits) { l.Jobs.PerDay = -1 },
		"caps":               func(l *outbox.Limits) { l.Stop = -1 },
	} {
		l := outbox.DefaultLimits()
		change(&l)
		if err := l.Check(); err == nil || !strings.HasPrefix(err.Error(), want+": ") {
			t.Errorf("got %v, want what is wrong with %s", err, want)
		}
	}
	usual := bot.Limits{Most: 40}
	for _, l := range []bot.Limits{{PerDay: -1}, {Pace: bot.Pace{Jitter: 2}}, {Pace: bot.Pace{PerMinute: 41}}} {
		if outbox.CheckAccount(l, usual) == nil {
			t.Errorf("got no error of %+v, want one", l)
		}
	}
}
