package roster_test

import (
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/store"
)

// stands says how an account stands, and for how long it is out.
func (o *office) stands(account string, word bot.StateWord, since time.Duration) {
	o.Helper()
	o.Change(func(tx *store.Tx) {
		st := outbox.Standing{State: bot.State{Word: word}, Out: tx.Now().Add(-since)}
		if word == bot.Online {
			st.Out = time.Time{}
		}
		outbox.PutStanding(tx, account, st)
	})
}

// both makes a person known on two networks.
func (o *office) both(person string) {
	o.Helper()
	o.Change(func(tx *store.Tx) {
		outbox.SetChannels(tx, []outbox.Channel{{Account: "fs"}, {Account: "web"}})
		roster.Bind(tx, "fs", "ou_"+person, roster.Binding{Person: person, Chat: "ou_" + person, How: roster.ByCode})
		roster.Bind(tx, "web", person, roster.Binding{Person: person, Chat: "@" + person, How: roster.ByCode})
	})
}

func (o *office) sent(account string) (texts []string) {
	o.Helper()
	o.DrainTo(account, func(m bot.Outgoing) {
		text := m.Chat + " " + m.Text
		if m.Repeat {
			text += " (repeat)"
		}
		texts = append(texts, text)
	})
	return texts
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestReachIn_prefersWhatServes(t *testing.T) {
	onEngines(t, func(o *office) {
		o.both("1001")
		o.Change(func(tx *store.Tx) {
			roster.BindGroup(tx, roster.Target{Account: "fs", Chat: "oc_1", Group: "学工群"})
		})
		reach := func() string {
			return outboxtest.See(o, func(s *store.Snapshot) string {
				account, chat := roster.ReachIn(s, "1001", []string{"学工群"})
				return account + " " + chat
			})
		}
		for _, c := range []struct {
			fs, web bot.StateWord
			since   time.Duration
			want    string
		}{
			{bot.Online, bot.Online, 0, "fs ou_1001"},
			{bot.Offline, bot.Online, time.Minute, "fs ou_1001"}, // lines drop and come back
			{bot.Offline, bot.Online, 3 * time.Minute, "web @1001"},
			{bot.Restricted, bot.Online, 0, "web @1001"},
			{bot.Offline, bot.Offline, time.Hour, "fs ou_1001"},
		} {
			o.stands("fs", c.fs, c.since)
			o.stands("web", c.web, c.since)
			if got := reach(); got != c.want {
				t.Errorf("fs %s, web %s since %v: reached by %q, want %q", c.fs, c.web, c.since, got, c.want)
			}
		}
		o.Change(func(tx *store.Tx) { outbox.SetChannels(tx, []outbox.Channel{{Account: "web"}}) })
		if got := reach(); got != "web @1001" {
			t.Errorf("without the account fs: reached by %q", got)
		}
		o.Change(func(tx *store.Tx) {
			outbox.SetChannels(tx, []outbox.Channel{{Account: "fs", Answers: true}, {Account: "web"}})
		})
		if got := reach(); got != "web @1001" {
			t.Errorf("although the account fs only answers: reached by %q", got)
		}
	})
}

// What is due for a person leaves through the other account while one is out, and
// once; what is due later, answers and what is for groups stay.
func TestDivert(t *testing.T) {
	onEngines(t, func(o *office) {
		o.both("1001")
		divert := func(want int) {
			t.Helper()
			if n, err := roster.Divert(t.Context(), o.Store); err != nil || n != want {
				t.Fatalf("diverted %d, %v, want %d", n, err, want)
			}
		}
		later := o.Now().Add(time.Hour)
		for _, m := range []bot.Outgoing{
			{Key: "chase/1", Person: "1001", Text: "催", Rank: bot.Ordinary},
			{Key: "chase/2", Person: "1001", Text: "晚些", Due: later},
			{Key: "post/1", Chat: "oc_1", Text: "通知"},
			{Key: "answer/1", Chat: "ou_1001", Text: "已记", Answer: true},
		} {
			m.Account = "fs"
			o.Enqueue(m)
		}
		divert(0)
		o.stands("fs", bot.Offline, 3*time.Minute)
		divert(1)
		divert(0)
		same(t, o.sent("web"), "@1001 催")
		if o.Cancel("chase/1") {
			t.Error("it can be cancelled although it was sent elsewhere")
		}
		o.Pass(2 * time.Hour)
		o.stands("fs", bot.Offline, 3*time.Hour)
		divert(1)
		o.stands("web", bot.Offline, 3*time.Minute) // and before it has left, the accounts change places
		o.stands("fs", bot.Online, 0)
		divert(1)
		same(t, o.sent("web"))
		got := map[string]bool{}
		for _, text := range o.sent("fs") {
			got[text] = true
		}
		if len(got) != 3 || !got["ou_1001 晚些"] || !got["oc_1 通知"] || !got["ou_1001 已记"] {
			t.Errorf("fs sent %v", got)
		}
	})
}

// Who is not known any more where something waits for them gets it where they are.
func TestDivert_parked(t *testing.T) {
	onEngines(t, func(o *office) {
		o.both("1001")
		o.Change(func(tx *store.Tx) { roster.Unbind(tx, "1001") })
		o.Enqueue(bot.Outgoing{Key: "chase/1", Account: "fs", Person: "1001", Text: "催"})
		same(t, o.sent("fs"))
		o.Change(func(tx *store.Tx) {
			roster.Bind(tx, "web", "1001", roster.Binding{Person: "1001", Chat: "@1001", How: roster.ByCode})
		})
		if n, err := roster.Divert(t.Context(), o.Store); n != 1 || err != nil {
			t.Fatalf("diverted %d, %v", n, err)
		}
		same(t, o.sent("web"), "@1001 催")
	})
}

// A group that is bound on another network takes along what waits for it.
func TestBindGroup_elsewhere(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Change(func(tx *store.Tx) { roster.BindGroup(tx, roster.Target{Account: "web", Chat: "g", Group: "学工群"}) })
		for _, m := range []bot.Outgoing{{Key: "post/1", Text: "通知"}, {Key: "answer/1", Text: "已记", Answer: true}, {Key: "post/2", Text: "撤回的"}} {
			m.Account, m.Chat = "web", "g"
			o.Enqueue(m)
		}
		o.Change(func(tx *store.Tx) {
			roster.BindGroup(tx, roster.Target{Account: "fs", Chat: "oc_1", Group: "学工群"})
		})
		if !outboxtest.Do(o, func(tx *store.Tx) bool { return outbox.Cancel(tx, "web", "post/2") }) {
			t.Error("what has moved cannot be cancelled by the account that it was for")
		}
		same(t, o.sent("fs"), "oc_1 通知")
		same(t, o.sent("web"), "g 已记")
	})
}
