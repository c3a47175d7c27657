package wecom_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wecom"
	"duban/bot/wecom/wecomtest"
)

// messages is how many are said while the connection is cut and the store fails.
var messages = flag.Int("messages", 2500, "messages of the count of what is lost; 10000 is the long form")

// TestRun_cutsAndFailingStores counts: what the network has brought is heard, once,
// and in the order of its chat, whatever the connection and the store do.
func TestRun_cutsAndFailingStores(t *testing.T) {
	n := *messages
	chance := bottest.Rand(t)
	synctest.Test(t, func(t *testing.T) {
		s := office(t, wecomtest.Options{})
		f := bottest.NewFlaky(chance)
		stop := start(t, s, open(t, s), f.Receive)
		cuts, back := 0, 0
		for i := range n {
			chat := []string{"wr1", "F001", "F002"}[i%3]
			person := []string{"F001", "F001", "F002"}[i%3]
			if i == back {
				pass(5 * time.Minute)
			}
			id := s.Say(chat, person, fmt.Sprintf("@duban 第%d句", i))
			if i%5 == 0 { // so that a cut loses few that wait to be brought
				synctest.Wait()
			}
			switch chance.IntN(200) {
			case 0:
				s.Cut()
				cuts++
				back = i + 1 + chance.IntN(20) // until then people go on talking, and are not heard
			case 1:
				s.Again(id)
			case 2:
				s.Noise()
			case 3:
				s.Refuse(1)
			case 4:
				pass(time.Second)
			}
		}
		pass(5 * time.Minute)
		stop()
		f.Check(t, s.Said(), true)
		if f.Fails() == 0 || cuts == 0 {
			t.Errorf("%d failures of the store and %d cuts: nothing was tried", f.Fails(), cuts)
		}
		t.Logf("%d cuts, %d failures of the store, %d connections, %d of %d said heard", cuts, f.Fails(), s.Links(), len(f.Heard()), n)
	})
}

func TestRun_replacedConnection(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		a := open(t, s)
		start(t, s, a, bottest.NewEar().Receive)
		start(t, s, open(t, s), bottest.NewEar().Receive)
		pass(time.Hour)
		if st := a.State(); st.Word != bot.Restricted || !strings.Contains(st.Detail, "被另一个程序占用") {
			t.Errorf("the state is %+v", st)
		}
		if got := s.Links(); got != 2 {
			t.Errorf("%d connections, want 2: the account fought for its own", got)
		}
		fails(t, a, "group/wr1", text("通知"), bot.ErrOut)
	})
}

func TestRun_halfOpen(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		ear := bottest.NewEar()
		a := open(t, s)
		start(t, s, a, ear.Receive)
		pass(time.Hour)
		if got := s.Links(); got != 1 {
			t.Fatalf("%d connections in a quiet hour, want 1", got)
		}
		s.Silence()
		pass(3 * time.Minute)
		if got := s.Links(); got != 2 {
			t.Errorf("%d connections, want another one after the first went silent", got)
		}
		s.Say("F001", "F001", "收到")
		if got := ear.Await(t, 1)[0].Text; got != "收到" {
			t.Errorf("heard %q", got)
		}
	})
}

// A WeCom of the school's own is at one address.
func TestRun_domain(t *testing.T) {
	s := office(t, wecomtest.Options{})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	a := open(t, s, func(o *wecom.Options) {
		o.Domain, o.Transport = server.URL, nil
		o.App = wecom.App{Corp: "ww-1", Agent: 1000002, Secret: "secret-2"}
	})
	start(t, s, a, bottest.NewEar().Receive)
	if _, err := a.Send(t.Context(), "user/F001", text("提醒")); err != nil || len(s.Shown("F001")) != 1 {
		t.Errorf("got %v, shown %q", err, s.Shown("F001"))
	}
	for _, bad := range []string{"http://wecom.example", "wecom.example", "https://"} {
		if _, err := wecom.New(wecom.Options{Name: "w", Bot: "b", Secret: "s", Domain: bad}); err == nil {
			t.Errorf("%s is taken as an address", bad)
		}
	}
}

func TestRun_wrongSecret(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		a := open(t, s, func(o *wecom.Options) { o.Secret = "other" })
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := a.Run(ctx, bottest.NewEar().Receive); err != nil {
			t.Errorf("Run: %v", err)
		}
		var last bot.State
		for len(a.States()) > 0 {
			if st := <-a.States(); st.Detail != "" {
				last = st
			}
		}
		if last.Word != bot.Offline || !strings.Contains(last.Detail, "Secret") {
			t.Errorf("the state was %+v", last)
		}
	})
}

// text returns something to be said.
func text(s string) bot.Outgoing { return bot.Outgoing{Key: "test/" + s, Text: s} }

func fails(t *testing.T, a *wecom.Account, chat string, m bot.Outgoing, want error) {
	t.Helper()
	_, err := a.Send(t.Context(), chat, m)
	if !errors.Is(err, want) {
		t.Errorf("Send(%s): got error %v, want %v", chat, err, want)
	}
}

func TestSend_outcomes(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		a := open(t, s)
		start(t, s, a, bottest.NewEar().Receive)
		s.Open("wr1")
		s.MuteAnswers(1)
		fails(t, a, "group/wr1", text("一"), bot.ErrUnknown)
		s.CutAnswers(1)
		fails(t, a, "group/wr1", text("二"), bot.ErrUnknown)
		s.Fail(45009)
		_, err := a.Send(t.Context(), "group/wr1", text("三"))
		if often, ok := errors.AsType[*bot.TooOften](err); !ok || !often.Chat || often.After != time.Minute {
			t.Errorf("the error %v does not say that one chat has had enough for a minute", err)
		}
		s.Fail(-1)
		if _, err := a.Send(t.Context(), "group/wr1", text("四")); err == nil || errors.Is(err, bot.ErrRefused) || errors.Is(err, bot.ErrUnknown) {
			t.Errorf("a busy network: got error %v, want one that means that it may be tried again", err)
		}
		fails(t, a, "group/wr2", text("五"), bot.ErrRefused)
		fails(t, a, "user/F001", text("六"), bot.ErrRefused)
		if got := s.Shown("wr1"); fmt.Sprint(got) != "[一 二]" {
			t.Errorf("the group shows %q", got)
		}
	})
}

func TestSend_answer(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		ear := bottest.NewEar()
		a := open(t, s)
		start(t, s, a, ear.Receive)
		for i, want := range []wecomtest.Way{wecomtest.ByReply, wecomtest.ByBot} {
			s.Say("wr1", "F001", "@duban 第3条")
			m := ear.Await(t, i+1)[i]
			if want == wecomtest.ByBot {
				pass(time.Hour) // too late for an answer
			}
			for range 2 { // the second text about a message is none
				if _, err := a.Send(t.Context(), m.Chat, bot.Outgoing{Key: "answer/wecom/" + m.ID, Text: "第3条 ……", Answer: true}); err != nil {
					t.Fatalf("Send: %v", err)
				}
			}
			sent := s.Sent()
			if got := sent[2*i].Way; got != want || sent[2*i+1].Way != wecomtest.ByBot {
				t.Errorf("said by %s and %s, want %s and bot", got, sent[2*i+1].Way, want)
			}
		}
	})
}

func TestSend_buttons(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		ear := bottest.NewEar()
		ear.Refuse(1)
		a := open(t, s)
		start(t, s, a, ear.Receive)
		s.Open("wr1")
		m := text("通知3")
		m.Text = "通知3：" + strings.Repeat("长", 200)
		m.Buttons = []bot.Button{{Label: "收到", Says: "通知3收到"}}
		receipt, err := a.Send(t.Context(), "group/wr1", m)
		if err != nil {
			t.Fatalf("Send: %v", err)
		}
		if got := s.Shown("wr1"); len(got) != 2 || got[0] != m.Text {
			t.Errorf("the group shows %q, want the whole text and a card", got)
		}
		s.Press("wr1", "F001", "收到")
		heard := ear.Await(t, 1)[0]
		if heard.Text != "通知3收到" || heard.Press == nil || heard.Press.Message != receipt.ID || heard.Sender != "F001" {
			t.Errorf("heard %+v, want a press of %q", heard, receipt.ID)
		}
		pass(time.Second)
		if got := s.Seen("F001", receipt.ID); !strings.HasSuffix(got, "\n已收到，正在登记 [已收到]") {
			t.Errorf("who pressed sees %q", got)
		}
		if got := s.Seen("F002", receipt.ID); got != "" {
			t.Errorf("somebody else sees %q", got)
		}
	})
}

// A press belongs to the card that it was on, although another one says the same.
func TestSend_buttonsOfTwoVersions(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		ear := bottest.NewEar()
		a := open(t, s)
		start(t, s, a, ear.Receive)
		s.Open("wr1")
		var cards []string
		for _, key := range []string{"n/3/announce/wr1", "n/3/version/2/" + strings.Repeat("长", 400), "n/3/version/3/wr1"} {
			m := bot.Outgoing{Key: key, Text: "通知3：开会\n收到请回复", Buttons: []bot.Button{{Label: "收到", Says: "通知3收到"}, {Label: "请假", Says: "通知3请假"}}}
			receipt, err := a.Send(t.Context(), "group/wr1", m)
			if err != nil {
				t.Fatalf("Send: %v", err)
			}
			cards = append(cards, receipt.ID)
		}
		for i, want := range []bot.Press{{Message: cards[0], Key: "n/3/announce/wr1"}, {Message: cards[1]}, {Message: cards[2], Key: "n/3/version/3/wr1"}} {
			s.PressOn(cards[i], "F001", "收到")
			if m := ear.Await(t, i+1)[i]; m.Text != "通知3收到" || m.Press == nil || *m.Press != want {
				t.Errorf("heard %q, %+v, want %+v", m.Text, m.Press, want)
			}
		}
		pass(time.Second)
		if got := s.Seen("F001", cards[0]); got != "通知3：开会\n收到请回复\n已收到，正在登记 [请假]" {
			t.Errorf("who pressed sees %q", got)
		}
	})
}

// A group that nobody has opened for the AI bot hears a notice with buttons from its
// robot, without them.
func TestSend_buttonsWhereOnlyARobotIs(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		robot := s.Robot("wr1")
		a := open(t, s, func(o *wecom.Options) { o.Robots = map[string]string{"group/wr1": robot} })
		start(t, s, a, bottest.NewEar().Receive)
		for _, text := range []string{"通知3：开会", "通知4：" + strings.Repeat("长", 200)} {
			m := bot.Outgoing{Key: "n/" + text, Text: text, Buttons: []bot.Button{{Label: "收到", Says: "通知3收到"}}}
			if _, err := a.Send(t.Context(), "group/wr1", m); err != nil {
				t.Fatalf("Send: %v", err)
			}
		}
		sent := s.Sent()
		if len(sent) != 2 || sent[0].Way != wecomtest.ByRobot || sent[0].Text != "通知3：开会" || sent[1].Way != wecomtest.ByRobot {
			t.Errorf("the group shows %+v, want both texts by its robot", sent)
		}
	})
}

func TestSend_robotAndApp(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		robot := s.Robot("wr1")
		a := open(t, s, func(o *wecom.Options) {
			o.Robots = map[string]string{"group/wr1": robot}
			o.App = wecom.App{Corp: "ww-1", Agent: 1000002, Secret: "secret-2"}
		})
		start(t, s, a, bottest.NewEar().Receive)
		long := strings.Repeat("长长长长长长长长长\n", 200)
		for _, m := range []struct{ chat, text string }{{"group/wr1", "# 通知"}, {"user/F001", "提醒"}, {"group/wr1", long}} {
			if _, err := a.Send(t.Context(), m.chat, text(m.text)); err != nil {
				t.Fatalf("Send(%s): %v", m.chat, err)
			}
		}
		s.ExpireToken()
		if _, err := a.Send(t.Context(), "user/F002", text("再提醒")); err != nil {
			t.Errorf("with an expired token: %v", err)
		}
		fails(t, a, "user/F003", text("没有这个人"), bot.ErrRefused)
		s.FailCalls("<html>502</html>", `{"errcode"`, `{"errcode":45009}`)
		if _, err := a.Send(t.Context(), "user/F002", text("三")); err == nil || errors.Is(err, bot.ErrUnknown) {
			t.Errorf("a 502: got error %v", err)
		}
		fails(t, a, "user/F002", text("四"), bot.ErrUnknown)
		fails(t, a, "user/F002", text("五"), bot.ErrTooOften)
		if got := s.Shown("wr1"); got[0] != "# 通知" || strings.Join(got[1:], "\n") != long {
			t.Errorf("the group shows %d texts, the first %q", len(got), got[0])
		}
		if got := fmt.Sprint(s.Shown("F001"), s.Shown("F002")); got != "[提醒] [再提醒]" {
			t.Errorf("people were told %s", got)
		}
	})
}

// A text is there although the call on the phone is not; nobody is called by an app that
// was not named for it.
func TestSend_urgent(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		s.Open("F001")
		m := text("还没有收到您的回复")
		m.Rank = bot.Urgent
		for i, secret := range []string{"other", ""} {
			a := open(t, s, urgent, func(o *wecom.Options) { o.App.Urgent = secret })
			stop := start(t, s, a, bottest.NewEar().Receive)
			if _, err := a.Send(t.Context(), "user/F001", m); err != nil || s.Rung("F001") != 0 || len(s.Shown("F001")) != i+1 {
				t.Errorf("got %v, %d calls, %q", err, s.Rung("F001"), s.Shown("F001"))
			}
			stop()
		}
	})
}

// TestLog_canaries looks for what must not be logged, at any level.
func TestLog_canaries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wecomtest.New(wecomtest.Options{Secret: "canary-secret", AppSecret: "canary-app"})
		t.Cleanup(s.Close)
		s.Group("wr1", "canary-person")
		robot := s.Robot("wr1")
		var log bytes.Buffer
		a := open(t, s, func(o *wecom.Options) {
			o.Secret, o.Robots = "canary-secret", map[string]string{"group/wr1": robot}
			o.App = wecom.App{Corp: "ww-1", Agent: 1000002, Secret: "canary-app"}
			o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		ear := bottest.NewEar()
		ear.Refuse(2)
		start(t, s, a, ear.Receive)
		s.Say("wr1", "canary-person", "@duban canary-text 13800000000")
		s.Noise()
		ear.Await(t, 1)
		s.FailCalls("<html>canary</html>", `{"errcode":40014}`, `{"errcode":40014}`)
		for _, chat := range []string{"group/wr1", "user/canary-person", "user/canary-nobody"} {
			if _, err := a.Send(t.Context(), chat, text("canary-answer")); err != nil {
				fmt.Fprintln(&log, err) // as the delivery loop does
			}
		}
		s.Refuse(2)
		s.Cut()
		pass(time.Minute)
		start(t, s, open(t, s, func(o *wecom.Options) { o.Secret = "canary-secret" }), bottest.NewEar().Receive)
		pass(time.Minute)
		for _, bad := range []string{"canary", "key=", "token-", "13800000000", "robot-wr1"} {
			if at := strings.Index(log.String(), bad); at >= 0 {
				t.Errorf("the log holds %q: …%s", bad, log.String()[max(at-80, 0):min(at+80, log.Len())])
			}
		}
		if !strings.Contains(log.String(), "group heard") {
			t.Error("nothing was logged")
		}
	})
}
