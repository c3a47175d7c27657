package store_test

import (
	"testing"
	"time"

	"duban/outbox"
	"duban/progress"
	"duban/store"
	"duban/store/mem"
)

func inMemory(t *testing.T) *office {
	t.Helper()
	return open(t, newClock(), func() store.Engine { return mem.New() }, func() {})
}

// speak gives n answers at this moment and returns how many were allowed.
func (o *office) speak(n, perMinute int) (said int) {
	o.t.Helper()
	for range n {
		o.update(func(tx *store.Tx) error {
			ok, _, err := outbox.Speak(tx, "web", "g", perMinute, 10*time.Minute)
			if ok && err == nil {
				said++
			}
			return err
		})
	}
	return said
}

func TestSpeak(t *testing.T) {
	o := inMemory(t)
	if got := o.speak(4, 5); got != 4 {
		t.Errorf("got %d of 4 answers, want all", got)
	}
	o.clock.add(61 * time.Second)
	if got := o.speak(6, 5); got != 5 {
		t.Errorf("got %d answers in another minute, want 5 and then silence", got)
	}
	o.clock.add(9 * time.Minute)
	if got := o.speak(1, 5); got != 0 {
		t.Errorf("got %d answers in the pause, want none", got)
	}
	o.clock.add(2 * time.Minute)
	if got := o.speak(3, 5); got != 3 {
		t.Errorf("got %d of 3 answers after the pause, want all", got)
	}
	o.clock.add(-time.Hour)
	if got := o.speak(4, 5); got != 4 {
		t.Errorf("got %d of 4 answers after the clock was set back, want all", got)
	}
}

// TestSpeak_bounded holds what is kept of a busy chat to a size that can always
// be written.
func TestSpeak_bounded(t *testing.T) {
	o := inMemory(t)
	for range 300 {
		if got := o.speak(20, 1<<30); got != 20 {
			t.Fatalf("got %d of 20 answers, want all", got)
		}
		o.clock.add(100 * time.Millisecond)
	}
}

// TestAddUpdate_order is row A5: what was said later stands, also if it came
// first.
func TestAddUpdate_order(t *testing.T) {
	o := inMemory(t)
	report := func(percent int, at time.Time) {
		o.must(o.Update(t.Context(), func(tx *store.Tx) error {
			_, err := progress.AddUpdate(tx, progress.Update{Measure: "n3", Person: "p1", Percent: &percent, At: at}, "m")
			return err
		}))
	}
	noon := o.clock.Now()
	report(60, noon.Add(time.Minute))
	report(30, noon)
	o.must(o.View(t.Context(), func(s *store.Snapshot) error {
		last, ok, err := progress.LatestOf(s, "n3", "p1")
		if err == nil && (!ok || *last.Update.Percent != 60) {
			t.Errorf("got %d%% as the latest word, want the 60%% that was said later", *last.Update.Percent)
		}
		all, err2 := progress.History(s, "n3", "p1")
		if len(all) != 2 {
			t.Errorf("got %d updates in the history, want both", len(all))
		}
		if err == nil {
			err = err2
		}
		return err
	}))
}
