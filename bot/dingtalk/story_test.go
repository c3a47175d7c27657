package dingtalk_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/dingtalk"
	"duban/bot/dingtalk/dingtalktest"
)

// messages is how many are said while streams are cut and the store fails.
var messages = flag.Int("messages", 2500, "messages of the count of what is lost; 10000 is the long form")

// TestRun_cutsAndFailingStores counts: what the network has brought is heard, once, and
// in the order of its chat but for what was brought again, whatever the stream and the
// store do.
func TestRun_cutsAndFailingStores(t *testing.T) {
	n := *messages
	chance := bottest.Rand(t)
	inOffice(t, dingtalktest.Options{Repeats: 1}, func(t *testing.T, s *dingtalktest.Server) {
		f := bottest.NewFlaky(chance)
		stop := start(t, s, open(t, s), f.Receive)
		people := []string{"张三", "李四"}
		cuts, moves := 0, 0
		for i := range n {
			person := people[i%2]
			chat := []string{group, s.Person(person)}[i%3%2]
			id := s.Say(chat, person, fmt.Sprintf("@duban 第%d句", i))
			if i%5 == 0 { // so that a cut loses few that wait to be brought
				synctest.Wait()
			}
			switch chance.IntN(200) {
			case 0:
				s.Cut()
				cuts++
				pass(time.Minute)
			case 1:
				s.Again(id)
			case 2:
				s.Noise()
			case 3:
				s.Refuse(1)
			case 4:
				synctest.Wait() // what was said before is on the stream that will end
				s.Move()
				moves++
				pass(time.Duration(chance.IntN(20)) * time.Second)
			case 5:
				pass(time.Minute)
			}
		}
		pass(5 * time.Minute)
		if left := s.Unanswered(); left > 0 {
			t.Errorf("%d were not answered although they are durable", left)
		}
		stop()
		f.Check(t, s.Said(), true)
		if f.Fails() == 0 || cuts == 0 || moves == 0 {
			t.Errorf("%d failures of the store, %d cuts and %d moves: nothing was tried", f.Fails(), cuts, moves)
		}
		t.Logf("%d cuts, %d moves, %d failures of the store, %d streams, %d of %d said heard", cuts, moves, f.Fails(), s.Links(), len(f.Heard()), n)
	})
}

// A frame is answered when what it brought is durable, and not before; what comes again
// although it was answered is known.
func TestRun_answersWhatIsDurable(t *testing.T) {
	inOffice(t, dingtalktest.Options{Repeats: 1}, func(t *testing.T, s *dingtalktest.Server) {
		ear := bottest.NewEar()
		ear.Refuse(1000)
		start(t, s, open(t, s), ear.Receive)
		id := s.Say(s.Person("张三"), "张三", "第3条80%")
		pass(90 * time.Second) // it comes again meanwhile
		if s.Unanswered() == 0 || len(ear.Heard()) > 0 {
			t.Fatal("it was answered, and the store was away")
		}
		s.Move() // what came on a stream that ends is answered there
		ear.Refuse(0)
		pass(8 * time.Second)
		if s.Unanswered() > 0 {
			t.Error("it is durable, and was not answered before its stream ended")
		}
		s.Again(id)
		pass(time.Second)
		if got := ear.Heard(); len(got) != 1 || s.Unanswered() != 0 {
			t.Errorf("heard %d, %d not answered, want one and none", len(got), s.Unanswered())
		}
	})
}

// A stream that is moved soon after it was opened is followed at once, and nobody is told
// that the account was out. A network that moves it all the time is not asked all the time.
func TestRun_movesSoon(t *testing.T) {
	inOffice(t, dingtalktest.Options{}, func(t *testing.T, s *dingtalktest.Server) {
		ear := bottest.NewEar()
		a := open(t, s)
		start(t, s, a, ear.Receive)
		for i := range 3 {
			pass(5 * time.Second)
			s.Move()
			synctest.Wait() // no time passes
			s.Say(s.Person("张三"), "张三", "收到")
			synctest.Wait()
			if got := ear.Heard(); len(got) != i+1 || a.State().Word != bot.Online {
				t.Fatalf("heard %d after %d moves, %s", len(got), i+1, a.State().Word)
			}
		}
		for len(a.States()) > 0 {
			if st := <-a.States(); st.Word != bot.Online {
				t.Errorf("somebody was told that the account is %s", st.Word)
			}
		}
		before := s.Asked()
		for range 100 {
			s.Move()
			pass(10 * time.Millisecond)
		}
		if n := s.Asked() - before; n > 10 {
			t.Errorf("%d streams in a second of moves", n)
		}
	})
}

// When the network says that it ends a stream, the next one is open before people say
// anything more, and none is cut off before its time.
func TestRun_moves(t *testing.T) {
	inOffice(t, dingtalktest.Options{}, func(t *testing.T, s *dingtalktest.Server) {
		ear := bottest.NewEar()
		a := open(t, s)
		start(t, s, a, ear.Receive)
		pass(time.Hour)
		if got := s.Links(); got != 1 {
			t.Fatalf("%d streams in a quiet hour, want 1", got)
		}
		s.Move()
		synctest.Wait() // no time passes
		s.Say(s.Person("张三"), "张三", "收到")
		synctest.Wait()
		if got := ear.Heard(); len(got) != 1 || s.Links() != 2 || a.State().Word != bot.Online {
			t.Errorf("heard %d on %d streams, %s, want 1 on the second", len(got), s.Links(), a.State().Word)
		}
		s.Silence()
		pass(2 * time.Minute)
		s.Say(s.Person("张三"), "张三", "收到")
		synctest.Wait()
		if got := ear.Heard(); len(got) != 2 || s.Links() != 3 {
			t.Errorf("heard %d on %d streams, want 2 on the third: the second went silent", len(got), s.Links())
		}
	})
}

func TestRun_wrongSecret(t *testing.T) {
	inOffice(t, dingtalktest.Options{}, func(t *testing.T, s *dingtalktest.Server) {
		a := open(t, s, func(o *dingtalk.Options) { o.Secret = "other" })
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := a.Run(ctx, bottest.NewEar().Receive); err != nil {
			t.Errorf("Run: %v", err)
		}
		said := false
		for len(a.States()) > 0 {
			st := <-a.States()
			said = said || st.Word == bot.Offline && strings.Contains(st.Detail, "Client Secret")
		}
		if !said || s.Asked() > 15 {
			t.Errorf("a state says that the secret is wrong: %v; asked %d times in an hour", said, s.Asked())
		}
		fails(t, a, "group/"+group, text("通知"), bot.ErrOut)
	})
}

// Before the app is published nobody has an id: who writes in private cannot be
// answered, and the office is told why.
func TestRun_unpublished(t *testing.T) {
	inOffice(t, dingtalktest.Options{Unpublished: true}, func(t *testing.T, s *dingtalktest.Server) {
		ear := bottest.NewEar()
		a := open(t, s)
		start(t, s, a, ear.Receive)
		s.Say(s.Person("张三"), "张三", "在吗")
		s.Say(group, "张三", "@duban 在吗")
		if got := ear.Await(t, 1); len(got) != 1 || !got[0].Group || got[0].Sender == "" {
			t.Errorf("heard %+v, want the text in the group alone", got)
		}
		if st := a.State(); st.Word != bot.Online || !strings.Contains(st.Detail, "发布") {
			t.Errorf("the state is %+v", st)
		}
	})
}

// text returns something to be said.
func text(s string) bot.Outgoing { return bot.Outgoing{Key: "test/" + s, Text: s} }

func fails(t *testing.T, a *dingtalk.Account, chat string, m bot.Outgoing, want error) {
	t.Helper()
	if _, err := a.Send(t.Context(), chat, m); !errors.Is(err, want) {
		t.Errorf("Send(%s, %q): got error %v, want %v", chat, m.Text, err, want)
	}
}

func TestSend_outcomes(t *testing.T) {
	s := office(t, dingtalktest.Options{})
	a := open(t, s)
	private := "user/" + s.Person("张三")
	busy := errors.New("busy")
	for i, c := range []struct {
		fault dingtalktest.Fault
		chat  string
		want  error // nil: sent
		shown bool
	}{
		{dingtalktest.Fine, "group/" + group, nil, true},
		{dingtalktest.LostReply, "group/" + group, bot.ErrUnknown, true},
		{dingtalktest.CutReply, private, bot.ErrUnknown, true},
		{dingtalktest.Busy, private, busy, false},
		{dingtalktest.Often, "group/" + group, bot.ErrTooOften, false},
		{dingtalktest.Flooded, private, bot.ErrTooOften, false},
		{dingtalktest.Expired, private, nil, true},
		{dingtalktest.Denied, private, bot.ErrOut, false},
		{dingtalktest.Fine, "user/nobody", bot.ErrRefused, false},
		{dingtalktest.Fine, "group/other", bot.ErrRefused, false},
		{dingtalktest.Fine, "elsewhere", bot.ErrRefused, false},
	} {
		s.Fail(c.fault)
		before := len(s.Sent())
		_, err := a.Send(t.Context(), c.chat, text(fmt.Sprint("第", i, "句")))
		switch shown := len(s.Sent()) > before; {
		case shown != c.shown:
			t.Errorf("%d: shown %v, want %v", i, shown, c.shown)
		case errors.Is(c.want, busy):
			if err == nil || errors.Is(err, bot.ErrRefused) || errors.Is(err, bot.ErrUnknown) || errors.Is(err, bot.ErrOut) {
				t.Errorf("%d: got %v, want one that means that it may be tried again", i, err)
			}
		case !errors.Is(err, c.want):
			t.Errorf("%d: got %v, want %v", i, err, c.want)
		}
		if often, ok := errors.AsType[*bot.TooOften](err); ok && (often.Chat != (c.fault == dingtalktest.Flooded) || often.After == 0) {
			t.Errorf("%d: got %+v", i, often)
		}
	}
	fails(t, a, "group/"+group, text(strings.Repeat("长", 6000)), bot.ErrRefused)
}

// A text is there although its DING is not; nobody is shown one who did not ask for it.
func TestSend_urgent(t *testing.T) {
	s := office(t, dingtalktest.Options{})
	s.Forbid("/v1.0/robot/ding/send")
	private := "user/" + s.Person("张三")
	for i, a := range []*dingtalk.Account{open(t, s, urgent), open(t, s)} {
		m := text(fmt.Sprint("第", i, "句"))
		m.Rank = bot.Urgent
		if _, err := a.Send(t.Context(), private, m); err != nil || s.Rung("张三") != 0 || len(s.Shown(s.Person("张三"))) != i+1 {
			t.Errorf("got %v, %d DINGs, %q", err, s.Rung("张三"), s.Shown(s.Person("张三")))
		}
		s.Allow()
	}
}

// A card that the network does not take is said as a text: it says itself how to answer.
func TestSend_buttonsWithoutACard(t *testing.T) {
	s := office(t, dingtalktest.Options{})
	m := text("通知3：开会，收到请回复")
	m.Buttons = []bot.Button{{Label: "收到", Says: "通知3收到"}}
	for _, card := range []string{"", "other.schema", dingtalktest.Card} {
		a := open(t, s, func(o *dingtalk.Options) { o.Card = card })
		if card == dingtalktest.Card {
			s.Forbid("/v1.0/card/instances/createAndDeliver")
		}
		before := len(s.Sent())
		r, err := a.Send(t.Context(), "group/"+group, m)
		if sent := s.Sent(); err != nil || len(sent) != before+1 || len(sent[before].Buttons) > 0 || sent[before].ID != r.ID {
			t.Errorf("template %q: got %v, %v", card, r, err)
		}
		if err := a.Update(t.Context(), "group/"+group, r.ID, m); !errors.Is(err, bot.ErrRefused) {
			t.Errorf("a text was changed: %v", err)
		}
	}
}

// A quote of a card names it as its receipt does, and says what it says now, although
// the network brings neither.
func TestRun_quoteOfACard(t *testing.T) {
	inOffice(t, dingtalktest.Options{}, func(t *testing.T, s *dingtalktest.Server) {
		ear := bottest.NewEar()
		a := open(t, s)
		start(t, s, a, ear.Receive)
		m := text("通知3：开会")
		m.Buttons = []bot.Button{{Label: "收到", Says: "通知3收到"}}
		r, err := a.Send(t.Context(), "group/"+group, m)
		if err != nil {
			t.Fatal(err)
		}
		m.Text += "\n已收到：1人"
		if err := a.Update(t.Context(), "group/"+group, r.ID, m); err != nil {
			t.Fatal(err)
		}
		s.Quote(group, "张三", m.Text, "@duban 收到")
		if q := ear.Await(t, 1)[0].Quote; q == nil || q.ID != r.ID || q.Text != m.Text || !q.Self {
			t.Errorf("quote %+v, want one of %q", q, r.ID)
		}
		s.Read(group, "李四", m.Text)
		if all, err := a.ReadBy(t.Context(), "group/"+group, r.ID); err != nil || len(all) != 1 || all[0].Sender != s.Person("李四") {
			t.Errorf("ReadBy a card: got %v, %v", all, err)
		}
	})
}

// What was sent before a restart is known by its receipt, and a press of its button
// names what can be changed.
func TestCard_afterARestart(t *testing.T) {
	inOffice(t, dingtalktest.Options{}, func(t *testing.T, s *dingtalktest.Server) {
		m := text("通知3：开会")
		m.Buttons = []bot.Button{{Label: "收到", Says: "通知3收到"}}
		r, err := open(t, s).Send(t.Context(), "group/"+group, m)
		if err != nil {
			t.Fatal(err)
		}
		ear := bottest.NewEar()
		a := open(t, s)
		start(t, s, a, ear.Receive)
		s.Read(group, "李四", m.Text)
		if all, err := a.ReadBy(t.Context(), "group/"+group, r.ID); err != nil || len(all) != 1 {
			t.Errorf("ReadBy: got %v, %v, want one", all, err)
		}
		s.Press(group, "李四", "收到")
		for i, card := range []string{ear.Await(t, 1)[0].Press.Message, r.ID} {
			m.Text = fmt.Sprint("通知3：开会\n第", i, "版")
			if err := a.Update(t.Context(), "group/"+group, card, m); err != nil || fmt.Sprint(s.Shown(group)) != "["+m.Text+"]" {
				t.Errorf("Update: %v, the group shows %q", err, s.Shown(group))
			}
		}
	})
}

// A button in somebody's private chat is nobody else's.
func TestRun_pressOfAnother(t *testing.T) {
	inOffice(t, dingtalktest.Options{}, func(t *testing.T, s *dingtalktest.Server) {
		ear := bottest.NewEar()
		a := open(t, s)
		start(t, s, a, ear.Receive)
		m := text("还没有收到您的回复")
		m.Buttons = []bot.Button{{Label: "请假", Says: "请假"}}
		if _, err := a.Send(t.Context(), "user/"+s.Person("张三"), m); err != nil {
			t.Fatal(err)
		}
		for _, who := range []string{"李四", "张三"} {
			s.Press(s.Person("张三"), who, "请假")
		}
		pass(time.Second)
		if got := ear.Heard(); len(got) != 1 || got[0].Name != "张三" || s.Unanswered() > 0 {
			t.Errorf("heard %+v, %d not answered", got, s.Unanswered())
		}
	})
}

func TestReadBy(t *testing.T) {
	inOffice(t, dingtalktest.Options{}, func(t *testing.T, s *dingtalktest.Server) {
		a := open(t, s)
		for chat, readers := range map[string][]string{"group/" + group: {"张三", "李四"}, "user/" + s.Person("李四"): {"李四"}} {
			r, err := a.Send(t.Context(), chat, text("通知"))
			if err != nil {
				t.Fatal(err)
			}
			for i, who := range readers {
				s.Read(strings.TrimPrefix(strings.TrimPrefix(chat, "group/"), "user/"), who, "通知")
				if all, err := a.ReadBy(t.Context(), chat, r.ID); err != nil || len(all) != i+1 || all[i].Sender != s.Person(who) {
					t.Errorf("%s: got %v, %v", chat, all, err)
				}
			}
			pass(25 * time.Hour) // then the network says it no more
			if all, err := a.ReadBy(t.Context(), chat, r.ID); err != nil || len(all) != 0 {
				t.Errorf("%s: got %v, %v after a day", chat, all, err)
			}
		}
	})
}

func TestFind(t *testing.T) {
	s := office(t, dingtalktest.Options{})
	s.Mobile("张三", "13800000001")
	a := open(t, s)
	all, err := a.Find(t.Context(), []bot.Wanted{{Person: "JS001", Mobile: "13800000001"}, {Person: "JS002", Mobile: "13800000002"}, {Person: "JS003"}})
	want := bot.Found{Sender: s.Person("张三"), Chat: "user/" + s.Person("张三"), Name: "张三"}
	if err != nil || len(all) != 1 || all["JS001"] != want {
		t.Errorf("got %v, %v, want %v alone", all, err, want)
	}
	s.ExpireTokens()
	s.Forbid("/topapi/v2/user/getbymobile")
	if all, err := a.Find(t.Context(), []bot.Wanted{{Person: "JS001", Mobile: "13800000001"}}); err == nil {
		t.Errorf("without the permission: got %v and no error", all)
	}
}

func TestDoctor(t *testing.T) {
	s := office(t, dingtalktest.Options{})
	look := func(change ...func(*dingtalk.Options)) (bad []string) {
		for _, f := range open(t, s, change...).Doctor(t.Context()) {
			if f.Bad {
				bad = append(bad, f.Text)
			}
		}
		return bad
	}
	if bad := look(); len(bad) > 0 {
		t.Errorf("a good app: got %q", bad)
	}
	for path, want := range map[string]string{"/v1.0/robot/oToMessages/readStatus": "qyapi_robot_sendmsg", "/topapi/v2/user/get": "成员信息读权限"} {
		s.Forbid(path)
		if bad := look(); len(bad) == 0 || !strings.Contains(strings.Join(bad, ""), want) {
			t.Errorf("without %s: got %q, want one with %q", path, bad, want)
		}
	}
	if bad := look(func(o *dingtalk.Options) { o.Secret = "other" }); len(bad) != 1 || !strings.Contains(bad[0], "secret") {
		t.Errorf("a wrong secret: got %q", bad)
	}
	if len(s.Sent()) > 0 || s.Links() > 0 {
		t.Error("the doctor said something, or opened a stream")
	}
}

// TestLog_canaries looks for what must not be logged, at any level, or stand in an
// error or a state.
func TestLog_canaries(t *testing.T) {
	inOffice(t, dingtalktest.Options{}, func(t *testing.T, s *dingtalktest.Server) {
		var log bytes.Buffer
		debug := func(o *dingtalk.Options) {
			o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		}
		a := open(t, s, debug)
		ear := bottest.NewEar()
		ear.Refuse(2)
		start(t, s, a, ear.Receive)
		s.Mobile("张三", "13800000001")
		s.Say(group, "张三", "@duban 麻辣烫 13800000001")
		s.Noise()
		ear.Await(t, 1)
		m := text("只给你看")
		m.Buttons = []bot.Button{{Label: "收到", Says: "通知3收到"}}
		if _, err := a.Send(t.Context(), "group/"+group, m); err != nil {
			t.Fatal(err)
		}
		s.Press(group, "李四", "收到")
		ear.Await(t, 2)
		s.Fail(dingtalktest.Busy, dingtalktest.CutReply, dingtalktest.LostReply, dingtalktest.Odd, dingtalktest.Odd, dingtalktest.Expired, dingtalktest.Denied)
		s.Forbid("/topapi/v2/user/getbymobile")
		for range 8 {
			for _, chat := range []string{"group/" + group, "user/" + s.Person("张三"), "user/麻辣烫"} {
				if _, err := a.Send(t.Context(), chat, m); err != nil {
					fmt.Fprintln(&log, err) // as the delivery loop does
				}
			}
		}
		_, err := a.Find(t.Context(), []bot.Wanted{{Person: "JS001", Mobile: "13800000001"}})
		fmt.Fprintln(&log, err)
		s.Refuse(2)
		s.Cut()
		pass(time.Minute)
		s.Close()
		pass(time.Minute)
		fmt.Fprintln(&log, a.State())
		_, err = a.Send(t.Context(), "group/"+group, m)
		fmt.Fprintln(&log, err)
		for _, bad := range []string{"geheim", "ticket", "access_token", "麻辣烫", "只给你看", "张三", "李四", "manager0", "13800000001", dingtalktest.Client} {
			if at := strings.Index(log.String(), bad); at >= 0 {
				t.Errorf("the log holds %q: …%s", bad, log.String()[max(at-80, 0):min(at+80, log.Len())])
			}
		}
		if !strings.Contains(log.String(), "group heard") || !strings.Contains(log.String(), "not connected") {
			t.Error("little was logged")
		}
	})
}
