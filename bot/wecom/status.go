package wecom

import (
	"math/rand/v2"
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

// set changes the state, and tells if it is another one. Who does not listen for
// long misses the oldest states.
func (s *status) set(word bot.StateWord, detail string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.Word == word && s.now.Detail == detail {
		return
	}
	if s.now.Word != word {
		s.now.Since = time.Now()
	}
	s.now.Word, s.now.Detail = word, detail
	if word == bot.Online {
		select {
		case s.back <- struct{}{}:
		default:
		}
	}
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

// between returns a random time from a to b, so that not all bots come back at once.
func between(a, b time.Duration) time.Duration { return a + rand.N(b-a) }
