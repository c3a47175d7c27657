package privacy_test

import (
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/privacy"
	"duban/roster"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
)

// An office by a clock that is set wrong says everything that becomes old.
func clockOffice(t *testing.T) *outboxtest.Office {
	o := outboxtest.On(t, enginetest.New(t))
	o.Must(o.Guard(t.Context(), time.Time{}))
	o.Change(func(tx *store.Tx) {
		posted := notice.Post(tx, "n", notice.Notice{Class: notice.Receipt, Text: "开会", Due: tx.Now().Add(day)}, nil)
		notice.PutItem(tx, notice.Item{Notice: posted.Notice.Number, Person: "p", State: notice.Open, Asked: tx.Now()})
		notice.PutLeave(tx, roster.Leave{Person: "p", From: tx.Now().Add(2 * day), To: tx.Now().Add(1000 * day)})
		roster.PutStray(tx, roster.Stray{Account: "web", Sender: "s"}, bot.Message{Account: "web", ID: "1", Text: "收到"})
		tx.FirstSight("web", "m")
		tx.Audit(store.Audit{Actor: "p", Source: store.Chat, Action: "ack"})
	})
	o.Enqueue(bot.Outgoing{Key: "soon", Chat: "c", Text: "还没发", Due: o.Now().Add(time.Hour), Expires: o.Now().Add(day)})
	return o
}

// tidy does what the loops of an office do about what is old.
func tidy(o *outboxtest.Office) privacy.Swept {
	o.Helper()
	for _, do := range []func() (bool, error){
		func() (bool, error) { return notice.Attend(o.Context(), o.Store, notice.DefaultRules()) },
		func() (bool, error) { return notice.BeginLeaves(o.Context(), o.Store) },
	} {
		for more := true; more; {
			var err error
			more, err = do()
			o.Must(err)
		}
	}
	return sweep(o)
}

// left is what of it all is still there.
func left(o *outboxtest.Office) (kinds []string) {
	o.Look(func(s *store.Snapshot) {
		if n, _ := notice.Find(s, 1); n.Closed.IsZero() {
			kinds = append(kinds, "notice")
		}
		if i, ok := notice.FindItem(s, 1, "p"); ok && i.State == notice.Open {
			kinds = append(kinds, "item")
		}
		if _, ok := roster.FindStray(s, 1); ok {
			kinds = append(kinds, "stray")
		}
		for a := range storetest.Audits(s, "") {
			if a.Action == "ack" {
				kinds = append(kinds, "audit")
			}
		}
	})
	if len(o.Rows(outbox.Waiting)) == 1 {
		kinds = append(kinds, "row")
	}
	if !o.FirstSight("web", "m") {
		kinds = append(kinds, "mark")
	}
	return kinds
}

// By a clock that is set two years ahead nothing is deleted or closed until a person
// has said that it is right; answering and sending go on.
func TestSweep_wrongClock(t *testing.T) {
	const all = 6
	for name, wrong := range map[string]time.Duration{"two years": 730 * day, "a semester": 120 * day, "29 days": 29 * day} {
		t.Run(name, func(t *testing.T) {
			o := clockOffice(t)
			o.Pass(wrong)
			tidy(o)
			o.Say("other", "answer")
			o.Send("answer")
			o.Pass(wrong / 1000)
			tidy(o)
			if got := left(o); len(got) != all {
				t.Errorf("with a clock %v ahead: only %v is left, want all of it", wrong, got)
			}
			o.Pass(-wrong - wrong/1000)
			o.Reopen()
			o.Must(o.Guard(t.Context(), time.Time{}))
			tidy(o)
			if got := left(o); len(got) != all {
				t.Errorf("with the clock set right: only %v is left, want all of it", got)
			}
		})
	}
}

// A person's word makes the clock right: what is old goes, and the log says how much.
func TestSweep_trustedClock(t *testing.T) {
	o := clockOffice(t)
	o.Pass(730 * day)
	tidy(o)
	o.Change((*store.Tx).TrustClock)
	swept := tidy(o)
	o.Idle()
	if got := left(o); len(got) != 0 {
		t.Errorf("two years later: %v is left, want nothing", got)
	}
	noted := 0
	o.Look(func(s *store.Snapshot) {
		for a := range storetest.Audits(s, "") {
			if a.Action == "data.swept" || a.Action == "notice.expired" {
				noted++
			}
		}
	})
	if swept == (privacy.Swept{}) || noted < 2 {
		t.Errorf("swept %+v with %d audit entries, want them of a sweep and of a notice that ended", swept, noted)
	}
}
