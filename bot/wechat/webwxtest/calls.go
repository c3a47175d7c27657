package webwxtest

import (
	"maps"
	"slices"
	"time"
)

// Call is a request that came.
type Call struct {
	Endpoint string    `json:"endpoint"`
	At       time.Time `json:"at"`
}

// keptCalls is how many are remembered: a client that has run wild sends
// thousands in a second.
const keptCalls = 10000

// count remembers a request. The caller holds mu.
func (s *Server) count(endpoint string) {
	s.requests[endpoint]++
	if len(s.calls) >= keptCalls {
		s.calls = slices.Delete(s.calls, 0, keptCalls/2)
	}
	s.calls = append(s.calls, Call{Endpoint: endpoint, At: s.now()})
}

// Requests counts the requests to each endpoint; "unknown" are those to none.
func (s *Server) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.requests)
}

// Calls returns the latest requests, oldest first: a few thousand at least.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}
