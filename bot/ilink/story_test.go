package ilink_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/ilink"
	"duban/bot/ilink/ilinktest"
)

// messages is how many are said while connections end and the store fails.
var messages = flag.Int("messages", 2500, "messages of the count of what is lost; 10000 is the long form")

// TestRun_cutsAndFailingStores counts: what was said is heard, once, and in order, whatever
// the network and the store do; also what was said while the account did not run.
func TestRun_cutsAndFailingStores(t *testing.T) {
	n := *messages
	chance := bottest.Rand(t)
	inOffice(t, func(t *testing.T, s *ilinktest.Server) {
		dir := t.TempDir()
		here := func(o *ilink.Options) { o.Dir = dir }
		f := bottest.NewFlaky(chance)
		stop := start(t, s, open(t, s, here), again(f))
		cuts, lives := 0, 0
		for i := range n {
			s.Say(fmt.Sprintf("第%d句", i))
			switch chance.IntN(100) {
			case 0:
				s.Cut()
				cuts++
			case 1:
				s.Refuse(1)
			case 2:
				pass(time.Second)
			case 3:
				stop()
				s.Say("没人在时说的")
				stop = start(t, s, open(t, s, here), again(f))
				lives++
			}
		}
		pass(time.Hour)
		stop()
		f.Check(t, s.Said(), false)
		if f.Fails() == 0 || cuts == 0 || lives == 0 {
			t.Errorf("%d failures of the store, %d cuts, %d lives: nothing was tried", f.Fails(), cuts, lives)
		}
		t.Logf("%d cuts, %d failures of the store, %d lives, %d heard", cuts, f.Fails(), lives, len(f.Heard()))
	})
}

// again receives as the bot does, which runs an account again when it has ended.
func again(f *bottest.Flaky) func(context.Context, []bot.Message) error {
	return func(ctx context.Context, batch []bot.Message) error {
		for f.Receive(ctx, batch) != nil {
			bot.Sleep(ctx, time.Second)
		}
		return nil
	}
}

// What receive did not take is not behind the cursor.
func TestRun_cursor(t *testing.T) {
	inOffice(t, func(t *testing.T, s *ilinktest.Server) {
		ear := bottest.NewEar()
		ear.Refuse(2)
		a := open(t, s)
		s.Say("第3条80%")
		for range 2 {
			if err := a.Run(t.Context(), ear.Receive); err == nil {
				t.Fatal("Run hides that the store is away")
			}
			if s.Said()[0].Answered {
				t.Fatal("the cursor is behind what is not durable")
			}
		}
		stop := start(t, s, a, ear.Receive)
		if got := ear.Await(t, 1); got[0].Text != "第3条80%" || got[0].Chat != chat || got[0].Sender != ilinktest.User {
			t.Errorf("heard %+v", got)
		}
		stop()
		if s.Here() {
			t.Error("the network was not told that the bot leaves")
		}
	})
}

// answer returns something that was asked for.
func answer(s string) bot.Outgoing { return bot.Outgoing{Key: "answer/" + s, Text: s, Answer: true} }

func TestSend_outcomes(t *testing.T) {
	inOffice(t, func(t *testing.T, s *ilinktest.Server) {
		a := open(t, s)
		ear := bottest.NewEar()
		start(t, s, a, ear.Receive)
		busy := errors.New("busy")
		for i, c := range []struct {
			fault ilinktest.Fault
			want  error // nil: sent
			shown bool
		}{
			{ilinktest.Fine, nil, true},
			{ilinktest.LostReply, bot.ErrUnknown, true},
			{ilinktest.CutReply, bot.ErrUnknown, true},
			{ilinktest.Dropped, bot.ErrUnknown, false},
			{ilinktest.Busy, busy, false},
			{ilinktest.Odd, busy, false},
			{ilinktest.Closed, bot.ErrOut, false},
		} {
			s.Say("第3条")
			ear.Await(t, i+1)
			s.Fail(c.fault)
			before := len(s.Shown())
			_, err := a.Send(t.Context(), chat, answer(fmt.Sprint("第", i, "句")))
			switch shown := len(s.Shown()) > before; {
			case shown != c.shown:
				t.Errorf("%d: shown %v, want %v", i, shown, c.shown)
			case errors.Is(c.want, busy):
				if err == nil || errors.Is(err, bot.ErrRefused) || errors.Is(err, bot.ErrUnknown) || errors.Is(err, bot.ErrOut) {
					t.Errorf("%d: got %v, want one that means that it may be tried again", i, err)
				}
			case !errors.Is(err, c.want):
				t.Errorf("%d: got %v, want %v", i, err, c.want)
			}
		}
	})
}

// When the network takes nothing more, what is to be said waits for the person's next
// word, and the account does not ask in vain. That holds after a restart too.
func TestSend_closedWindow(t *testing.T) {
	inOffice(t, func(t *testing.T, s *ilinktest.Server) {
		dir := t.TempDir()
		a := open(t, s, func(o *ilink.Options) { o.Dir = dir })
		ear := bottest.NewEar()
		stop := start(t, s, a, ear.Receive)
		if _, err := a.Send(t.Context(), chat, answer("早")); !errors.Is(err, bot.ErrOut) {
			t.Errorf("before the person said anything: got %v", err)
		}
		s.Say("第3条")
		ear.Await(t, 1)
		stop()
		a = open(t, s, func(o *ilink.Options) { o.Dir = dir })
		for i := range 12 {
			if _, err := a.Send(t.Context(), chat, answer(fmt.Sprint("答", i))); (err != nil) != (i >= 10) || err != nil && !errors.Is(err, bot.ErrOut) {
				t.Errorf("text %d: got %v", i, err)
			}
		}
		for len(a.Back()) > 0 {
			<-a.Back()
		}
		start(t, s, a, ear.Receive)
		for len(a.Back()) > 0 {
			<-a.Back()
		}
		s.Say("还有吗")
		ear.Await(t, 2)
		if len(a.Back()) == 0 {
			t.Error("the delivery loop is not told that the person has said something")
		}
		if _, err := a.Send(t.Context(), chat, answer("有")); err != nil || !slices.Contains(s.Shown(), "有") {
			t.Errorf("after the next word: got %v", err)
		}
		pass(25 * time.Hour)
		if _, err := a.Send(t.Context(), chat, answer("晚")); !errors.Is(err, bot.ErrOut) {
			t.Errorf("a day later: got %v", err)
		}
	})
}

// When the network wants the code scanned anew, a person is told, and nobody else asks.
func TestRun_expired(t *testing.T) {
	inOffice(t, func(t *testing.T, s *ilinktest.Server) {
		a := open(t, s)
		start(t, s, a, bottest.NewEar().Receive)
		s.Expire()
		pass(time.Hour)
		if st := a.State(); st.Word != bot.Restricted || !strings.Contains(st.Detail, "扫码") {
			t.Errorf("the state is %+v", st)
		}
		if _, err := a.Send(t.Context(), chat, answer("一")); !errors.Is(err, bot.ErrOut) {
			t.Errorf("Send: got %v", err)
		}
		if found := a.Doctor(t.Context()); len(found) != 1 || !found[0].Bad || !strings.Contains(found[0].Text, "扫码") {
			t.Errorf("the doctor found %+v", found)
		}
	})
}

// What is no text is heard as what it is, without bytes.
func TestRun_kinds(t *testing.T) {
	inOffice(t, func(t *testing.T, s *ilinktest.Server) {
		ear := bottest.NewEar()
		start(t, s, open(t, s), ear.Receive)
		s.Attach(bottest.Picture())
		s.Attach(bottest.File{Name: "名单.xlsx"})
		s.Dictate("第3条80%")
		got := ear.Await(t, 3)
		if got[0].Kind != bot.Picture || got[0].File == nil || got[1].Kind != bot.File || got[1].File.Name != "名单.xlsx" || got[2].Kind != bot.Text || got[2].Text != "第3条80%" {
			t.Errorf("heard %+v", got)
		}
	})
}

func TestScan(t *testing.T) {
	inOffice(t, func(t *testing.T, s *ilinktest.Server) {
		s.Expire()
		var shown, told []string
		got, err := ilink.Scan(t.Context(), s.Transport(), "", func(code string) error {
			shown = append(shown, code)
			time.AfterFunc(10*time.Second, map[bool]func(){true: s.Outdate, false: s.Scan}[len(shown) == 1])
			return nil
		}, func(text string) { told = append(told, text) })
		if err != nil || got.User != ilinktest.User || got.Token != s.Token() || got.Token == "" || !strings.HasPrefix(got.Domain, "https://") {
			t.Fatalf("got %+v, %v", got, err)
		}
		if len(shown) != 2 || len(told) != 2 || !strings.Contains(told[1], "已扫码") {
			t.Errorf("shown %d codes, told %q", len(shown), told)
		}
		if found := open(t, s).Doctor(t.Context()); len(found) != 1 || found[0].Bad {
			t.Errorf("the doctor found %+v", found)
		}
	})
}

// TestLog_canaries looks for what must not be logged, at any level, or stand in an error or
// a state.
func TestLog_canaries(t *testing.T) {
	inOffice(t, func(t *testing.T, s *ilinktest.Server) {
		var log bytes.Buffer
		a := open(t, s, func(o *ilink.Options) {
			o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		ear := bottest.NewEar()
		start(t, s, a, ear.Receive)
		s.Say("麻辣烫 13800000001")
		ear.Await(t, 1)
		for _, f := range []ilinktest.Fault{ilinktest.Busy, ilinktest.Odd, ilinktest.LostReply, ilinktest.CutReply, ilinktest.Dropped, ilinktest.Closed} {
			s.Fail(f)
			for _, to := range []string{chat, "user/麻辣烫"} {
				if _, err := a.Send(t.Context(), to, answer("只给你看")); err != nil {
					fmt.Fprintln(&log, err) // as the delivery loop does
				}
			}
		}
		s.Cut()
		s.Refuse(2)
		pass(time.Minute)
		s.Expire()
		pass(time.Minute)
		fmt.Fprintln(&log, a.State(), a.Doctor(t.Context()))
		s.Close()
		synctest.Wait()
		for _, bad := range []string{"geheim", "麻辣烫", "只给你看", "im.wechat", "13800000001"} {
			if at := strings.Index(log.String(), bad); at >= 0 {
				t.Errorf("the log holds %q: …%s", bad, log.String()[max(at-80, 0):min(at+80, log.Len())])
			}
		}
		if !strings.Contains(log.String(), "not connected") || !strings.Contains(log.String(), "scanned anew") {
			t.Errorf("little was logged: %s", log.String())
		}
	})
}
