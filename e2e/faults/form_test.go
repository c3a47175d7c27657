package faults_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
)

// A tally counts what was tried and what was found, by their names.
type tally struct {
	mu    sync.Mutex
	tried map[string]int
	found map[string]int
}

// What must never be found.
const (
	lost     = "lost"
	believed = "believed damage"
	anew     = "made anew"
	untrue   = "untrue exit status"
	crashed  = "crashed"
	hung     = "hung"
	deleted  = "deleted or closed by a wrong clock"
	repeated = "said twice"
)

var form = tally{tried: map[string]int{}, found: map[string]int{}}

// try counts a fault that was tried.
func (f *tally) try(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tried[what]++
}

// A finding is something that must not be.
type finding struct {
	what, text string
}

// note counts findings as failures of a test.
func (f *tally) note(t *testing.T, where string, all []finding) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range all {
		f.found[one.what]++
		t.Errorf("%s: %s: %s", where, one.what, one.text)
	}
}

// print prints the form.
func (f *tally) print(seed uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.tried) == 0 {
		return
	}
	fmt.Fprintf(os.Stdout, "faults tried      seed %d", seed)
	for _, what := range slices.Sorted(maps.Keys(f.tried)) {
		fmt.Fprintf(os.Stdout, "   %s: %d", what, f.tried[what])
	}
	fmt.Fprint(os.Stdout, "\nfound            ")
	for _, what := range []string{lost, believed, anew, untrue, crashed, hung, deleted, repeated} {
		fmt.Fprintf(os.Stdout, " %s %d  ", what, f.found[what])
	}
	fmt.Fprintln(os.Stdout)
}
