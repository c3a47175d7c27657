package bot

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

const (
	mostHeld     = 10000 // then nothing more is read until some are durable
	mostAtOnce   = 256
	mostFinished = 5000 // ids by which a message that comes again is known
	retryFirst   = 200 * time.Millisecond
	retryMost    = 5 * time.Second
)

// An Inbox holds what a network brought and would not bring again, until it is
// durable. It outlives a connection, and a call of [Account.Run].
type Inbox struct {
	log   *slog.Logger
	taken func(ctx context.Context, batch []Message)

	mu       sync.Mutex
	held     []Message       // oldest first
	known    map[string]bool // by id; whether it is held
	finished []string        // the ids in known that are not held, oldest first
	news     chan struct{}
	room     chan struct{} // closed and made anew when some were taken
}

// NewInbox returns an empty inbox. Taken is told what has become durable; nil is nobody.
func NewInbox(log *slog.Logger, taken func(ctx context.Context, batch []Message)) *Inbox {
	return &Inbox{log: log, taken: taken, known: map[string]bool{}, news: make(chan struct{}, 1), room: make(chan struct{})}
}

// Add keeps a message, unless it was brought before, and tells whether it has been
// durable since then. It waits while there are too many, so that the network has to
// wait too.
func (i *Inbox) Add(ctx context.Context, m Message) (durable bool) {
	for {
		kept, durable := i.keep(m, ctx.Err() != nil)
		if kept || durable {
			return durable
		}
		i.mu.Lock()
		room := i.room
		i.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
		}
	}
}

func (i *Inbox) keep(m Message, always bool) (kept, durable bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	held, known := i.known[m.ID]
	switch {
	case known:
		return held, !held
	case len(i.held) >= mostHeld && !always:
		return false, false
	}
	i.known[m.ID] = true
	i.held = append(i.held, m)
	select {
	case i.news <- struct{}{}:
	default:
	}
	return true, false
}

// next returns the oldest messages that are held.
func (i *Inbox) next() []Message {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.held[:min(len(i.held), mostAtOnce)])
}

// done forgets the first n messages, but for their ids.
func (i *Inbox) done(n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, m := range i.held[:n] {
		i.known[m.ID] = false
		i.finished = append(i.finished, m.ID)
	}
	i.held = slices.Delete(i.held, 0, n)
	if old := len(i.finished) - mostFinished; old > 0 {
		for _, id := range i.finished[:old] {
			delete(i.known, id)
		}
		i.finished = slices.Delete(i.finished, 0, old)
	}
	close(i.room)
	i.room = make(chan struct{})
}

// Deliver hands over what is held until stop is closed, and then once more what is
// left. What receive does not take is held, and tried again.
func (i *Inbox) Deliver(ctx context.Context, stop <-chan struct{}, receive func(context.Context, []Message) error) {
	pause := retryFirst
	for last := false; ; {
		batch := i.next()
		if len(batch) == 0 {
			if last {
				return
			}
			select {
			case <-i.news:
			case <-stop:
				last = true
			}
			continue
		}
		err := receive(ctx, batch)
		if err == nil {
			i.done(len(batch))
			if i.taken != nil {
				i.taken(ctx, batch)
			}
			pause = retryFirst
			continue
		}
		i.log.Warn("messages are held: they did not become durable", "messages", len(batch), "err", err)
		if last {
			return
		}
		select {
		case <-stop:
			last = true
		case <-time.After(Between(pause/2, pause)):
		}
		pause = min(2*pause, retryMost)
	}
}

// Between returns a random time from a to b, so that not all come back at once.
func Between(a, b time.Duration) time.Duration { return a + rand.N(b-a) }
