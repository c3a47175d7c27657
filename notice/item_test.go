package notice_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/store"
)

func TestPostNotice_asksEverybodyOnce(t *testing.T) {
	onEngines(t, func(o *office) {
		p := o.notify("r", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		if p.Notice.Number != 1 || p.Asked != 3 || p.Texts != 2 {
			o.Errorf("got %+v, want number 1, 3 people and 2 texts", p)
		}
		if got, want := o.states(1), "ann open, bob open, cat open"; got != want {
			o.Errorf("got %s, want %s: one item for each, none for the admin, the observer and those of another group", got, want)
		}
		if again := o.notify("r", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群"); again.Notice.Number != 0 {
			o.Errorf("got %+v for the same reason, want nothing", again)
		}
		if got := len(o.Rows(outbox.Waiting)); got != 2 {
			o.Errorf("got %d texts, want 2", got)
		}
		own := o.notify("own", notice.Notice{Class: notice.Receipt, Text: "开会", By: "ann"}, "一群")
		if got := o.states(own.Notice.Number); got != "bob open" {
			o.Errorf("got %s, want only bob: senders owe themselves nothing", got)
		}
		plain := o.notify("plain", notice.Notice{Class: notice.Plain, Text: "放假"}, "一群")
		if plain.Asked != 0 || o.states(plain.Notice.Number) != "" || plain.Notice.Number != 3 {
			o.Errorf("got %+v, want nobody asked", plain)
		}
	})
}

func TestShownIn(t *testing.T) {
	onEngines(t, func(o *office) {
		o.notify("r1", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		posted := o.Now()
		if got := o.shown("chat 一群", posted); got != nil {
			o.Errorf("got %v before it was sent, want none", got)
		}
		o.Pass(time.Hour)
		m := o.Claim("r1/chat 一群")
		if got := o.shown("chat 一群", o.Now()); !slices.Equal(got, []int{1}) {
			o.Errorf("got %v while it is being sent, want 1: people may answer before the network has", got)
		}
		o.Sent(m)
		o.Settle(o.Claim("r1/chat 二群"), bot.Result{Err: bot.ErrRefused})
		o.notify("r2", notice.Notice{Class: notice.Plain, Text: "放假"}, "一群")
		o.Send("r2/chat 一群")
		o.notify("r3", notice.Notice{Class: notice.Report, Text: "填报"}, "一群")
		o.Send("r3/chat 一群")
		if got := o.shown("chat 一群", o.Now()); !slices.Equal(got, []int{1, 3}) {
			o.Errorf("got %v, want 1 and 3: 2 asks nothing", got)
		}
		if got := o.shown("chat 一群", posted.Add(-notice.Skew-time.Minute)); got != nil {
			o.Errorf("got %v before all of them, want none", got)
		}
		o.Change(func(tx *store.Tx) { notice.Finish(tx, 1, notice.Closed) })
		closed := o.Now()
		o.Pass(time.Minute)
		if got := o.shown("chat 一群", o.Now()); !slices.Equal(got, []int{3}) {
			o.Errorf("got %v after 1 was closed, want 3", got)
		}
		if got := o.shown("chat 一群", closed); !slices.Equal(got, []int{1, 3}) {
			o.Errorf("got %v at the moment when 1 was closed, want both: an answer from before counts", got)
		}
		o.Reopen()
		if !slices.Equal(o.shown("chat 一群", o.Now()), []int{3}) {
			o.Error("a restart changed what is shown")
		}
	})
}

func TestOwed(t *testing.T) {
	onEngines(t, func(o *office) {
		for i := range 12 {
			o.notify(fmt.Sprint("r", i), notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群")
		}
		o.changeItem(2, "ann", func(i *notice.Item) { i.Take(notice.Notice{}, notice.Answer{At: o.Now(), Message: "web/1"}) })
		o.Change(func(tx *store.Tx) { notice.Finish(tx, 3, notice.Closed) })
		if got := o.owed("ann"); !slices.Equal(got, []int{1, 4, 5, 6, 7, 8, 9, 10, 11, 12}) {
			o.Errorf("got %v, want all but the answered and the closed one, in order", got)
		}
		o.changeItem(2, "ann", (*notice.Item).Reopen)
		if got := o.owed("ann"); len(got) != 11 || got[1] != 2 {
			o.Errorf("got %v, want 2 among them again", got)
		}
		if got := o.owed("eve"); got != nil {
			o.Errorf("got %v, want nothing of who only reads along", got)
		}
	})
}

func TestWithdrawPosting(t *testing.T) {
	for name, test := range map[string]struct {
		sent   int // of the two texts
		closed bool
	}{
		"closes a notice of which nothing was sent": {0, true},
		"keeps one of which something was sent":     {1, false},
	} {
		t.Run(name, func(t *testing.T) {
			onEngines(t, func(o *office) {
				o.notify("r", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
				if test.sent == 1 {
					o.Send("r/chat 一群")
				}
				o.Change(func(tx *store.Tx) { notice.WithdrawPosting(tx, "r") })
				o.Idle()
				if got := len(o.Rows(outbox.Cancelled)); got != 2-test.sent {
					o.Errorf("got %d texts taken back, want %d", got, 2-test.sent)
				}
				if closed := o.owed("ann") == nil; closed != test.closed {
					o.Errorf("got closed %v, want %v", closed, test.closed)
				}
				o.Change(func(tx *store.Tx) { notice.WithdrawPosting(tx, "unknown") })
			})
		})
	}
}

func TestLeave(t *testing.T) {
	onEngines(t, func(o *office) {
		o.notify("before", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		now := o.Now()
		key := o.away(roster.Leave{Person: "ann", From: now.Add(-time.Hour), To: now.Add(48 * time.Hour)})
		o.Pass(24 * time.Hour)
		o.notify("during", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		for number := 1; number <= 2; number++ {
			if got, want := o.states(number), "ann absent, bob open, cat open"; got != want {
				o.Errorf("got %s, want %s of notice %d", got, want, number)
			}
		}
		if got := o.owed("ann"); got != nil {
			o.Errorf("got %v, want nothing while away", got)
		}
		o.Pass(24*time.Hour + time.Second)
		o.notify("after", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群")
		if got := o.owed("ann"); !slices.Equal(got, []int{3}) {
			o.Errorf("got %v, want what came after the leave", got)
		}
		if !o.dropped(key) || o.dropped(key) {
			o.Error("a leave can be taken back once")
		}
		if got := o.owed("ann"); !slices.Equal(got, []int{1, 2, 3}) {
			o.Errorf("got %v, want all that the leave excused", got)
		}
	})
}

func TestEndLeave(t *testing.T) {
	onEngines(t, func(o *office) {
		now := o.Now()
		for _, l := range []roster.Leave{
			{Person: "ann", From: now.Add(-48 * time.Hour), To: now.Add(-24 * time.Hour)},
			{Person: "ann", From: now.Add(-time.Hour), To: now.Add(time.Hour)},
			{Person: "ann", From: now.Add(24 * time.Hour)},
			{Person: "bob", From: now.Add(-time.Hour), To: now.Add(time.Hour)},
		} {
			o.away(l)
		}
		ended := func() (was bool) {
			o.Change(func(tx *store.Tx) { _, was = notice.EndLeave(tx, "ann") })
			return was
		}
		// The present leave can be ended, then the next be dropped, and then there is none.
		if first, next, none := ended(), ended(), ended(); !first || !next || none {
			o.Errorf("got %v, %v, %v, want the present leave ended, the next one dropped, and then none", first, next, none)
		}
		for _, test := range []struct {
			person string
			at     time.Time
			want   bool
		}{
			{"ann", now.Add(-30 * time.Hour), true},
			{"ann", now.Add(-30 * time.Minute), true},
			{"ann", now, false},
			{"ann", now.Add(30 * time.Hour), false},
			{"bob", now, true},
			{"bob", now.Add(time.Hour), true},
			{"bob", now.Add(time.Hour + 1), false},
		} {
			away := func(s *store.Snapshot) bool { return roster.Away(s, test.person, test.at) }
			if got := outboxtest.See(o, away); got != test.want {
				o.Errorf("got %v, want %v: %s away at %v", got, test.want, test.person, test.at)
			}
		}
	})
}

// TestBeginLeaves: a leave that was booked ahead excuses from what is owed when it
// begins, not before; a booking that overlaps replaces it, and taking that back brings
// the earlier one back.
func TestBeginLeaves(t *testing.T) {
	onEngines(t, func(o *office) {
		o.notify("before", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		now := o.Now()
		book := func(from, to time.Duration, delegate string) string {
			return o.away(roster.Leave{Person: "ann", From: now.Add(from), To: now.Add(to), Delegate: delegate})
		}
		begin := func(want string) {
			o.Helper()
			_, err := notice.BeginLeaves(o.Context(), o.Store)
			o.Must(err)
			if got := o.states(1); got != want {
				o.Errorf("got %s, want %s", got, want)
			}
		}
		stands := func(want bool) {
			o.Helper()
			in := func(s *store.Snapshot) bool { return roster.StandsIn(s, "bob", "ann", o.Now()) }
			if got := outboxtest.See(o, in); got != want {
				o.Errorf("got %v, want %v: bob stands in for ann", got, want)
			}
		}
		book(24*time.Hour, 48*time.Hour, "bob")
		begin("ann open, bob open, cat open")
		stands(false)
		o.Pass(25 * time.Hour)
		begin("ann absent, bob open, cat open")
		stands(true)
		longer := book(25*time.Hour, 96*time.Hour, "") // keeps its beginning and bob
		begin("ann absent, bob open, cat open")
		o.Pass(40 * time.Hour)
		stands(true)
		o.dropped(longer)
		stands(false) // the earlier one was over after 48 hours
		begin("ann open, bob open, cat open")
	})
}

// A booking that names another stand-in and is taken back: who stands in hears of it.
func TestDropLeave_standIns(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Change(func(tx *store.Tx) {
			for _, person := range []string{"bob", "cat"} {
				roster.Bind(tx, "web", person, roster.Binding{Person: person, Chat: "private " + person})
			}
		})
		now := o.Now()
		told := func(want ...string) {
			o.Helper()
			var got []string
			for _, m := range o.Drain() {
				got = append(got, m.Person+": "+m.Text)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				o.Errorf("got %q, want %q", got, want)
			}
		}
		book := func(delegate string) string {
			return o.away(roster.Leave{Person: "ann", From: now, To: now.Add(48 * time.Hour), Delegate: delegate})
		}
		book("bob")
		told()
		second := book("cat")
		told("bob: 安然的请假改由别人代办，不用您代办了。")
		o.dropped(second)
		told("bob: 安然的请假改回原来的安排，还是请您代办。", "cat: 安然的请假改回原来的安排，不用您代办了。")
	})
}

// A successor is asked in the groups of who leaves, and what was said stays.
func TestHandOver(t *testing.T) {
	onEngines(t, func(o *office) {
		for number := 1; number <= 2; number++ {
			o.notify(fmt.Sprint("notice ", number), notice.Notice{Class: notice.Receipt, Confirm: true, Text: "开会"}, "一群")
		}
		o.changeItem(2, "bob", func(i *notice.Item) {
			n := outboxtest.See(o, func(s *store.Snapshot) notice.Notice { n, _ := notice.Find(s, 2); return n })
			i.Take(n, notice.Answer{At: o.Now(), Message: "web/1"})
		})
		o.Change(func(tx *store.Tx) {
			cat, _ := roster.Find(tx.Snapshot, "cat") // is in 二群 only
			notice.HandOver(tx, "bob", cat)
		})
		for number, want := range map[int]notice.State{1: notice.Open, 2: notice.Seen} {
			item := outboxtest.See(o, func(s *store.Snapshot) notice.Item { i, _ := notice.FindItem(s, number, "cat"); return i })
			if item.State != want || !slices.Equal(item.Groups, []string{"一群"}) || item.From("web/1") != (number == 2) {
				o.Errorf("got %+v of notice %d, want %s, asked in 一群", item, number, want)
			}
		}
		if got := o.owed("cat"); !slices.Equal(got, []int{1, 2}) {
			o.Errorf("got %v, want both owed", got)
		}
	})
}

// What waits for a group follows it to the chat in which it meets now, and so do
// the answers of its people.
func TestBindGroup_moves(t *testing.T) {
	onEngines(t, func(o *office) {
		posted := o.notify("r", notice.Notice{Class: notice.Receipt, Text: "请看"}, "一群")
		o.Settle(o.Claim("r/chat 一群"), bot.Result{Err: bot.ErrUnresolved, Held: true, Parked: true, Again: o.Now().Add(time.Hour)})
		o.Change(func(tx *store.Tx) {
			roster.BindGroup(tx, roster.Target{Account: "web", Chat: "新群名", Group: "一群"})
		})
		m := o.Claim("r/chat 一群")
		if m.Chat != "新群名" {
			o.Fatalf("Claim: got chat %q, want the new one", m.Chat)
		}
		o.Sent(m)
		if got := o.shown("新群名", o.Now()); !slices.Equal(got, []int{posted.Notice.Number}) {
			o.Errorf("in the new chat stand %v, want notice %d", got, posted.Notice.Number)
		}
		if got := o.shown("chat 一群", o.Now()); len(got) != 0 {
			o.Errorf("in the old chat stand %v, want none", got)
		}
	})
}

// What was announced is not posted days later.
func TestPostNotice_expires(t *testing.T) {
	for name, c := range map[string]struct {
		n    notice.Notice
		late time.Duration
		sent bool
	}{
		"a reminder on the next day":            {notice.Notice{Class: notice.Plain, Text: "报", Job: "j"}, 30 * time.Hour, true},
		"a reminder two days later":             {notice.Notice{Class: notice.Plain, Text: "报", Job: "j"}, 48 * time.Hour, false},
		"a notice two days later":               {notice.Notice{Class: notice.Receipt, Text: "会"}, 48 * time.Hour, true},
		"a notice after the time that it sets":  {notice.Notice{Class: notice.Receipt, Text: "会", Due: outboxtest.Start().Add(5 * time.Hour)}, 6 * time.Hour, false},
		"a notice before the time that it sets": {notice.Notice{Class: notice.Receipt, Text: "会", Due: outboxtest.Start().Add(5 * time.Hour)}, 4 * time.Hour, true},
		"a notice four days later":              {notice.Notice{Class: notice.Receipt, Text: "会"}, 96 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			onEngines(t, func(o *office) {
				o.notify("r", c.n, "一群")
				o.Pass(c.late)
				_, err := outboxtest.Claim(o.Context(), o.Store, "web")
				if sent := err == nil; sent != c.sent {
					o.Errorf("claimed: %v (%v), want %v", sent, err, c.sent)
				}
			})
		})
	}
}
