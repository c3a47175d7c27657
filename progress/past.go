package progress

import (
	"strings"
	"time"

	"duban/store"
)

// Past returns the word by which a measure stood at each of some times, as [Standing]
// finds it, the zero Update where nobody had said anything. What was taken back since
// does not count.
func Past(s *store.Snapshot, measure string, owners map[string]bool, times []time.Time) []Update {
	won, at := make([]Update, len(times)), make([]place, len(times))
	var now []Latest // where the person stood that is read
	end := func() {
		for i, l := range now {
			if l.Key == "" {
				continue
			}
			p := place{says: l.Update.says(), owner: owners[l.Update.Person], seq: l.Update.Seq, said: l.Key[strings.LastIndexByte(l.Key, '/')+1:]}
			if won[i].At.IsZero() || p.after(at[i]) {
				won[i], at[i] = l.Update, p
			}
		}
		now = make([]Latest, len(times))
	}
	person := ""
	for l := range Said(s, measure) {
		if l.Update.Person != person {
			end()
			person = l.Update.Person
		}
		for i, t := range times {
			if l.Update.Retracted.IsZero() && !l.Update.At.After(t) {
				now[i] = l.behind(now[i])
			}
		}
	}
	end()
	return won
}

// behind is where a person stands by l, which they said after before, if they said that.
func (l Latest) behind(before Latest) Latest {
	if before.Key != "" {
		l.Update = l.Update.After(before.Update)
	}
	return l
}
