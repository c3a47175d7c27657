package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

func (o *office) look(fn func(*store.Snapshot) error) {
	o.t.Helper()
	o.must(o.View(o.t.Context(), fn))
}

// staff are people of two groups, one of whom is in both.
func staff() *roster.Roster {
	row := func(id, name string, role roster.Role, groups ...string) roster.Person {
		return roster.Person{ID: id, Name: name, Roles: []roster.Role{role}, Groups: groups}
	}
	r := &roster.Roster{People: []roster.Person{
		row("boss", "周明远", roster.Admin, "一群", "二群"), row("ann", "安然", roster.Counselor, "一群", "二群"),
		row("bob", "鲍波", roster.Counselor, "一群"), row("cat", "蔡婷", roster.Lead, "二群"), row("dan", "安然", roster.Counselor, "三群"),
		row("eve", "易文", roster.Counselor, "一群"),
	}}
	r.People[5].Observer = true
	return r
}

// staffed gives the store its people and the groups 一群 and 二群.
func (o *office) staffed() {
	o.t.Helper()
	o.update(func(tx *store.Tx) error {
		for _, g := range []string{"一群", "二群"} {
			if err := roster.BindGroup(tx, roster.Target{Account: "web", Chat: "chat " + g, Group: g}); err != nil {
				return err
			}
		}
		return roster.Replace(tx, staff())
	})
}

// notify posts a notice and returns what that did.
func (o *office) notify(reason string, n notice.Notice, groups ...string) (p notice.Posting) {
	o.t.Helper()
	o.update(func(tx *store.Tx) error {
		to, err := roster.Targets(tx.Snapshot, groups)
		if err != nil {
			return err
		}
		p, err = notice.Post(tx, reason, n, to)
		return err
	})
	return p
}

// states are how the items of a notice stand, by person.
func (o *office) states(number int) (line string) {
	o.t.Helper()
	o.look(func(s *store.Snapshot) error {
		items, err := notice.Items(s, number)
		var all []string
		for _, i := range items {
			all = append(all, fmt.Sprintf("%s %s", i.Person, i.State))
		}
		slices.Sort(all)
		line = strings.Join(all, ", ")
		return err
	})
	return line
}

func (o *office) shown(chat string, at time.Time) (numbers []int) {
	o.t.Helper()
	o.look(func(s *store.Snapshot) error {
		for shown, err := range notice.ShownIn(s, "web", chat, time.Time{}, at) {
			if err != nil {
				return err
			}
			numbers = append(numbers, shown.Notice)
		}
		return nil
	})
	slices.Reverse(numbers)
	return numbers
}

// owed are the notices that a person has not answered.
func (o *office) owed(person string) (numbers []int) {
	o.t.Helper()
	o.look(func(s *store.Snapshot) (err error) {
		numbers, err = notice.OwedBy(s, person)
		return err
	})
	return numbers
}

func TestPostNotice_asksEverybodyOnce(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		p := o.notify("r", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		if p.Notice.Number != 1 || p.Asked != 3 || p.Texts != 2 {
			o.t.Errorf("got %+v, want number 1, 3 people and 2 texts", p)
		}
		if got, want := o.states(1), "ann open, bob open, cat open"; got != want {
			o.t.Errorf("got %s, want %s: one item for each, none for the admin, the observer and those of another group", got, want)
		}
		if again := o.notify("r", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群"); again.Notice.Number != 0 {
			o.t.Errorf("got %+v for the same reason, want nothing", again)
		}
		if got := len(o.rows(outbox.Waiting)); got != 2 {
			o.t.Errorf("got %d texts, want 2", got)
		}
		own := o.notify("own", notice.Notice{Class: notice.Receipt, Text: "开会", By: "ann"}, "一群")
		if got := o.states(own.Notice.Number); got != "bob open" {
			o.t.Errorf("got %s, want only bob: senders owe themselves nothing", got)
		}
		plain := o.notify("plain", notice.Notice{Class: notice.Plain, Text: "放假"}, "一群")
		if plain.Asked != 0 || o.states(plain.Notice.Number) != "" || plain.Notice.Number != 3 {
			o.t.Errorf("got %+v, want nobody asked", plain)
		}
	})
}

func TestShownIn(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.notify("r1", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		posted := o.clock.Now()
		if got := o.shown("chat 一群", posted); got != nil {
			o.t.Errorf("got %v before it was sent, want none", got)
		}
		o.clock.add(time.Hour)
		m := o.claim("r1/chat 一群")
		if got := o.shown("chat 一群", o.clock.Now()); !slices.Equal(got, []int{1}) {
			o.t.Errorf("got %v while it is being sent, want 1: people may answer before the network has", got)
		}
		o.sent(m)
		o.settle(o.claim("r1/chat 二群"), bot.Result{Err: bot.ErrRefused})
		o.notify("r2", notice.Notice{Class: notice.Plain, Text: "放假"}, "一群")
		o.send("r2/chat 一群")
		o.notify("r3", notice.Notice{Class: notice.Report, Text: "填报"}, "一群")
		o.send("r3/chat 一群")
		if got := o.shown("chat 一群", o.clock.Now()); !slices.Equal(got, []int{1, 3}) {
			o.t.Errorf("got %v, want 1 and 3: 2 asks nothing", got)
		}
		if got := o.shown("chat 一群", posted.Add(-2*time.Minute)); got != nil {
			o.t.Errorf("got %v before all of them, want none", got)
		}
		o.update(func(tx *store.Tx) error { return notice.Close(tx, 1) })
		closed := o.clock.Now()
		o.clock.add(time.Minute)
		if got := o.shown("chat 一群", o.clock.Now()); !slices.Equal(got, []int{3}) {
			o.t.Errorf("got %v after 1 was closed, want 3", got)
		}
		if got := o.shown("chat 一群", closed); !slices.Equal(got, []int{1, 3}) {
			o.t.Errorf("got %v at the moment when 1 was closed, want both: an answer from before counts", got)
		}
		if o := o.reopen(); !slices.Equal(o.shown("chat 一群", o.clock.Now()), []int{3}) {
			o.t.Error("a restart changed what is shown")
		}
	})
}

func TestReached(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.notify("r", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		reached := func(group string) (is bool) {
			o.look(func(s *store.Snapshot) error {
				to, err := roster.Targets(s, []string{group})
				if err != nil {
					return err
				}
				is, err = notice.Reached(s, 1, to)
				return err
			})
			return is
		}
		o.send("r/chat 一群")
		if !reached("一群") || reached("二群") {
			o.t.Errorf("got %v and %v, want that only 一群 was reached", reached("一群"), reached("二群"))
		}
	})
}

func TestOwed(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		for i := range 12 {
			o.notify(fmt.Sprint("r", i), notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群")
		}
		o.update(func(tx *store.Tx) error {
			i, ok, err := notice.FindItem(tx.Snapshot, 2, "ann")
			if err != nil || !ok {
				return fmt.Errorf("no item: %w", err)
			}
			i.Answer(tx.Now(), time.Time{}, "web/1", "")
			if err := notice.PutItem(tx, i); err != nil {
				return err
			}
			return notice.Close(tx, 3)
		})
		if got := o.owed("ann"); !slices.Equal(got, []int{1, 4, 5, 6, 7, 8, 9, 10, 11, 12}) {
			o.t.Errorf("got %v, want all but the answered and the closed one, in order", got)
		}
		o.update(func(tx *store.Tx) error {
			i, _, err := notice.FindItem(tx.Snapshot, 2, "ann")
			if err != nil {
				return err
			}
			i.Reopen()
			return notice.PutItem(tx, i)
		})
		if got := o.owed("ann"); len(got) != 11 || got[1] != 2 {
			o.t.Errorf("got %v, want 2 among them again", got)
		}
		if got := o.owed("eve"); got != nil {
			o.t.Errorf("got %v, want nothing of who only reads along", got)
		}
	})
}

func TestNotices(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		for i := range 11 {
			o.notify(fmt.Sprint("r", i), notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群")
		}
		o.look(func(s *store.Snapshot) error {
			all, err := notice.From(s, 9)
			if err != nil || len(all) != 3 || all[0].Number != 9 || all[2].Number != 11 {
				o.t.Errorf("got %+v, %v, want 9 to 11", all, err)
			}
			last, err := notice.Last(s)
			if last != 11 {
				o.t.Errorf("got %d, want 11", last)
			}
			return err
		})
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
				o.staffed()
				o.notify("r", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
				if test.sent == 1 {
					o.send("r/chat 一群")
				}
				o.update(func(tx *store.Tx) error { return notice.WithdrawPosting(tx, "r") })
				o.idle()
				if got := len(o.rows(outbox.Cancelled)); got != 2-test.sent {
					o.t.Errorf("got %d texts taken back, want %d", got, 2-test.sent)
				}
				if closed := o.owed("ann") == nil; closed != test.closed {
					o.t.Errorf("got closed %v, want %v", closed, test.closed)
				}
				o.update(func(tx *store.Tx) error { return notice.WithdrawPosting(tx, "unknown") })
			})
		})
	}
}

func TestLeave(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.notify("before", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		now := o.clock.Now()
		var key string
		o.update(func(tx *store.Tx) (err error) {
			key, err = notice.PutLeave(tx, roster.Leave{Person: "ann", From: now.Add(-time.Hour), To: now.Add(48 * time.Hour)})
			return err
		})
		o.clock.add(24 * time.Hour)
		o.notify("during", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		for number := 1; number <= 2; number++ {
			if got, want := o.states(number), "ann absent, bob open, cat open"; got != want {
				o.t.Errorf("got %s, want %s of notice %d", got, want, number)
			}
		}
		if got := o.owed("ann"); got != nil {
			o.t.Errorf("got %v, want nothing while away", got)
		}
		o.clock.add(24*time.Hour + time.Second)
		o.notify("after", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群")
		if got := o.owed("ann"); !slices.Equal(got, []int{3}) {
			o.t.Errorf("got %v, want what came after the leave", got)
		}
		dropped := func() (was bool) {
			o.update(func(tx *store.Tx) (err error) {
				_, was, err = notice.DropLeave(tx, key)
				return err
			})
			return was
		}
		if !dropped() || dropped() {
			o.t.Error("a leave can be taken back once")
		}
		if got := o.owed("ann"); !slices.Equal(got, []int{1, 2, 3}) {
			o.t.Errorf("got %v, want all that the leave excused", got)
		}
	})
}

func TestEndLeave(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		now := o.clock.Now()
		for _, l := range []roster.Leave{
			{Person: "ann", From: now.Add(-48 * time.Hour), To: now.Add(-24 * time.Hour)},
			{Person: "ann", From: now.Add(-time.Hour), To: now.Add(time.Hour)},
			{Person: "ann", From: now.Add(24 * time.Hour)},
			{Person: "bob", From: now.Add(-time.Hour), To: now.Add(time.Hour)},
		} {
			o.update(func(tx *store.Tx) error {
				_, err := notice.PutLeave(tx, l)
				return err
			})
		}
		ended := func() (was bool) {
			o.update(func(tx *store.Tx) (err error) {
				_, was, err = notice.EndLeave(tx, "ann")
				return err
			})
			return was
		}
		// The present leave can be ended, then the next be dropped, and then there is none.
		if first, next, none := ended(), ended(), ended(); !first || !next || none {
			o.t.Errorf("got %v, %v, %v, want the present leave ended, the next one dropped, and then none", first, next, none)
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
			o.look(func(s *store.Snapshot) error {
				got, err := roster.Away(s, test.person, test.at)
				if got != test.want {
					o.t.Errorf("got %v, want %v: %s away at %v", got, test.want, test.person, test.at)
				}
				return err
			})
		}
	})
}
