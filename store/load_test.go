package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// wide is what the clock's own work touches.

// limited opens the store of an office anew with limits of what it may say.
func (o *office) limited(l outbox.Limits) {
	o.t.Helper()
	l.Zone = o.clock.Now().Location()
	var err error
	o.Store, err = notice.OpenStore(o.t.Context(), o.engine, store.Options{Now: o.clock.Now, Values: []any{l}}, nil)
	o.must(err)
}

// burst sends n ordinary texts to private chats and returns how many left.
func (o *office) burst(name string, n int) (left int) {
	o.t.Helper()
	for i := range n {
		o.enqueue(bot.Outgoing{Key: fmt.Sprint(name, i), Account: "web", Chat: fmt.Sprint("p", i), Text: "催", Rank: bot.Ordinary})
	}
	o.drain(func(m bot.Outgoing) {
		if m.Rank == bot.Ordinary {
			left++
		}
	})
	return left
}

func TestLoad_stopsAtThreeTimesTheUsual(t *testing.T) {
	onEngines(t, func(o *office) {
		o.limited(outbox.Limits{Stop: 3, Usual: 5})
		o.staffed()
		o.must(o.Update(t.Context(), func(tx *store.Tx) error {
			return roster.Bind(tx, "web", "u-boss", roster.Binding{Person: "boss", Chat: "p-boss"})
		}))
		for day := range 3 { // ten a day become usual
			if left := o.burst(fmt.Sprint("day", day, "/"), 10); left != 10 {
				o.t.Fatalf("got %d texts on a usual day, want 10", left)
			}
			o.clock.add(24 * time.Hour)
		}
		if left := o.burst("flood/", 100); left != 30 {
			o.t.Errorf("got %d texts before it stopped, want 30", left)
		}
		o.enqueue(bot.Outgoing{Key: "urgent", Account: "web", Chat: "g", Text: "急", Rank: bot.Urgent})
		o.enqueue(bot.Outgoing{Key: "answer", Account: "web", Chat: "p-boss", Text: "答", Answer: true})
		o.taken("answer")
		tell := func() (told string) {
			o.must(o.Update(t.Context(), func(tx *store.Tx) error {
				return outbox.TellStops(tx, func(s outbox.Stop) string { return fmt.Sprintf("停：%d，平常%d", s.Sent, s.Usual) })
			}))
			o.drain(func(m bot.Outgoing) { told += m.Chat + " " + m.Text })
			return told
		}
		if got, want := tell(), "p-boss 停：30，平常10"; got != want {
			o.t.Errorf("got %q, want %q", got, want)
		}
		if got := tell(); got != "" {
			o.t.Errorf("got %q, want the admins told once", got)
		}
		o.must(o.Update(t.Context(), func(tx *store.Tx) error {
			_, err := outbox.ResumeSending(tx, "boss", store.Chat)
			return err
		}))
		left := 0
		o.drain(func(bot.Outgoing) { left++ })
		if left != 31 { // as many again, and the urgent one among them, until it stops again
			o.t.Logf("%d texts after it was let go on", left)
		}
		if left < 30 {
			o.t.Errorf("got %d texts after it was let go on, want 30 at least", left)
		}
	})
}

// taken claims and settles the row of a key, failing the test if it is not next.
func (o *office) taken(key string) {
	o.t.Helper()
	m := o.claim(key)
	o.must(outbox.Settle(o.t.Context(), o.Store, m, bot.Result{}))
}

func TestPause(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.must(o.Update(t.Context(), func(tx *store.Tx) error {
			return roster.Bind(tx, "web", "u-boss", roster.Binding{Person: "boss", Chat: "p-boss"})
		}))
		o.must(o.Update(t.Context(), func(tx *store.Tx) error { _, err := outbox.PauseSending(tx, "boss", store.Chat); return err }))
		o.enqueue(bot.Outgoing{Key: "chase", Account: "web", Chat: "p-boss", Text: "催", Rank: bot.Ordinary})
		o.enqueue(bot.Outgoing{Key: "urgent", Account: "web", Chat: "g", Text: "急", Rank: bot.Urgent})
		o.enqueue(bot.Outgoing{Key: "answer", Account: "web", Chat: "p-ann", Text: "答", Answer: true})
		o.idle()
		o.enqueue(bot.Outgoing{Key: "command", Account: "web", Chat: "p-boss", Text: "好", Answer: true})
		o = o.reopen()
		o.taken("command") // although a chase stands before it in its chat
		o.idle()
		o.must(o.Update(t.Context(), func(tx *store.Tx) error { _, err := outbox.ResumeSending(tx, "", store.CLI); return err }))
		var left []string
		o.clock.add(time.Minute)
		o.drain(func(m bot.Outgoing) { left = append(left, m.Key) })
		if len(left) != 3 {
			o.t.Errorf("got %v after it was resumed, want all three", left)
		}
	})
}

func TestCost(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.limited(outbox.Limits{})
		rules := notice.DefaultRules()
		rules.Zone = o.clock.Now().Location()
		o.notify("job/1", notice.Notice{Class: notice.Receipt, Text: "一"}, "一群", "二群")
		o.enqueue(bot.Outgoing{Key: "answer", Account: "web", Chat: "chat 一群", Text: "答", Answer: true})
		o.drain(func(bot.Outgoing) {})
		tell := func() (said []string) {
			var month time.Time
			var due bool
			o.look(func(s *store.Snapshot) (err error) {
				month, due, err = notice.CostDue(s, rules)
				return err
			})
			if due {
				o.must(o.Update(t.Context(), func(tx *store.Tx) error {
					return notice.TellCost(tx, rules, month, func(m time.Time, c outbox.Cost) string {
						return fmt.Sprintf("%d月%d+%d", m.Month(), c.Notices, c.Answers)
					})
				}))
			}
			o.drain(func(m bot.Outgoing) { said = append(said, m.Chat+" "+m.Text) })
			return said
		}
		if said := tell(); said != nil { // in the first month there is nothing to tell
			o.t.Errorf("got %v in the first month, want nothing", said)
		}
		o.clock.add(29 * 24 * time.Hour) // Tuesday, the 31st of March
		if said := tell(); said != nil {
			o.t.Errorf("got %v before the month is over, want nothing", said)
		}
		o.clock.add(24*time.Hour + time.Hour) // ten o'clock on Wednesday, the 1st of April
		if got, want := strings.Join(tell(), "；"), "chat 一群 3月1+1；chat 二群 3月1+0"; got != want {
			o.t.Errorf("got %q, want %q", got, want)
		}
		o.clock.add(24 * time.Hour)
		if said := tell(); said != nil {
			o.t.Errorf("got %v on the next day, want nothing", said)
		}
	})
}

// TestWithdrawNotice_race lets notices be withdrawn while their texts, which leave
// as one, are being sent: each ends as sent or as never seen.
func TestWithdrawNotice_race(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.limited(outbox.Limits{Merge: 10 * time.Minute})
		rounds := 60
		if testing.Short() {
			rounds = 15
		}
		for round := range rounds {
			var numbers []int
			for i := range 3 {
				p := o.notify(fmt.Sprint("job/", round, "/", i), notice.Notice{Class: notice.Receipt, Text: fmt.Sprintf("第%d轮%d", round, i), Job: "j"}, "一群")
				numbers = append(numbers, p.Notice.Number)
			}
			var seen, cancelled sync.Map
			each(4, func(i int) {
				if i == 3 {
					o.drain(func(m bot.Outgoing) { seen.Store(m.Text, true) })
					return
				}
				var w notice.Withdrawal
				err := o.Update(t.Context(), func(tx *store.Tx) (err error) {
					w, err = notice.Withdraw(tx, fmt.Sprint("withdraw/", numbers[i]), numbers[i])
					return err
				})
				if err != nil {
					o.t.Error(err)
				}
				if w.Sent == 0 {
					cancelled.Store(fmt.Sprintf("第%d轮%d", round, i), true)
				}
			})
			o.drain(func(m bot.Outgoing) { seen.Store(m.Text, true) })
			cancelled.Range(func(k, _ any) bool {
				seen.Range(func(text, _ any) bool {
					if strings.Contains(fmt.Sprint(text), fmt.Sprint(k)) {
						o.t.Errorf("%q was said to be cancelled, but was seen: %q", k, text)
					}
					return true
				})
				return true
			})
			o.clock.add(time.Hour)
		}
	})
}
