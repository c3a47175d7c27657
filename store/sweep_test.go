package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/privacy"
	"duban/store"
)

const day = 24 * time.Hour

func TestSweep(t *testing.T) {
	onEngines(t, func(o *office) {
		const n = 600 // more than one batch
		accounts := []string{"web", "we", "web/2", "中文"}
		for _, a := range accounts {
			o.must(o.Update(o.t.Context(), func(tx *store.Tx) error {
				for i := range n {
					if _, err := tx.FirstSight(a, fmt.Sprint(i)); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		o.clock.add(31 * day)
		o.firstSight("web", "new")
		swept, err := privacy.Sweep(o.t.Context(), o.Store, privacy.DefaultRetention())
		o.must(err)
		if want := n * len(accounts); swept.Marks != want {
			o.t.Errorf("Sweep: got %d marks, want %d", swept.Marks, want)
		}
		if o.firstSight("web", "new") {
			o.t.Errorf("after a sweep: got first sight of a new message's second copy")
		}
		if swept, err = privacy.Sweep(o.t.Context(), o.Store, privacy.DefaultRetention()); swept != (privacy.Swept{}) || err != nil {
			o.t.Errorf("second Sweep: got %+v, %v, want nothing to do", swept, err)
		}
	})
}

func TestSweep_outbox(t *testing.T) {
	onEngines(t, func(o *office) {
		o.say("chat", "sent", "dead", "open")
		o.send("sent")
		o.settle(o.claim("dead"), bot.Result{Err: bot.ErrRefused})
		o.clock.add(20 * day)
		o.say("chat", "young")
		o.send("open")
		o.clock.add(11 * day)
		swept, err := privacy.Sweep(o.t.Context(), o.Store, privacy.DefaultRetention())
		o.must(err)
		if swept.Texts != 2 {
			o.t.Errorf("Sweep: got %d texts, want 2", swept.Texts)
		}
		if rows := o.rows(outbox.Dead); len(rows) != 0 {
			o.t.Errorf("dead rows after a sweep: got %+v, want none", rows)
		}
		if rows := o.rows(outbox.Sent); len(rows) != 1 || rows[0].Text != "open" {
			o.t.Errorf("sent rows after a sweep: got %+v, want the younger one", rows)
		}
		o.say("chat", "sent", "dead", "open") // keys that are known for ever
		o.send("young")
		o.idle()
		if got := o.stored("sent"); len(got) != 0 {
			o.t.Errorf("after a sweep the swept text is still in %q", got)
		}
	})
}

// stored returns the values of the store that hold text as a text.
func (o *office) stored(text string) (found []string) {
	o.t.Helper()
	o.must(o.engine.View(o.t.Context(), func(r store.Reader) error {
		for p, err := range r.Scan(nil, nil, 0) {
			if err != nil {
				return err
			}
			if v := string(p.Value); strings.Contains(v, `"text":"`+text+`"`) {
				found = append(found, v)
			}
		}
		return nil
	}))
	return found
}

func TestSweep_refuses(t *testing.T) {
	onEngines(t, func(o *office) {
		for _, r := range []privacy.Retention{{}, {Seen: 6 * day, Outbox: day}, {Seen: 30 * day, Outbox: -1}} {
			if _, err := privacy.Sweep(o.t.Context(), o.Store, r); err == nil {
				o.t.Errorf("Sweep(%+v): got no error, want one", r)
			}
		}
	})
}
