package bottest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"duban/bot"
)

// AddressVar is the environment variable by which a child learns of its network.
const AddressVar = "DUBAN_KILLTEST_NETWORK"

// Address returns the address for [Dial] if this process is a child of a
// [KillLoop], and "" otherwise. A TestMain that finds one must be the program
// under test instead of running tests.
func Address() string { return os.Getenv(AddressVar) }

// Life returns the context in which a child does its work: it ends when the
// child is told to stop, and when the test that started it is gone.
func Life() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	return ctx, stop
}

// A KillLoop starts a program and ends it at a random moment, again and again.
// The program is the running test binary. What it should have done is known to
// the test, which compares it with the books that the program keeps.
//
// The program works for as long as its [Life], so nothing is left behind if the
// test dies. One that is the bot's login on a [Network] dials [Address].
type KillLoop struct {
	Lives   int
	Longest time.Duration // the most time between the program's start and its end, or twice what the start took
	Rand    *rand.Rand    // picks the moments: see [Rand]; nil is another one each time

	// Signal ends a life: os.Kill at any moment, or another one, upon which the
	// program must end by itself with exit code 0.
	Signal os.Signal

	Env     []string // is added to the environment of the program
	Network *Network // outlives the program and keeps the truth; may be nil

	// Started waits until a life has begun its work, and Settled until
	// everything is done in the last one, or until ctx ends. Nil ones wait for
	// the Network if there is one, and for nothing if not.
	Started, Settled func(ctx context.Context) error

	Before func(life int)       // called before each life; may be nil
	After  func(life int) error // called after each life; may be nil
}

// Rand returns the source of chance of a test and logs its seed. With the seed
// in the environment variable DUBAN_SEED the test does the same again, as far as
// the time that things take allows.
func Rand(t testing.TB) *rand.Rand {
	seed, err := strconv.ParseUint(os.Getenv("DUBAN_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("DUBAN_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// Ends are what a KillLoop saw.
type Ends struct {
	Lives   int
	Early   int           // of them, ended while the program started
	Took    time.Duration // all of it
	Slowest time.Duration // from the signal to the end of the program
}

const (
	startTime  = 30 * time.Second // for the program to start, on a busy machine
	stopTime   = 12 * time.Second // for the program to end after a signal
	settleTime = 2 * time.Minute  // for the last life
	quiet      = time.Second      // without a send after which all is said
)

// Run runs the loop, and at the end one more life that may work until
// everything is settled, and is then interrupted.
func (k KillLoop) Run(ctx context.Context) (e Ends, err error) {
	if k.Rand == nil {
		k.Rand = rand.New(rand.NewPCG(rand.Uint64(), 0))
	}
	if k.Network != nil {
		done, err := k.connect(ctx)
		if err != nil {
			return e, err
		}
		defer done()
	}
	began := time.Now()
	for life := range k.Lives {
		if k.Before != nil {
			k.Before(life)
		}
		if err := k.live(ctx, &e); err != nil {
			return e, fmt.Errorf("life %d: %w", life, err)
		}
		if k.After != nil {
			if err := k.After(life); err != nil {
				return e, fmt.Errorf("life %d: %w", life, err)
			}
		}
	}
	err = k.last(ctx, &e)
	e.Took = time.Since(began)
	return e, err
}

// connect serves the network to one program after the other. So what a dead
// program had sent is done before the next program is heard.
func (k *KillLoop) connect(ctx context.Context) (done func(), err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("kill loop: %w", err)
	}
	connected, served := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			select {
			case connected <- struct{}{}:
			default:
			}
			if err := k.Network.Serve(conn); err != nil {
				return
			}
		}
	}()
	k.Env = append(k.Env, AddressVar+"="+l.Addr().String())
	k.Started = func(ctx context.Context) error {
		select {
		case <-connected:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	before := k.Before
	k.Before = func(life int) {
		if before != nil {
			before(life)
		}
		select {
		case <-connected: // of a program that is dead
		default:
		}
	}
	if k.Settled == nil {
		k.Settled = k.Network.settled
	}
	return func() { _ = l.Close(); <-served }, nil
}

// live is one life.
func (k KillLoop) live(ctx context.Context, e *Ends) error {
	p, err := StartProgram(ctx, k.Env...)
	if err != nil {
		return err
	}
	longest := k.Longest
	switch early := k.Signal == os.Kill && k.Rand.IntN(10) == 0; {
	case k.Network != nil && k.Network.holds():
		taken := func(ctx context.Context) error {
			return k.Network.Await(ctx, func() bool { return !k.Network.holds() })
		}
		err, longest = p.reaches(ctx, taken, startTime), 1
	case early: // while the program still starts
		e.Early++
	default:
		began := time.Now()
		err = p.reaches(ctx, k.Started, startTime)
		longest = max(longest, 2*time.Since(began)) // a busy machine does less in the same time
	}
	if err != nil {
		return err
	}
	p.lasts(time.Duration(k.Rand.Int64N(int64(longest))))
	e.Lives++
	return p.end(k.Signal, e)
}

// last is the life in which everything may be done.
func (k KillLoop) last(ctx context.Context, e *Ends) error {
	p, err := StartProgram(ctx, k.Env...)
	if err != nil {
		return err
	}
	if err := p.reaches(ctx, k.Started, startTime); err != nil {
		return err
	}
	if err := p.reaches(ctx, k.Settled, settleTime); err != nil {
		return err
	}
	return p.end(os.Interrupt, e)
}

// settled waits until every message is durable and nothing more is sent.
func (n *Network) settled(ctx context.Context) error {
	err := n.Await(ctx, n.idle)
	for tries := -1; err == nil && tries != n.Tries(); {
		tries = n.Tries()
		if !bot.Sleep(ctx, quiet) {
			err = ctx.Err()
		}
	}
	return err
}

// idle reports whether everything that was brought is durable.
func (n *Network) idle() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.durable == len(n.inbox)
}

// A Program is one life of the program under test, which is the running test binary.
type Program struct {
	cmd    *exec.Cmd
	said   bytes.Buffer // what it wrote
	exited chan struct{}
	err    error // how it exited
}

// StartProgram starts the program with more in its environment. It lives on until it is
// ended, or ctx ends.
func StartProgram(ctx context.Context, env ...string) (*Program, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &Program{cmd: exec.CommandContext(ctx, self), exited: make(chan struct{})}
	p.cmd.Env = slices.Concat([]string{"GORACE=atexit_sleep_ms=0"}, os.Environ(), env)
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	if _, err := p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.exited)
		p.err = p.cmd.Wait()
	}()
	return p, nil
}

// reaches waits until the program is so far; if it never is, it ends.
func (p *Program) reaches(ctx context.Context, wait func(context.Context) error, limit time.Duration) error {
	if wait == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	go func() {
		p.lasts(limit)
		cancel()
	}()
	if err := wait(ctx); err != nil {
		_ = p.end(os.Kill, new(Ends))
		return fmt.Errorf("the program did not get there: %w\n%s", err, p.said.Bytes())
	}
	return nil
}

// lasts waits for d, or until the program ends by itself.
func (p *Program) lasts(d time.Duration) {
	bot.Await(context.Background(), p.exited, d)
}

// Signal sends a signal, and waits for nothing.
func (p *Program) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// End sends the signal and waits for the program to end, and returns what it wrote.
func (p *Program) End(s os.Signal) (said string, err error) {
	err = p.end(s, new(Ends))
	return p.said.String(), err
}

// end sends the signal and waits for the program to end.
func (p *Program) end(s os.Signal, e *Ends) error {
	select {
	case <-p.exited:
		return fmt.Errorf("the program ended by itself: %w\n%s", p.err, p.said.Bytes())
	default:
	}
	began := time.Now()
	if err := p.cmd.Process.Signal(s); err != nil {
		return err
	}
	p.lasts(stopTime)
	e.Slowest = max(e.Slowest, time.Since(began))
	select {
	case <-p.exited:
	default:
		_ = p.cmd.Process.Kill()
		<-p.exited
		return fmt.Errorf("the program did not end within %v\n%s", stopTime, p.said.Bytes())
	}
	if s != os.Kill && p.err != nil {
		return fmt.Errorf("the program was told to stop: %w\n%s", p.err, p.said.Bytes())
	}
	return nil
}
