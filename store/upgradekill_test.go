package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"duban/store"
	"duban/store/bolt"
)

var answers = flag.Int("answers", 5000, "how many answers a store has that is upgraded")

// upgradeIn tells the test binary to be the child of TestOpen_upgradeKilled.
const upgradeIn = "DUBAN_TEST_UPGRADE"

// TestUpgradeChild upgrades a store, and kills itself around one of the next commits.
func TestUpgradeChild(t *testing.T) {
	path := os.Getenv(upgradeIn)
	if path == "" {
		t.Skip("runs in a process of its own only")
	}
	e, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := store.Open(t.Context(), &dying{e, 1 + rand.IntN(8)}, store.Options{}); err != nil {
		t.Fatal(err)
	}
}

// A dying engine kills its process around the n-th commit.
type dying struct {
	store.Engine
	n int
}

func (d *dying) Update(ctx context.Context, fn func(store.Writer) error) error {
	if d.n--; d.n == 0 {
		time.AfterFunc(time.Duration(rand.IntN(8000))*time.Microsecond, func() {
			self, _ := os.FindProcess(os.Getpid())
			_ = self.Kill()
		})
	}
	return d.Engine.Update(ctx, fn)
}

// schema1 makes a store of schema 1 in which people have answered.
func schema1(t *testing.T, path string) {
	t.Helper()
	e, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s, err := store.OpenWith(t.Context(), e, store.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	for from := 0; from < *answers; from += 1000 {
		update(t, s, func(tx *store.Tx) error {
			for i := from; i < min(from+1000, *answers); i++ {
				person, message, at := fmt.Sprintf("P%04d", i%3000), fmt.Sprintf("m%06d", i), at.Add(time.Duration(i)*time.Second)
				effect := map[string]any{"person": person, "at": at, "percent": i % 100}
				tx.FirstSight("web", message)
				by, mine := store.Work+"by/web/"+message, store.Work+"mine/"+store.Key(person, store.Stamp(at))+"-"+message
				if i%7 == 0 { // as it was once
					store.Save(tx, by, effect)
				} else {
					store.Save(tx, by, mine)
					store.Save(tx, mine, effect)
				}
				store.Save(tx, fmt.Sprintf("%slatest/%06d", store.Work, i), map[string]any{"key": mine, "update": effect})
			}
			return nil
		})
	}
}

// everything is what is in a store.
func everything(t *testing.T, path string) (all []store.Pair) {
	t.Helper()
	e, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	err = e.View(t.Context(), func(r store.Reader) error {
		for p, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			all = append(all, store.Pair{Key: bytes.Clone(p.Key), Value: bytes.Clone(p.Value)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOpen_upgradeKilled kills the program again and again while it upgrades a store of
// schema 1: in the end that holds what an upgrade without kills makes of it.
func TestOpen_upgradeKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "duban.db")
	schema1(t, path)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(t.TempDir(), "duban.db")
	if err := os.WriteFile(whole, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := bolt.Open(whole)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = store.Open(t.Context(), e, store.Options{})
	took := time.Since(began)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	kills, halves := 0, 0
	for ; ; kills++ {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestUpgradeChild$")
		cmd.Env = append(os.Environ(), upgradeIn+"="+path)
		said, err := cmd.CombinedOutput()
		if err == nil {
			break
		}
		if len(said) > 0 || kills > *answers {
			t.Fatalf("upgrade after %d kills: got error %v, want none\n%s", kills, err, said)
		}
		if unfinished(t, path) {
			halves++
		}
	}
	got, want := everything(t, path), everything(t, whole)
	if len(got) != len(want) || len(want) < 3**answers {
		t.Fatalf("got %d records, want %d, of at least %d", len(got), len(want), 3**answers)
	}
	for i := range got {
		if !bytes.Equal(got[i].Key, want[i].Key) || !bytes.Equal(got[i].Value, want[i].Value) {
			t.Fatalf("record %d: got %s = %s, want %s = %s", i, got[i].Key, got[i].Value, want[i].Key, want[i].Value)
		}
	}
	t.Logf("%d answers: upgraded in %.2f s; killed %d times, %d of them in the middle", *answers, took.Seconds(), kills, halves)
	if halves == 0 {
		t.Error("no kill was in the middle, so little was tried")
	}
}

// unfinished tells whether the upgrade of a store is not at its end.
func unfinished(t *testing.T, path string) bool {
	t.Helper()
	e, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var v struct{ Unfinished bool }
	err = e.View(t.Context(), func(r store.Reader) error {
		raw, err := r.Get([]byte("meta/version"))
		if err == nil {
			err = json.Unmarshal(raw, &v)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v.Unfinished
}
