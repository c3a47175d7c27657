package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/schedule"
	"duban/schedule/when/whentest"
	"duban/store"
	"duban/store/enginetest"
)

// An office is a scheduler on a store in memory, with a clock of its own and a
// record of what was posted.
type office struct {
	t      *testing.T
	engine store.Engine
	store  *store.Store
	sched  *schedule.Scheduler
	opts   schedule.Options
	limits []any          // of what may be said
	clock  time.Time      // what the clock shows; zero is the bubble's time
	offset atomic.Int64   // how far the clock is from the bubble's time, in nanoseconds
	count  map[string]int // how often each turn was posted
	asked  []string       // about jobs that left the file
	alarms []schedule.Alarm
	broken error  // what Post fails with
	sick   string // the job for which it does; "" is all
}

// newOffice returns an office whose clock shows a time in Shanghai; "" is the
// bubble's time.
func newOffice(t *testing.T, clock string, o schedule.Options, limits ...any) *office {
	t.Helper()
	f := &office{t: t, engine: enginetest.New(t), opts: o, limits: limits, count: map[string]int{}}
	if clock != "" {
		f.clock = whentest.At(t, clock)
	}
	f.restart()
	return f
}

// restart opens the store again, as after a crash.
func (f *office) restart() {
	f.t.Helper()
	st, err := notice.OpenStore(f.t.Context(), f.engine, store.Options{Now: f.now, Values: f.limits}, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := st.Guard(f.t.Context(), f.opts.Built); err != nil {
		f.t.Fatal(err)
	}
	f.rewire(st)
}

// rewire makes a new scheduler on a store.
func (f *office) rewire(st *store.Store) {
	o := f.opts
	if o.Zone == nil {
		o.Zone = whentest.Shanghai(f.t)
	}
	o.Now = f.now
	o.Post = f.post
	o.Withdraw = func(tx *store.Tx, key string) {
		outbox.Cancel(tx, "net", key+"/g")
	}
	o.Alarm = func(a schedule.Alarm) { f.alarms = append(f.alarms, a) }
	f.store, f.sched = st, schedule.New(st, o)
}

func (f *office) now() time.Time {
	if f.clock.IsZero() {
		return time.Now().Add(time.Duration(f.offset.Load()))
	}
	return f.clock
}

func (f *office) post(tx *store.Tx, j schedule.Job, fire schedule.Firing, text string) error {
	if f.broken != nil && (f.sick == "" || f.sick == j.ID) {
		return f.broken
	}
	f.count[fire.Instant.In(whentest.Shanghai(f.t)).Format("01-02 15:04")]++
	outbox.Enqueue(tx, bot.Outgoing{Key: fire.Key() + "/g", Account: "net", Chat: "g", Text: text})
	return nil
}

// posted returns the rows of the outbox in the order of their keys.
func (f *office) posted() []outbox.Row {
	f.t.Helper()
	var all []outbox.Row
	f.view(func(sn *store.Snapshot) error {
		all = nil
		for _, state := range []outbox.State{outbox.Waiting, outbox.Cancelled} {
			for row := range outbox.Rows(sn, "net", state) {
				all = append(all, row)
			}
		}
		return nil
	})
	return all
}

// look lets the scheduler look at the clock once, until nothing late is held back.
func (f *office) look() {
	f.t.Helper()
	for range 50 {
		if _, err := f.sched.Look(f.t.Context()); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *office) update(fn func(tx *store.Tx) error) {
	f.t.Helper()
	if err := f.try(fn); err != nil {
		f.t.Fatal(err)
	}
}

// edit runs an edit of a job and ignores what it makes of the job.
func (f *office) edit(fn func(tx *store.Tx) (schedule.Job, error)) {
	f.t.Helper()
	f.update(func(tx *store.Tx) error {
		_, err := fn(tx)
		return err
	})
}

// run starts the scheduler. What it returns stops it.
func (f *office) run() (stop func()) {
	ctx, cancel := context.WithCancel(f.t.Context())
	done := make(chan error, 1)
	go func() { done <- f.sched.Run(ctx) }()
	return func() {
		f.t.Helper()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			f.t.Errorf("Run returned %v, want that it was cancelled", err)
		}
	}
}

var editor = schedule.Edit{Actor: "admin", Source: store.Chat}

func (f *office) put(j schedule.Job) schedule.Job {
	f.t.Helper()
	f.update(func(tx *store.Tx) error {
		p, err := f.sched.Put(tx, j, editor)
		j = p.Job
		return err
	})
	return j
}

// reminder is a job that says hello.
func reminder(id, when string) schedule.Job {
	return schedule.Job{ID: id, Name: id, When: when, Groups: []string{"一群"}, Class: notice.Plain, Text: "请检查宿舍"}
}

// turns returns how the turns of a job ended, by instant in Shanghai.
func (f *office) turns(id string) map[string]schedule.Firing {
	f.t.Helper()
	all := map[string]schedule.Firing{}
	f.view(func(sn *store.Snapshot) error {
		turns := schedule.Firings(sn, id, time.Time{}, f.now().AddDate(50, 0, 0))
		clear(all)
		for _, t := range turns {
			all[t.Instant.In(whentest.Shanghai(f.t)).Format("01-02 15:04")] = t
		}
		return nil
	})
	return all
}

func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newOffice(t, "", schedule.Options{})
		f.put(reminder("morning", "每天8:30"))
		stop := f.run()
		<-time.After(72 * time.Hour)
		stop()
		rows := f.posted()
		if len(rows) != 3 {
			t.Fatalf("got %d posts in three days, want 3", len(rows))
		}
		for _, r := range rows {
			late := r.Enqueued.Sub(r.Enqueued.Truncate(time.Minute))
			if r.Enqueued.In(whentest.Shanghai(t)).Format("15:04") != "08:30" || late > time.Second {
				t.Errorf("posted at %v, want at 8:30", r.Enqueued)
			}
			if r.Text != "请检查宿舍" {
				t.Errorf("posted %q, want the text without a mark", r.Text)
			}
		}
	})
}

func TestPut_canonical(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	j := f.put(reminder("a", "三天后下午3点"))
	if j.When != "2026-11-26 15:00" || j.Version != 1 || j.Source != store.Chat || j.By != "admin" {
		t.Errorf("got %+v, want version 1 with a canonical schedule", j)
	}
	if again := f.put(reminder("a", "2026-11-26 15:00")); again.Version != 1 {
		t.Errorf("putting the same job again made version %d", again.Version)
	}
}

func TestLook_missed(t *testing.T) {
	const onTime, late, merged, skipped = schedule.OnTime, schedule.Late, schedule.Merged, schedule.Skipped
	for _, tt := range []struct {
		name   string
		missed schedule.Missed
		away   string              // until when duban was off
		want   [3]schedule.Outcome // of the turns at 8:30 on the 24th, 25th and 26th
	}{
		{"the latest within the window is sent, the others are merged", schedule.SendLatest, "2026-11-26 10:00", [...]schedule.Outcome{merged, merged, late}},
		{"the latest beyond the window is skipped", schedule.SendLatest, "2026-11-26 11:31", [...]schedule.Outcome{merged, merged, skipped}},
		{"all are sent", schedule.SendAll, "2026-11-26 20:00", [...]schedule.Outcome{late, late, late}},
		{"none is sent", schedule.SendNone, "2026-11-26 08:40", [...]schedule.Outcome{skipped, skipped, skipped}},
		{"one that is on time is sent by every policy", schedule.SendNone, "2026-11-26 08:31", [...]schedule.Outcome{skipped, skipped, onTime}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
			j := reminder("a", "每天8:30")
			j.Missed = tt.missed
			f.put(j)
			f.clock = whentest.At(t, tt.away)
			f.restart()
			f.look()
			turns := f.turns("a")
			sent := 0
			for i, want := range tt.want {
				instant := fmt.Sprintf("11-%d 08:30", 24+i)
				if got := turns[instant].Outcome; got != want {
					t.Errorf("the turn at %s ended as %s, want %s", instant, got, want)
				}
				if want == late || want == onTime {
					sent++
				}
			}
			rows := f.posted()
			if len(turns) != len(tt.want) || len(rows) != sent {
				t.Errorf("%d turns, %d posted, want %d and %d", len(turns), len(rows), len(tt.want), sent)
			}
			for _, r := range rows {
				if marked := strings.Contains(r.Text, "补发，原定"); marked != (tt.want[2] == late) {
					t.Errorf("posted %q: marked %t", r.Text, marked)
				}
			}
		})
	}
}

// TestLook_hostZone runs the scheduler in processes whose own zone is another one.
func TestLook_hostZone(t *testing.T) { whentest.HostZones(t, "^(TestLook_missed|TestRun)$") }
