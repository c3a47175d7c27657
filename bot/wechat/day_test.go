package wechat_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wechat/webwxtest"
)

// TestRun_throughABadDay lets every endpoint fail now and then for hours, while
// people talk, the account is replaced, logged out and renamed around, and texts
// go out. Nothing that was said may be missing, and no text may reach anybody
// else than it is for.
func TestRun_throughABadDay(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { badDay(t, seed) })
		})
	}
}

func badDay(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	s := office(0)
	for i := range 5 {
		s.AddFriend(webwxtest.Friend{ID: fmt.Sprint("f", i), Nick: "同名", Remark: fmt.Sprintf("同名#G%d", i)})
	}
	dir := loggedIn(t, s)
	s.AutoLogin(true)
	e := bottest.NewEar()
	a := open(t, s, dir)
	away := rand.New(rand.NewPCG(seed, 2)) // of the goroutine that receives
	start(t, a, func(ctx context.Context, batch []bot.Message) error {
		if away.IntN(20) == 0 {
			return errors.New("the store is away")
		}
		return e.Receive(ctx, batch)
	})
	for _, f := range []webwxtest.Fault{{DropBefore: true}, {DropAfter: true}, webwxtest.BadGateway(), {Truncate: true}, {Delay: 20 * time.Second}} {
		f.Rate = 0.01
		s.Fault("*", f)
	}
	said := map[string]bool{}
	var results []error
	for i := range 3 * 60 {
		text1 := fmt.Sprintf("第%d句", i)
		s.Push(webwxtest.GroupText("g1", []string{"zhang", "li"}[i%2], text1))
		said[text1] = true
		chat, who := "学工群", "g1"
		if i%3 > 0 {
			n := rnd.IntN(5)
			chat, who = fmt.Sprint("remark/G", n), fmt.Sprint("f", n)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		_, err := a.Send(ctx, chat, text(fmt.Sprint("给", who, "第", i)))
		cancel()
		results = append(results, err)
		switch rnd.IntN(60) {
		case 0:
			s.LoginElsewhere()
		case 1:
			s.LogoutFromPhone()
		case 2:
			s.ExpireSession()
		case 3:
			if a.State().Word == bot.Restricted { // a person looks after it
				must(t, a.TryAgain())
			}
		}
		pass(time.Minute)
	}
	s.ClearFaults()
	must(t, a.TryAgain())
	pass(30 * time.Minute)
	for _, m := range e.Heard() {
		delete(said, m.Text)
	}
	if len(said) > 0 {
		t.Errorf("%d of 180 messages are lost: %v", len(said), said)
	}
	delivered := 0
	for _, m := range s.Sent() {
		who, _, _ := strings.Cut(strings.TrimPrefix(m.Text, "给"), "第")
		if m.To != webwxtest.FileHelper && who != m.To {
			t.Errorf("%q went to %q", m.Text, m.To)
		}
		delivered++
	}
	kinds := map[string]int{}
	for _, err := range results {
		kinds[kind(err)]++
	}
	if kinds["sent"] < 50 || kinds["sent"] > delivered {
		t.Errorf("of 180 sends: %v; %d were delivered", kinds, delivered)
	}
	t.Logf("logins %d, sends %v, delivered %d, requests %v", s.State().Logins, kinds, delivered, s.Requests())
}

func kind(err error) string {
	switch {
	case err == nil:
		return "sent"
	case errors.Is(err, bot.ErrUnknown):
		return "unknown"
	case errors.Is(err, bot.ErrOut):
		return "out"
	case errors.Is(err, bot.ErrUnresolved):
		return "unresolved"
	case errors.Is(err, bot.ErrRefused):
		return "refused"
	default:
		return "other"
	}
}
