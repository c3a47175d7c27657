package ilink_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/ilink"
	"duban/bot/ilink/ilinktest"
)

const chat = "user/" + ilinktest.User

// open returns an account on the fake.
func open(t *testing.T, s *ilinktest.Server, change ...func(*ilink.Options)) *ilink.Account {
	t.Helper()
	o := ilink.Options{
		Name: "ilink", BotName: "duban", User: ilinktest.User, Token: s.Token(), Transport: s.Transport(), Dir: t.TempDir(),
		Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	a, err := ilink.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// inOffice lets f see the network while time passes as in [synctest].
func inOffice(t *testing.T, f func(t *testing.T, s *ilinktest.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := ilinktest.New()
		t.Cleanup(s.Close)
		f(t, s)
	})
}

// start runs an account until the test ends, and waits until it is connected.
func start(t *testing.T, s *ilinktest.Server, a *ilink.Account, receive func(context.Context, []bot.Message) error) (stop func()) {
	t.Helper()
	return bottest.Start(t, a, receive, func(ctx context.Context) error { return s.Await(ctx, s.Online) })
}

func pass(d time.Duration) { bottest.Pass(d) }

func TestAccount(t *testing.T) {
	bottest.TestAccount(t, func(t *testing.T) bottest.Scene {
		s := ilinktest.New()
		t.Cleanup(s.Close)
		return bottest.Scene{
			Account: open(t, s), Group: chat, People: [2]string{"本人", "别人"}, Alone: true,
			Private: func(string) string { return chat },
			Say:     func(_, _, text string) { s.Say(text) },
			Quote:   func(_, _, quoted, text string) { s.Quote(quoted, text, len(text)%2 == 0) },
			Shown: func(in string) []string {
				if in != chat {
					return nil
				}
				return s.Shown()
			},
		}
	})
}
