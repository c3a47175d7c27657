package bottest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"time"
)

// AddressVar is the environment variable by which a child learns of its network.
const AddressVar = "DUBAN_KILLTEST_NETWORK"

// Address returns the address for [Dial] if this process is a child of a
// [KillLoop], and "" otherwise. A TestMain that finds one must be the program
// under test instead of running tests.
func Address() string { return os.Getenv(AddressVar) }

// A KillLoop starts a program, the bot's login on a network, and ends it at a
// random moment, again and again. The network outlives it and keeps the truth.
//
// The program dials [Address]; when the connection ends it must end too, so
// that nothing is left behind if the test dies.
type KillLoop struct {
	Network *Network
	Lives   int

	// Signal ends a life: os.Kill at any moment, or os.Interrupt, upon which
	// the program must end by itself with exit code 0.
	Signal os.Signal

	// Longest is the most time between the program's connecting and its end.
	Longest time.Duration

	// Env is added to the environment of the program, which is the running
	// test binary.
	Env []string

	Before func(life int)       // called before each life; may be nil
	After  func(life int) error // called after each life; may be nil
}

// Ends are what a KillLoop saw.
type Ends struct {
	Lives   int
	Early   int           // of them, ended before they had connected
	Took    time.Duration // all of it
	Slowest time.Duration // from the signal to the end of the program
}

const (
	connectTime = 30 * time.Second // for the program to connect, on a busy machine
	stopTime    = 12 * time.Second // for the program to end after os.Interrupt
	quiet       = time.Second      // without a send after which all is said
)

// Run runs the loop, and at the end one more life that may work until every
// message is durable and nothing more is sent, and is then interrupted.
func (k KillLoop) Run(ctx context.Context) (e Ends, err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return e, fmt.Errorf("kill loop: %w", err)
	}
	connected, served := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(served)
		k.serve(l, connected)
	}()
	defer func() {
		err = errors.Join(err, l.Close())
		<-served
	}()
	began := time.Now()
	for life := range k.Lives {
		if err := k.live(ctx, l.Addr().String(), connected, life, &e); err != nil {
			return e, fmt.Errorf("life %d: %w", life, err)
		}
	}
	err = k.last(ctx, l.Addr().String(), connected, &e)
	e.Took = time.Since(began)
	return e, err
}

// serve serves one connection after the other. So what a dead program had sent
// is done before the next program is heard.
func (k KillLoop) serve(l net.Listener, connected chan<- struct{}) {
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
}

// live is one life.
func (k KillLoop) live(ctx context.Context, address string, connected <-chan struct{}, life int, e *Ends) error {
	if k.Before != nil {
		k.Before(life)
	}
	select {
	case <-connected: // of a program that is dead
	default:
	}
	p, err := k.start(ctx, address)
	if err != nil {
		return err
	}
	// A few lives end while the program still starts.
	if early := k.Signal == os.Kill && rand.IntN(10) == 0; early {
		e.Early++
	} else if err := p.awaits(connected); err != nil {
		return err
	}
	p.lasts(time.Duration(rand.Int64N(int64(k.Longest))))
	if err := k.end(p, e); err != nil {
		return err
	}
	e.Lives++
	if k.After == nil {
		return nil
	}
	return k.After(life)
}

// end sends the signal and waits for the end.
func (k KillLoop) end(p *program, e *Ends) error {
	began := time.Now()
	err := p.end(k.Signal)
	e.Slowest = max(e.Slowest, time.Since(began))
	return err
}

// last is the life in which everything may be done.
func (k KillLoop) last(ctx context.Context, address string, connected <-chan struct{}, e *Ends) error {
	p, err := k.start(ctx, address)
	if err != nil {
		return err
	}
	if err := p.awaits(connected); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err = k.Network.Await(ctx, k.Network.idle)
	for tries := -1; err == nil && tries != k.Network.Tries(); {
		tries = k.Network.Tries()
		p.lasts(quiet)
	}
	k.Signal = os.Interrupt
	return errors.Join(err, k.end(p, e))
}

// idle reports whether everything that was brought is durable.
func (n *Network) idle() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.durable == len(n.inbox)
}

// A program is one life of the program under test.
type program struct {
	cmd    *exec.Cmd
	said   bytes.Buffer // what it wrote
	exited chan struct{}
	err    error // how it exited
}

func (k KillLoop) start(ctx context.Context, address string) (*program, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &program{cmd: exec.CommandContext(ctx, self), exited: make(chan struct{})}
	env := append([]string{"GORACE=atexit_sleep_ms=0"}, os.Environ()...)
	p.cmd.Env = append(append(env, AddressVar+"="+address), k.Env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.exited)
		p.err = p.cmd.Wait()
	}()
	return p, nil
}

// awaits waits until the program has connected.
func (p *program) awaits(connected <-chan struct{}) error {
	t := time.NewTimer(connectTime)
	defer t.Stop()
	select {
	case <-connected:
		return nil
	case <-p.exited:
		return fmt.Errorf("the program ended before it had connected: %w\n%s", p.err, p.said.Bytes())
	case <-t.C:
		err := p.end(os.Kill)
		return fmt.Errorf("the program did not connect within %v: %w\n%s", connectTime, err, p.said.Bytes())
	}
}

// lasts waits for d, or until the program ends by itself.
func (p *program) lasts(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-p.exited:
	case <-t.C:
	}
}

// end sends the signal and waits for the program to end.
func (p *program) end(s os.Signal) error {
	select {
	case <-p.exited:
		return fmt.Errorf("the program ended by itself: %w\n%s", p.err, p.said.Bytes())
	default:
	}
	if err := p.cmd.Process.Signal(s); err != nil {
		return err
	}
	p.lasts(stopTime)
	select {
	case <-p.exited:
	default:
		err := p.cmd.Process.Kill()
		<-p.exited
		return errors.Join(fmt.Errorf("the program did not end within %v\n%s", stopTime, p.said.Bytes()), err)
	}
	if s != os.Kill && p.err != nil {
		return fmt.Errorf("the program was told to stop: %w\n%s", p.err, p.said.Bytes())
	}
	return nil
}
