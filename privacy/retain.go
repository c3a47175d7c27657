package privacy

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"duban/notice"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// scanMost bounds how many records one view of a sweep looks at.
const scanMost = 20000

// retain removes what has become old in the office's own work, and the audit logs.
func retain(ctx context.Context, s *store.Store, r Retention, accounts []string, done *Swept) (err error) {
	now := s.Time()
	add := func(count *int, n int, failed error) {
		*count += n
		err = errors.Join(err, failed)
	}
	texts := func(n int, failed error) { add(&done.Words, n, failed) }
	records := func(n int, failed error) { add(&done.Records, n, failed) }

	texts(ageQuestions(ctx, s, now, r))
	texts(sweep(ctx, s, store.Work+"request/", func(_ string, q progress.Request) bool {
		return q.Reason+q.Answer != "" && now.After(r.semester(q.Asked).Add(r.Replies))
	}, rewrite(func(q *progress.Request) { q.Reason, q.Answer = "", "" })))
	texts(sweep(ctx, s, store.Work+"postponed/", func(_ string, p progress.Postponement) bool {
		return p.Reason != "" && now.After(r.semester(p.At).Add(r.Replies))
	}, rewrite(func(p *progress.Postponement) { p.Reason = "" })))
	texts(ageUpdates(ctx, s, now, r))
	texts(ageNotices(ctx, s, now, r))

	records(sweep(ctx, s, store.Work+"pending/", func(_ string, p roster.Pending) bool { return now.After(p.Until) }, remove[roster.Pending]))
	records(sweep(ctx, s, store.Work+"code/", func(_ string, c roster.Code) bool { return now.After(c.Until) }, remove[roster.Code]))
	records(sweep(ctx, s, store.Work+"file/", func(_ string, held time.Time) bool { return now.Sub(held) > r.Files }, remove[time.Time]))
	records(sweep(ctx, s, store.Work+"exports/", func(k string, _ int) bool { return older(path.Base(k), now.Add(-r.Audit)) }, remove[int]))
	records(sweep(ctx, s, store.Work+"erased/", func(_ string, e Erasure) bool { return now.Sub(e.Done) > r.Audit }, remove[Erasure]))
	for _, account := range accounts {
		records(sweep(ctx, s, store.AccountPrefix(account)+"tries/", func(k string, _ int) bool {
			return older(path.Base(k), now.Add(-2*daily))
		}, remove[int]))
	}
	records(forgetAcks(ctx, s, now, r))
	for _, account := range append([]string{""}, accounts...) {
		n, failed := s.SweepAudit(ctx, account, now.Add(-r.Audit))
		add(&done.Audits, n, failed)
	}
	return err
}

// older tells whether a day, written as 2006-01-02, is before a time.
func older(day string, before time.Time) bool { return day < before.UTC().Format(time.DateOnly) }

// sweep looks at the records under a prefix and changes those that are old, in small
// transactions.
func sweep[T any](ctx context.Context, s *store.Store, prefix string, old func(k string, v T) bool, change func(*store.Tx, string, T) error) (n int, err error) {
	for from := prefix; from != ""; {
		var keys []string
		if keys, from, err = oldUnder(ctx, s, from, prefix, old); err != nil {
			return n, fmt.Errorf("sweep: %w", err)
		}
		if len(keys) == 0 {
			continue
		}
		err = s.Update(ctx, func(tx *store.Tx) error { return changeOld(tx, keys, old, change) })
		if err != nil {
			return n, fmt.Errorf("sweep: %w", err)
		}
		n += len(keys)
	}
	return n, nil
}

// changeOld changes those of some records that are still old.
func changeOld[T any](tx *store.Tx, keys []string, old func(string, T) bool, change func(*store.Tx, string, T) error) error {
	for _, k := range keys {
		v, ok, err := store.Load[T](tx, k)
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
func oldUnder[T any](ctx context.Context, s *store.Store, from, prefix string, old func(string, T) bool) (keys []string, next string, err error) {
	err = s.View(ctx, func(sn *store.Snapshot) error {
		keys, next = nil, ""
		looked := 0
		for rec, err := range store.ScanRange[T](sn, []byte(from), store.PrefixEnd(prefix), 0) {
			if err != nil {
				return err
			}
			if old(rec.Key, rec.Value) {
				keys = append(keys, rec.Key)
			}
			if looked++; len(keys) == store.Batch || looked == scanMost {
				next = rec.Key + "\x00"
				return nil
			}
		}
		return nil
	})
	return keys, next, err
}

// remove deletes a record.
func remove[T any](tx *store.Tx, k string, _ T) error { return tx.Delete([]byte(k)) }

// rewrite changes a record.
func rewrite[T any](edit func(*T)) func(*store.Tx, string, T) error {
	return func(tx *store.Tx, k string, v T) error {
		edit(&v)
		return store.Save(tx, k, v)
	}
}

// ageQuestions drops what people asked and were answered. What nobody has answered
// within the time of the outbox nobody will: it leaves the inbox.
func ageQuestions(ctx context.Context, s *store.Store, now time.Time, r Retention) (int, error) {
	old := func(_ string, q progress.Question) bool {
		if q.Answered.IsZero() {
			return now.Sub(q.Asked) > max(r.Outbox, r.Inbound)
		}
		return q.Text+q.Answer != "" && now.Sub(q.Answered) > r.Inbound
	}
	return sweep(ctx, s, store.Work+"inbox/", old, func(tx *store.Tx, k string, q progress.Question) error {
		q.Text, q.Answer = "", ""
		if q.Answered.IsZero() {
			q.Answered = tx.Now()
			if err := tx.Delete(fmt.Appendf(nil, "%sunanswered/%08d", store.Work, q.Number)); err != nil {
				return err
			}
		}
		return store.Save(tx, k, q)
	})
}

// ageUpdates drops the texts of reports.
func ageUpdates(ctx context.Context, s *store.Store, now time.Time, r Retention) (int, error) {
	old := func(u progress.Update) bool {
		return (u.Note != "" || u.Evidence != nil || u.Files != nil) && now.After(r.semester(u.At).Add(r.Replies))
	}
	strip := func(u *progress.Update) { u.Note, u.Evidence, u.Files = "", nil, nil }
	n, err := sweep(ctx, s, store.Work+"progress/", func(_ string, u progress.Update) bool { return old(u) }, rewrite(strip))
	if err != nil {
		return n, err
	}
	_, err = sweep(ctx, s, store.Work+"latest/", func(_ string, l progress.Latest) bool { return old(l.Update) }, rewrite(func(l *progress.Latest) { strip(&l.Update) }))
	return n, err
}

// ageNotices drops what people added to their answers. A notice whose time has come
// is closed, so that no more is added, and looked at once.
func ageNotices(ctx context.Context, s *store.Store, now time.Time, r Retention) (n int, err error) {
	aged := func(number int) string { return store.Work + store.Key("aged", notice.ID(number)) }
	old, err := noticesWhere(ctx, s, func(sn *store.Snapshot, m notice.Notice) (bool, error) {
		if !now.After(r.semester(m.Created).Add(r.Replies)) {
			return false, nil
		}
		_, done, err := store.Load[bool](sn, aged(m.Number))
		return !done, err
	})
	for _, m := range old {
		if err != nil {
			break
		}
		if m.Closed.IsZero() {
			m.Closed, m.End = now, notice.Expired
			if err = s.Update(ctx, func(tx *store.Tx) error { return notice.Put(tx, m) }); err != nil {
				break
			}
		}
		var found int
		found, err = sweep(ctx, s, store.Work+store.Key("item", m.ID())+"/", func(_ string, i notice.Item) bool { return i.Note != "" }, rewrite(func(i *notice.Item) { i.Note = "" }))
		if n += found; err == nil {
			err = s.Update(ctx, func(tx *store.Tx) error { return store.Save(tx, aged(m.Number), true) })
		}
	}
	return n, err
}

// noticesWhere returns the notices that a condition holds for.
func noticesWhere(ctx context.Context, s *store.Store, holds func(*store.Snapshot, notice.Notice) (bool, error)) (found []notice.Notice, err error) {
	err = s.View(ctx, func(sn *store.Snapshot) error {
		found = nil
		for rec, err := range store.Scan[notice.Notice](sn, store.Work+"notice/", 0) {
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
func forgetAcks(ctx context.Context, s *store.Store, now time.Time, r Retention) (n int, err error) {
	over := func(t time.Time) bool { return now.After(SchoolYearEnd(t).Add(r.Acks)) }
	old, err := noticesWhere(ctx, s, func(sn *store.Snapshot, m notice.Notice) (bool, error) {
		if !over(m.Created) {
			return false, nil
		}
		gone, known, err := store.Load[notice.Past](sn, notice.PastKey(m.Number))
		return !known || !gone.Gone, err
	})
	for _, m := range old {
		if err != nil {
			return n, err
		}
		var found int
		found, err = forgetItems(ctx, s, m)
		n += found
	}
	if err != nil {
		return n, err
	}
	for _, step := range []func() (int, error){
		func() (int, error) {
			return sweep(ctx, s, store.Work+"by/", func(_ string, e progress.Effect) bool { return over(e.At) }, remove[progress.Effect])
		},
		func() (int, error) {
			return sweep(ctx, s, store.Work+"mine/", func(_ string, e progress.Effect) bool { return over(e.At) }, remove[progress.Effect])
		},
		func() (int, error) {
			ended := func(_ string, l roster.Leave) bool { return !l.To.IsZero() && over(l.To) }
			return sweep(ctx, s, store.Work+"leave/", ended, func(tx *store.Tx, _ string, l roster.Leave) error { return roster.EraseLeave(tx, l) })
		},
	} {
		found, failed := step()
		n, err = n+found, errors.Join(err, failed)
	}
	return n, err
}

// forgetItems counts the items of a notice and then deletes them.
func forgetItems(ctx context.Context, s *store.Store, m notice.Notice) (n int, err error) {
	var counted notice.Past
	known := false
	err = s.View(ctx, func(sn *store.Snapshot) (err error) {
		if counted, known, err = store.Load[notice.Past](sn, notice.PastKey(m.Number)); err != nil || known {
			return err
		}
		items, err := notice.Items(sn, m.Number)
		counted.Tally = notice.Circumstances{}.Tally(items)
		return err
	})
	if err == nil && !known {
		err = s.Update(ctx, func(tx *store.Tx) error { return store.Save(tx, notice.PastKey(m.Number), counted) })
	}
	if err != nil {
		return 0, err
	}
	n, err = sweep(ctx, s, store.Work+store.Key("item", m.ID())+"/", func(string, notice.Item) bool { return true }, func(tx *store.Tx, k string, i notice.Item) error {
		if err := tx.Delete([]byte(store.Work + store.Key("owed", i.Person, m.ID()))); err != nil {
			return err
		}
		return tx.Delete([]byte(k))
	})
	if err != nil {
		return n, err
	}
	counted.Gone = true
	return n, s.Update(ctx, func(tx *store.Tx) error { return store.Save(tx, notice.PastKey(m.Number), counted) })
}
