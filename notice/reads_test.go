package notice_test

import (
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/store"
)

// Who has read a notice stands apart from who has not, where the network tells; a
// change that asks everybody anew is unread again.
func TestMarkRead(t *testing.T) {
	onEngines(t, func(o *office) {
		n := o.notify("n1", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群").Notice
		var who []string
		for _, i := range o.items(n.Number) {
			who = append(who, i.Person)
		}
		o.DrainTo("web", func(bot.Outgoing) {})
		readable := func(string) bool { return true }
		if got := outboxtest.See(o, func(s *store.Snapshot) []notice.Watched { return notice.Watch(s, readable) }); len(got) != 0 {
			t.Fatalf("watches %v, which has no receipt", got)
		}
		o.Change(func(tx *store.Tx) {
			row, _ := outbox.Lookup(tx.Snapshot, "web", "n1/chat 一群")
			row.Receipt = bot.Receipt{ID: "om_1", Sent: tx.Now()}
			outbox.SaveRow(tx, &row)
			for _, p := range who {
				roster.Bind(tx, "web", "ou_"+p, roster.Binding{Person: p, How: roster.ByCode})
			}
		})
		watched := outboxtest.See(o, func(s *store.Snapshot) []notice.Watched { return notice.Watch(s, readable) })
		if len(watched) != 1 || watched[0].Receipt != "om_1" || watched[0].Notices != "1" {
			t.Fatalf("watches %v, want the post", watched)
		}
		o.changeItem(n.Number, who[1], func(i *notice.Item) { i.Take(n, notice.Answer{At: o.Now()}) })
		o.Change(func(tx *store.Tx) {
			notice.MarkRead(tx, watched[0], []bot.Read{{Sender: "ou_" + who[0], At: tx.Now()}, {Sender: "ou_" + who[1], At: tx.Now()}, {Sender: "ou_nobody", At: tx.Now()}})
		})
		tally := func() notice.Tally {
			return outboxtest.See(o, func(s *store.Snapshot) notice.Tally {
				n, _ := notice.Find(s, n.Number)
				return notice.CircumstancesOf(s, n).Tally(notice.Items(s, n.Number))
			})
		}
		if got, rest := tally(), len(who)-2; got.Read != 1 || got.Done != 1 || got.Unread+got.Unbound != rest {
			t.Errorf("got %+v, want 1 read, 1 answered and %d unread", got, rest)
		}
		o.changeItem(n.Number, who[0], func(i *notice.Item) {
			n.Change(notice.Revision{Text: "改期", Large: true}, "", o.Now())
			i.Renew(n)
		})
		if got := tally(); got.Read != 0 {
			t.Errorf("got %+v after it was asked anew, want nobody who has read it", got)
		}
	})
}

// Who has read a notice is given twice the time before they are asked again.
func TestRules_Chase_read(t *testing.T) {
	asked := on(4, 9, 40)
	n := notice.Notice{Class: notice.Receipt, Created: asked}
	i := notice.Item{State: notice.Open, Asked: asked}
	later := on(5, 10, 0)
	if !rules().Chase(n, i, asked, later) {
		t.Error("who has not read it is not asked again after a day")
	}
	i.Read = asked.Add(time.Hour)
	if rules().Chase(n, i, asked, later) || !rules().Chase(n, i, asked, later.AddDate(0, 0, 1)) {
		t.Error("who has read it is not asked again after two days")
	}
}
