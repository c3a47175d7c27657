package webwxtest

import (
	"context"
	"maps"
	"math/rand/v2"
	"sync"
	"time"
)

// Options say how a Server behaves. The zero value is the real one.
type Options struct {
	// Hold is how long a poll waits for something to tell; 0 is 25 seconds.
	Hold time.Duration
	// Seed makes ids and faults with a rate repeatable; any value will do.
	Seed uint64
}

// Server is the fake. Its methods may be called by several goroutines at once.
type Server struct {
	opt Options

	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever a poll should look again
	rnd     *rand.Rand

	world    world
	session  *session // the latest, alive or not; nil before the first login
	dead     map[string]int
	qr       *qrcode
	auto     bool
	banned   bool
	logins   int // generation of user names
	tickets  map[string]bool
	messages log
	sent     []Sent
	uploads  map[string]*upload
	media    map[string]*Msg // by MediaId and by MsgId
	faults   []*planned
	requests map[string]int
	quota    int         // sends in a minute after which the next are told to nobody; 0 is no limit
	spent    []time.Time // of them
	handlers map[string]endpoint
}

// New returns a server with an account that has neither friends nor groups and
// is not logged in.
func New(o Options) *Server {
	if o.Hold == 0 {
		o.Hold = 25 * time.Second
	}
	s := &Server{
		opt:      o,
		changed:  make(chan struct{}),
		rnd:      rand.New(rand.NewPCG(o.Seed, 0x77656278)),
		dead:     map[string]int{},
		tickets:  map[string]bool{},
		uploads:  map[string]*upload{},
		media:    map[string]*Msg{},
		requests: map[string]int{},
	}
	s.world = newWorld()
	s.messages.base = 704152857
	s.handlers = s.endpoints()
	return s
}

// wake lets every poll look again. The caller holds mu.
func (s *Server) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// hold waits until ready, for as long as a poll is held. ready is called with mu
// held, and hold returns with it held.
func (s *Server) hold(ctx context.Context, ready func() bool) {
	timer := time.NewTimer(s.opt.Hold)
	defer timer.Stop()
	s.until(ctx, timer.C, ready)
}

// until is hold with a deadline of the caller's; it says whether ready became so.
func (s *Server) until(ctx context.Context, deadline <-chan time.Time, ready func() bool) bool {
	for !ready() {
		changed := s.changed
		s.mu.Unlock()
		over := false
		select {
		case <-changed:
		case <-deadline:
			over = true
		case <-ctx.Done():
			over = true
		}
		s.mu.Lock()
		if over {
			return ready()
		}
	}
	return true
}

// Requests counts the requests to each endpoint; "unknown" are those to none.
func (s *Server) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.requests)
}
