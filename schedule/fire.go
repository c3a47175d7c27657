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

// A firing is what was done about the due turns of one job.
type firing struct {
	job    Job
	turns  []Firing
	broken error     // why a turn could not be posted
	next   time.Time // the job's next turn
}

// fire deals with all due turns of some jobs in one transaction, or in one for
// each if that fails: a job whose records cannot be read must not stop others.
// Late says how many late turns were posted before.
func (s *Scheduler) fire(ctx context.Context, ids []string, now time.Time, late int) (did []firing, err error) {
	err = s.store.Update(ctx, func(tx *store.Tx) error {
		did = nil
		posted := late
		for _, id := range ids {
			f, err := s.fireIn(tx, id, now, posted >= lateAtOnce)
			if err != nil {
				return fmt.Errorf("job %s: %w", id, err)
			}
			if f.late() {
				posted++
			}
			did = append(did, f)
		}
		return nil
	})
	if err != nil && len(ids) > 1 && ctx.Err() == nil && !errors.Is(err, store.ErrUnknown) {
		return s.fireEach(ctx, ids, now, late)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range did {
		s.report(f.job.ID, f.turns)
		if f.broken != nil {
			s.complain(f.job, f.broken)
		}
	}
	return did, nil
}

func (s *Scheduler) fireEach(ctx context.Context, ids []string, now time.Time, late int) (did []firing, err error) {
	for _, id := range ids {
		f, fireErr := s.fire(ctx, []string{id}, now, late)
		err = errors.Join(err, fireErr)
		for _, f := range f {
			if f.late() {
				late++
			}
			did = append(did, f)
		}
	}
	return did, err
}

// late reports whether something was posted after its time.
func (f firing) late() bool {
	return slices.ContainsFunc(f.turns, func(t Firing) bool { return t.Outcome == Late })
}

func (s *Scheduler) fireIn(tx *store.Tx, id string, now time.Time, noLate bool) (did firing, err error) {
	j, ok, err := FindJob(tx.Snapshot, id)
	if err != nil || !ok || !j.Ended.IsZero() {
		return did, err
	}
	did.job = j
	turns, broken := s.turns(j)
	if broken != nil {
		return firing{job: j, broken: broken}, nil //nolint:nilerr // it is told to a person, and other jobs go on
	}
	fired, err := cursor(tx.Snapshot, j)
	if err != nil {
		return did, err
	}
	next := turns.Next(fired)
	switch {
	case next.IsZero():
		return did, EndJob(tx, j)
	case next.After(now):
		return did, nil
	}
	v := judge(turns, j, fired, now)
	if s.hold(j, v, now, noLate) {
		return did, nil
	}
	did.turns = v.turns
	if did.broken, err = s.settle(tx, j, v.turns); err != nil {
		return did, err
	}
	if err := SetFired(tx, id, v.done); err != nil {
		return did, err
	}
	if did.next = turns.Next(v.done); did.next.IsZero() {
		return did, EndJob(tx, j)
	}
	return did, nil
}

// hold reports whether due turns must wait: for the end of the quiet hours, or
// because enough late ones were posted just now.
func (s *Scheduler) hold(j Job, v verdict, now time.Time, noLate bool) bool {
	posts, late := false, false
	for _, t := range v.turns {
		posts = posts || t.Outcome == OnTime || t.Outcome == Late
		late = late || t.Outcome == Late
	}
	return posts && s.quietNow(j, now) || late && noLate
}

func (s *Scheduler) quietNow(j Job, now time.Time) bool {
	local := now.In(s.o.Zone)
	return !j.Always && s.o.Quiet.Has(when.ClockOf(local))
}

// settle posts turns and records how each ended. A text that cannot be written
// ends its turn as skipped, and is returned as broken.
func (s *Scheduler) settle(tx *store.Tx, j Job, turns []Firing) (broken, err error) {
	for _, t := range turns {
		if _, done, err := FindFiring(tx.Snapshot, t.Job, t.Instant); err != nil {
			return nil, err
		} else if done {
			continue
		}
		if t.Outcome == OnTime || t.Outcome == Late {
			text, err := s.text(tx.Snapshot, j, t)
			if err != nil {
				broken, t.Outcome, t.Why = err, Skipped, "文字模板出错"
			} else if err := s.post(tx, j, t, text); errors.Is(err, ErrNobody) {
				broken, t.Outcome, t.Why = when.Refuse("要发的群（%s）都找不到，请先在群里加入机器人", strings.Join(j.Groups, "、")), Skipped, "要发的群都找不到"
			} else if err != nil {
				return nil, err
			}
		}
		if err := PutFiring(tx, t); err != nil {
			return nil, err
		}
	}
	return broken, nil
}

func (s *Scheduler) post(tx *store.Tx, j Job, t Firing, text string) error {
	if err := s.o.Post(tx, Fire{j, t.Instant, t.Outcome == Late, text}); err != nil {
		return err
	}
	return tx.Audit(store.Audit{
		Source: store.Clock, Action: "job.fire", Object: j.ID,
		Result: string(t.Outcome) + " " + t.Instant.UTC().Format(time.RFC3339),
	})
}

// text is what a turn says; a late one says when it was due.
func (s *Scheduler) text(sn *store.Snapshot, j Job, t Firing) (string, error) {
	at := t.Instant.In(s.o.Zone)
	text, err := render(sn, j, at)
	if err != nil || t.Outcome != Late {
		return text, err
	}
	was := zh.Clock(at)
	if when.DayOf(at) != when.DayOf(sn.Now().In(s.o.Zone)) {
		was = zh.Date(at) + was
	}
	return text + "\n（补发，原定" + was + "）", nil
}

func (s *Scheduler) report(id string, turns []Firing) {
	for _, t := range turns {
		s.o.Log.Info("turn", "job", id, "instant", t.Instant, "outcome", t.Outcome, "count", max(t.Count, 1))
	}
}
