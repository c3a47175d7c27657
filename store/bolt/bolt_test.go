package bolt_test

import (
	"path/filepath"
	"testing"

	"duban/store"
	"duban/store/bolt"
	"duban/store/storetest"
)

// open returns an engine on a new file, which is closed when the test ends.
func open(t testing.TB) *bolt.Engine {
	t.Helper()
	return reopen(t, filepath.Join(t.TempDir(), "data", "duban.db"))
}

func reopen(t testing.TB, path string) *bolt.Engine {
	t.Helper()
	e, err := bolt.Open(path)
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func TestEngine(t *testing.T) {
	storetest.TestEngine(t, func(t *testing.T) store.Engine { return open(t) })
}

func TestEngine_runTwice(t *testing.T) {
	storetest.TestEngine(t, func(t *testing.T) store.Engine { return storetest.RunTwice(open(t)) })
}
