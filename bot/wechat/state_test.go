package wechat_test

import (
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
)

// atWork lets an account's people be always at work.
func atWork(o *wechat.Options) { o.Working = func(time.Time) bool { return true } }

// probes returns what the account wrote to itself.
func probes(s *webwxtest.Server) []webwxtest.Sent {
	var list []webwxtest.Sent
	for _, m := range s.Sent() {
		if m.To == webwxtest.FileHelper {
			list = append(list, m)
		}
	}
	return list
}

func TestState_withoutHeartbeat(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		_, a := listening(t, s, atWork)
		drain(a.Back())
		s.Fault("synccheck", webwxtest.Fault{Delay: time.Hour})
		pass(2 * time.Minute)
		st := a.State()
		if st.Word != bot.Suspect || st.Detail == "" || time.Since(st.Since) > time.Minute {
			t.Errorf("two minutes without a heartbeat the state is %+v", st)
		}
		fails(t, a, "学工群", text("通知"), bot.ErrOut)
		s.ClearFaults()
		pass(90 * time.Second)
		if st := a.State(); st.Word != bot.Online {
			t.Errorf("the state is %+v", st)
		}
		select {
		case <-a.Back():
		default:
			t.Error("nobody was told that the account is back")
		}
	})
}

func TestState_deaf(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		e, a := listening(t, s, atWork)
		pass(90 * time.Minute)
		if n := len(probes(s)); n == 0 {
			t.Error("the account has not written to itself")
		}
		if w := a.State().Word; w != bot.Online {
			t.Errorf("after one silent hour the state is %s", w)
		}
		pass(6 * time.Hour)
		if st := a.State(); st.Word != bot.Deaf || st.Detail == "" {
			t.Errorf("after a silent day the state is %+v", st)
		}
		if n := len(probes(s)); n > 10 {
			t.Errorf("the account wrote to itself %d times in a day", n)
		}
		// It may still send, and is well again when something comes.
		reaches(t, s, a, "学工群", "g1")
		s.Push(webwxtest.GroupText("g1", "zhang", "在"))
		e.Await(t, 1)
		if w := a.State().Word; w != bot.Online {
			t.Errorf("something came, and the state is %s", w)
		}
	})
}

// Where what the account writes to itself comes back, its absence is a sign.
func TestState_withoutEcho(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		_, a := listening(t, s, atWork)
		for len(probes(s)) == 0 {
			pass(time.Second)
		}
		s.Push(webwxtest.SelfFromPhone(webwxtest.FileHelper, probes(s)[0].Text))
		pass(30 * time.Minute)
		for len(probes(s)) == 1 {
			pass(time.Second)
		}
		pass(2 * time.Minute)
		if w := a.State().Word; w != bot.Deaf {
			t.Errorf("the echo did not come, and the state is %s", w)
		}
	})
}

// A selector that is stuck is cured on the phone.
func TestState_stuck(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		_, a := listening(t, s, atWork)
		pass(time.Minute)
		s.Fault("synccheck", webwxtest.Fault{Selector: "3"})
		pass(10 * time.Minute)
		if st := a.State(); st.Word != bot.Online || st.Detail == "" {
			t.Errorf("the state is %+v, want what to do in its detail", st)
		}
		s.ClearFaults()
		s.Push(webwxtest.Status51("zhang"))
		pass(time.Minute)
		if st := a.State(); st.Word != bot.Online || st.Detail != "" {
			t.Errorf("the state is %+v, want that it is over", st)
		}
	})
}

func TestState_outsideWorkingHours(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		_, a := listening(t, s) // it is a Saturday
		pass(6 * time.Hour)
		if n := len(probes(s)); n > 0 {
			t.Errorf("the account wrote to itself %d times on a Saturday", n)
		}
		if w := a.State().Word; w != bot.Online {
			t.Errorf("the state is %s", w)
		}
	})
}

func TestStates_tellsAll(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		a := run(t, s, t.TempDir(), ignore)
		synctest.Wait()
		must(t, s.Scan())
		synctest.Wait()
		must(t, s.Confirm())
		pass(5 * time.Second)
		s.LogoutFromPhone()
		pass(5 * time.Second)
		var words []bot.StateWord
		for len(a.States()) > 0 {
			st := <-a.States()
			if len(words) == 0 || words[len(words)-1] != st.Word {
				words = append(words, st.Word)
			}
			if st.Since.IsZero() {
				t.Errorf("%+v has no time", st)
			}
		}
		want := []bot.StateWord{bot.Scanning, bot.Online, bot.Offline, bot.Scanning}
		if len(words) != len(want) {
			t.Fatalf("told %q, want %q", words, want)
		}
		for i := range want {
			if words[i] != want[i] {
				t.Errorf("told %q, want %q", words, want)
			}
		}
	})
}
