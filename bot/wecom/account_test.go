package wecom_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wecom"
	"duban/bot/wecom/wecomtest"
)

// open returns an account on the fake.
func open(t *testing.T, s *wecomtest.Server, change ...func(*wecom.Options)) *wecom.Account {
	t.Helper()
	o := wecom.Options{
		Name: "wecom", BotName: "duban", Bot: "aib-1", Secret: "secret-1", Transport: s.Transport(),
		Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	a, err := wecom.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// office is a network with a group of two people.
func office(t *testing.T, o wecomtest.Options) *wecomtest.Server {
	t.Helper()
	s := wecomtest.New(o)
	t.Cleanup(s.Close)
	s.Group("wr1", "F001", "F002")
	return s
}

// inOffice lets f see an [office] while time passes as in [synctest].
func inOffice(t *testing.T, f func(t *testing.T, s *wecomtest.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, office(t, wecomtest.Options{})) })
}

// start runs an account until the test ends, and waits until it is connected.
func start(t *testing.T, s *wecomtest.Server, a *wecom.Account, receive func(context.Context, []bot.Message) error) (stop func()) {
	t.Helper()
	return bottest.Start(t, a, receive, s.Subscribed)
}

func pass(d time.Duration) { bottest.Pass(d) }

func urgent(o *wecom.Options) {
	o.App = wecom.App{Corp: "ww-1", Agent: 1000002, Secret: "secret-2", Urgent: "secret-3"}
}

func TestAccount(t *testing.T) {
	bottest.TestAccount(t, func(t *testing.T) bottest.Scene {
		s := office(t, wecomtest.Options{PerMinute: -1})
		ids := map[string]string{"group/wr1": "wr1", "user/F001": "F001", "user/F002": "F002"}
		for _, id := range ids {
			s.Open(id)
		}
		// The network forgets what is said while nobody is connected.
		awaited := func() { _ = s.Subscribed(t.Context()) }
		return bottest.Scene{
			Account: open(t, s, urgent), Group: "group/wr1", People: [2]string{"F001", "F002"}, Mention: "@duban ",
			Private:      func(person string) string { return "user/" + person },
			OnlyMentions: true, Forgets: true,
			Say:   func(chat, person, text string) { awaited(); s.Say(ids[chat], person, text) },
			Quote: func(chat, person, quoted, text string) { awaited(); s.Quote(ids[chat], person, quoted, text) },
			Press: func(chat, person, label string) { awaited(); s.Press(ids[chat], person, label) },
			Shown: func(chat string) []string { return s.Shown(ids[chat]) },

			Attach: func(chat, person string, f bottest.File) { awaited(); s.Attach(ids[chat], person, f) },
			Files:  func(chat string) []bottest.File { return s.Files(ids[chat]) },
			Rung:   s.Rung,
		}
	})
}
