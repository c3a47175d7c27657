// Package enginetest opens the engines that the tests of the packages above the store
// run on. It is in memory, unless the environment names another one: so the same tests
// run on all of them.
package enginetest

import (
	"context"
	"os"
	"runtime"
	"testing"

	"duban/store"
	"duban/store/mem"
	"duban/store/postgres"
	"duban/store/postgres/pgtest"
)

// Var is the environment variable that names the engine: postgres, or nothing for the
// memory.
const Var = "DUBAN_TEST_ENGINE"

// OnPostgres tells whether the tests are to run on PostgreSQL.
func OnPostgres() bool { return os.Getenv(Var) == "postgres" }

// New returns an empty engine, which ends with the test.
func New(t testing.TB) store.Engine {
	t.Helper()
	if !OnPostgres() {
		return mem.New()
	}
	return Postgres(t)
}

// Postgres returns an engine on an empty schema of the cluster of this test program. It may
// be used in a bubble of package synctest: it works outside of it, by the clock of the
// database and of its lease, and the bubble's time stands still meanwhile.
func Postgres(t testing.TB) store.Engine {
	t.Helper()
	c := pgtest.Start(t)
	schema := c.Schema()
	var e *postgres.Engine
	var err error
	outside(func() {
		e, err = postgres.Open(context.Background(), postgres.Options{URL: c.URL(), Schema: schema, Process: schema})
	})
	if err != nil {
		t.Fatalf("open an engine on PostgreSQL: got error %v, want none", err)
	}
	t.Cleanup(func() { outside(func() { _ = e.Close() }) })
	return unbubbled{e}
}

// An unbubbled engine runs its functions outside of the bubble that calls it.
type unbubbled struct{ store.Engine }

func (u unbubbled) View(ctx context.Context, fn func(store.Reader) error) (err error) {
	outside(func() { err = u.Engine.View(ctx, fn) })
	return err
}

func (u unbubbled) Update(ctx context.Context, fn func(store.Writer) error) (err error) {
	outside(func() { err = u.Engine.Update(ctx, fn) })
	return err
}

func (u unbubbled) Close() (err error) {
	outside(func() { err = u.Engine.Close() })
	return err
}

// A place is a goroutine that belongs to no bubble, and does one thing.
type place struct {
	work chan func()
	done chan struct{} // closed when that is done
}

// places gives them. It begins before any bubble can.
var places = begin()

func begin() chan place {
	all := make(chan place)
	go func() {
		for {
			p := place{work: make(chan func()), done: make(chan struct{})}
			all <- p
			go func() {
				defer close(p.done)
				(<-p.work)()
			}()
		}
	}()
	return all
}

// outside does something outside of the bubble that the caller is in. What ends a
// goroutine there ends the caller's.
func outside(do func()) {
	var panicked any
	returned := false
	p := <-places
	p.work <- func() {
		defer func() { panicked = recover() }()
		do()
		returned = true
	}
	<-p.done
	switch {
	case panicked != nil:
		panic(panicked)
	case !returned:
		runtime.Goexit()
	}
}
