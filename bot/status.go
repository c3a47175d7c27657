package bot

import (
	"sync"
	"time"
)

// A Status keeps how an account stands, for whoever wants to know. An account that
// embeds one is [Presence] and [Stateful].
type Status struct {
	out  chan State
	back chan struct{}

	mu  sync.Mutex
	now State
}

// NewStatus returns the status of an account that has not connected.
func NewStatus() *Status {
	return &Status{
		out: make(chan State, 16), back: make(chan struct{}, 1),
		now: State{Word: Offline, Since: time.Now()},
	}
}

// Back implements [Presence].
func (s *Status) Back() <-chan struct{} { return s.back }

// States implements [Stateful]. Who does not listen for long misses the oldest states.
func (s *Status) States() <-chan State { return s.out }

// State returns how the account stands now.
func (s *Status) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Set changes the state, and tells if it is another one.
func (s *Status) Set(word StateWord, detail string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.Word == word && s.now.Detail == detail {
		return
	}
	if word.Sends() && !s.now.Word.Sends() {
		s.Resume()
	}
	if s.now.Word != word {
		s.now.Since = time.Now()
	}
	s.now.Word, s.now.Detail = word, detail
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

// Resume says that the account can send again, whatever its state was.
func (s *Status) Resume() {
	select {
	case s.back <- struct{}{}:
	default:
	}
}

// Warn says what is wrong, or with "" that it is over, without a change of state.
func (s *Status) Warn(detail string) { s.Set(s.State().Word, detail) }
