package bottest

import (
	"errors"
	"fmt"
	"time"

	"duban/bot"
)

// A Fault is what goes wrong with one attempt to send.
type Fault int

// The faults. Their zero value lets an attempt succeed.
const (
	Fine      Fault = iota
	LostReply       // the network takes the message, and its answer gets lost
	LostText        // the message gets lost on its way, and the account cannot know
	Busy            // not taken, and may be tried again
	TooOften        // not taken, because the account sends too much
	Moment          // the same, and the network says that it takes more after a second
	ChatFull        // the same of the one chat, after twenty seconds
	absent          // the account is logged out
	Panic           // the account panics
)

// Fail lets the next attempts to send end with these faults, one after the
// other.
func (n *Network) Fail(f ...Fault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = append(n.faults, f...)
}

// Delay lets each attempt to send take d from now on.
func (n *Network) Delay(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.delay = d
}

// Hold lets the next life of a [KillLoop] end at the moment when the network has taken
// a text that answers nobody, and before the program learns of it.
func (n *Network) Hold() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hold = true
}

// holds reports whether no text has been taken since Hold.
func (n *Network) holds() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.hold
}

// caught reports whether a text that was taken is the one that Hold waits for.
func (n *Network) caught() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	defer n.Change()
	was := n.hold
	n.hold = false
	return was
}

// Leave logs the account out: until Return it cannot send.
func (n *Network) Leave() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.out = true
}

// Return logs the account in again. If told is true, the account learns of it
// at once.
func (n *Network) Return(told bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.out = false
	n.Change()
	if !told {
		return
	}
	select {
	case n.back <- struct{}{}:
	default:
	}
}

// errPanic makes [Account.Send] panic.
var errPanic = errors.New("the account was told to panic")

func (f Fault) err() error {
	switch f {
	case LostReply, LostText:
		return fmt.Errorf("connection reset: %w", bot.ErrUnknown)
	case Busy:
		return errors.New("server is busy")
	case TooOften:
		return fmt.Errorf("slow down: %w", bot.ErrTooOften)
	case Moment:
		return fmt.Errorf("slow down: %w", &bot.TooOften{After: time.Second})
	case ChatFull:
		return fmt.Errorf("slow down: %w", &bot.TooOften{After: 20 * time.Second, Chat: true})
	case Panic:
		return errPanic
	case absent:
		return fmt.Errorf("logged out: %w", bot.ErrOut)
	default:
		return nil
	}
}
