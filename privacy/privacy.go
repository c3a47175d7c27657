// Package privacy knows what is stored of a person: it exports that, erases what
// they wrote, and removes what has become old.
//
// Texts go, facts stay: who reported or answered what, and when, outlives the words
// it was said in, because the plan's progress and the counts of notices rest on it.
// So most records are stripped of their texts, and few are deleted. Erasing and
// ageing both work in small transactions, and the next run takes up one that was
// interrupted.
package privacy

import (
	"duban/notice"
	"duban/progress"
	"duban/store"
)

// each calls do for the records under a prefix.
func each[T any](s *store.Snapshot, prefix string, do func(k string, v T)) error {
	for rec, err := range store.Scan[T](s, prefix, 0) {
		if err != nil {
			return err
		}
		do(rec.Key, rec.Value)
	}
	return nil
}

func hasWords(u progress.Update) bool { return u.Note != "" || u.Evidence != nil || u.Files != nil }

func stripUpdate(u *progress.Update) { u.Note, u.Evidence, u.Files = "", nil, nil }

func stripQuestion(q *progress.Question) { q.Text, q.Answer = "", "" }

func stripRequest(r *progress.Request) { r.Reason, r.Answer = "", "" }

func stripPostponement(p *progress.Postponement) { p.Reason = "" }

func stripItem(i *notice.Item) { i.Note = "" }
