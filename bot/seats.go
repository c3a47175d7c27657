package bot

import (
	"sync"
	"time"
)

// seats are the sends that an account may have in flight. Most are taken by the delivery
// loop for the rows that it claims. A transaction that says something which may leave at
// once takes one itself and claims the row, see [Bot.Reserve]: so the row needs no second
// transaction before it is sent.
type seats struct {
	mu     sync.Mutex
	free   int
	open   bool     // transactions may take one
	given  int      // taken by transactions that have not ended
	handed []flight // claimed by transactions that are committed
}

// take returns how many seats of those that are wanted the delivery loop gets.
func (s *seats) take(wanted int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := max(min(wanted, s.free), 0)
	s.free -= n
	return n
}

func (s *seats) release(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free += n
}

// landed returns what transactions have claimed, and says whether others may.
func (s *seats) landed(open bool) (all []flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = open
	all, s.handed = s.handed, nil
	return all
}

// shut lets no transaction take a seat any more. It returns false if some still have one.
func (s *seats) shut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = false
	return s.given == 0 && len(s.handed) == 0
}

// Reserve is for a transaction that has something to say through account. If that may
// leave at once, it returns for how long the row is to be claimed, and what must be
// called, once, when the transaction has ended: with the row if it is committed, with
// nil if not. Otherwise the answer is nil, and the row waits for the delivery loop.
func (b *Bot) Reserve(account string) (lease time.Duration, ended func(*Outgoing)) {
	for _, l := range b.lines {
		if l.name == account && l.seats.reserve() {
			return l.lease, l.claimed
		}
	}
	return 0, nil
}

func (s *seats) reserve() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open || s.free == 0 {
		return false
	}
	s.free--
	s.given++
	return true
}

// claimed hands what a transaction has claimed to the delivery loop.
func (l *line) claimed(m *Outgoing) {
	l.seats.mu.Lock()
	l.seats.given--
	if m == nil {
		l.seats.free++
	} else {
		l.seats.handed = append(l.seats.handed, flight{Attempt: Attempt{Outgoing: *m}, claimed: time.Now()})
	}
	l.seats.mu.Unlock()
	l.rouse()
}
