package outbox_test

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
)

// An office is one in which people are reached where reach says, and whose admin is
// told things in the chat "boss".
type office struct{ *outboxtest.Office }

func onEngines(t *testing.T, test func(o *office)) {
	t.Helper()
	outboxtest.OnEngines(t, []any{hooks()}, func(o *outboxtest.Office) { test(&office{o}) })
}

// limited returns an office with limits of what it may say.
func limited(t *testing.T, l outbox.Limits) *office {
	t.Helper()
	l.Zone = outboxtest.Start().Location()
	return &office{outboxtest.On(t, storetest.RunTwice(enginetest.New(t)), hooks(), l)}
}

const reached = store.Work + "reached/"

func hooks() outbox.Hooks {
	tell := func(tx *store.Tx, text string) {
		key := fmt.Sprint(text, tx.Now().UnixNano())
		outbox.Enqueue(tx, bot.Outgoing{Key: key, Account: "web", Chat: "boss", Text: text})
	}
	return outbox.Hooks{
		Resolve: func(s *store.Snapshot, _, person string) string {
			chat, _ := store.Load[string](s, reached+person)
			return chat
		},
		Parked: func(tx *store.Tx, l outbox.ParkedLane) {
			tell(tx, fmt.Sprintf("%s%s: %d", l.Person, l.Chat, l.Waiting))
		},
		Admins: func(*store.Snapshot, string) []string { return []string{"boss"} },
	}
}

// reach says where a person is reached from now on.
func (o *office) reach(person, chat string) {
	o.Helper()
	o.Change(func(tx *store.Tx) {
		store.Save(tx, reached+person, chat)
		outbox.ReleaseLane(tx, "web", outbox.PersonLane(person))
	})
}

// told sends what is due, which is for the admin, and returns it.
func (o *office) told() string {
	o.Helper()
	m, err := outboxtest.Claim(o.Context(), o.Store, "web")
	if err != nil || m.Chat != "boss" {
		o.Fatalf("Claim: got %q in %q, %v, want a text for the admin", m.Key, m.Chat, err)
	}
	o.Sent(m)
	return m.Text
}

// A counting engine counts what is asked of it.
type counting struct {
	store.Engine
	updates, reads atomic.Int64
}

func (c *counting) View(ctx context.Context, fn func(store.Reader) error) error {
	return c.Engine.View(ctx, func(r store.Reader) error { return fn(counted{r: r, c: c}) })
}

func (c *counting) Update(ctx context.Context, fn func(store.Writer) error) error {
	c.updates.Add(1)
	return c.Engine.Update(ctx, func(w store.Writer) error { return fn(counted{w, w, c}) })
}

// A counted transaction has no Writer in a view.
type counted struct {
	store.Writer
	r store.Reader
	c *counting
}

func (r counted) Get(key []byte) ([]byte, error) {
	r.c.reads.Add(1)
	return r.r.Get(key)
}

func (r counted) Scan(from, to []byte) iter.Seq2[store.Pair, error] {
	return func(yield func(store.Pair, error) bool) {
		for p, err := range r.r.Scan(from, to) {
			r.c.reads.Add(1)
			if !yield(p, err) {
				return
			}
		}
	}
}
