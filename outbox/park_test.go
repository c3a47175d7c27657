package outbox_test

import (
	"slices"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
)

const day = 24 * time.Hour

func (o *office) park(m bot.Outgoing) {
	o.Helper()
	o.Settle(m, bot.Result{Err: bot.ErrUnresolved, Held: true, Parked: true, Again: o.Now().Add(3 * time.Hour)})
}

// untried fails the test if the row with this key is not parked, or was tried.
func (o *office) untried(key string) {
	o.Helper()
	if row := o.Row(outbox.Parked, key); row.Attempt != 0 {
		o.Errorf("the parked row has spent %d attempts, want none", row.Attempt)
	}
}

// A row for a person goes where that person is when it is sent, not where they
// were when it was decided.
func TestClaim_person(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Enqueue(bot.Outgoing{Key: "for ann", Chat: "s/1/a", Person: "ann", Text: "请您填报"})
		o.reach("bob", "s/1/a") // after the next login somebody else has that id
		o.reach("ann", "s/2/z")
		m := o.Claim("for ann")
		if m.Chat != "s/2/z" {
			o.Fatalf("Claim: got %q, want the chat where ann is now, s/2/z", m.Chat)
		}
		o.Settle(m, bot.Result{Held: true, Again: o.Now()})
		o.reach("ann", "s/3/y")
		if m = o.Claim("for ann"); m.Chat != "s/3/y" || m.Attempt != 1 {
			o.Errorf("Claim: got %q at attempt %d, want s/3/y and that no attempt was spent", m.Chat, m.Attempt)
		}
		o.Sent(m)
		if row := o.Row(outbox.Sent, "for ann"); row.Chat != "s/3/y" {
			o.Errorf("the row says that it went to %q, want s/3/y", row.Chat)
		}
	})
}

func TestClaim_personWhoIsNowhere(t *testing.T) {
	onEngines(t, func(o *office) {
		for _, k := range []string{"1", "2"} {
			o.Enqueue(bot.Outgoing{Key: k, Person: "ann", Text: "请您填报"})
		}
		o.Say("elsewhere", "3")
		if told := o.told(); told != "ann: 2" {
			o.Errorf("the admin was told %q, want who it is and how many rows wait", told)
		}
		o.Send("3") // others are not kept waiting
		o.untried("1")
		o.Pass(3 * time.Hour)
		o.Idle() // it is looked at again, but nobody is told again
		o.reach("ann", "s/9/a")
		o.Send("1", "2")
	})
}

func TestSettle_parked(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Say("chat 一群", "1", "2")
		o.Say("elsewhere", "3")
		o.park(o.Claim("1"))
		if told := o.told(); told != "chat 一群: 2" {
			o.Errorf("the admin was told %q, want the chat and how many rows wait", told)
		}
		o.Send("3")
		o.Idle()
		o.untried("1")
		o.Reopen()
		o.Pass(time.Hour)
		if n := outboxtest.Do(o, func(tx *store.Tx) int { return outbox.ReleaseParked(tx, "web") }); n != 1 {
			o.Errorf("released %d lanes, want 1", n)
		}
		o.park(o.Claim("1")) // the account is back, but the group is not
		o.told()
		o.Pass(3 * time.Hour)
		o.Send("1", "2") // it was resolved by itself
	})
}

func TestCloseExpired(t *testing.T) {
	onEngines(t, func(o *office) {
		out := o.Now()
		for k, life := range map[string]time.Duration{"1": time.Hour, "2": 0, "3": 2 * time.Hour, "4": 4 * day} {
			m := bot.Outgoing{Key: k, Chat: "c", Text: k, Due: out}
			if life > 0 {
				m.Expires = out.Add(life)
			}
			o.Enqueue(m)
		}
		o.Pass(3 * day)
		o.Change(func(tx *store.Tx) { outbox.CloseExpired(tx, "web") })
		var keys []string
		for _, r := range outboxtest.See(o, func(s *store.Snapshot) []bot.Outgoing { return outbox.Dropped(s, "web", out) }) {
			keys = append(keys, r.Key)
		}
		slices.Sort(keys)
		if !slices.Equal(keys, []string{"1", "3"}) {
			o.Errorf("dropped %q, want 1 and 3", keys)
		}
		if left := o.Rows(outbox.Waiting); len(left) != 2 {
			o.Errorf("%d rows wait, want 2", len(left))
		}
	})
}
