package wechat

import (
	"sync"
	"time"

	"duban/bot"
)

// A status is how the account stands, for whoever wants to know.
type status struct {
	out  chan bot.State
	back chan struct{}

	mu  sync.Mutex
	now bot.State
}

func newStatus() *status {
	return &status{
		out: make(chan bot.State, 16), back: make(chan struct{}, 1),
		now: bot.State{Word: bot.Offline, Since: time.Now()},
	}
}

func (s *status) read() bot.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// set changes the state, and tells if it is another one.
func (s *status) set(word bot.StateWord, detail string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.Word == word && s.now.Detail == detail {
		return
	}
	if sends(word) && !sends(s.now.Word) {
		select {
		case s.back <- struct{}{}:
		default:
		}
	}
	if s.now.Word != word {
		s.now.Since = time.Now()
	}
	s.now.Word, s.now.Detail = word, detail
	s.tell()
}

// tell sends the state. Who does not listen for long misses the oldest ones.
func (s *status) tell() {
	for {
		select {
		case s.out <- s.now:
			return
		default:
		}
		select {
		case <-s.out:
		default:
		}
	}
}

// warn says what is wrong, or with "" that it is over, without a change of state.
func (s *status) warn(detail string) { s.set(s.read().Word, detail) }

// sends reports whether an account in this state can send.
func sends(w bot.StateWord) bool { return w == bot.Online || w == bot.Deaf }
