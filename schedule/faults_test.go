package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"duban/outbox"
	"duban/schedule"
	"duban/schedule/when"
	"duban/schedule/when/whentest"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
)

// TestLook_edited changes and deletes jobs between a turn and its sending:
// nothing of the old version is sent.
func TestLook_edited(t *testing.T) {
	edits := map[string]func(f *office){
		"its text is changed": func(f *office) {
			j := reminder("a", "每天8:30")
			j.Text = "另一段文字"
			f.put(j)
		},
		"its time is changed": func(f *office) { f.put(reminder("a", "每天9:30")) },
		"it is deleted":       func(f *office) { f.update(func(tx *store.Tx) error { return f.sched.Delete(tx, "a", editor) }) },
		"it is paused": func(f *office) {
			f.edit(func(tx *store.Tx) (schedule.Job, error) { return f.sched.Pause(tx, "a", time.Time{}, editor) })
		},
	}
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
			f.put(reminder("a", "每天8:30"))
			f.clock = whentest.At(t, "2026-11-24 08:30")
			f.look()
			if rows := f.posted(); len(rows) != 1 || rows[0].State != outbox.Waiting {
				t.Fatalf("posted %v, want one row that waits", rows)
			}
			f.clock = f.clock.Add(20 * time.Second)
			edit(f)
			f.advance(whentest.At(t, "2026-11-24 09:00"))
			for _, r := range f.posted() {
				if r.State != outbox.Cancelled {
					t.Errorf("%q of the old version is still to be sent", r.Text)
				}
			}
		})
	}
}

// errFault is what a flaky engine fails with before it commits.
var errFault = errors.New("fault")

// A flaky engine fails now and then: before the commit, or after it, when
// nobody can know. Leaky is a planted bug: it keeps the cursor of a
// transaction that failed, like a scheduler that marks first and posts then.
type flaky struct {
	store.Engine
	r     *rand.Rand
	leaky bool
}

func (e flaky) Update(ctx context.Context, fn func(store.Writer) error) error {
	switch e.r.IntN(3) {
	case 0:
		if e.leaky {
			_ = e.Engine.Update(ctx, func(w store.Writer) error { return fn(onlyCursor{w}) })
		}
		return errFault
	case 1:
		if err := e.Engine.Update(ctx, fn); err != nil {
			return err
		}
		return store.ErrUnknown
	}
	return e.Engine.Update(ctx, fn)
}

type onlyCursor struct{ store.Writer }

func (w onlyCursor) Put(key, value []byte) error {
	if strings.HasPrefix(string(key), store.Jobs) {
		return w.Writer.Put(key, value)
	}
	return nil
}

// TestLook_faults lets transactions fail at random, with a restart after each:
// every turn is in the outbox once, and none is missing.
func TestLook_faults(t *testing.T) {
	const turns = 100
	run := func(t *testing.T, seed uint64, leaky bool) (lost int) {
		f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
		j := reminder("a", "每小时")
		j.Missed = schedule.SendAll
		f.put(j)
		good := f.engine
		f.engine = flaky{good, rand.New(rand.NewPCG(seed, 1)), leaky}
		f.restart()
		for range turns {
			f.clock = f.clock.Add(time.Hour)
			for failed := true; failed; {
				_, err := f.sched.Look(t.Context())
				if failed = err != nil; failed {
					f.restart()
				}
			}
		}
		f.engine = good
		f.restart()
		seen := map[string]int{}
		for _, r := range f.posted() {
			seen[r.Key]++
		}
		for key, n := range seen {
			if n > 1 {
				t.Errorf("%s was posted %d times", key, n)
			}
		}
		return turns - len(seen)
	}
	for seed := range uint64(4) {
		if lost := run(t, seed, false); lost != 0 {
			t.Errorf("seed %d: %d turns were lost", seed, lost)
		}
		if lost := run(t, seed, true); lost == 0 {
			t.Errorf("seed %d: the planted bug lost nothing", seed)
		}
	}
}

func TestLook_quiet(t *testing.T) {
	quiet, err := when.ParseQuiet("22:00-07:00")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, when string
		always     bool
		back       string // when duban is back after an outage
		want       schedule.Outcome
	}{
		{"a turn missed in the evening is too old in the morning", "每天20:00", false, "2026-11-24 22:30", schedule.Skipped},
		{"a turn missed shortly before waits for the morning if it may", "每天21:30", true, "2026-11-24 22:30", schedule.Late},
		{"an hour late outside of them is late", "每天20:00", false, "2026-11-24 21:00", schedule.Late},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newOffice(t, "2026-11-24 12:00", schedule.Options{Quiet: quiet})
			j := reminder("a", tt.when)
			j.Always = tt.always
			f.put(j)
			f.clock = whentest.At(t, tt.back)
			f.advance(whentest.At(t, "2026-11-25 07:30"))
			for instant, turn := range f.turns("a") {
				if turn.Outcome != tt.want {
					t.Errorf("the turn at %s ended as %s %s, want %s", instant, turn.Outcome, turn.Why, tt.want)
				}
				local := turn.At.In(whentest.Shanghai(t))
				if in := quiet.Has(when.Clock(local.Hour()*60 + local.Minute())); in && turn.Outcome == schedule.Late && !tt.always {
					t.Errorf("the turn at %s was posted at %v, in quiet hours", instant, local)
				}
			}
			if len(f.turns("a")) != 1 {
				t.Errorf("got turns %v, want one", f.turns("a"))
			}
		})
	}
}

// TestLook_burst starts after an outage with many jobs: they come a few at a
// time, and all of them in the end.
func TestLook_burst(t *testing.T) {
	f := newOffice(t, "2026-11-24 07:00", schedule.Options{})
	for i := range 20 {
		f.put(reminder(fmt.Sprintf("j%02d", i), "每天8:30"))
	}
	f.clock = whentest.At(t, "2026-11-24 09:00")
	before := 0
	for range 6 {
		if _, err := f.sched.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		n := len(f.posted())
		if n-before > 5 {
			t.Errorf("%d late turns were posted at once", n-before)
		}
		before = n
	}
	if before != 20 {
		t.Errorf("posted %d of 20", before)
	}
}

// TestLook_twice runs every transaction twice, as an engine may.
func TestLook_twice(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.engine = storetest.RunTwice(enginetest.New(t))
	f.restart()
	f.put(reminder("a", "每天8:30"))
	f.put(reminder("b", "明天9:00"))
	f.advance(whentest.At(t, "2026-11-25 12:00"))
	if rows := f.posted(); len(rows) != 3 {
		t.Errorf("posted %d, want 3", len(rows))
	}
	if f.job("b").Ended.IsZero() {
		t.Error("a job that comes once did not end")
	}
}

// TestLook_oneJobFails has more jobs due at once than share a transaction, of
// which one cannot be posted.
func TestLook_oneJobFails(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	for i := range 40 {
		f.put(reminder(fmt.Sprintf("j%02d", i), "每天13:00"))
	}
	f.clock = whentest.At(t, "2026-11-23 13:00")
	f.broken, f.sick = errors.New("text is too long"), "j07"
	if _, err := f.sched.Look(t.Context()); err == nil || !strings.Contains(err.Error(), "j07") || strings.Contains(err.Error(), "j08") {
		t.Errorf("Look: got error %v, want one that names j07 alone", err)
	}
	if n := len(f.posted()); n != 39 {
		t.Errorf("posted %d of 40 jobs, want all but the one that fails", n)
	}
	f.broken = nil
	f.look()
	if n := len(f.posted()); n != 40 {
		t.Errorf("posted %d of 40 jobs when nothing fails any more, want all", n)
	}
}
