package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// A round is what was done about the due firings of one job.
type round struct {
	job     Job
	firings []Firing
	broken  error     // why a firing could not be posted
	next    time.Time // when the job fires next
}

// late reports whether something was posted after its time.
func (r round) late() bool {
	return slices.ContainsFunc(r.firings, func(f Firing) bool { return f.Outcome == Late })
}

// fire deals with all due firings of some jobs in one transaction, or in one for
// each if that fails: a job whose records cannot be read must not stop others.
// Late says how many late firings were posted before.
func (s *Scheduler) fire(ctx context.Context, ids []string, now time.Time, late int) (did []round, err error) {
	err = s.store.Update(ctx, func(tx *store.Tx) error {
		did = nil
		posted := late
		for _, id := range ids {
			r, err := s.fireIn(tx, id, now, posted >= lateAtOnce)
			if err != nil {
				return fmt.Errorf("job %s: %w", id, err)
			}
			if r.late() {
				posted++
			}
			did = append(did, r)
		}
		return nil
	})
	if err != nil && len(ids) > 1 && ctx.Err() == nil && !errors.Is(err, store.ErrUnknown) {
		return s.fireEach(ctx, ids, now, late)
	}
	if err != nil {
		return nil, err
	}
	for _, r := range did {
		for _, f := range r.firings {
			s.o.Log.Info("fired", "job", r.job.ID, "instant", f.Instant, "outcome", f.Outcome, "count", max(f.Count, 1))
		}
		if r.broken != nil {
			s.complain(r.job, r.broken)
		}
	}
	return did, nil
}

func (s *Scheduler) fireEach(ctx context.Context, ids []string, now time.Time, late int) (did []round, err error) {
	for _, id := range ids {
		one, oneErr := s.fire(ctx, []string{id}, now, late)
		err = errors.Join(err, oneErr)
		if len(one) > 0 && one[0].late() {
			late++
		}
		did = append(did, one...)
	}
	return did, err
}

func (s *Scheduler) fireIn(tx *store.Tx, id string, now time.Time, noLate bool) (did round, err error) {
	j, ok := FindJob(tx.Snapshot, id)
	if !ok || !j.Ended.IsZero() {
		return did, nil
	}
	did.job = j
	times, broken := s.Times(j)
	if broken != nil {
		return round{job: j, broken: broken}, nil //nolint:nilerr // it is told to a person, and other jobs go on
	}
	fired := cursor(tx.Snapshot, j)
	switch next := times.Next(fired); {
	case next.IsZero():
		if times.Over(fired) {
			endJob(tx, j)
		}
		return did, nil
	case next.After(now):
		return did, nil
	}
	firings, done := judge(times, j, fired, now)
	if s.o.hold(j, firings, now, noLate) {
		return did, nil
	}
	did.firings = firings
	if did.broken, err = s.settle(tx, j, firings); err != nil {
		return did, err
	}
	setCursor(tx, id, done)
	if did.next = times.Next(done); did.next.IsZero() && times.Over(done) {
		endJob(tx, j)
	}
	return did, nil
}

// hold reports whether due firings must wait: for the end of the quiet hours, or
// because enough late ones were posted just now.
func (o Options) hold(j Job, due []Firing, now time.Time, noLate bool) bool {
	quiet := !j.Always && o.Quiet.Has(when.ClockOf(now.In(o.Zone)))
	return slices.ContainsFunc(due, func(f Firing) bool { return quiet && f.posts() || noLate && f.Outcome == Late })
}

// settle posts firings and records how each ended. A text that cannot be written
// ends its firing as skipped, and is returned as broken.
func (s *Scheduler) settle(tx *store.Tx, j Job, due []Firing) (broken, err error) {
	for _, f := range due {
		if _, done := store.Load[Firing](tx, firingPrefix(f.Job)+store.Stamp(f.Instant)); done {
			continue
		}
		if f.posts() {
			text, err := s.o.text(tx.Snapshot, j, f)
			if err != nil {
				broken, f.Outcome, f.Why = err, Skipped, "文字模板出错"
			} else if err := s.post(tx, j, f, text); errors.Is(err, ErrNobody) {
				broken, f.Outcome, f.Why = when.Refuse("要发的群（%s）都找不到，请先在群里加入机器人", strings.Join(j.Groups, "、")), Skipped, "要发的群都找不到"
			} else if err != nil {
				return nil, err
			}
		}
		putFiring(tx, f)
	}
	return broken, nil
}

func (s *Scheduler) post(tx *store.Tx, j Job, f Firing, text string) error {
	if err := s.o.Post(tx, j, f, text); err != nil {
		return err
	}
	tx.Audit(store.Audit{
		Source: store.Clock, Action: "job.fire", Object: j.ID,
		Result: string(f.Outcome) + " " + f.Instant.UTC().Format(time.RFC3339),
	})
	return nil
}

// text is what a firing says; a late one says when it was due.
func (o Options) text(sn *store.Snapshot, j Job, f Firing) (string, error) {
	at := f.Instant.In(o.Zone)
	text, err := render(sn, j, at)
	if err != nil || f.Outcome != Late {
		return text, err
	}
	was := zh.Clock(at)
	if when.DayOf(at) != when.DayOf(sn.Now().In(o.Zone)) {
		was = zh.Date(at) + was
	}
	return text + "\n（补发，原定" + was + "）", nil
}
