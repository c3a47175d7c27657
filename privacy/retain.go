package privacy

import (
	"context"
	"errors"
	"path"
	"time"

	"duban/notice"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// retain removes what has become old in the office's own work. Texts and records count
// what was removed.
func retain(ctx context.Context, s *store.Store, r Retention, accounts []string, texts, records func(int, error)) {
	now := s.Settled()
	texts(ageQuestions(ctx, s, now, r))
	over := func(t time.Time) bool { return now.After(r.semester(t).Add(days(r.Replies))) }
	texts(age(ctx, s, store.Work+"request/", func(q progress.Request) bool { return over(q.Asked) }, stripRequest))
	texts(age(ctx, s, store.Work+"postponed/", func(p progress.Postponement) bool { return over(p.At) }, stripPostponement))
	texts(age(ctx, s, store.Work+"progress/", func(u progress.Update) bool { return over(u.At) }, stripUpdate))
	texts(ageNotices(ctx, s, now, r))

	records(store.Sweep(ctx, s, store.Work+"pending/", func(_ string, p roster.Pending) bool { return now.After(p.Until) }, store.Remove))
	records(store.Sweep(ctx, s, store.Work+"code/", func(_ string, c roster.Code) bool { return now.After(c.Until) }, store.Remove))
	records(store.Sweep(ctx, s, store.Work+"file/", func(_ string, held time.Time) bool { return now.Sub(held) > days(r.Files) }, store.Remove))
	records(store.Sweep(ctx, s, store.Work+"exports/", func(k string, _ int) bool { return older(path.Base(k), now.Add(-days(r.Audit))) }, store.Remove))
	records(store.Sweep(ctx, s, store.Work+"erased/", func(_ string, e Erasure) bool { return now.Sub(e.Done) > days(r.Audit) }, store.Remove))
	for _, account := range accounts {
		records(store.Sweep(ctx, s, store.AccountPrefix(account)+"tries/", func(k string, _ int) bool {
			return older(path.Base(k), now.Add(-days(2)))
		}, store.Remove))
	}
	records(forgetAcks(ctx, s, now, r))
}

// older tells whether a day, written as 2006-01-02, is before a time.
func older(day string, before time.Time) bool { return day < before.UTC().Format(time.DateOnly) }

// age takes the words out of the records under a prefix whose time is over.
func age[T any](ctx context.Context, s *store.Store, prefix string, over func(T) bool, strip func(*T, string) []string) (int, error) {
	old := func(_ string, v T) bool { return over(v) && len(strip(&v, "")) > 0 }
	return store.Sweep(ctx, s, prefix, old, func(tx *store.Tx, k string, v T) {
		strip(&v, "")
		store.Save(tx, k, v)
	})
}

// ageQuestions drops what people asked and were answered. What nobody has answered
// within the time of the outbox nobody will: it leaves the inbox.
func ageQuestions(ctx context.Context, s *store.Store, now time.Time, r Retention) (int, error) {
	n, err := store.Sweep(ctx, s, store.Work+"inbox/", func(_ string, q progress.Question) bool {
		return q.Answered.IsZero() && now.Sub(q.Asked) > days(max(r.Outbox, r.Inbound))
	}, func(tx *store.Tx, _ string, q progress.Question) {
		progress.WithdrawQuestion(tx, q.Number)
	})
	if err != nil {
		return n, err
	}
	dealt, err := age(ctx, s, store.Work+"inbox/", func(q progress.Question) bool {
		return !q.Answered.IsZero() && now.Sub(q.Answered) > days(r.Inbound)
	}, stripQuestion)
	return n + dealt, err
}

// ageNotices drops what people added to their answers. A notice whose time has come
// is closed, so that no more is added, and looked at once.
func ageNotices(ctx context.Context, s *store.Store, now time.Time, r Retention) (n int, err error) {
	aged := func(number int) string { return store.Work + store.Key("aged", notice.ID(number)) }
	old, err := noticesWhere(ctx, s, func(sn *store.Snapshot, m notice.Notice) bool {
		return now.After(r.semester(m.Created).Add(days(r.Replies))) && !store.Has(sn, aged(m.Number))
	})
	for _, m := range old {
		if err != nil || n >= store.SweepMost {
			break
		}
		if err = s.Write(ctx, func(tx *store.Tx) { notice.Finish(tx, m.Number, notice.Expired) }); err != nil {
			break
		}
		var found int
		found, err = age(ctx, s, store.Work+store.Key("item", m.ID())+"/", func(notice.Item) bool { return true }, stripItem)
		if n += found; err == nil {
			err = s.Write(ctx, func(tx *store.Tx) { store.Save(tx, aged(m.Number), true) })
		}
	}
	return n, err
}

// noticesWhere returns the notices that a condition holds for.
func noticesWhere(ctx context.Context, s *store.Store, holds func(*store.Snapshot, notice.Notice) bool) ([]notice.Notice, error) {
	return store.Read(ctx, s, func(sn *store.Snapshot) (found []notice.Notice) {
		each(sn, store.Work+"notice/", func(_ string, n notice.Notice) {
			if holds(sn, n) {
				found = append(found, n)
			}
		})
		return found
	})
}

// forgetAcks drops who answered what and when, and who was away: of each notice only
// the counts are kept.
func forgetAcks(ctx context.Context, s *store.Store, now time.Time, r Retention) (n int, err error) {
	over := func(t time.Time) bool { return now.After(SchoolYearEnd(t).Add(days(r.Acks))) }
	old, err := noticesWhere(ctx, s, func(sn *store.Snapshot, m notice.Notice) bool {
		past, _ := store.Load[notice.Past](sn, notice.PastKey(m.Number))
		return over(m.Created) && !past.Gone
	})
	if err != nil {
		return 0, err
	}
	add := func(found int, failed error) { n, err = n+found, errors.Join(err, failed) }
	for _, m := range old {
		if n >= store.SweepMost {
			break
		}
		add(forgetItems(ctx, s, m))
	}
	effects := func(_ string, e progress.Effect) bool { return over(e.At) }
	add(store.Sweep(ctx, s, store.Work+"mine/", effects, func(tx *store.Tx, _ string, e progress.Effect) { progress.DropEffect(tx, e) }))
	ended := func(_ string, l roster.Leave) bool { return !l.To.IsZero() && over(l.To) }
	add(store.Sweep(ctx, s, store.Work+"leave/", ended, func(tx *store.Tx, _ string, l roster.Leave) { roster.EraseLeave(tx, l) }))
	return n, err
}

// forgetItems counts the items of a notice and then deletes them.
func forgetItems(ctx context.Context, s *store.Store, m notice.Notice) (n int, err error) {
	past, err := store.Read(ctx, s, func(sn *store.Snapshot) notice.Past {
		past, known := store.Load[notice.Past](sn, notice.PastKey(m.Number))
		if !known {
			past.Tally = notice.Circumstances{}.Tally(notice.Items(sn, m.Number))
		}
		return past
	})
	save := func(tx *store.Tx) { store.Save(tx, notice.PastKey(m.Number), past) }
	if err == nil {
		err = s.Write(ctx, save)
	}
	if err != nil {
		return 0, err
	}
	all := func(string, notice.Item) bool { return true }
	n, err = store.Sweep(ctx, s, store.Work+store.Key("item", m.ID())+"/", all, func(tx *store.Tx, k string, i notice.Item) {
		store.Delete(tx, store.Work+store.Key("owed", i.Person, m.ID()), k)
	})
	if err != nil {
		return n, err
	}
	past.Gone = true
	return n, s.Write(ctx, save)
}
