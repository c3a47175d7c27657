package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// tryPauses are the pauses between the tries of one message: so short that the
// next message is not kept waiting for a second, long enough for a store that
// was busy.
var tryPauses = [...]time.Duration{100 * time.Millisecond, 400 * time.Millisecond}

// A receiver hands the messages of one account to the handler: chats side by
// side, each chat in the order in which receive was called.
type receiver struct {
	*line
	slots chan struct{} // one for each chat that may be handled at a time

	mu    sync.Mutex
	tails map[string]chan struct{} // by chat: closed when its newest turn is over
}

func newReceiver(l *line) *receiver {
	return &receiver{line: l, slots: make(chan struct{}, parallel), tails: map[string]chan struct{}{}}
}

// A turn is what one poll brought for one chat.
type turn struct {
	chat     string
	messages []Message
	before   <-chan struct{} // closed when the turn before is over; nil if there is none
	over     chan struct{}
}

// receive returns nil when every message of batch has had its effect for good.
// What one poll brought is finished even if ctx ends meanwhile.
func (r *receiver) receive(ctx context.Context, batch []Message) error {
	ctx, cancel := outlive(ctx, grace)
	defer cancel()
	turns := r.turns(batch)
	if len(turns) == 0 {
		return nil
	}
	var g errgroup.Group
	for _, t := range turns[1:] {
		g.Go(func() error { return r.take(ctx, t) })
	}
	err := r.take(ctx, turns[0]) // most polls bring no other, and the stack of a new goroutine would have to grow
	if err := cmp.Or(err, g.Wait()); err != nil {
		return fmt.Errorf("receive: %w", err)
	}
	return nil
}

// turns sorts batch by chat and queues each chat behind what is still being
// handled there. All of it happens under one lock, so that no two calls can
// wait for each other.
//
// It is the one place where what the account itself said is left out.
func (r *receiver) turns(batch []Message) []*turn {
	byChat := map[string]*turn{}
	var turns []*turn
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range batch {
		if m.Self {
			continue
		}
		m.Account = r.name
		t := byChat[m.Chat]
		if t == nil {
			t = &turn{chat: m.Chat, over: make(chan struct{})}
			if tail, ok := r.tails[m.Chat]; ok {
				t.before = tail
			}
			r.tails[m.Chat] = t.over
			byChat[m.Chat] = t
			turns = append(turns, t)
		}
		t.messages = append(t.messages, m)
	}
	return turns
}

// take waits for its turn and handles it. The first message that cannot be
// handled ends it: a later one must not overtake it.
func (r *receiver) take(ctx context.Context, t *turn) error {
	defer r.finish(t)
	if t.before != nil {
		<-t.before
	}
	r.slots <- struct{}{}
	defer func() { <-r.slots }()
	for _, m := range t.messages {
		r.brake.wait(ctx)
		if err := r.handle(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (r *receiver) finish(t *turn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(t.over)
	if r.tails[t.chat] == t.over {
		delete(r.tails, t.chat)
	}
}

// A brake slows the receiver down while answers come too late because messages come
// faster than the outbox is emptied. Each message waits for a second at most: what is
// said must become durable, also while sending hangs.
type brake struct {
	mu     sync.Mutex
	pulled chan struct{} // closed when it is released; nil: it is not pulled
}

func (b *brake) set(pulled bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case pulled && b.pulled == nil:
		b.pulled = make(chan struct{})
	case !pulled && b.pulled != nil:
		close(b.pulled)
		b.pulled = nil
	}
}

func (b *brake) wait(ctx context.Context) {
	b.mu.Lock()
	pulled := b.pulled
	b.mu.Unlock()
	if pulled != nil {
		Await(ctx, pulled, lateAnswer)
	}
}

// handle tries m, and sets it aside if it fails every time.
func (r *receiver) handle(ctx context.Context, m Message) error {
	for try := 1; ; try++ {
		err := contained(func() error { return r.o.Handler.Handle(ctx, m) })
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return err
		case try > len(tryPauses):
			return r.quarantine(ctx, m, err)
		}
		r.log.Warn("message not handled", "message", m.ID, "try", try, "err", err, "stack", stack(err))
		if !Sleep(ctx, tryPauses[try-1]) {
			return err
		}
	}
}

// quarantine hands m back to the handler as one that it could not handle.
func (r *receiver) quarantine(ctx context.Context, m Message, cause error) (err error) {
	if r.quarantiner == nil {
		return cause
	}
	defer Contain(&err)
	if err := r.quarantiner.Quarantine(ctx, m, cause); err != nil {
		return fmt.Errorf("quarantine: %w", errors.Join(err, cause))
	}
	r.log.Error("message set aside", "message", m.ID, "err", cause, "stack", stack(cause))
	return nil
}

// stack returns where err panicked, or "" if it did not.
func stack(err error) string {
	if p, ok := errors.AsType[*PanicError](err); ok {
		return string(p.Stack)
	}
	return ""
}
