package notice_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/storetest"
)

func TestCost(t *testing.T) {
	onEngines(t, func(o *office) {
		rules := notice.DefaultRules()
		rules.Zone = o.Now().Location()
		o.notify("job/1", notice.Notice{Class: notice.Receipt, Text: "一"}, "一群", "二群")
		o.Enqueue(bot.Outgoing{Key: "answer", Account: "web", Chat: "chat 一群", Text: "答", Answer: true})
		o.Drain()
		tell := func() (said []string) {
			var month time.Time
			var due bool
			o.Look(func(s *store.Snapshot) { month, due = notice.CostDue(s, rules) })
			if due {
				o.Change(func(tx *store.Tx) {
					notice.TellCost(tx, rules, month, func(m time.Time, c outbox.Cost) string {
						return fmt.Sprintf("%d月%d+%d", m.Month(), c.Notices, c.Answers)
					})
				})
			}
			for _, m := range o.Drain() {
				said = append(said, m.Chat+" "+m.Text)
			}
			return said
		}
		if said := tell(); said != nil { // in the first month there is nothing to tell
			o.Errorf("got %v in the first month, want nothing", said)
		}
		o.Pass(29 * 24 * time.Hour) // Tuesday, the 31st of March
		if said := tell(); said != nil {
			o.Errorf("got %v before the month is over, want nothing", said)
		}
		o.Pass(24*time.Hour + time.Hour) // ten o'clock on Wednesday, the 1st of April
		if got, want := strings.Join(tell(), "；"), "chat 一群 3月1+1；chat 二群 3月1+0"; got != want {
			o.Errorf("got %q, want %q", got, want)
		}
		o.Pass(24 * time.Hour)
		if said := tell(); said != nil {
			o.Errorf("got %v on the next day, want nothing", said)
		}
	}, outbox.Limits{Zone: outboxtest.Start().Location()})
}

// Notices are withdrawn while their texts, which leave as one, are being sent: each
// ends as sent or as never seen.
func TestWithdraw_race(t *testing.T) {
	onEngines(t, func(o *office) {
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
			storetest.Each(4, func(i int) {
				if i == 3 {
					o.DrainTo("web", func(m bot.Outgoing) { seen.Store(m.Text, true) })
					return
				}
				var w notice.Withdrawal
				err := o.Update(t.Context(), func(tx *store.Tx) (err error) {
					w = notice.Withdraw(tx, fmt.Sprint("withdraw/", numbers[i]), numbers[i])
					return nil
				})
				if err != nil {
					o.Error(err)
				}
				if w.Sent == 0 {
					cancelled.Store(fmt.Sprintf("第%d轮%d", round, i), true)
				}
			})
			o.DrainTo("web", func(m bot.Outgoing) { seen.Store(m.Text, true) })
			cancelled.Range(func(k, _ any) bool {
				seen.Range(func(text, _ any) bool {
					if strings.Contains(fmt.Sprint(text), fmt.Sprint(k)) {
						o.Errorf("%q was said to be cancelled, but was seen: %q", k, text)
					}
					return true
				})
				return true
			})
			o.Pass(time.Hour)
		}
	}, outbox.Limits{Zone: outboxtest.Start().Location(), Merge: 10 * time.Minute})
}
