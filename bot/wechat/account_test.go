package wechat_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
)

// key is a key for tests.
func key() []byte { return []byte(strings.Repeat("k", wechat.KeySize)) }

// open returns an account on the fake, with its files in dir.
func open(t *testing.T, s *webwxtest.Server, dir string, change ...func(*wechat.Options)) *wechat.Account {
	t.Helper()
	o := wechat.Options{Name: "wechat", Aliases: []string{"督办"}, Dir: dir, Key: key(), Transport: s.Transport(), Zone: time.UTC}
	for _, c := range change {
		c(&o)
	}
	a, err := wechat.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// office is a world with a group of two people who have remarks.
func office(hold time.Duration) *webwxtest.Server {
	s := webwxtest.New(webwxtest.Options{Hold: hold})
	s.AddFriend(webwxtest.Friend{ID: "zhang", Nick: "张三", Remark: "张老师#F001"})
	s.AddFriend(webwxtest.Friend{ID: "li", Nick: "李四", Remark: "李老师#F002"})
	s.AddGroup(webwxtest.Group{ID: "g1", Name: "学工群", Saved: true, Members: []webwxtest.Member{{ID: "zhang"}, {ID: "li"}}})
	return s
}

// inOffice lets f see an [office] while time passes as in [synctest].
func inOffice(t *testing.T, f func(t *testing.T, s *webwxtest.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, office(0)) })
}

// subtest is inOffice under a name of its own.
func subtest(t *testing.T, name string, f func(t *testing.T, s *webwxtest.Server)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { inOffice(t, f) })
}

// ignore receives nothing.
func ignore(context.Context, []bot.Message) error { return nil }

// start runs a until the test ends, and returns what stops it.
func start(t *testing.T, a *wechat.Account, receive func(context.Context, []bot.Message) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if err := a.Run(ctx, receive); err == nil {
				return
			}
			select { // as the bot does
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// run opens an account and starts it.
func run(t *testing.T, s *webwxtest.Server, dir string, receive func(context.Context, []bot.Message) error, change ...func(*wechat.Options)) *wechat.Account {
	t.Helper()
	a := open(t, s, dir, change...)
	start(t, a, receive)
	return a
}

// online runs an account and waits until it is online.
func online(t *testing.T, s *webwxtest.Server, dir string, receive func(context.Context, []bot.Message) error, change ...func(*wechat.Options)) *wechat.Account {
	t.Helper()
	a := run(t, s, dir, receive, change...)
	await(t, a, bot.Online)
	return a
}

// await waits until the account is in a state.
func await(t *testing.T, a *wechat.Account, want bot.StateWord) bot.State {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		if s := a.State(); s.Word == want {
			return s
		}
		select {
		case <-a.States():
		case <-timeout:
			t.Fatalf("the account is %+v, want %s", a.State(), want)
		}
	}
}

func TestAccount(t *testing.T) {
	bottest.TestAccount(t, func(t *testing.T) bottest.Scene {
		s := office(2 * time.Second)
		s.AutoLogin(true)
		dir := t.TempDir()
		first := open(t, s, dir)
		stop := start(t, first, ignore)
		await(t, first, bot.Online)
		stop()
		ids := map[string]string{"张三": "zhang", "李四": "li", "学工群": "g1", "remark/F001": "zhang", "remark/F002": "li"}
		said := map[string]string{}
		to := func(chat string) string {
			if chat == "学工群" {
				return "g1"
			}
			return webwxtest.Self
		}
		return bottest.Scene{
			Account: open(t, s, dir),
			Group:   "学工群", People: [2]string{"张三", "李四"}, Mention: "@小助手\u2005",
			Private: func(person string) string {
				return map[string]string{"张三": "remark/F001", "李四": "remark/F002"}[person]
			},
			Say: func(chat, person, text string) {
				said[text] = s.Push(webwxtest.Text(ids[person], to(chat), text))
			},
			Shown: func(chat string) []string {
				var texts []string
				for _, m := range s.Sent() {
					if m.To == ids[chat] && m.Kind == webwxtest.SentText {
						texts = append(texts, m.Text)
					}
				}
				return texts
			},
			Quote: func(chat, person, quoted, text string) {
				name := "张三"
				if said[quoted] == "" {
					name = "小助手"
				}
				s.Push(webwxtest.Text(ids[person], to(chat), webwxtest.Quoted(name, quoted, text)))
			},
			Recall: func(_, _, text string) { s.Recall(said[text]) },
			Attach: func(chat, person string, f bottest.File) {
				m := webwxtest.Picture(ids[person], to(chat), f.Data)
				if f.Name != "" {
					m = webwxtest.FileMsg(ids[person], to(chat), f.Name, f.Data)
				}
				s.Push(m)
			},
			Files: func(chat string) (all []bottest.File) {
				for _, m := range s.Sent() {
					if m.To == ids[chat] && m.Kind != webwxtest.SentText {
						all = append(all, bottest.File{Name: m.FileName, Data: m.Bytes})
					}
				}
				return all
			},
		}
	})
}
