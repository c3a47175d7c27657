package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"duban/schedule/when"
	"duban/store"
)

// ErrNobody is what Options.Post returns when a job has nowhere to be posted:
// its firing ends as skipped, and a person is told. Post has changed nothing then.
var ErrNobody = errors.New("nowhere to post")

// Options configure a [Scheduler].
type Options struct {
	Zone     *time.Location
	Calendar *when.Calendar // see SetCalendar

	// Make makes the calendar of the office with what it has entered itself. Nil knows
	// nothing beside that.
	Make func(Own) (*when.Calendar, error)

	Quiet when.Quiet

	// Post makes the notice of a firing, whose job says text now, and what must be
	// sent, in the same transaction.
	Post func(tx *store.Tx, j Job, f Firing, text string) error

	// Report reads the name of a report that a job may post, and returns its
	// usual form; ok is false if there is no such report. Nil knows none.
	Report func(text string, now time.Time) (usual string, ok bool)

	// Withdraw takes back what was not sent yet of a firing with this key,
	// because its job was changed. It may be nil.
	Withdraw func(tx *store.Tx, key string)

	// Rewound is called when the clock was set back, so that what waits for a time
	// by what it said before does not wait for it. It may be nil.
	Rewound func(tx *store.Tx)

	// Alarm is told of what a person must look at. It must not block. It may be nil.
	Alarm func(Alarm)

	// Looked is told what a look has fired and how it ended. It may be nil.
	Looked func(fired []Firing, err error)

	Built    time.Time     // when the program was built: the clock cannot be before it
	Interval time.Duration // the longest time between two looks; 0 is 30 seconds

	Now func() time.Time // nil is time.Now
	Log *slog.Logger     // nil is silence
}

// An Alarm says in Chinese what a person must look at.
type Alarm struct {
	Kind string // clock, job, calendar
	Job  string // its id, if it is about one
	Text string
}

// A Scheduler posts jobs when they are due.
type Scheduler struct {
	store *store.Store
	o     Options
	cal   atomic.Pointer[when.Calendar]
	wake  chan struct{}

	mu    sync.Mutex
	cache map[string]cached

	believed atomic.Bool // for others: the clock was believed at the last look

	held  bool     // the clock is not believed
	backs int      // how often the clock was set back, as far as jobs know
	steps steps    // of the clock
	told  when.Day // when it was last said that next year is not known
	sick  told     // what an alarm was raised for
}

// cached is a timetable as they were read, and its first firing after a time.
// It may hold a version that was never committed, and so what counts is not the
// version but what the job says.
type cached struct {
	job   Job
	cal   *when.Calendar
	times *when.Timetable
	err   error

	after, next time.Time
}

// New returns a Scheduler of the jobs in st.
func New(st *store.Store, o Options) *Scheduler {
	o.Zone = cmp.Or(o.Zone, time.UTC)
	o.Interval = cmp.Or(o.Interval, interval)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Alarm == nil {
		o.Alarm = func(Alarm) {}
	}
	if o.Looked == nil {
		o.Looked = func([]Firing, error) {}
	}
	if o.Make == nil {
		o.Make = makeCalendar
	}
	if o.Report == nil {
		o.Report = func(string, time.Time) (string, bool) { return "", false }
	}
	if o.Rewound == nil {
		o.Rewound = func(*store.Tx) {}
	}
	if o.Withdraw == nil {
		o.Withdraw = func(*store.Tx, string) {}
	}
	s := &Scheduler{store: st, o: o, wake: make(chan struct{}, 1), cache: map[string]cached{}, sick: told{said: map[string]bool{}}}
	s.cal.Store(o.Calendar)
	return s
}

// Calendar returns the calendar in force; nil if there is none.
func (s *Scheduler) Calendar() *when.Calendar { return s.cal.Load() }

// Wake makes the loop look at once, because a job was changed.
func (s *Scheduler) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// interval is the longest time between two looks at the clock, which may have
// been set, or stood still with the machine.
const interval = 30 * time.Second

// Run looks for due firings until ctx ends.
func (s *Scheduler) Run(ctx context.Context) error {
	for {
		next, err := s.Look(ctx)
		if errors.Is(err, context.Canceled) || errors.Is(err, store.ErrClosed) {
			return err
		}
		if err != nil {
			s.o.Log.Error("schedule", "err", err)
		}
		wait := s.o.Interval
		if until := next.Sub(s.o.Now()); !next.IsZero() && until < wait {
			wait = max(until, 0)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.wake:
		case <-time.After(wait):
		}
	}
}

// together is how many due jobs share a transaction, so that many that are due in
// one second do not each wait for the disk.
const together = 16

// lateAtOnce is how many late firings are posted in one look, so that a start
// after an outage is no burst.
const lateAtOnce = 5

// Look posts what is due now, and returns when the next firing comes, or the zero
// time if none is known.
func (s *Scheduler) Look(ctx context.Context) (next time.Time, err error) {
	var fired []Firing
	defer func() { s.o.Looked(fired, err) }()
	now := s.o.Now()
	if err := s.clock(ctx, now); err != nil {
		return time.Time{}, err
	}
	if s.held {
		return time.Time{}, nil
	}
	now = now.Round(0)
	s.nextYear(now)
	work, next, err := s.due(ctx, now)
	if err != nil {
		return time.Time{}, err
	}
	late := 0
	var missed []string
	for ids := range slices.Chunk(work, together) {
		if ctx.Err() != nil {
			return time.Time{}, ctx.Err()
		}
		did, fireErr := s.fire(ctx, ids, now, late)
		for _, f := range did {
			if f.late() {
				late++
			}
			next, fired = sooner(next, f.next), append(fired, f.firings...)
			missed = append(missed, s.missed(f)...)
		}
		err = errors.Join(err, fireErr)
	}
	s.o.tellMissed(missed)
	return next, err
}

// sooner returns the earlier of two times; a zero time is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Overdue returns how many jobs have a firing that should have been dealt with by now.
func (s *Scheduler) Overdue(ctx context.Context) (int, error) {
	ids, _, err := s.due(ctx, s.o.Now().Round(0).Add(-Grace))
	return len(ids), err
}

// due returns the ids of jobs that have due firings, and when the next comes.
func (s *Scheduler) due(ctx context.Context, now time.Time) (ids []string, next time.Time, err error) {
	err = s.store.View(ctx, func(sn *store.Snapshot) error {
		ids, next = nil, time.Time{}
		for _, j := range Jobs(sn) {
			if !j.Ended.IsZero() {
				continue
			}
			times, err := s.Times(j)
			if err != nil {
				s.complain(j, err)
				continue
			}
			switch at := s.next(j.ID, times, cursor(sn, j)); {
			case at.IsZero() && times.Stopped(cursor(sn, j)): // a person wanted it so
			case at.IsZero() && !times.Over(cursor(sn, j)):
				silent(s, j)
			case at.After(now):
				next = sooner(next, at)
			default:
				ids = append(ids, j.ID)
			}
		}
		return nil
	})
	return ids, next, err
}

// Times reads when a job fires, once for each version of it.
func (s *Scheduler) Times(j Job) (*when.Timetable, error) {
	cal := s.cal.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.cache[j.ID]
	if !ok || c.cal != cal || moved(c.job, j) || snoozed(c.job) != snoozed(j) {
		c = cached{job: j, cal: cal}
		c.times, c.err = s.timetable(j, cal)
		s.cache[j.ID] = c
	}
	return c.times, c.err
}

// snoozed is which firing of a job is moved to when.
func snoozed(j Job) [2]int64 {
	if j.Snooze == nil {
		return [2]int64{}
	}
	return [2]int64{j.Snooze.Turn.Unix(), j.Snooze.To.Unix()}
}

// next is times.Next, which most looks ask for the same time.
func (s *Scheduler) next(id string, times *when.Timetable, after time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cache[id]
	if c.times != times || c.after.IsZero() || !c.after.Equal(after) {
		c.after, c.next = after, times.Next(after)
		if c.times == times {
			s.cache[id] = c
		}
	}
	return c.next
}

// complain raises an alarm for a job that cannot run, once for each version.
func (s *Scheduler) complain(j Job, err error) {
	if s.sick.known(fmt.Sprintf("%s/%d", j.ID, j.Version)) {
		return
	}
	s.o.Log.Error("job cannot run", "job", j.ID, "version", j.Version, "err", err)
	s.o.Alarm(Alarm{"job", j.ID, fmt.Sprintf("定时提醒“%s”不能运行：%v", j.Name, err)})
}

// silent raises an alarm for a job that does not come again before a calendar knows
// more, once for each version and calendar.
func silent(s *Scheduler, j Job) {
	if s.sick.known(fmt.Sprintf("silent/%s/%d/%p", j.ID, j.Version, s.cal.Load())) {
		return
	}
	s.o.Log.Warn("job waits for the calendar", "job", j.ID, "version", j.Version)
	s.o.Alarm(Alarm{"calendar", j.ID, fmt.Sprintf("定时提醒“%s”暂无下次：日历里还没有它要的日子（放假安排或校历），补录以后自动继续。", j.Name)})
}

// told is what an alarm was raised for.
type told struct {
	mu   sync.Mutex
	said map[string]bool
}

// known tells whether an alarm was raised before, and notes that it was.
func (t *told) known(alarm string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.said[alarm]
	t.said[alarm] = true
	return known
}
