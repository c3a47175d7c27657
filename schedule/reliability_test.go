package schedule_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/outbox"
	"duban/schedule"
	"duban/schedule/when"
	"duban/schedule/when/whentest"
	"duban/store"
)

// A forgetful engine is a planted bug: what says how far a job has come is not
// kept, as in a scheduler that computes the next turn from the clock alone.
type forgetful struct{ store.Engine }

func (e forgetful) Update(ctx context.Context, fn func(store.Writer) error) error {
	return e.Engine.Update(ctx, func(w store.Writer) error { return fn(forgetfulWriter{w}) })
}

type forgetfulWriter struct{ store.Writer }

func (w forgetfulWriter) Put(key, value []byte) error {
	if strings.HasPrefix(string(key), store.Jobs+"turn/") {
		return nil
	}
	if strings.HasPrefix(string(key), store.Jobs+"fired/") && w.known(key) {
		return nil
	}
	return w.Writer.Put(key, value)
}

func (w forgetfulWriter) known(key []byte) bool {
	v, err := w.Get(key)
	return err == nil && v != nil
}

// advance moves the clock on to a time, looking whenever the scheduler wants
// to, and every ten minutes.
func (f *office) advance(to time.Time) {
	f.t.Helper()
	for !f.clock.After(to) {
		next, err := f.sched.Look(f.t.Context())
		if err != nil {
			f.t.Fatal(err)
		}
		then := f.clock.Add(10 * time.Minute)
		if next.After(f.clock) && next.Before(then) {
			then = next
		}
		f.clock = then
	}
}

// again is how many turns were posted more than once.
func (f *office) again() int {
	n := 0
	for _, times := range f.count {
		if times > 1 {
			n++
		}
	}
	return n
}

// clockSteps are courses of the clock around a turn at 8:30: it goes on to a time,
// or is set to it where = stands. Want is how many turns there are in them.
var clockSteps = []struct {
	name string
	want int
	run  string
}{
	{"an hour back after it fired", 1, "11-24 08:45, =11-24 07:45, 11-24 10:00"},
	{"almost a day back after it fired", 2, "11-24 08:45, =11-23 09:00, 11-25 09:00"},
	{"an hour on, over it", 1, "11-24 08:00, =11-24 09:00, 11-24 11:00"},
	{"three days on, over three of them", 1, "11-24 08:00, =11-27 08:00, 11-27 10:00"},
	{"back and on again, ten times", 1, strings.Repeat("=11-24 08:00, 11-24 09:00, ", 9) + "=11-24 08:00, 11-24 09:00"},
}

// TestLook_clock sets the clock forwards and backwards: every turn is posted
// once. With the planted bug the same courses post turns twice.
func TestLook_clock(t *testing.T) {
	caught := 0
	for _, tt := range clockSteps {
		t.Run(tt.name, func(t *testing.T) {
			for _, planted := range []bool{false, true} {
				f := newOffice(t, "", schedule.Options{})
				if planted {
					f.engine = forgetful{f.engine}
					f.restart()
				}
				f.clock = whentest.At(t, "2026-11-23 12:00")
				f.put(reminder("a", "每天8:30"))
				f.clock = whentest.At(t, "2026-11-24 07:00")
				for step := range strings.SplitSeq(tt.run, ", ") {
					if to, set := strings.CutPrefix(step, "="); set {
						f.clock = whentest.At(t, "2026-"+to)
					} else {
						f.advance(whentest.At(t, "2026-"+to))
					}
				}
				if planted {
					if f.again() > 0 {
						caught++
					}
					continue
				}
				if len(f.count) != tt.want || f.again() > 0 {
					t.Errorf("posted %v, want %d turns, each once", f.count, tt.want)
				}
			}
		})
	}
	if caught != len(clockSteps) {
		t.Errorf("the planted bug was caught in %d of %d courses", caught, len(clockSteps))
	}
}

// A clock that is set days ahead passes turns over: the admins are told. Set right,
// it meets them again, and what was posted is not posted twice.
func TestLook_rewound(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.put(reminder("a", "每天8:30"))
	f.advance(whentest.At(t, "2026-11-24 08:45"))
	f.clock = whentest.At(t, "2026-12-01 20:00")
	f.look()
	if len(f.alarms) != 1 || f.alarms[0].Kind != "missed" || !strings.Contains(f.alarms[0].Text, "（12月1日08:30）") {
		t.Errorf("got alarms %v, want one that names the turn that was passed over", f.alarms)
	}
	f.clock = whentest.At(t, "2026-11-24 08:10")
	f.restart()
	f.advance(whentest.At(t, "2026-11-28 12:00"))
	if len(f.count) != 5 || f.again() > 0 {
		t.Errorf("posted %v, want the turns of five days, each once", f.count)
	}
}

// TestRun_suspend freezes the machine over a turn: it is noticed soon after.
func TestRun_suspend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		<-time.After(time.Until(whentest.At(t, "2026-11-24 06:00")))
		f := newOffice(t, "", schedule.Options{})
		f.put(reminder("a", "每天8:30"))
		stop := f.run()
		<-time.After(time.Minute + 7*time.Second)
		synctest.Wait()
		f.offset.Add(int64(4*time.Hour + 30*time.Minute)) // the wall clock went on, timers did not
		woke := time.Now()
		<-time.After(time.Minute)
		stop()
		rows := f.posted()
		if len(rows) != 1 || !strings.Contains(rows[0].Text, "（补发，原定08:30）") {
			t.Fatalf("posted %v, want one late turn", rows)
		}
		if delay := rows[0].Enqueued.Add(-time.Duration(f.offset.Load())).Sub(woke); delay > time.Minute {
			t.Errorf("noticed after %v, want within a minute", delay)
		}
	})
}

func TestLook_implausibleClock(t *testing.T) {
	tests := []struct {
		name, clock string
		holds       bool
	}{
		{"before the program was built", "1970-01-01 00:00", true},
		{"more than a day before the last run", "2026-11-22 11:59", true},
		{"just within a day before the last run", "2026-11-22 12:01", false},
		{"more than 30 days after the last run", "2026-12-23 12:01", true},
		{"just within 30 days after the last run", "2026-12-23 11:59", false},
		{"in another century", "2099-01-01 08:30", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newOffice(t, "2026-11-22 12:00", schedule.Options{Built: whentest.At(t, "2026-01-01 00:00")})
			j := reminder("a", "每天每小时")
			j.Missed = schedule.SendAll
			f.put(j)
			f.advance(whentest.At(t, "2026-11-23 12:00"))
			f.count, f.alarms = map[string]int{}, nil
			f.clock = whentest.At(t, tt.clock)
			f.restart()
			f.advance(f.clock.Add(time.Hour))
			if held := len(f.alarms) == 1; held != tt.holds || held && len(f.count) > 0 {
				t.Errorf("alarms %v, posted %v; want that it holds: %t", f.alarms, f.count, tt.holds)
			}
			if !tt.holds {
				return
			}
			if f.alarms[0].Kind != "clock" {
				t.Errorf("alarm %+v, want one about the clock", f.alarms[0])
			}
			f.update(func(tx *store.Tx) error {
				f.sched.Trust(tx, editor)
				return nil
			})
			if f.look(); f.clock.Year() > 2026 && len(f.count) == 0 {
				t.Error("nothing was posted after a person trusted the clock")
			}
		})
	}
}

// TestLook_outage counts what becomes of every missed turn of a long outage.
func TestLook_outage(t *testing.T) {
	for _, missed := range []schedule.Missed{schedule.SendLatest, schedule.SendAll, schedule.SendNone} {
		for _, phrase := range []string{"每天8:30", "每小时", "* * * * *"} {
			t.Run(string(missed)+" "+phrase, func(t *testing.T) {
				f := newOffice(t, "2026-11-23 12:00", schedule.Options{}, outbox.Limits{Jobs: outbox.Jobs{Gap: time.Minute}})
				j := reminder("a", phrase)
				j.Missed = missed
				f.put(j)
				f.clock = whentest.At(t, "2026-11-26 12:00")
				f.restart()
				f.look()
				spec, err := when.Parse(phrase, when.Setting{Now: f.clock, Zone: whentest.Shanghai(t)})
				if err != nil {
					t.Fatal(err)
				}
				want := 0
				for x := spec.Next(whentest.At(t, "2026-11-23 12:00")); !x.After(f.clock); x = spec.Next(x) {
					want++
				}
				got, sent := 0, 0
				for _, turn := range f.turns("a") {
					got += max(turn.Count, 1)
					if turn.Outcome == schedule.OnTime || turn.Outcome == schedule.Late {
						sent++
					} else if turn.Why == "" {
						t.Errorf("%v ended as %s without a reason", turn.Instant, turn.Outcome)
					}
				}
				if got != want {
					t.Errorf("%d of %d missed turns have a record", got, want)
				}
				if sent > 20 || sent != len(f.posted()) {
					t.Errorf("%d turns count as sent, %d were posted, want at most 20", sent, len(f.posted()))
				}
			})
		}
	}
}
