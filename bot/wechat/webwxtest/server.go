package webwxtest

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Options say how a Server behaves. The zero value is the real one.
type Options struct {
	// Hold is how long a poll waits for something to tell; 0 is 25 seconds.
	Hold time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Host is the account's: wx.qq.com, wx2.qq.com, wx8.qq.com,
	// web.wechat.com or web2.wechat.com. Empty is wx.qq.com.
	Host string
	// Seed makes ids and faults with a rate repeatable; any value will do.
	Seed uint64
	// Page is how many messages one webwxsync carries at most; 0 is 50.
	Page int
	// ContactPage is how many contacts one webwxgetcontact carries at most; 0
	// is all of them.
	ContactPage int
	// MaxText is how many characters a text may have; longer ones are refused
	// with 1. 0 is no limit: none is known.
	MaxText int
	// Dedupe drops a send that repeats a ClientMsgId, which the real server
	// probably does. Without it each copy counts, which is the harder case.
	Dedupe bool
	// Echo tells the client its own texts like those of the phone, which some
	// people report; mostly the server does not.
	Echo bool
	// DesktopOnly refuses every login without the desktop headers, as the
	// real server does to most accounts.
	DesktopOnly bool
}

// Server is the fake. Its methods may be called by several goroutines at once.
type Server struct {
	opt  Options
	host string

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
	wishes   map[string]*Recommend // of people who want to be friends, by ticket
	uploads  map[string]*upload
	media    map[string]*Msg // by MediaId and by MsgId
	bigFiles map[string]bigFile
	faults   []*planned
	calls    []Call
	requests map[string]int
	limits   limits
	handlers map[string]endpoint
}

// New returns a server with an account that has neither friends nor groups and
// is not logged in.
func New(o Options) *Server {
	if o.Hold == 0 {
		o.Hold = 25 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Host == "" {
		o.Host = "wx.qq.com"
	}
	if o.Page == 0 {
		o.Page = 50
	}
	s := &Server{
		opt: o, host: o.Host,
		changed:  make(chan struct{}),
		rnd:      rand.New(rand.NewPCG(o.Seed, 0x77656278)),
		dead:     map[string]int{},
		tickets:  map[string]bool{},
		wishes:   map[string]*Recommend{},
		uploads:  map[string]*upload{},
		media:    map[string]*Msg{},
		bigFiles: map[string]bigFile{},
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

// now is the server's clock.
func (s *Server) now() time.Time { return s.opt.Now() }
