package wechat_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
)

func TestSender(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		s.AddFriend(webwxtest.Friend{ID: "chen", Nick: "陈五"})
		s.AddFriend(webwxtest.Friend{ID: "a", Nick: "甲", Remark: "甲＃F009"})
		s.AddFriend(webwxtest.Friend{ID: "b", Nick: "乙", Remark: "乙 #F009"})
		s.AddGroup(webwxtest.Group{ID: "g2", Name: "二群", Saved: true, Members: []webwxtest.Member{
			{ID: "zhang", Card: "计算机-张三"},
			{ID: "chen", Card: "数学-陈五"},
			{ID: "a", Card: "同名"},
			{ID: "b", Card: "同 名"},
			{ID: "x", Nick: "路人", Card: "张三"},
			{ID: "li", Card: "路人"},
		}})
		e, _ := listening(t, s)
		for _, id := range []string{"zhang", "chen", "a", "b", "x", "li"} {
			s.Push(webwxtest.GroupText("g2", id, id))
			s.Push(webwxtest.Text(id, webwxtest.Self, id+" 私聊"))
		}
		want := map[string]struct{ sender, name, card string }{
			"zhang": {"remark/F001", "计算机-张三", "计算机-张三"},
			"chen":  {"", "数学-陈五", "数学-陈五"},
			"a":     {"", "同名", ""},  // another is called so too
			"b":     {"", "同 名", ""}, // looks the same
			"x":     {"", "张三", ""},  // somebody else's own name
			"li":    {"remark/F002", "路人", ""},
		}
		senders := map[string]string{}
		for _, m := range e.Await(t, 12) {
			id, _, private := strings.Cut(m.Text, " ")
			w := want[id]
			if private {
				if m.Chat != m.Sender || m.Card != "" {
					t.Errorf("%s in private: chat %q, sender %q, card %q", id, m.Chat, m.Sender, m.Card)
				}
			} else if m.Name != w.name || m.Card != w.card || m.Chat != "二群" {
				t.Errorf("%s: name %q, card %q, chat %q; want %q, %q", id, m.Name, m.Card, m.Chat, w.name, w.card)
			}
			if w.sender != "" && m.Sender != w.sender || w.sender == "" && !strings.HasPrefix(m.Sender, "s/") {
				t.Errorf("%s: sender %q, want %q", id, m.Sender, w.sender)
			}
			if was, ok := senders[id]; ok && was != m.Sender {
				t.Errorf("%s: sender %q and %q", id, was, m.Sender)
			}
			senders[id] = m.Sender
		}
	})
}

// fails fails the test unless m cannot be sent to chat because of want.
func fails(t *testing.T, a bot.Account, chat string, m bot.Outgoing, want error) {
	t.Helper()
	if _, err := a.Send(t.Context(), chat, m); !errors.Is(err, want) {
		t.Errorf("Send of %q to %q returned %v, want %v", m.Key, chat, err, want)
	}
}

// unresolved fails the test unless a text for chat is held back.
func unresolved(t *testing.T, a bot.Account, chat string) {
	t.Helper()
	fails(t, a, chat, text("给"+chat), bot.ErrUnresolved)
}

// reaches fails the test unless a text for chat arrives at who has this id.
func reaches(t *testing.T, s *webwxtest.Server, a bot.Account, chat, id string) {
	t.Helper()
	before := len(s.Sent())
	if _, err := a.Send(t.Context(), chat, text(fmt.Sprint("给", chat, before))); err != nil {
		t.Errorf("Send to %q returned %v", chat, err)
		return
	}
	if sent := s.Sent(); len(sent) != before+1 || sent[before].To != id {
		t.Errorf("a text for %q went to %+v, want %q", chat, sent[before:], id)
	}
}

// Row C10: after a login every name on the wire is another one, people took
// each other's names, and groups were renamed.
func TestSend_reachesNobodyElse(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		s.AddFriend(webwxtest.Friend{ID: "chen", Nick: "陈五"})
		s.AddGroup(webwxtest.Group{ID: "g2", Name: "别群", Saved: true, Members: []webwxtest.Member{{ID: "chen"}, {ID: "w", Nick: "王"}, {ID: "z", Nick: "赵"}}})
		dir := loggedIn(t, s)
		e := bottest.NewEar()
		a := open(t, s, dir)
		stop := start(t, a, e.Receive)
		await(t, a, bot.Online)
		reaches(t, s, a, "学工群", "g1")
		reaches(t, s, a, "remark/F001", "zhang")
		s.Push(webwxtest.Text("chen", webwxtest.Self, "我"))
		stranger := e.Await(t, 1)[0].Chat
		reaches(t, s, a, stranger, "chen")
		stop()

		s.LoginElsewhere()
		s.AutoLogin(true)
		s.RenameGroup("g1", "改了名")
		s.RenameGroup("g2", "学工群")
		s.RenameFriend("chen", "张三")
		s.SetRemark("li", "李四#F001")
		b := online(t, s, dir, ignore)
		unresolved(t, b, "学工群")         // other people are in the one that is called so now
		unresolved(t, b, "remark/F001") // two carry it
		unresolved(t, b, "remark/F002") // nobody does
		unresolved(t, b, stranger)      // was good for one login
		unresolved(t, b, "改了名之前")
		reaches(t, s, b, "改了名", "g1")

		// As soon as it is clear again it arrives.
		s.SetRemark("li", "李四#F002")
		s.RenameGroup("g2", "别群")
		s.RenameGroup("g1", "学工群")
		pass(time.Minute)
		reaches(t, s, b, "remark/F001", "zhang")
		reaches(t, s, b, "remark/F002", "li")
		reaches(t, s, b, "学工群", "g1")
	})
}

func TestSend_toOneOfTwoGroupsOfOneName(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		e, a := listening(t, s)
		reaches(t, s, a, "学工群", "g1")
		s.AddGroup(webwxtest.Group{ID: "g2", Name: "学工群", Saved: true, Members: []webwxtest.Member{{ID: "li"}, {ID: "w", Nick: "王"}}})
		s.Push(webwxtest.GroupText("g2", "li", "假群"))
		s.Push(webwxtest.GroupText("g1", "li", "真群"))
		ms := e.Await(t, 2)
		unresolved(t, a, "学工群")
		if ms[0].Chat == "学工群" || ms[1].Chat != "学工群" {
			t.Errorf("the group that was sent to before is %q, the other %q", ms[1].Chat, ms[0].Chat)
		}
		reaches(t, s, a, ms[0].Chat, "g2")
	})
}

// Row T25.
func TestSend_toAGroupThatHasGrown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := webwxtest.New(webwxtest.Options{})
		g := webwxtest.Group{ID: "g1", Name: "大群", Saved: true}
		for i := range 10 {
			g.Members = append(g.Members, webwxtest.Member{ID: fmt.Sprint("m", i), Nick: fmt.Sprint("员", i)})
		}
		s.AddGroup(g)
		s.AutoLogin(true)
		a := online(t, s, t.TempDir(), ignore)
		reaches(t, s, a, "大群", "g1")
		join := func(from, to int) {
			for i := from; i < to; i++ {
				s.AddMember("g1", webwxtest.Member{ID: fmt.Sprint("n", i), Nick: fmt.Sprint("新", i)})
				s.Push(webwxtest.System10000("g1", fmt.Sprintf(`"员1"邀请"新%d"加入了群聊`, i)))
			}
			pass(time.Minute)
		}
		join(0, 2)
		reaches(t, s, a, "大群", "g1")
		join(2, 3)
		unresolved(t, a, "大群")
		if d := a.State().Detail; !strings.Contains(d, "确认群") {
			t.Errorf("the state does not say what to do: %q", d)
		}
		if n, err := a.Members("大群"); n != 14 || err != nil {
			t.Errorf("Members = %d, %v, want 14", n, err)
		}
		must(t, a.Confirm("大群"))
		reaches(t, s, a, "大群", "g1")
		if n, err := a.Members("没有的群"); n != 0 || !errors.Is(err, bot.ErrUnresolved) {
			t.Errorf("Members of a group that is not there = %d, %v", n, err)
		}
		if err := a.Confirm("没有的群"); !errors.Is(err, bot.ErrUnresolved) {
			t.Errorf("Confirm of a group that is not there returned %v", err)
		}
	})
}

// One after the other may leave until nobody is left who was there at first.
func TestSend_toAGroupThatChangesSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := webwxtest.New(webwxtest.Options{})
		g := webwxtest.Group{ID: "g1", Name: "老群", Saved: true}
		for i := range 10 {
			g.Members = append(g.Members, webwxtest.Member{ID: fmt.Sprint("m", i), Nick: fmt.Sprint("员", i)})
		}
		s.AddGroup(g)
		s.AutoLogin(true)
		a := online(t, s, t.TempDir(), ignore)
		for i := range 10 {
			reaches(t, s, a, "老群", "g1")
			s.RemoveMember("g1", fmt.Sprint("m", i))
			s.AddMember("g1", webwxtest.Member{ID: fmt.Sprint("n", i), Nick: fmt.Sprint("新", i)})
			pass(time.Minute)
		}
		reaches(t, s, a, "老群", "g1")
	})
}

// A group that is not saved on the phone is known by its first message.
func TestReceive_fromAGroupThatIsNotKnown(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		s.AddGroup(webwxtest.Group{ID: "g2", Name: "没保存的群", Hidden: true, Members: []webwxtest.Member{{ID: "zhang", Card: "计-张"}, {ID: "x", Nick: "路人"}}})
		e, a := listening(t, s)
		unresolved(t, a, "没保存的群")
		s.Push(webwxtest.GroupText("g2", "zhang", "大家好"))
		if m := e.Await(t, 1)[0]; m.Chat != "没保存的群" || m.Sender != "remark/F001" || m.Card != "计-张" {
			t.Errorf("heard %+v", m)
		}
		reaches(t, s, a, "没保存的群", "g2")
	})
}

// Group names can be chosen by anybody, so none may look like another handle.
func TestReceive_fromAGroupThatIsCalledLikeAHandle(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		s.AddGroup(webwxtest.Group{ID: "g2", Name: "remark/F001", Saved: true, Members: []webwxtest.Member{{ID: "li"}, {ID: "x", Nick: "路人"}}})
		e, a := listening(t, s)
		s.Push(webwxtest.GroupText("g2", "li", "第3条"))
		chat := e.Await(t, 1)[0].Chat
		reaches(t, s, a, chat, "g2")
		reaches(t, s, a, "remark/F001", "zhang")
	})
}

func TestReceive_learnsWhoJoins(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		e, _ := listening(t, s)
		pass(10 * time.Minute)
		s.AddMember("g1", webwxtest.Member{ID: "neu", Nick: "新人", Card: "物理-新人"})
		before := s.Requests()["webwxbatchgetcontact"]
		s.Push(webwxtest.GroupText("g1", "neu", "大家好"))
		if m := e.Await(t, 1)[0]; m.Card != "物理-新人" {
			t.Errorf("heard %+v", m)
		}
		for i := range 20 {
			s.Push(webwxtest.Msg{From: fmt.Sprint("ghost", i), Group: "g1", Type: webwxtest.TypeText, Text: "我不在名单里"})
		}
		e.Await(t, 21)
		if n := s.Requests()["webwxbatchgetcontact"] - before; n > 2 {
			t.Errorf("asked %d times for the group's members", n)
		}
	})
}

// Defect 17: the library puts answers into the order of its questions.
func TestContacts_inAnyOrder(t *testing.T) {
	for name, f := range map[string]webwxtest.Fault{"turned round": {Reorder: true}, "one short": {Short: true}, "one too many": {Long: true}} {
		subtest(t, name, func(t *testing.T, s *webwxtest.Server) {
			for i := range 60 {
				s.AddGroup(webwxtest.Group{ID: fmt.Sprint("h", i), Name: fmt.Sprint("群", i), Members: []webwxtest.Member{{ID: "zhang"}, {ID: fmt.Sprint("p", i), Nick: fmt.Sprint("人", i)}}})
			}
			s.Fault("webwxbatchgetcontact", f)
			e, a := listening(t, s)
			for n, i := range []int{0, 5, 49, 50, 59} {
				s.Push(webwxtest.GroupText(fmt.Sprint("h", i), fmt.Sprint("p", i), "在"))
				m := e.Await(t, n+1)[n]
				if m.Chat != fmt.Sprint("群", i) || m.Name != fmt.Sprint("人", i) && name != "one short" {
					t.Errorf("group %d: heard %+v", i, m)
				}
			}
			if name != "one short" {
				reaches(t, s, a, "群7", "h7")
			}
		})
	}
}

// Contacts that cannot be read stop sending, not receiving.
func TestContacts_thatCannotBeRead(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		s.AutoLogin(true)
		s.Fault("webwxgetcontact", webwxtest.Fault{Ret: 1205})
		e := bottest.NewEar()
		a := run(t, s, t.TempDir(), e.Receive)
		await(t, a, bot.Suspect)
		s.Push(webwxtest.GroupText("g1", "zhang", "收到"))
		e.Await(t, 1)
		fails(t, a, "学工群", text("通知"), bot.ErrOut)
		s.ClearFaults()
		pass(2 * time.Minute)
		await(t, a, bot.Online)
		reaches(t, s, a, "学工群", "g1")
	})
}

var _ bot.Account = (*wechat.Account)(nil)
