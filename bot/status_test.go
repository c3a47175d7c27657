package bot_test

import (
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
)

func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := bot.NewStatus()
		begun := time.Now()
		back := func(want int) {
			t.Helper()
			if got := len(s.Back()); got != want {
				t.Errorf("got %d values of being back, want %d", got, want)
			}
		}
		state := func(want bot.State) {
			t.Helper()
			if got := s.State(); got != want {
				t.Errorf("the state is %+v, want %+v", got, want)
			}
		}
		state(bot.State{Word: bot.Offline, Since: begun})
		<-time.After(time.Minute)
		s.Set(bot.Offline, "no network")
		state(bot.State{Word: bot.Offline, Detail: "no network", Since: begun})
		s.Set(bot.Offline, "no network") // nothing new
		back(0)
		s.Set(bot.Online, "")
		back(1)
		<-s.Back()
		s.Warn("slow")
		s.Set(bot.Deaf, "")
		s.Set(bot.Online, "")
		back(0) // it could send all the time
		var words []bot.StateWord
		for len(s.States()) > 0 {
			words = append(words, (<-s.States()).Word)
		}
		if len(words) != 5 {
			t.Errorf("told of %v, want five changes", words)
		}
		for range 100 { // nobody listens
			s.Set(bot.Offline, "")
			s.Set(bot.Restricted, "")
		}
		var last bot.State
		for len(s.States()) > 0 {
			last = <-s.States()
		}
		if last != s.State() {
			t.Errorf("the last state told of is %+v, want the one that holds, %+v", last, s.State())
		}
	})
}
