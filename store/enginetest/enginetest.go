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
// database and of its lease, and the bubble's time stands still meanwhile. What it is given
// to run runs in the bubble.
func Postgres(t testing.TB) store.Engine {
	t.Helper()
	c := pgtest.Start(t)
	schema := c.Schema()
	var e *postgres.Engine
	var err error
	outside(func(func(func())) {
		e, err = postgres.Open(context.Background(), postgres.Options{URL: c.URL(), Schema: schema, Process: schema})
	})
	if err != nil {
		t.Fatalf("open an engine on PostgreSQL: got error %v, want none", err)
	}
	u := unbubbled{e}
	t.Cleanup(func() { _ = u.Close() })
	return u
}

// An unbubbled engine works outside of the bubble that calls it. The functions that it
// runs are the caller's, and run inside.
type unbubbled struct{ store.Engine }

func (u unbubbled) View(ctx context.Context, fn func(store.Reader) error) (err error) {
	outside(func(inside func(func())) {
		err = u.Engine.View(ctx, func(r store.Reader) (err error) {
			inside(func() { err = fn(r) })
			return err
		})
	})
	return err
}

func (u unbubbled) Update(ctx context.Context, fn func(store.Writer) error) (err error) {
	outside(func(inside func(func())) {
		err = u.Engine.Update(ctx, func(w store.Writer) (err error) {
			inside(func() { err = fn(w) })
			return err
		})
	})
	return err
}

func (u unbubbled) Close() (err error) {
	outside(func(func(func())) { err = u.Engine.Close() })
	return err
}

// A place is a goroutine that belongs to no bubble, and does one thing.
type place struct {
	work chan func()
	back chan func() // what the caller is to do meanwhile; closed when the work is done
	next chan struct{}
}

// places gives them. It begins before any bubble can.
var places = begin()

func begin() chan place {
	all := make(chan place)
	go func() {
		for {
			p := place{work: make(chan func()), back: make(chan func()), next: make(chan struct{})}
			all <- p
			go func() {
				defer close(p.back)
				(<-p.work)()
			}()
		}
	}()
	return all
}

// outside does something outside of the bubble that the caller is in. What that gives to
// inside is done by the caller's own goroutine.
func outside(do func(inside func(func()))) {
	p := <-places
	work := &errand{do: func() {
		do(func(f func()) {
			e := &errand{do: f}
			p.back <- func() {
				defer func() { p.next <- struct{}{} }()
				e.run()
			}
			<-p.next
			e.end()
		})
	}}
	p.work <- work.run
	func() {
		defer func() { // also when what is done inside ends this goroutine
			for range p.back {
			}
		}()
		for f := range p.back {
			f()
		}
	}()
	work.end()
}

// An errand is something that one goroutine does for another one.
type errand struct {
	do       func()
	panicked any
	returned bool
}

func (e *errand) run() {
	defer func() { e.panicked = recover() }()
	e.do()
	e.returned = true
}

// end ends the goroutine for which it was done if it ended the one that did it.
func (e *errand) end() {
	switch {
	case e.panicked != nil:
		panic(e.panicked)
	case !e.returned:
		runtime.Goexit()
	}
}
