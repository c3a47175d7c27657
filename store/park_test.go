package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// bind makes a handle speak for a person, who is reached in chat.
func (o *office) bind(handle, person, chat string) {
	o.t.Helper()
	o.update(func(tx *store.Tx) error {
		return roster.Bind(tx, "web", handle, roster.Binding{Person: person, Chat: chat, How: roster.ByCode})
	})
}

// alarms returns the texts for the admins that the alarm account has.
func (o *office) alarms() (texts []string) {
	o.t.Helper()
	for {
		m, err := outbox.Claim(o.t.Context(), o.Store, "mail", time.Minute)
		if err != nil {
			return texts
		}
		texts = append(texts, m.Text)
		o.sent(m)
	}
}

// channels makes web the account of chats and mail one of alarms.
func (o *office) channels() {
	o.t.Helper()
	o.update(func(tx *store.Tx) error {
		return outbox.SetChannels(tx, []outbox.Channel{{Account: "web", Kind: "wechat"}, {Account: "mail", Kind: "email", Alarm: "alarm"}})
	})
}

// A row for a person goes where that person is when it is sent, not where they
// were when it was decided.
func TestClaim_person(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.bind("s/1/a", "ann", "s/1/a")
		o.enqueue(bot.Outgoing{Key: "for ann", Account: "web", Chat: "s/1/a", Person: "ann", Text: "请您填报"})
		o.bind("s/1/a", "bob", "s/1/a") // after the next login somebody else has that id
		o.bind("s/2/z", "ann", "s/2/z")
		m := o.claim("for ann")
		if m.Chat != "s/2/z" {
			o.t.Fatalf("Claim: got %q, want the chat where ann is now, s/2/z", m.Chat)
		}
		o.settle(m, bot.Result{Held: true, Again: o.clock.Now()})
		o.bind("s/3/y", "ann", "s/3/y")
		if m = o.claim("for ann"); m.Chat != "s/3/y" || m.Attempt != 1 {
			o.t.Errorf("Claim: got %q at attempt %d, want s/3/y and that no attempt was spent", m.Chat, m.Attempt)
		}
		o.sent(m)
		if row := o.row(outbox.Sent, "for ann"); row.Chat != "s/3/y" {
			o.t.Errorf("the row says that it went to %q, want s/3/y", row.Chat)
		}
	})
}

func TestClaim_personWhoIsNowhere(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.channels()
		o.bind("h", "boss", "boss")
		for _, k := range []string{"1", "2"} {
			o.enqueue(bot.Outgoing{Key: k, Account: "web", Person: "ann", Text: "请您填报"})
		}
		o.say("elsewhere", "3")
		told := o.claimed("boss")
		o.send("3") // others are not kept waiting
		if told != "ann: 2" {
			o.t.Errorf("the admin was told %q, want the number and how many wait", told)
		}
		if got := o.alarms(); len(got) != 1 || got[0] != told {
			o.t.Errorf("the alarm account has %q, want the same once", got)
		}
		if row := o.row(outbox.Parked, "1"); row.Attempt != 0 {
			o.t.Errorf("the parked row has spent %d attempts, want none", row.Attempt)
		}
		o.clock.add(3 * time.Hour)
		o.idle()
		if got := o.alarms(); len(got) != 0 {
			o.t.Errorf("looked at again, the alarm account has %q, want that it is told once", got)
		}
		o.bind("s/9/a", "ann", "s/9/a")
		o.send("1", "2")
	})
}

// claimed sends the one row that is due, which is for chat, and returns its text.
func (o *office) claimed(chat string) string {
	o.t.Helper()
	m, err := outbox.Claim(o.t.Context(), o.Store, "web", time.Minute)
	if err != nil || m.Chat != chat {
		o.t.Fatalf("Claim: got %q in %q, %v, want a text in %q", m.Key, m.Chat, err, chat)
	}
	o.sent(m)
	return m.Text
}

func (o *office) park(m bot.Outgoing) {
	o.t.Helper()
	o.settle(m, bot.Result{Err: bot.ErrUnresolved, Held: true, Parked: true, Again: o.clock.Now().Add(3 * time.Hour)})
}

func TestSettle_parked(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed() // 一群 meets in "chat 一群"
		o.channels()
		o.bind("h", "boss", "boss")
		o.say("chat 一群", "1", "2")
		o.say("elsewhere", "3")
		o.park(o.claim("1"))
		if told := o.claimed("boss"); told != "chat 一群: 2" {
			o.t.Errorf("the admin was told %q, want the group's chat and how many wait", told)
		}
		o.send("3")
		o.idle()
		if row := o.row(outbox.Parked, "1"); row.Attempt != 0 {
			o.t.Errorf("the parked row has spent %d attempts, want none", row.Attempt)
		}
		if got := len(o.alarms()); got != 1 {
			o.t.Errorf("%d alarms, want 1", got)
		}
		o = o.reopen()
		o.clock.add(time.Hour)
		o.update(func(tx *store.Tx) error {
			n, err := outbox.ReleaseParked(tx, "web")
			if n != 1 {
				o.t.Errorf("released %d lanes, want 1", n)
			}
			return err
		})
		o.park(o.claim("1")) // the account is back, but the group is not
		if got := len(o.alarms()); got != 1 {
			o.t.Errorf("%d alarms after the account was back, want 1", got)
		}
		o.claimed("boss")
		o.clock.add(3 * time.Hour)
		o.send("1", "2") // it was resolved by itself
	})
}

// What waits for a group follows it to the chat in which it meets now, and so do
// the answers of its people.
func TestBindGroup_moves(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		posted := o.notify("r", notice.Notice{Class: notice.Receipt, Text: "请看"}, "一群")
		o.park(o.claim("r/chat 一群"))
		o.update(func(tx *store.Tx) error {
			return roster.BindGroup(tx, roster.Target{Account: "web", Chat: "新群名", Group: "一群"})
		})
		m := o.claim("r/chat 一群")
		if m.Chat != "新群名" {
			o.t.Fatalf("Claim: got chat %q, want the new one", m.Chat)
		}
		o.sent(m)
		if got := o.shown("新群名", o.clock.Now()); !slices.Equal(got, []int{posted.Notice.Number}) {
			o.t.Errorf("in the new chat stand %v, want notice %d", got, posted.Notice.Number)
		}
		if got := o.shown("chat 一群", o.clock.Now()); len(got) != 0 {
			o.t.Errorf("in the old chat stand %v, want none", got)
		}
	})
}

func TestCancel_parked(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.say("x", "1", "2")
		o.park(o.claim("1"))
		if !o.cancel("1") {
			o.t.Error("a parked row was not cancelled")
		}
		o.send("2")
		o.idle()
	})
}

func TestBind_keepsWhatLasts(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.bind("remark/ann", "ann", "remark/ann")
		o.bind("s/1/a", "ann", "s/1/a")
		o.look(func(s *store.Snapshot) error {
			if chat, err := roster.PrivateChat(s, "web", "ann"); chat != "remark/ann" || err != nil {
				o.t.Errorf("reached in %q, %v, want the chat that lasts", chat, err)
			}
			return nil
		})
	})
}

// A sender whose number stands in the remark on our phone needs no binding; one
// whom only the group's names tell has no rights over others.
func TestWho_remarkAndCard(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.update(func(tx *store.Tx) error {
			return roster.Bind(tx, "web", "s/1/b", roster.Binding{Person: "boss", How: roster.ByCard, Card: "学工处-老板", In: "一群"})
		})
		o.look(func(s *store.Snapshot) error {
			boss, ok, err := roster.Who(s, "web", "remark/boss")
			if !ok || err != nil || !boss.Is("admin") {
				o.t.Errorf("by remark: got %+v, %v, %v, want the admin", boss, ok, err)
			}
			if p, ok, _ := roster.Who(s, "web", "remark/nobody"); ok {
				o.t.Errorf("by a remark with an unknown number: got %+v, want nobody", p)
			}
			boss, ok, err = roster.Who(s, "web", "s/1/b")
			if !ok || err != nil || boss.ID != "boss" || boss.Is("admin", "office", "lead") {
				o.t.Errorf("by card: got %+v, %v, %v, want the person without rights", boss, ok, err)
			}
			if chat, err := roster.PrivateChat(s, "web", "boss"); chat != "" || err != nil {
				o.t.Errorf("by card: reached in %q, %v, want nowhere", chat, err)
			}
			return nil
		})
	})
}

// An admin is told by other ways while the account that reaches them is out.
func TestTellAdmins_whileOut(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.channels()
		o.bind("h", "boss", "boss")
		o.update(func(tx *store.Tx) error { return roster.TellAdmins(tx, "在线时") })
		if got := o.alarms(); len(got) != 0 {
			o.t.Errorf("while web is online the alarm account has %q, want nothing", got)
		}
		o.update(func(tx *store.Tx) error {
			return errors.Join(
				outbox.PutStanding(tx, "web", outbox.Standing{State: bot.State{Word: bot.Scanning, Since: o.clock.Now()}}),
				roster.TellAdmins(tx, "掉线时"))
		})
		if got := o.alarms(); !slices.Equal(got, []string{"掉线时"}) {
			o.t.Errorf("while web is out the alarm account has %q, want 掉线时", got)
		}
		o.update(func(tx *store.Tx) error {
			_, err := roster.Raise(tx, roster.Alarm{Text: "关于web", Except: "web", Outside: true})
			return err
		})
		if got := o.alarms(); !slices.Equal(got, []string{"关于web"}) {
			o.t.Errorf("the alarm account has %q, want 关于web", got)
		}
		if waiting := o.rows(outbox.Waiting); len(waiting) != 2 {
			o.t.Errorf("web has %d rows, want none about itself", len(waiting))
		}
	})
}

func TestCloseExpired(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		out := o.clock.Now()
		for k, life := range map[string]time.Duration{"1": time.Hour, "2": 0, "3": 2 * time.Hour, "4": 96 * time.Hour} {
			m := bot.Outgoing{Key: k, Account: "web", Chat: "c", Text: k, Due: out}
			if life > 0 {
				m.Expires = out.Add(life)
			}
			o.enqueue(m)
		}
		o.clock.add(72 * time.Hour)
		o.update(func(tx *store.Tx) error { return outbox.CloseExpired(tx, "web") })
		o.look(func(s *store.Snapshot) error {
			rows, err := outbox.Dropped(s, "web", out)
			var keys []string
			for _, r := range rows {
				keys = append(keys, r.Key)
			}
			slices.Sort(keys)
			if !slices.Equal(keys, []string{"1", "3"}) || err != nil {
				o.t.Errorf("dropped %q, %v, want 1 and 3", keys, err)
			}
			return nil
		})
		if left := o.rows(outbox.Waiting); len(left) != 2 {
			o.t.Errorf("%d rows wait, want 2", len(left))
		}
	})
}

// The answer to somebody who cannot be found any more is not kept: they can ask
// again.
func TestSettle_parkedAnswer(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.channels()
		o.enqueue(bot.Outgoing{Key: "1", Account: "web", Chat: "s/1/x", Text: "第3条……", Answer: true})
		o.park(o.claim("1"))
		o.row(outbox.Dead, "1")
		if got := o.alarms(); len(got) != 0 {
			o.t.Errorf("the alarm account has %q, want nothing", got)
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
		"a notice after the time that it sets":  {notice.Notice{Class: notice.Receipt, Text: "会", Due: newClock().Now().Add(5 * time.Hour)}, 6 * time.Hour, false},
		"a notice before the time that it sets": {notice.Notice{Class: notice.Receipt, Text: "会", Due: newClock().Now().Add(5 * time.Hour)}, 4 * time.Hour, true},
		"a notice four days later":              {notice.Notice{Class: notice.Receipt, Text: "会"}, 96 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			onEngines(t, func(o *office) {
				o.staffed()
				o.notify("r", c.n, "一群")
				o.clock.add(c.late)
				_, err := outbox.Claim(o.t.Context(), o.Store, "web", time.Minute)
				if sent := err == nil; sent != c.sent {
					o.t.Errorf("claimed: %v (%v), want %v", sent, err, c.sent)
				}
			})
		})
	}
}
