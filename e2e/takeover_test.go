package e2e_test

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/store/postgres"
	"duban/store/postgres/pgtest"
)

var takeovers = flag.Int("takeovers", 1, "how often each fault of two processes is tried")

// pairSchema names the schema of the office of a folder.
func pairSchema(dir string) string { return fmt.Sprintf("pair%x", sha256.Sum256([]byte(dir)))[:20] }

// A pair is an office that two processes share, each on its way to the database and to
// the network.
type pair struct {
	*office
	cluster *pgtest.Cluster
	logins  atomic.Int64 // on the network, so far
	sides   [2]*side
	owner   int      // the side that owns the office
	times   []timing // of take-overs

	mu    sync.Mutex
	spans []span // who may send when
}

type side struct {
	name   string
	url    string       // of the database
	gate   *pgtest.Gate // through which that leads, unless the test says otherwise
	listen net.Listener
	logins chan bool // of its own: it dials when it owns the office
	p      *bottest.Program
}

// A span says that from some sends on only one login may send.
type span struct{ sent, login int }

type timing struct {
	what string
	took time.Duration
}

func newPair(t *testing.T, c *pgtest.Cluster) *pair {
	t.Helper()
	p := &pair{office: newOffice(t), cluster: c}
	p.pass(0)
	write(t, p.dir, windowFile, "8")
	var serving sync.WaitGroup
	t.Cleanup(serving.Wait)
	for i := range p.sides {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := &side{name: string(rune('a' + i)), gate: p.cluster.Gate(t, 0), listen: l, logins: make(chan bool, 10)}
		s.url = s.gate.URL()
		if err := os.Mkdir(filepath.Join(p.dir, s.name), 0o700); err != nil {
			t.Fatal(err)
		}
		p.sides[i] = s
		t.Cleanup(func() { _ = l.Close() })
		serving.Go(func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				login := int(p.logins.Add(1))
				p.mu.Lock()
				p.spans = append(p.spans, span{len(p.net.Sent()), login})
				p.mu.Unlock()
				s.logins <- true
				serving.Go(func() { _ = p.net.ServeLogin(conn, login) })
			}
		})
	}
	t.Cleanup(func() {
		for _, s := range p.sides {
			if s.p != nil {
				_ = s.p.Signal(syscall.SIGCONT)
				_, _ = s.p.End(os.Kill)
			}
		}
	})
	return p
}

// start starts the process of a side.
func (p *pair) start(i int) {
	p.t.Helper()
	s := p.sides[i]
	var err error
	s.p, err = bottest.StartProgram(p.t.Context(), append(p.env(none),
		pgVar+"="+s.url, ownVar+"="+filepath.Join(p.dir, s.name), bottest.AddressVar+"="+s.listen.Addr().String())...)
	if err != nil {
		p.t.Fatal(err)
	}
}

// owns waits until a side owns the office, and returns how long that took.
func (p *pair) owns(i int, within time.Duration) time.Duration {
	p.t.Helper()
	began := time.Now()
	select {
	case <-p.sides[i].logins:
		p.owner = i
		return time.Since(began)
	case <-time.After(within):
		said := ""
		if s := p.sides[i]; s.p != nil {
			said, _ = s.p.End(os.Kill)
			s.p = nil
		}
		p.t.Fatalf("%s does not own the office after %v\n%s", p.sides[i].name, within, said)
	}
	return 0
}

// handled lets people talk and waits until all of it is handled.
func (p *pair) handled(rounds int) {
	p.t.Helper()
	for range rounds {
		p.talk()
		ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
		err := p.net.Await(ctx, func() bool { return p.net.Durable() == p.brought })
		cancel()
		if err != nil {
			p.t.Fatalf("what people said is not handled: %v", err)
		}
	}
}

// take does something to the owner and waits until the other side owns the office.
func (p *pair) take(what string, within time.Duration, do func(*side)) {
	p.t.Helper()
	p.talk() // is on its way as it happens
	old := p.sides[p.owner]
	began := time.Now()
	do(old)
	p.owns(1-p.owner, within)
	p.times = append(p.times, timing{what, time.Since(began)})
	p.handled(2)
}

// end ends the process of a side by a signal.
func (p *pair) end(s *side, signal os.Signal) {
	p.t.Helper()
	said, err := s.p.End(signal)
	s.p = nil
	if err != nil {
		p.t.Errorf("%s did not end well: %v\n%s", s.name, err, said)
	}
}

// standsBy starts a side that must not own the office.
func (p *pair) standsBy(i int) {
	p.t.Helper()
	p.start(i)
	p.handled(2)
	select {
	case <-p.sides[i].logins:
		p.t.Errorf("%s owns the office beside %s", p.sides[i].name, p.sides[p.owner].name)
	case <-time.After(2 * time.Second):
	}
}

// read reads what the pair has left.
func (p *pair) read() *books {
	e, err := postgres.Open(p.t.Context(), postgres.Options{URL: p.cluster.URL(), Schema: pairSchema(p.dir), Process: "reader"})
	if err != nil {
		p.t.Fatal(err)
	}
	defer e.Close()
	b := newBooks()
	look(p.t, open(p.t, e), b.fill)
	return b
}

// two counts the texts that were sent by who did not own the office any more. Late is
// what may be said of one: that it was on its way when the machine stopped.
func (p *pair) two(late func(bottest.Sent) bool) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, s := range p.net.Sent() {
		at, _ := slices.BinarySearchFunc(p.spans, i, func(s span, i int) int { return s.sent - i - 1 })
		if at > 0 && s.Login < p.spans[at-1].login && !late(s) {
			n++
		}
	}
	return n
}

// copied tells whether the other side has sent a text as well, and marked that.
func (p *pair) copied(s bottest.Sent) bool {
	return slices.ContainsFunc(p.net.Sent(), func(c bottest.Sent) bool {
		return c.Key == s.Key && c.Login > s.Login && strings.HasPrefix(c.Text, bot.RepeatMark)
	})
}

const within = 25 * time.Second // a death, until the other side goes on

// TestTakeOver does to two processes of an office what happens to machines: whatever it is,
// nothing is lost, nothing has two effects, and at most one of them sends.
func TestTakeOver(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes, of waiting")
	}
	faults := map[string]func(*pair){
		"killed": func(p *pair) {
			p.take("killed", within, func(s *side) { p.end(s, os.Kill) })
			p.standsBy(1 - p.owner)
		},
		"stopped": func(p *pair) {
			old := p.sides[p.owner]
			p.take("stopped", within, func(s *side) { _ = s.p.Signal(syscall.SIGSTOP) })
			_ = old.p.Signal(syscall.SIGCONT)
			p.handled(3)
			p.take("given back", 3*time.Second, func(s *side) { p.end(s, os.Interrupt) })
		},
		"cut off": func(p *pair) {
			old := p.sides[p.owner]
			p.take("cut off", within, func(s *side) { s.gate.Shut() })
			old.gate.Open()
			p.handled(3)
			p.take("given back", 3*time.Second, func(s *side) { p.end(s, os.Interrupt) })
		},
		"delayed": func(p *pair) {
			old := p.sides[p.owner]
			p.take("delayed", within, func(s *side) { s.gate.Freeze() })
			old.gate.Open() // what it had sent arrives
			p.handled(3)
			p.take("given back", 3*time.Second, func(s *side) { p.end(s, os.Interrupt) })
		},
	}
	for name, fault := range faults {
		for n := range *takeovers {
			t.Run(fmt.Sprintf("%s %d", name, n), func(t *testing.T) {
				t.Parallel()
				p := newPair(t, pgtest.Own(t))
				p.start(0)
				p.start(1) // at once: one of them owns the office
				p.first()
				p.handled(3)
				fault(p)
				p.finish(t)
			})
		}
	}
	t.Run("the server restarts", func(t *testing.T) {
		p := newPair(t, pgtest.Own(t))
		p.start(0)
		p.owns(0, within)
		p.standsBy(1)
		for range 3 * *takeovers {
			p.talk()
			if err := p.cluster.Restart(); err != nil {
				t.Fatal(err)
			}
			p.handled(2)
		}
		p.finish(t)
	})
}

// first waits until one of both owns the office.
func (p *pair) first() {
	p.t.Helper()
	for began := time.Now(); time.Since(began) < within; <-time.After(10 * time.Millisecond) {
		for i, s := range p.sides {
			if len(s.logins) > 0 {
				p.owns(i, within)
				return
			}
		}
	}
	p.t.Fatal("none of both owns the office")
}

// finish ends both sides when all is done, and compares.
func (p *pair) finish(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for sent := -1; sent != len(p.net.Sent()) && ctx.Err() == nil; <-time.After(time.Second) {
		sent = len(p.net.Sent())
	}
	for _, i := range []int{1 - p.owner, p.owner} { // who stands by first, or it would take over
		if s := p.sides[i]; s.p != nil {
			p.end(s, os.Interrupt)
		}
	}
	b := p.read()
	v, m := p.compare(b)
	p.office.finish(v, b)
	p.log(t, bottest.Ends{Lives: len(p.times)}, b, m, v)
	for what, n := range v {
		if n > 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
	late := func(bottest.Sent) bool { return false }
	if strings.HasPrefix(t.Name(), "TestTakeOver/stopped") {
		late = p.copied // it arrives when the machine goes on, and nobody can call it back
	}
	if n := p.two(late); n > 0 {
		t.Errorf("texts of a process that did not own the office any more: %d", n)
	}
	for _, took := range p.times {
		t.Logf("take-over     %s: %.2f s", took.what, took.took.Seconds())
	}
	if len(m.titles) == 0 {
		t.Error("nothing was posted, so little was tried")
	}
}
