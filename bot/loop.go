package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	grace        = 10 * time.Second // what was begun when Run is told to stop may take this long
	settleGrace  = 15 * time.Second // the same for recording its result
	defaultLease = time.Minute
	parallel     = 256 // chats of one account that are handled side by side
)

// The pauses before an account that failed is run again: they double from the
// first to the last, and start anew after a run that lasted for steady.
const (
	firstRestart = time.Second
	lastRestart  = 5 * time.Minute
	steady       = 10 * time.Minute
)

// ErrBroken is the cause with which a context ends when nothing can be recorded any
// more. There is no grace then: what was begun is cut off, because how it ended
// could not be recorded either.
var ErrBroken = errors.New("nothing can be recorded any more")

// Options is what a [Bot] works with. Accounts, Handler and Outbox are needed.
type Options struct {
	Accounts []Account
	Handler  Handler
	Outbox   Outbox
	Log      *slog.Logger    // nil logs nothing
	Pace     map[string]Pace // by the account's name; one that is missing is not paced

	// Lease is how long a row that is being sent stays hidden. A send may take
	// half of it; see [Limits.Longest]. Zero is one minute.
	Lease time.Duration

	// Owned returns for how long no other process can send what this one has claimed; nil
	// is for ever. Nothing is sent when it is less than a send may take.
	Owned func() time.Duration

	// Zone says where a day ends, for an account that was told that it sends
	// too often. Nil is time.Local.
	Zone *time.Location
}

// A Bot receives what its accounts bring and empties the outbox into them.
type Bot struct {
	o     Options
	lines []*line
}

// A line is one account and what belongs to it alone. What the account, the
// handler or the outbox cannot do is nil.
type line struct {
	*Bot
	account Account
	name    string
	log     *slog.Logger
	wake    chan struct{} // there may be something to send
	ended   chan struct{} // closed when the account has come to its end
	window  int           // sends in flight
	seats   seats         // which they take
	lease   time.Duration
	brake   brake // pulled while answers come too late

	quarantiner Quarantiner
	watcher     StateWatcher
	recoverer   Recoverer
	marker      Marker
	updater     Updater
	dedupes     time.Duration // see [Capabilities]
	back        <-chan struct{}
	states      <-chan State
}

// New returns a bot that has not started.
func New(o Options) *Bot {
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.Lease = cmp.Or(o.Lease, defaultLease)
	o.Zone = cmp.Or(o.Zone, time.Local)
	b := &Bot{o: o}
	for _, a := range o.Accounts {
		b.lines = append(b.lines, b.line(a))
	}
	return b
}

func (b *Bot) line(a Account) *line {
	l := &line{
		Bot: b, account: a, name: a.Name(), log: b.o.Log.With("account", a.Name()),
		wake: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	l.quarantiner, _ = b.o.Handler.(Quarantiner)
	l.watcher, _ = b.o.Handler.(StateWatcher)
	l.recoverer, _ = b.o.Outbox.(Recoverer)
	able := AbilitiesOf(a)
	l.marker = able.Marker
	if l.window = max(able.Limits().Window, 1); b.o.Pace[l.name].Gap > 0 { // it counts from the end of a send to the next
		l.window = 1
	}
	l.lease = max(b.o.Lease, 2*able.Limits().Longest)
	l.seats.free = l.window
	l.updater, l.dedupes = able.Updater, able.Can().Dedupes
	if able.Presence != nil {
		l.back = able.Presence.Back()
	}
	if able.Stateful != nil {
		l.states = able.Stateful.States()
	}
	return l
}

// Wake makes the delivery loop of account look at the outbox now instead of
// within a second. It never blocks, and may be called before and after Run.
func (b *Bot) Wake(account string) {
	for _, l := range b.lines {
		if l.name == account {
			l.rouse()
		}
	}
}

func (l *line) rouse() {
	select {
	case l.wake <- struct{}{}:
	default: // it is awake already
	}
}

// Run receives and delivers for every account, and returns nil when ctx ends
// or when every account has come to its end. It is called once.
//
// When ctx ends, no row is claimed any more; what one poll brought, and sends
// in flight, may take ten more seconds and are recorded before Run returns;
// that may take five more if the store is in trouble. If the cause is [ErrBroken]
// they are cut off at once.
// An account whose own Run returns nil has come to its end: what is due in it
// is still sent. One that returns an error, or panics, is run again after a
// pause that grows from a second to five minutes.
func (b *Bot) Run(ctx context.Context) error {
	seen := make(map[string]bool, len(b.lines))
	for _, l := range b.lines {
		if seen[l.name] {
			return fmt.Errorf("two accounts are named %q", l.name)
		}
		seen[l.name] = true
	}
	var wg sync.WaitGroup
	for _, l := range b.lines {
		wg.Go(func() {
			defer l.rouse()
			defer close(l.ended)
			l.listen(ctx)
		})
		wg.Go(func() { newDeliverer(l).run(ctx) })
		if l.states != nil && l.watcher != nil {
			wg.Go(func() { l.watchStates(ctx) })
		}
	}
	wg.Wait()
	return nil
}

// listen runs the account until ctx ends or the account has come to its end.
func (l *line) listen(ctx context.Context) {
	r := newReceiver(l)
	pause := firstRestart
	for {
		began := time.Now()
		err := contained(func() error { return l.account.Run(ctx, r.receive) })
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			l.log.Info("account ended")
			return
		}
		if time.Since(began) >= steady {
			pause = firstRestart
		}
		again := jitter(pause)
		l.log.Error("account stopped", "err", err, "stack", stack(err), "again_in", again)
		if !Sleep(ctx, again) {
			return
		}
		pause = min(2*pause, lastRestart)
	}
}

// watchStates hands each state of the account to the handler until ctx ends or
// the account has come to its end. One that cannot be recorded is tried again,
// unless a newer one has come.
func (l *line) watchStates(ctx context.Context) {
	for {
		var s State
		select {
		case <-ctx.Done():
			return
		case <-l.ended:
			return
		case s = <-l.states:
		}
		l.log.Info("account state", "state", string(s.Word))
		for len(l.states) == 0 {
			err := contained(func() error { return l.watcher.AccountState(ctx, l.name, s) })
			if err == nil || ctx.Err() != nil {
				break
			}
			l.log.Error("account state not recorded", "err", err)
			if !Sleep(ctx, jitter(storePause)) {
				return
			}
		}
	}
}

// outlive returns a context that ends when ctx has ended and the grace is over; see
// [ErrBroken].
func outlive(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if !errors.Is(context.Cause(ctx), ErrBroken) {
			Sleep(late, grace)
		}
		cancel()
	})
	return late, func() { stop(); cancel() }
}

// Sleep waits for d and reports false if ctx ended before.
func Sleep(ctx context.Context, d time.Duration) bool { return Await(ctx, nil, d) }

// Await waits until something comes from early, for d at most, and reports false
// if ctx ended before. Nothing comes from a nil channel.
func Await(ctx context.Context, early <-chan struct{}, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-early:
	case <-t.C:
	}
	return ctx.Err() == nil
}

// jitter returns d changed by up to a fifth, so that what failed together does
// not come back together.
func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}
