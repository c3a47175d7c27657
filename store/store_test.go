package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
)

func onEngines(t *testing.T, test func(o *outboxtest.Office)) {
	t.Helper()
	outboxtest.OnEngines(t, nil, test)
}

func TestOpen_schema(t *testing.T) {
	onEngines(t, func(o *outboxtest.Office) {
		o.Say("chat", "a")
		o.Reopen()
		o.Send("a")
		err := o.Engine.Update(o.Context(), func(w store.Writer) error {
			return w.Put([]byte("meta/version"), []byte(`{"schema":99}`))
		})
		o.Must(err)
		if _, err := store.Open(o.Context(), o.Engine, store.Options{}); !errors.Is(err, store.ErrSchema) {
			o.Errorf("Open of a store with schema 99: got error %v, want ErrSchema", err)
		}
		o.Must(o.Engine.View(o.Context(), func(r store.Reader) error {
			if v, err := r.Get([]byte("meta/version")); string(v) != `{"schema":99}` {
				o.Errorf("after a refused Open: got version %s, %v, want it untouched", v, err)
			}
			return nil
		}))
	})
}

// A counting engine counts its updates.
type counting struct {
	store.Engine
	updates int
}

func (c *counting) Update(ctx context.Context, fn func(store.Writer) error) error {
	c.updates++
	return c.Engine.Update(ctx, fn)
}

func TestOpen_writesOnce(t *testing.T) {
	e := &counting{Engine: enginetest.New(t)}
	for range 3 {
		if _, err := store.Open(t.Context(), e, store.Options{}); err != nil {
			t.Fatalf("Open: got error %v, want none", err)
		}
	}
	if e.updates != 1 {
		t.Errorf("opening three times: got %d updates, want 1", e.updates)
	}
}

func TestUpdate(t *testing.T) {
	onEngines(t, func(o *outboxtest.Office) {
		fail := errors.New("on purpose")
		err := o.Update(o.Context(), func(tx *store.Tx) error {
			tx.FirstSight("web", "1")
			outbox.Enqueue(tx, bot.Outgoing{Key: "k", Account: "web", Chat: "c"})
			tx.Audit(store.Audit{Account: "web", Action: "x"})
			return fail
		})
		if !errors.Is(err, fail) {
			o.Errorf("Update: got error %v, want the function's own", err)
		}
		o.Idle()
		o.Change(func(tx *store.Tx) {
			if !tx.FirstSight("web", "1") {
				o.Error("FirstSight after an update that failed: got false, want true")
			}
			for a := range storetest.Audits(tx, "web") {
				o.Errorf("audit log after an update that failed: got %+v, want nothing", a)
			}
		})
	})
}

func TestUpdate_now(t *testing.T) {
	calls := 0
	s, err := store.Open(t.Context(), enginetest.New(t), store.Options{Now: func() time.Time {
		calls++
		return time.Unix(int64(calls), 0)
	}})
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	err = s.Write(t.Context(), func(tx *store.Tx) {
		if a, b := tx.Now(), tx.Now(); !a.Equal(b) {
			t.Errorf("Now in one transaction: got %v, then %v, want one time", a, b)
		}
	})
	if err != nil {
		t.Errorf("Update: got error %v, want none", err)
	}
}

func TestUpdate_tellsWhoGotRows(t *testing.T) {
	var told []string
	s, err := store.Open(t.Context(), storetest.RunTwice(enginetest.New(t)), store.Options{Enqueued: func(a string) { told = append(told, a) }})
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	put := func(fail error, accounts ...string) {
		_ = s.Update(context.Background(), func(tx *store.Tx) error {
			for _, a := range accounts {
				outbox.Enqueue(tx, bot.Outgoing{Key: "k" + a, Account: a, Chat: "c"})
			}
			if len(told) > 0 {
				t.Errorf("told %q before the commit", told)
			}
			return fail
		})
	}
	put(errors.New("on purpose"), "a")
	if len(told) > 0 {
		t.Errorf("after an update that failed: told %q, want nobody", told)
	}
	put(nil, "a", "b", "a")
	if want := []string{"a", "b"}; !slices.Equal(told, want) {
		t.Errorf("after new rows: told %q, want %q", told, want)
	}
	told = nil
	put(nil, "a", "b")
	if len(told) > 0 {
		t.Errorf("after rows whose keys are known: told %q, want nobody", told)
	}
}

func TestAudit(t *testing.T) {
	onEngines(t, func(o *outboxtest.Office) {
		var want []string
		for i := range 40 { // with a clock that stands still for ten at a time
			if i%10 == 0 {
				o.Pass(time.Second)
			}
			action := string(rune('A' + i))
			want = append(want, action, action+"'")
			o.Change(func(tx *store.Tx) {
				tx.Audit(store.Audit{Account: "web", Source: store.Clock, Action: action})
				tx.Audit(store.Audit{Account: "web", Source: store.Clock, Action: action + "'"})
			})
		}
		read := func(account string) (got []string) {
			o.Look(func(s *store.Snapshot) {
				for a := range storetest.Audits(s, account) {
					got = append(got, a.Action)
				}
			})
			return got
		}
		if got := read("web"); !slices.Equal(got, want) {
			o.Errorf("audit log: got %q, want %q", got, want)
		}
		o.Change(func(tx *store.Tx) { tx.Audit(store.Audit{Source: store.Config, Action: "office"}) })
		if got := read(""); !slices.Equal(got, []string{"office"}) {
			o.Errorf("audit log of the office: got %q, want its one entry", got)
		}
	})
}

// A failing engine ends the function at the read or write that failed, and nothing of
// it is kept; a panic of the function's own is its own.
func TestUpdate_endsAtTheFirstFailure(t *testing.T) {
	fail := errors.New("disk")
	for _, key := range []string{"read", "write"} {
		s, err := store.Open(t.Context(), failing{enginetest.New(t), key, fail}, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		reached := false
		err = s.Update(t.Context(), func(tx *store.Tx) error {
			store.Save(tx, "before", 1)
			store.Load[int](tx, "read")
			store.Save(tx, "write", 1)
			reached = true
			return errors.New("of the function")
		})
		if !errors.Is(err, fail) || reached {
			t.Errorf("Update with a failing %s: got error %v, went on: %v; want the failure, and the end", key, err, reached)
		}
		if kept, err := store.Read(t.Context(), s, func(sn *store.Snapshot) bool { return store.Has(sn, "before") }); kept || err != nil {
			t.Errorf("after a failing %s: got kept %v, %v, want nothing kept", key, kept, err)
		}
	}
	s, err := store.Open(t.Context(), enginetest.New(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if p := recover(); p != "mine" {
			t.Errorf("got panic %v, want the function's own", p)
		}
	}()
	_ = s.View(t.Context(), func(*store.Snapshot) error { panic("mine") })
}

// failing is an engine that fails at one key.
type failing struct {
	store.Engine
	key string
	err error
}

func (e failing) Update(ctx context.Context, fn func(store.Writer) error) error {
	return e.Engine.Update(ctx, func(w store.Writer) error { return fn(failingWriter{w, e}) })
}

type failingWriter struct {
	store.Writer
	at failing
}

func (w failingWriter) Get(key []byte) ([]byte, error) {
	if string(key) == w.at.key {
		return nil, w.at.err
	}
	return w.Writer.Get(key)
}

func (w failingWriter) Put(key, value []byte) error {
	if string(key) == w.at.key {
		return w.at.err
	}
	return w.Writer.Put(key, value)
}
