package store

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"duban/notice"
)

// scanMost bounds how many records one view of a sweep looks at.
const scanMost = 20000

// retain removes what has become old in the office's own work, and the audit logs.
func (s *Store) retain(ctx context.Context, r Retention, accounts []string, done *Swept) (err error) {
	now := s.time()
	add := func(count *int, n int, failed error) {
		*count += n
		err = errors.Join(err, failed)
	}
	texts := func(n int, failed error) { add(&done.Words, n, failed) }
	records := func(n int, failed error) { add(&done.Records, n, failed) }

	texts(s.ageQuestions(ctx, now, r))
	texts(sweep(ctx, s, Work+"request/", func(_ string, q Request) bool {
		return q.Reason+q.Answer != "" && now.After(r.semester(q.Asked).Add(r.Replies))
	}, rewrite(func(q *Request) { q.Reason, q.Answer = "", "" })))
	texts(sweep(ctx, s, Work+"postponed/", func(_ string, p Postponement) bool {
		return p.Reason != "" && now.After(r.semester(p.At).Add(r.Replies))
	}, rewrite(func(p *Postponement) { p.Reason = "" })))
	texts(s.ageUpdates(ctx, now, r))
	texts(s.ageNotices(ctx, now, r))

	records(sweep(ctx, s, Work+"pending/", func(_ string, p Pending) bool { return now.After(p.Until) }, remove[Pending]))
	records(sweep(ctx, s, Work+"code/", func(_ string, c code) bool { return now.After(c.Until) }, remove[code]))
	records(sweep(ctx, s, Work+"file/", func(_ string, held time.Time) bool { return now.Sub(held) > r.Files }, remove[time.Time]))
	records(sweep(ctx, s, Work+"exports/", func(k string, _ int) bool { return older(path.Base(k), now.Add(-r.Audit)) }, remove[int]))
	records(sweep(ctx, s, Work+"erased/", func(_ string, e Erasure) bool { return now.Sub(e.Done) > r.Audit }, remove[Erasure]))
	for _, account := range accounts {
		records(sweep(ctx, s, AccountPrefix(account)+"tries/", func(k string, _ int) bool {
			return older(path.Base(k), now.Add(-2*daily))
		}, remove[int]))
	}
	records(s.forgetAcks(ctx, now, r))
	for _, account := range append([]string{""}, accounts...) {
		n, failed := s.sweepAudit(ctx, account, now.Add(-r.Audit))
		add(&done.Audits, n, failed)
	}
	return err
}

// older tells whether a day, written as 2006-01-02, is before a time.
func older(day string, before time.Time) bool { return day < before.UTC().Format(time.DateOnly) }

// sweep looks at the records under a prefix and changes those that are old, in small
// transactions.
func sweep[T any](ctx context.Context, s *Store, prefix string, old func(k string, v T) bool, change func(*Tx, string, T) error) (n int, err error) {
	for from := prefix; from != ""; {
		var keys []string
		if keys, from, err = oldUnder(ctx, s, from, prefix, old); err != nil {
			return n, fmt.Errorf("sweep: %w", err)
		}
		if len(keys) == 0 {
			continue
		}
		err = s.Update(ctx, func(tx *Tx) error { return changeOld(tx, keys, old, change) })
		if err != nil {
			return n, fmt.Errorf("sweep: %w", err)
		}
		n += len(keys)
	}
	return n, nil
}

// changeOld changes those of some records that are still old.
func changeOld[T any](tx *Tx, keys []string, old func(string, T) bool, change func(*Tx, string, T) error) error {
	for _, k := range keys {
		v, ok, err := load[T](tx, k)
		if err != nil {
			return err
		}
		if !ok || !old(k, v) {
			continue
		}
		if err := change(tx, k, v); err != nil {
			return err
		}
	}
	return nil
}

// oldUnder returns the keys of some old records, and where to go on, "" at the end.
func oldUnder[T any](ctx context.Context, s *Store, from, prefix string, old func(string, T) bool) (keys []string, next string, err error) {
	err = s.View(ctx, func(sn *Snapshot) error {
		keys, next = nil, ""
		looked := 0
		for rec, err := range scanRange[T](sn, []byte(from), prefixEnd(prefix), 0) {
			if err != nil {
				return err
			}
			if old(rec.Key, rec.Value) {
				keys = append(keys, rec.Key)
			}
			if looked++; len(keys) == Batch || looked == scanMost {
				next = rec.Key + "\x00"
				return nil
			}
		}
		return nil
	})
	return keys, next, err
}

// remove deletes a record.
func remove[T any](tx *Tx, k string, _ T) error { return tx.Delete([]byte(k)) }

// rewrite changes a record.
func rewrite[T any](edit func(*T)) func(*Tx, string, T) error {
	return func(tx *Tx, k string, v T) error {
		edit(&v)
		return save(tx, k, v)
	}
}

// ageQuestions drops what people asked and were answered. What nobody has answered
// within the time of the outbox nobody will: it leaves the inbox.
func (s *Store) ageQuestions(ctx context.Context, now time.Time, r Retention) (int, error) {
	old := func(_ string, q Question) bool {
		if q.Answered.IsZero() {
			return now.Sub(q.Asked) > max(r.Outbox, r.Inbound)
		}
		return q.Text+q.Answer != "" && now.Sub(q.Answered) > r.Inbound
	}
	return sweep(ctx, s, Work+"inbox/", old, func(tx *Tx, k string, q Question) error {
		q.Text, q.Answer = "", ""
		if q.Answered.IsZero() {
			q.Answered = tx.Now()
			if err := tx.Delete(fmt.Appendf(nil, "%sunanswered/%08d", Work, q.Number)); err != nil {
				return err
			}
		}
		return save(tx, k, q)
	})
}

// ageUpdates drops the texts of reports.
func (s *Store) ageUpdates(ctx context.Context, now time.Time, r Retention) (int, error) {
	old := func(u notice.Update) bool {
		return (u.Note != "" || u.Evidence != nil || u.Files != nil) && now.After(r.semester(u.At).Add(r.Replies))
	}
	strip := func(u *notice.Update) { u.Note, u.Evidence, u.Files = "", nil, nil }
	n, err := sweep(ctx, s, Work+"progress/", func(_ string, u notice.Update) bool { return old(u) }, rewrite(strip))
	if err != nil {
		return n, err
	}
	_, err = sweep(ctx, s, Work+"latest/", func(_ string, l Latest) bool { return old(l.Update) }, rewrite(func(l *Latest) { strip(&l.Update) }))
	return n, err
}

// ageNotices drops what people added to their answers. A notice whose time has come
// is closed, so that no more is added, and looked at once.
func (s *Store) ageNotices(ctx context.Context, now time.Time, r Retention) (n int, err error) {
	aged := func(number int) string { return Work + key("aged", notice.ID(number)) }
	old, err := s.noticesWhere(ctx, func(sn *Snapshot, m notice.Notice) (bool, error) {
		if !now.After(r.semester(m.Created).Add(r.Replies)) {
			return false, nil
		}
		_, done, err := load[bool](sn, aged(m.Number))
		return !done, err
	})
	for _, m := range old {
		if err != nil {
			break
		}
		if m.Closed.IsZero() {
			m.Closed, m.End = now, notice.Expired
			if err = s.Update(ctx, func(tx *Tx) error { return tx.PutNotice(m) }); err != nil {
				break
			}
		}
		var found int
		found, err = sweep(ctx, s, Work+key("item", m.ID())+"/", func(_ string, i notice.Item) bool { return i.Note != "" }, rewrite(func(i *notice.Item) { i.Note = "" }))
		if n += found; err == nil {
			err = s.Update(ctx, func(tx *Tx) error { return save(tx, aged(m.Number), true) })
		}
	}
	return n, err
}

// noticesWhere returns the notices that a condition holds for.
func (s *Store) noticesWhere(ctx context.Context, holds func(*Snapshot, notice.Notice) (bool, error)) (found []notice.Notice, err error) {
	err = s.View(ctx, func(sn *Snapshot) error {
		found = nil
		for rec, err := range scan[notice.Notice](sn, Work+"notice/", 0) {
			if err != nil {
				return err
			}
			ok, err := holds(sn, rec.Value)
			if err != nil {
				return err
			}
			if ok {
				found = append(found, rec.Value)
			}
		}
		return nil
	})
	return found, err
}

// forgetAcks drops who answered what and when, and who was away: of each notice only
// the counts are kept.
func (s *Store) forgetAcks(ctx context.Context, now time.Time, r Retention) (n int, err error) {
	over := func(t time.Time) bool { return now.After(SchoolYearEnd(t).Add(r.Acks)) }
	old, err := s.noticesWhere(ctx, func(sn *Snapshot, m notice.Notice) (bool, error) {
		if !over(m.Created) {
			return false, nil
		}
		gone, known, err := load[past](sn, pastKey(m.Number))
		return !known || !gone.Gone, err
	})
	for _, m := range old {
		if err != nil {
			return n, err
		}
		var found int
		found, err = s.forgetItems(ctx, m)
		n += found
	}
	if err != nil {
		return n, err
	}
	for _, step := range []func() (int, error){
		func() (int, error) {
			return sweep(ctx, s, Work+"by/", func(_ string, e Effect) bool { return over(e.At) }, remove[Effect])
		},
		func() (int, error) {
			return sweep(ctx, s, Work+"mine/", func(_ string, e Effect) bool { return over(e.At) }, remove[Effect])
		},
		func() (int, error) {
			ended := func(_ string, l Leave) bool { return !l.To.IsZero() && over(l.To) }
			return sweep(ctx, s, Work+"leave/", ended, func(tx *Tx, _ string, l Leave) error { return tx.eraseLeave(l) })
		},
	} {
		found, failed := step()
		n, err = n+found, errors.Join(err, failed)
	}
	return n, err
}

// A past is what is left of the items of an old notice.
type past struct {
	Tally notice.Tally `json:"tally"`
	Gone  bool         `json:"gone,omitempty"` // the items are deleted
}

func pastKey(number int) string { return Work + key("past", notice.ID(number)) }

// Past returns the counts of a notice that is so old that nothing else is left of
// its items.
func (s *Snapshot) Past(number int) (notice.Tally, bool, error) {
	p, ok, err := load[past](s, pastKey(number))
	return p.Tally, ok, err
}

// forgetItems counts the items of a notice and then deletes them.
func (s *Store) forgetItems(ctx context.Context, m notice.Notice) (n int, err error) {
	var counted past
	known := false
	err = s.View(ctx, func(sn *Snapshot) (err error) {
		if counted, known, err = load[past](sn, pastKey(m.Number)); err != nil || known {
			return err
		}
		items, err := sn.Items(m.Number)
		counted.Tally = notice.Circumstances{}.Tally(items)
		return err
	})
	if err == nil && !known {
		err = s.Update(ctx, func(tx *Tx) error { return save(tx, pastKey(m.Number), counted) })
	}
	if err != nil {
		return 0, err
	}
	n, err = sweep(ctx, s, Work+key("item", m.ID())+"/", func(string, notice.Item) bool { return true }, func(tx *Tx, k string, i notice.Item) error {
		if err := tx.Delete([]byte(Work + key("owed", i.Person, m.ID()))); err != nil {
			return err
		}
		return tx.Delete([]byte(k))
	})
	if err != nil {
		return n, err
	}
	counted.Gone = true
	return n, s.Update(ctx, func(tx *Tx) error { return save(tx, pastKey(m.Number), counted) })
}
