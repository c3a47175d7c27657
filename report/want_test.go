package report_test

import (
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/report"
	"duban/store"
)

// A report is enqueued by whoever takes its want away, and by nobody else.
func TestTakeWant(t *testing.T) {
	outboxtest.OnEngines(t, nil, func(o *outboxtest.Office) {
		o.Change(func(tx *store.Tx) error {
			return report.PutWant(tx, report.Want{Reason: "answer/web/1", What: "进度汇总 图片", By: "ann"})
		})
		all := outboxtest.See(o, report.Wants)
		if len(all) != 1 || all[0].What != "进度汇总 图片" || !all[0].Asked.Equal(o.Now()) {
			o.Fatalf("got %+v, want the one that was asked for, and when", all)
		}
		o.Reopen()
		for range 2 { // two that both saw it
			o.Change(func(tx *store.Tx) error {
				ok, err := report.TakeWant(tx, "answer/web/1")
				if err != nil || !ok {
					return err
				}
				return outbox.Enqueue(tx, bot.Outgoing{Key: "answer/web/1/report", Account: "web", Chat: "c", Text: "进度"})
			})
		}
		if rows := o.Rows(outbox.Waiting); len(rows) != 1 {
			o.Errorf("got %d rows, want one", len(rows))
		}
		if all := outboxtest.See(o, report.Wants); len(all) != 0 {
			o.Errorf("got %+v, want nothing wanted any more", all)
		}
	})
}

func TestMissWant(t *testing.T) {
	outboxtest.OnEngines(t, nil, func(o *outboxtest.Office) {
		o.Change(func(tx *store.Tx) error { return report.PutWant(tx, report.Want{Reason: "r"}) })
		for want := 1; want <= 2; want++ {
			if got := outboxtest.Do(o, func(tx *store.Tx) (int, error) { return report.MissWant(tx, "r") }); got != want {
				o.Errorf("got %d attempts, want %d", got, want)
			}
		}
		o.Change(func(tx *store.Tx) error {
			if n, err := report.MissWant(tx, "gone"); err != nil || n != 0 {
				o.Errorf("got %d, %v for a report that nobody wants, want 0", n, err)
			}
			return nil
		})
	})
}

func TestCountExport(t *testing.T) {
	outboxtest.OnEngines(t, nil, func(o *outboxtest.Office) {
		for _, c := range []struct {
			person, day string
			want        int
		}{{"ann", "2026-03-02", 1}, {"ann", "2026-03-02", 2}, {"bob", "2026-03-02", 1}, {"ann", "2026-03-03", 1}} {
			counted := func(tx *store.Tx) (int, error) { return report.CountExport(tx, c.person, c.day) }
			if got := outboxtest.Do(o, counted); got != c.want {
				o.Errorf("%s on %s: got %d, want %d", c.person, c.day, got, c.want)
			}
		}
	})
}

func TestAbsences(t *testing.T) {
	outboxtest.OnEngines(t, nil, func(o *outboxtest.Office) {
		began := o.Now()
		at := func(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }
		state := func(minutes int, account, word string) {
			o.Pass(at(minutes).Sub(o.Now()))
			o.Change(func(tx *store.Tx) error {
				if err := tx.Audit(store.Audit{Account: account, Action: "ack", Object: "account.state"}); err != nil {
					return err
				}
				a := store.Audit{Account: account, Action: report.AccountState, Object: account, Result: word}
				if account == "b" {
					a.Account = "" // in the office's log
				}
				return tx.Audit(a)
			})
		}
		state(0, "a", "online")
		state(10, "a", "offline")
		state(11, "a", "scanning")
		state(20, "b", "deaf")
		state(25, "a", "suspect") // it hears
		state(30, "a", "online")
		o.Pass(10 * time.Minute)
		o.Change(func(tx *store.Tx) error { return report.PutAbsence(tx, at(35)) })
		want := []report.Absence{
			{Account: "a", From: at(10), To: at(25)}, {Account: "b", From: at(20)}, {From: at(35), To: at(40)},
		}
		o.Look(func(s *store.Snapshot) error {
			if got, err := report.Absences(s, at(25)); err != nil || len(got) != 2 || got[0].Account != "b" {
				o.Errorf("got %+v, %v after what was over, want the rest, also of what began before", got, err)
			}
			got, err := report.Absences(s, began)
			if len(got) != len(want) {
				o.Fatalf("got %+v, want %+v", got, want)
			}
			for i, w := range want {
				if got[i].Account != w.Account || !got[i].From.Equal(w.From) || !got[i].To.Equal(w.To) {
					o.Errorf("got %+v, want %+v", got[i], w)
				}
			}
			return err
		})
	})
}
