package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"duban/store/postgres/pgtest"
)

// TestTakeOver_sending cuts the owner off while it sends something that takes long. It
// must have given that up when the other side takes the text for that of a dead process.
func TestTakeOver_sending(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute, of waiting")
	}
	t.Parallel()
	p := newPair(t, pgtest.Own(t))
	p.start(0)
	p.owns(0, within)
	p.handled(3)
	p.start(1)
	tries := p.net.Tries()
	p.net.Delay(time.Minute)
	p.talk()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := p.net.Await(ctx, func() bool { return p.net.Tries() > tries }); err != nil {
		t.Fatalf("nothing is sent: %v", err)
	}
	old := p.sides[0]
	old.gate.Shut()
	p.owns(1, within)
	if left, err := filepath.Glob(filepath.Join(p.dir, old.name+sendingSuffix+"*")); err != nil || len(left) > 0 {
		t.Errorf("%s is still sending %d texts when %s owns the office, %v; want none", old.name, len(left), p.sides[1].name, err)
	}
	p.end(old, os.Kill) // what the network has of it does not arrive
	p.net.Delay(time.Millisecond / 2)
	p.handled(3)
	p.finish(t)
}

// TestTakeOver_promoted kills the server while commits wait for its stand-by, which does not
// get them any more, and promotes that: what nobody was told to be committed is done
// again, and nothing else is lost.
func TestTakeOver_promoted(t *testing.T) {
	if testing.Short() {
		t.Skip("starts two servers")
	}
	t.Parallel()
	for range *takeovers {
		primary := pgtest.New(t)
		way := primary.Gate(t, 0)
		standBy := way.StandBy(t)
		p := newPair(t, primary)
		for _, s := range p.sides {
			s.url = fmt.Sprintf("postgres://duban@127.0.0.1:%d,127.0.0.1:%d/postgres?sslmode=disable&target_session_attrs=read-write", primary.Port, standBy.Port)
		}
		p.start(0)
		p.owns(0, within)
		p.standsBy(1)
		way.Shut()
		p.talk()
		p.waitFor(t, "select from pg_stat_activity where wait_event = 'SyncRep' and query like '%duban_kv%'")
		if err := errors.Join(primary.Kill(), standBy.Promote()); err != nil {
			t.Fatal(err)
		}
		p.cluster = standBy
		p.handled(3)
		if len(p.sides[1].logins) > 0 {
			p.owns(1, within)
		}
		p.finish(t)
	}
}

// waitFor waits until a query of the database finds something.
func (p *pair) waitFor(t *testing.T, query string) {
	t.Helper()
	c, err := pgconn.Connect(t.Context(), p.cluster.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	for began := time.Now(); time.Since(began) < time.Minute; <-time.After(10 * time.Millisecond) {
		found, err := c.Exec(t.Context(), query).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(found[0].Rows) > 0 {
			return
		}
	}
	t.Fatalf("nothing is found by %q", query)
}
