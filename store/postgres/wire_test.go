package postgres_test

import (
	"errors"
	"io"
	"testing"

	"duban/store/postgres"
	"duban/store/postgres/pgtest"
)

// TestCall says something to the owner of an office, from another process, and hears its
// answer; then it hangs up.
func TestCall(t *testing.T) {
	t.Parallel()
	c := pgtest.Start(t)
	schema := c.Schema()
	l := own(t, c, schema).Calls()
	defer l.Close()
	answered := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			answered <- err
			return
		}
		raw := make([]byte, 3)
		_, err = io.ReadFull(conn, raw)
		_, writeErr := conn.Write(append(raw, raw...))
		if err = errors.Join(err, writeErr); err == nil {
			_, err = conn.Read(raw)
		}
		answered <- errors.Join(err, conn.Close())
	}()
	conn, err := postgres.Call(t.Context(), postgres.Options{URL: c.URL(), Schema: schema})
	if err != nil {
		t.Fatalf("Call: got error %v, want none", err)
	}
	if _, err := conn.Write([]byte("abc")); err != nil {
		t.Fatalf("Write: got error %v, want none", err)
	}
	raw := make([]byte, 6)
	if _, err := io.ReadFull(conn, raw); err != nil || string(raw) != "abcabc" {
		t.Errorf("Read: got %q, error %v, want what was said twice", raw, err)
	}
	if err := conn.Close(); err != nil {
		t.Errorf("Close: got error %v, want none", err)
	}
	if err := <-answered; !errors.Is(err, io.EOF) {
		t.Errorf("the owner: got error %v, want EOF when the caller has hung up", err)
	}
}
