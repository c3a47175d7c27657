package wecom

import (
	"context"
	"slices"
	"sync"
	"time"

	"duban/bot"
)

const (
	mostHeld     = 10000 // then nothing more is read until some are durable
	mostAtOnce   = 256
	mostFinished = 5000 // ids by which a message that comes again is known
	retryFirst   = 200 * time.Millisecond
	retryMost    = 5 * time.Second
)

// An inbox holds what the network brought until it is durable: the network would
// not bring it again. It outlives a connection, and a call of Run.
type inbox struct {
	*Account

	mu       sync.Mutex
	held     []bot.Message // oldest first
	known    map[string]bool
	finished []string // the ids in known that are not held, oldest first
	news     chan struct{}
	room     chan struct{} // closed and made anew when some were taken
}

func newInbox(a *Account) *inbox {
	return &inbox{Account: a, known: map[string]bool{}, news: make(chan struct{}, 1), room: make(chan struct{})}
}

// add keeps a message, unless it was brought before. It waits while there are too
// many, so that the network has to wait too.
func (i *inbox) add(ctx context.Context, m bot.Message) {
	for !i.keep(m, ctx.Err() != nil) {
		i.mu.Lock()
		room := i.room
		i.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
		}
	}
}

func (i *inbox) keep(m bot.Message, always bool) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.known[m.ID]:
		return true
	case len(i.held) >= mostHeld && !always:
		return false
	}
	i.known[m.ID] = true
	i.held = append(i.held, m)
	select {
	case i.news <- struct{}{}:
	default:
	}
	return true
}

// next returns the oldest messages that are held.
func (i *inbox) next() []bot.Message {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.held[:min(len(i.held), mostAtOnce)])
}

// done forgets the first n messages, but for their ids.
func (i *inbox) done(n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, m := range i.held[:n] {
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

// deliver hands over what is held until stop is closed, and then once more what is
// left. What receive does not take is held, and tried again.
func (i *inbox) deliver(ctx context.Context, stop <-chan struct{}, receive func(context.Context, []bot.Message) error) {
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
			i.confirm(ctx, batch)
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
		case <-time.After(between(pause/2, pause)):
		}
		pause = min(2*pause, retryMost)
	}
}
