package report_test

import (
	"testing"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/privacy"
	"duban/report"
	"duban/store"
)

// A report is enqueued by whoever takes its want away, and by nobody else.
func TestTakeWant(t *testing.T) {
	outboxtest.OnEngines(t, nil, func(o *outboxtest.Office) {
		o.Change(func(tx *store.Tx) {
			report.PutWant(tx, report.Want{Reason: "answer/web/1", What: "进度汇总 图片", By: "ann"})
		})
		all := outboxtest.See(o, report.Wants)
		if len(all) != 1 || all[0].What != "进度汇总 图片" || !all[0].Asked.Equal(o.Now()) {
			o.Fatalf("got %+v, want the one that was asked for, and when", all)
		}
		o.Reopen()
		for range 2 { // two that both saw it
			o.Change(func(tx *store.Tx) {
				ok := report.TakeWant(tx, "answer/web/1")
				if !ok {
					return
				}
				outbox.Enqueue(tx, bot.Outgoing{Key: "answer/web/1/report", Account: "web", Chat: "c", Text: "进度"})
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

func TestCountExport(t *testing.T) {
	outboxtest.OnEngines(t, nil, func(o *outboxtest.Office) {
		for _, c := range []struct {
			person, day string
			want        int
		}{{"ann", "2026-03-02", 1}, {"ann", "2026-03-02", 2}, {"bob", "2026-03-02", 1}, {"ann", "2026-03-03", 1}} {
			counted := func(tx *store.Tx) int { return report.CountExport(tx, c.person, c.day) }
			if got := outboxtest.Do(o, counted); got != c.want {
				o.Errorf("%s on %s: got %d, want %d", c.person, c.day, got, c.want)
			}
		}
		d := outboxtest.See(o, func(s *store.Snapshot) *privacy.Dossier { return privacy.About(s, "ann") })
		if d.Exports != 3 {
			o.Errorf("of ann is told that she took out %d tables, want 3", d.Exports)
		}
	})
}
