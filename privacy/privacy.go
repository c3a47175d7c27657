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
func each[T any](s *store.Snapshot, prefix string, do func(k string, v T)) {
	for rec := range store.Scan[T](s, prefix, 0) {
		do(rec.Key, rec.Value)
	}
}

// What follows takes the words of a person out of a record, or everybody's if the
// person is "", and returns those that there were.

func stripItem(i *notice.Item, person string) []string {
	return takeFrom(person, i.Person, i.By, &i.Note)
}

func stripUpdate(u *progress.Update, person string) []string {
	if person != "" && person != u.Person && person != u.By {
		return nil
	}
	words := append(take(&u.Note), u.Evidence...)
	u.Evidence, u.Files = nil, nil
	return words
}

func stripQuestion(q *progress.Question, person string) []string {
	return takeFrom(person, q.Person, q.By, &q.Text, &q.Answer)
}

func stripRequest(r *progress.Request, person string) []string {
	return takeFrom(person, r.Person, r.By, &r.Reason, &r.Answer)
}

func stripPostponement(p *progress.Postponement, person string) []string {
	return takeFrom(person, p.Person, "", &p.Reason)
}

// takeFrom takes texts of a record that one person began and another may have
// answered: who answered wrote the last of them.
func takeFrom(person, began, answered string, texts ...*string) []string {
	switch person {
	case "", began:
		return take(texts...)
	case answered:
		return take(texts[len(texts)-1])
	}
	return nil
}

func take(texts ...*string) (words []string) {
	for _, t := range texts {
		if *t != "" {
			words = append(words, *t)
		}
		*t = ""
	}
	return words
}
