// Package faults_test attacks the whole program from outside: system calls that
// fail, a power loss at any moment, files that were damaged and disks that are full.
// After each fault duban runs again without one, and nothing that it acknowledged
// may be lost, changed or made anew.
//
// The tests take a sample, which changes with -seed; with -long they try everything.
package faults_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"
)

var (
	long = flag.Bool("long", false, "try every fault, which takes half an hour")
	seed = flag.Uint64("seed", 1, "what the samples of faults depend on")
	only = flag.String("only", "", "try only the faults whose names, as they are printed, match this")

	sources = flag.String("sources", "", "an overlay of sources, as go build takes it, with which the program is built that is attacked")
)

// TestMain prints what was tried and what came of it behind the tests.
func TestMain(m *testing.M) {
	flag.Parse()
	status := m.Run()
	form.print(*seed)
	os.Exit(status) //nolint:forbidigo // TestMain returns no status
}

// some returns the first number in the long form and else the second.
func some(many, few int) int {
	if *long {
		return many
	}
	return few
}

// chance is a source of chance for one test.
func chance(of uint64) *rand.Rand { return rand.New(rand.NewPCG(*seed, of)) }

// chosen returns the items that -only lets through.
func chosen[T any](items []T) []T {
	is := regexp.MustCompile(*only)
	return slices.DeleteFunc(items, func(i T) bool { return !is.MatchString(fmt.Sprint(i)) })
}

// sample returns n of the items, or all.
func sample[T any](rnd *rand.Rand, items []T, n int) []T {
	rnd.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items[:min(n, len(items))]
}

// sortedKeys returns the keys of a map in their order.
func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// each calls do with every item, a few at the same time.
func each[T any](t *testing.T, items []T, do func(i int, item T)) {
	t.Helper()
	var wg sync.WaitGroup
	free := make(chan struct{}, 4)
	for i, item := range items {
		free <- struct{}{}
		if t.Context().Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-free }()
			do(i, item)
		})
	}
	wg.Wait()
}

// build builds duban, with an overlay of sources or "".
func build(t testing.TB, overlay string) program {
	t.Helper()
	dir, err := os.MkdirTemp("", "duban") //nolint:usetesting // it outlives the test that needs it first
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "duban")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", path, "duban")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program{path}
}

// sound returns duban as it is, and attacked what is tried: the same, or with -sources.
func sound(t testing.TB) program    { return built.once("", t) }
func attacked(t testing.TB) program { return built.once(*sources, t) }

// A shelf keeps programs that were built, by their overlays.
type shelf struct {
	mu  sync.Mutex
	all map[string]program
}

var built = shelf{all: map[string]program{}}

func (s *shelf) once(overlay string, t testing.TB) program {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.all[overlay]; !ok {
		s.all[overlay] = build(t, overlay)
	}
	return s.all[overlay]
}

// memory returns a new folder, in memory where the system has such a place: what
// is tried here does not depend on the disk.
func memory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "duban") //nolint:usetesting // not on the disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// need skips a test without a tool that it cannot do without.
func need(t *testing.T, tool string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts many processes")
	}
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("%s is not installed, so nothing is tried here", tool)
	}
}
