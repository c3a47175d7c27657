package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"duban/store"
	"duban/store/postgres"
	"duban/store/postgres/pgtest"
	"duban/store/storetest"
)

// own opens an engine on a schema.
func own(t *testing.T, c *pgtest.Cluster, schema string) *postgres.Engine {
	t.Helper()
	e, err := postgres.Open(t.Context(), postgres.Options{URL: c.URL(), Schema: schema, Process: rand.Text()})
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func TestEngine(t *testing.T) {
	c := pgtest.Start(t)
	storetest.TestEngine(t, func(t *testing.T) store.Engine { return own(t, c, c.Schema()) })
}

func TestFiles(t *testing.T) {
	t.Parallel()
	c := pgtest.Start(t)
	storetest.TestFiles(t, own(t, c, c.Schema()).Files())
}

// TestOpen_again opens what another process gave back.
func TestOpen_again(t *testing.T) {
	t.Parallel()
	c := pgtest.Start(t)
	schema := c.Schema()
	first := own(t, c, schema)
	put := func(e store.Engine, key, value string) error {
		return e.Update(t.Context(), func(w store.Writer) error { return w.Put([]byte(key), []byte(value)) })
	}
	if err := put(first, "a", "1"); err != nil {
		t.Fatalf("Update: got error %v, want none", err)
	}
	_, err := postgres.Open(t.Context(), postgres.Options{URL: c.URL(), Schema: schema, Process: "second"})
	if !errors.Is(err, store.ErrLocked) {
		t.Errorf("Open beside an owner: got error %v, want ErrLocked", err)
	}
	if err := first.Close(); err != nil {
		t.Errorf("Close: got error %v, want none", err)
	}
	second := own(t, c, schema)
	if second.Epoch() <= first.Epoch() {
		t.Errorf("epoch of the second owner: got %d, want more than %d", second.Epoch(), first.Epoch())
	}
	err = second.View(context.Background(), func(r store.Reader) error {
		v, err := r.Get([]byte("a"))
		if string(v) != "1" {
			t.Errorf("Get: got %q, want what the first owner wrote", v)
		}
		return err
	})
	if err != nil {
		t.Errorf("View: got error %v, want none", err)
	}
}

// TestCompact_beside works while something reads the table for long, as a dump does.
func TestCompact_beside(t *testing.T) {
	t.Parallel()
	c := pgtest.Start(t)
	schema := c.Schema()
	e := own(t, c, schema)
	put := func() error {
		return e.Update(t.Context(), func(w store.Writer) error { return w.Put([]byte("a"), []byte("1")) })
	}
	dump, err := pgconn.Connect(t.Context(), c.URL())
	if err != nil {
		t.Fatalf("Connect: got error %v, want none", err)
	}
	defer func() { _ = dump.Close(context.Background()) }()
	if _, err := dump.Exec(t.Context(), "begin; select count(*) from "+schema+".duban_kv").ReadAll(); err != nil {
		t.Fatalf("begin: got error %v, want none", err)
	}
	if err := e.Compact(t.Context()); err == nil {
		t.Error("Compact beside a dump: got no error, want one")
	}
	if err := put(); err != nil {
		t.Errorf("Update after it: got error %v, want none", err)
	}
	if _, err := dump.Exec(t.Context(), "commit").ReadAll(); err != nil {
		t.Fatalf("commit: got error %v, want none", err)
	}
	if err := e.Compact(t.Context()); err != nil {
		t.Errorf("Compact after the dump: got error %v, want none", err)
	}
	if err := put(); err != nil {
		t.Errorf("Update at last: got error %v, want none", err)
	}
}
