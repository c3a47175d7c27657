package roster_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/roster/rostertest"
	"duban/store"
	"duban/store/mem"
)

// An office is one of the people of [rostertest.Staff].
type office struct{ *outboxtest.Office }

func onEngines(t *testing.T, test func(o *office)) {
	t.Helper()
	outboxtest.OnEngines(t, []any{outbox.Hooks{Resolve: roster.PrivateChat}}, func(o *outboxtest.Office) {
		rostertest.Hire(o)
		test(&office{o})
	})
}

// bind makes a handle speak for a person, who is reached in chat.
func (o *office) bind(handle, person, chat string) {
	o.Helper()
	o.Change(func(tx *store.Tx) {
		roster.Bind(tx, "web", handle, roster.Binding{Person: person, Chat: chat, How: roster.ByCode})
	})
}

// reached returns the chat in which a person is reached.
func (o *office) reached(person string) string {
	o.Helper()
	return outboxtest.See(o, func(s *store.Snapshot) string { return roster.PrivateChat(s, "web", person) })
}

// alarms returns the texts for the admins that the alarm account has.
func (o *office) alarms() (texts []string) {
	o.DrainTo("mail", func(m bot.Outgoing) { texts = append(texts, m.Text) })
	return texts
}

func TestBind_keepsWhatLasts(t *testing.T) {
	onEngines(t, func(o *office) {
		o.bind("remark/ann", "ann", "remark/ann")
		o.bind("s/1/a", "ann", "s/1/a")
		if chat := o.reached("ann"); chat != "remark/ann" {
			o.Errorf("reached in %q, want the chat that lasts", chat)
		}
	})
}

// A sender whose number stands in the remark on our phone needs no binding; one
// whom only the group's names tell has no rights over others.
func TestWho_remarkAndCard(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Change(func(tx *store.Tx) {
			roster.Bind(tx, "web", "s/1/b", roster.Binding{Person: "boss", How: roster.ByCard, Card: "学工处-老板", In: "一群"})
		})
		o.Look(func(s *store.Snapshot) {
			boss, ok := who(s, "remark/boss")
			if !ok || !boss.Is("admin") {
				o.Errorf("by remark: got %+v, %v, want the admin", boss, ok)
			}
			if p, ok := who(s, "remark/nobody"); ok {
				o.Errorf("by a remark with an unknown number: got %+v, want nobody", p)
			}
			boss, ok = who(s, "s/1/b")
			if !ok || boss.ID != "boss" || boss.Is("admin", "office", "lead") {
				o.Errorf("by card: got %+v, %v, want the person without rights", boss, ok)
			}
		})
		if chat := o.reached("boss"); chat != "" {
			o.Errorf("by card: reached in %q, want nowhere", chat)
		}
	})
}

// An admin is told by other ways while the account that reaches them is out.
func TestTellAdmins_whileOut(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Change(func(tx *store.Tx) {
			outbox.SetChannels(tx, []outbox.Channel{{Account: "web", Kind: "wechat"}, {Account: "mail", Kind: "email", Alarm: "alarm"}})
		})
		o.bind("h", "boss", "boss")
		o.Change(func(tx *store.Tx) { roster.TellAdmins(tx, "在线时") })
		if got := o.alarms(); len(got) != 0 {
			o.Errorf("while web is online the alarm account has %q, want nothing", got)
		}
		o.Change(func(tx *store.Tx) {
			outbox.PutStanding(tx, "web", outbox.Standing{State: bot.State{Word: bot.Scanning, Since: o.Now()}})
			roster.TellAdmins(tx, "掉线时")
		})
		if got := o.alarms(); !slices.Equal(got, []string{"掉线时"}) {
			o.Errorf("while web is out the alarm account has %q, want 掉线时", got)
		}
		o.Change(func(tx *store.Tx) { roster.Raise(tx, roster.Alarm{Text: "关于web", Except: "web", Outside: true}) })
		if got := o.alarms(); !slices.Equal(got, []string{"关于web"}) {
			o.Errorf("the alarm account has %q, want 关于web", got)
		}
		if waiting := o.Rows(outbox.Waiting); len(waiting) != 2 {
			o.Errorf("web has %d rows, want none about itself", len(waiting))
		}
	})
}

func TestPending(t *testing.T) {
	onEngines(t, func(o *office) {
		until := o.Now().Add(time.Minute)
		set := func(chat, person, kind, text string) {
			o.Change(func(tx *store.Tx) {
				roster.SetPending(tx, "web", chat, person, roster.Pending{Kind: kind, Until: until, Text: text, Data: json.RawMessage(`{"a":[1,2]}`)})
			})
		}
		text := func(chat, person, kind string) (text string) {
			o.Look(func(s *store.Snapshot) {
				p, ok := roster.PendingOf(s, "web", chat, person, kind)
				if text = p.Text; !ok {
					text = "none"
				} else if string(p.Data) != `{"a":[1,2]}` {
					o.Errorf("got data %s, want what was put", p.Data)
				}
			})
			return text
		}
		set("g", "ann", "which", "一")
		set("g", "ann", "draft", "二")
		set("g", "bob", "which", "三")
		set("g", "ann", "which", "四")
		for _, test := range [][4]string{{"g", "ann", "which", "四"}, {"g", "ann", "draft", "二"}, {"g", "bob", "which", "三"}, {"p", "ann", "which", "none"}, {"g/ann", "which", "", "none"}} {
			if got := text(test[0], test[1], test[2]); got != test[3] {
				o.Errorf("got %s, want %s: %v", got, test[3], test[:3])
			}
		}
		o.Change(func(tx *store.Tx) { roster.ClearPending(tx, "web", "g", "ann", "which") })
		if got := text("g", "ann", "which"); got != "none" {
			o.Errorf("got %s after it was cleared, want none", got)
		}
		o.Pass(time.Minute)
		if got := text("g", "bob", "which"); got != "三" {
			o.Errorf("got %s at its last moment, want it", got)
		}
		o.Pass(time.Nanosecond)
		if got := text("g", "bob", "which"); got != "none" {
			o.Errorf("got %s after its time, want none", got)
		}
	})
}

func TestCode(t *testing.T) {
	onEngines(t, func(o *office) {
		until := o.Now().Add(time.Hour)
		take := func(code string) (person string) {
			o.Change(func(tx *store.Tx) {
				p, ok := roster.TakeCode(tx, code)
				if person = p; !ok {
					person = "nobody"
				}
			})
			return person
		}
		o.Change(func(tx *store.Tx) {
			roster.PutCode(tx, "111111", "ann", until)
			roster.PutCode(tx, "222222", "bob", until)
		})
		for _, test := range [][2]string{{"333333", "nobody"}, {"111111", "ann"}, {"111111", "nobody"}} {
			if got := take(test[0]); got != test[1] {
				o.Errorf("got %s, want %s by code %s", got, test[1], test[0])
			}
		}
		o.Pass(time.Hour + time.Second)
		if got := take("222222"); got != "nobody" {
			o.Errorf("got %s by a code that has run out, want nobody", got)
		}
	})
}

func TestTryCode(t *testing.T) {
	onEngines(t, func(o *office) {
		try := func(sender string) int {
			return outboxtest.Do(o, func(tx *store.Tx) int { return roster.TryCode(tx, "web", sender) })
		}
		got := []int{try("x"), try("x"), try("y"), try("x")}
		o.Pass(24 * time.Hour)
		if got = append(got, try("x")); !slices.Equal(got, []int{1, 2, 1, 3, 1}) {
			o.Errorf("got %v, want a count for each sender and day", got)
		}
	})
}

// who returns the person who speaks through a handle, with their rights.
func who(s *store.Snapshot, sender string) (roster.Person, bool) {
	b, p, ok := roster.Bound(s, "web", sender)
	return b.Rights(p), ok
}

func TestBind(t *testing.T) {
	onEngines(t, func(o *office) {
		called := func(sender string) (id string) {
			o.Look(func(s *store.Snapshot) {
				p, ok := who(s, sender)
				if id = p.ID; !ok {
					id = "nobody"
				}
			})
			return id
		}
		o.bind("h1", "ann", "c1")
		o.bind("h2", "gone", "c2")
		if called("h1") != "ann" || called("h2") != "nobody" || called("h3") != "nobody" {
			o.Errorf("got %s, %s, %s, want ann and nobody: off the roster, and unknown", called("h1"), called("h2"), called("h3"))
		}
		o.bind("h1", "bob", "c3")
		o.Reopen()
		if id, chat := called("h1"), o.reached("bob"); chat != "c3" || id != "bob" {
			o.Errorf("got %s in %q, want bob in c3", id, chat)
		}
		r := rostertest.Staff()
		r.People = r.People[:1]
		o.Change(func(tx *store.Tx) { roster.Replace(tx, r) })
		if all := outboxtest.See(o, roster.Current); len(all.People) != 1 || all.People[0].ID != "boss" {
			o.Errorf("got %+v, want the new roster alone", all.People)
		}
	})
}

func TestGroups(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Look(func(s *store.Snapshot) {
			names := roster.Groups(s)
			if !slices.Equal(names, []string{"一群", "二群"}) {
				o.Errorf("got %v, want those that can be reached", names)
			}
			to := roster.Targets(s, []string{"二群", "三群"})
			if len(to) != 1 || to[0] != (roster.Target{Account: "web", Chat: "chat 二群", Group: "二群"}) {
				o.Errorf("got %+v, want 二群 alone", to)
			}
			for chat, want := range map[string]string{"chat 一群": "一群", "chat 三群": "", "": ""} {
				if got := roster.GroupIn(s, "web", chat); got != want {
					o.Errorf("got %q, want %q in %q", got, want, chat)
				}
			}
		})
	})
}

func TestTellAdmins(t *testing.T) {
	onEngines(t, func(o *office) {
		o.bind("h1", "boss", "c1")
		o.bind("h2", "ann", "c2")
		told := func() (texts []string) {
			for _, m := range o.Drain() {
				texts = append(texts, m.Chat+" "+m.Text)
			}
			return texts
		}
		tell := func(text string) {
			o.Change(func(tx *store.Tx) { roster.TellAdmins(tx, text) })
		}
		tell("出错了")
		o.Pass(10 * time.Minute)
		tell("出错了")
		tell("又出错了")
		got := told()
		if !slices.Equal(got, []string{"c1 出错了", "c1 又出错了"}) {
			o.Errorf("got %q, want each text once, and only to the admin", got)
		}
		o.Pass(time.Hour)
		tell("出错了")
		got = told()
		if len(got) != 1 {
			o.Errorf("got %q, want it again after an hour", got)
		}
		r := rostertest.Staff()
		r.People[0].Roles = []roster.Role{roster.Counselor}
		o.Change(func(tx *store.Tx) {
			roster.Replace(tx, r)
			roster.TellAdmins(tx, "没有管理员")
		})
		o.Idle()
	})
}

// TestRoster_memo: what a transaction that fails has put is never seen.
func TestRoster_memo(t *testing.T) {
	onEngines(t, func(o *office) {
		undo := errors.New("undo")
		r := rostertest.Staff()
		r.People[1].Name = "安安"
		err := o.Update(o.Context(), func(tx *store.Tx) error {
			roster.Replace(tx, r)
			got := roster.Current(tx.Snapshot)
			if got.People[1].Name != "安安" {
				o.Errorf("got %+v, want its own change", got)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			o.Fatalf("got %v, want the error", err)
		}
		if got := outboxtest.See(o, roster.Current); got.People[1].Name != "安然" {
			o.Errorf("got %s, want what was there before", got.People[1].Name)
		}
	})
}

// TestHasCode: a code is taken until it was used or has run out.
func TestHasCode(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Change(func(tx *store.Tx) {
			roster.PutCode(tx, "111111", "ann", tx.Now().Add(time.Hour))
			roster.PutCode(tx, "222222", "bob", tx.Now().Add(-time.Hour))
		})
		o.Change(func(tx *store.Tx) {
			if !roster.HasCode(tx.Snapshot, "111111") || roster.HasCode(tx.Snapshot, "222222") || roster.HasCode(tx.Snapshot, "333333") {
				o.Error("want the first code taken, and neither the old one nor the one that was never made")
			}
		})
		o.Change(func(tx *store.Tx) { roster.TakeCode(tx, "111111") })
		o.Change(func(tx *store.Tx) {
			if roster.HasCode(tx.Snapshot, "111111") {
				o.Error("a code that was used is still taken")
			}
		})
	})
}

// TestHandles: by what people are known, and who is.
func TestHandles(t *testing.T) {
	onEngines(t, func(o *office) {
		o.bind("h/ann", "ann", "p/ann")
		o.bind("h/ann2", "ann", "")
		o.bind("h/bob", "bob", "p/bob")
		o.bind("h/bob", "cat", "p/bob") // it was cat all along
		o.Change(func(tx *store.Tx) {
			var found []string
			for _, h := range roster.Handles(tx.Snapshot, "ann") {
				found = append(found, h.Account+" "+h.Sender+" "+h.Person)
			}
			if want := []string{"web h/ann ann", "web h/ann2 ann"}; !slices.Equal(found, want) {
				o.Errorf("ann: got %q, want %q", found, want)
			}
			all := roster.Accounts(tx.Snapshot)
			if len(all) != 2 || !slices.Equal(all["ann"], []string{"web"}) || !slices.Equal(all["cat"], []string{"web"}) {
				o.Errorf("got %v, want ann and cat known by web", all)
			}
		})
	})
}

// TestLikely: a stray is like those whose name stands in theirs, or who have the surname
// and a title; like nobody otherwise.
func TestLikely(t *testing.T) {
	people := &roster.Roster{}
	for i, name := range []string{"韩冬", "张伟", "张伟", "孙静怡"} {
		people.People = append(people.People, roster.Person{ID: string(rune('a' + i)), Name: name, Groups: []string{[]string{"安全群", "学工群"}[i%2]}})
	}
	for called, want := range map[string]string{
		"保卫-老韩": "a", "韩老师": "a", "经管-张伟": "b", "张老师": "b", "老孙": "d", "春暖花开": "", "韩": "", "孙静怡的妈妈": "d", "老王": "",
	} {
		got := ""
		for _, p := range (roster.Stray{Card: called}).Likely(people, "学工群") {
			got += p.ID
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", called, got, want)
		}
	}
}

// That all are enrolled is believed until a binding changes, so that a start repairs what
// was undone.
func TestEnrolled(t *testing.T) {
	o := outboxtest.On(t, mem.New())
	rostertest.Hire(o)
	simulated := roster.Binding{Person: "ann", Chat: "@ann", How: roster.BySimulator}
	for name, undo := range map[string]func(*store.Tx){
		"another roster":         func(tx *store.Tx) { roster.Replace(tx, &roster.Roster{People: rostertest.Staff().People[:3]}) },
		"somebody binds by code": func(tx *store.Tx) { roster.Bind(tx, "web", "s/1", roster.Binding{Person: "bob", How: roster.ByCode}) },
		"somebody is unbound":    func(tx *store.Tx) { roster.Unbind(tx, "ann") },
	} {
		o.Change(func(tx *store.Tx) {
			roster.Replace(tx, rostertest.Staff())
			roster.Bind(tx, "web", "ann", simulated)
			roster.Enrol(tx, "web", roster.Revision(tx.Snapshot))
		})
		enrolled := func() (is bool) {
			o.Look(func(s *store.Snapshot) { is = roster.Enrolled(s, "web") == roster.Revision(s) })
			return is
		}
		if !enrolled() {
			t.Errorf("%s: not enrolled before", name)
		}
		if o.Change(undo); enrolled() {
			t.Errorf("%s: still enrolled", name)
		}
	}
}
