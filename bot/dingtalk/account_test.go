package dingtalk_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/dingtalk"
	"duban/bot/dingtalk/dingtalktest"
)

// group is what the network calls the group of all tests: its names are of this form.
const group = "cidKe6BBL+4x7/Eiodo=="

// open returns an account on the fake.
func open(t *testing.T, s *dingtalktest.Server, change ...func(*dingtalk.Options)) *dingtalk.Account {
	t.Helper()
	o := dingtalk.Options{
		Name: "dingtalk", BotName: "duban", Client: dingtalktest.Client, Secret: dingtalktest.Secret, Card: dingtalktest.Card,
		Transport: s.Transport(), Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	a, err := dingtalk.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// office is a network with a group of two people.
func office(t *testing.T, o dingtalktest.Options) *dingtalktest.Server {
	t.Helper()
	s := dingtalktest.New(o)
	t.Cleanup(s.Close)
	s.Group(group, "张三", "李四")
	return s
}

// inOffice lets f see an [office] while time passes as in [synctest].
func inOffice(t *testing.T, o dingtalktest.Options, f func(t *testing.T, s *dingtalktest.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, office(t, o)) })
}

// start runs an account until the test ends, and waits until it is connected.
func start(t *testing.T, s *dingtalktest.Server, a *dingtalk.Account, receive func(context.Context, []bot.Message) error) (stop func()) {
	t.Helper()
	return bottest.Start(t, a, receive, s.Connected)
}

func pass(d time.Duration) { bottest.Pass(d) }

func urgent(o *dingtalk.Options) { o.Urgent = true }

func TestAccount(t *testing.T) {
	bottest.TestAccount(t, func(t *testing.T) bottest.Scene {
		s := office(t, dingtalktest.Options{})
		// raw is what the network calls a chat.
		raw := map[string]string{"group/" + group: group, "user/" + s.Person("张三"): s.Person("张三"), "user/" + s.Person("李四"): s.Person("李四")}
		connected := func() { _ = s.Connected(t.Context()) } // what is said before is lost
		return bottest.Scene{
			Account: open(t, s, urgent), Group: "group/" + group, People: [2]string{"张三", "李四"}, Mention: "@duban ",
			Private:      func(person string) string { return "user/" + s.Person(person) },
			OnlyMentions: true, Forgets: true, Unmentioned: true,
			Say:   func(chat, person, text string) { connected(); s.Say(raw[chat], person, text) },
			Quote: func(chat, person, quoted, text string) { connected(); s.Quote(raw[chat], person, quoted, text) },
			Press: func(chat, person, label string) { connected(); s.Press(raw[chat], person, label) },
			Read:  func(chat, person, text string) { s.Read(raw[chat], person, text) },
			Join:  func(chat, person string) { connected(); s.Join(raw[chat], person) },
			Shown: func(chat string) []string { return s.Shown(raw[chat]) },

			Attach: func(chat, person string, f bottest.File) { connected(); s.Attach(raw[chat], person, f) },
			Files:  func(chat string) []bottest.File { return s.Files(raw[chat]) },
			Rung:   s.Rung,
		}
	})
}
