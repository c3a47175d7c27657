package notice

import (
	"slices"
	"time"

	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// CircumstancesOf says of the items of a notice what they do not say themselves.
func CircumstancesOf(s *store.Snapshot, n Notice) Circumstances {
	reached := reachedGroups(s, n)
	return Circumstances{
		Reads: n.Reads,
		Shown: func(group string) bool { return !reached[group].IsZero() },
		Bound: func(person string) bool { return roster.Reachable(s, person) },
		Here: func(id string) bool {
			p, ok := roster.Find(s, id)
			return ok && p.Asked()
		},
	}
}

// groupTimes are times by group.
type groupTimes map[string]time.Time

// reachedGroups returns when a notice was first posted in each of its groups: where
// they meet now, or where they met when it was.
func reachedGroups(s *store.Snapshot, n Notice) groupTimes {
	all := groupTimes{}
	enter := func(t roster.Target) {
		at, ok := store.Load[time.Time](s, store.Work+store.Key("reached", n.ID(), t.Account, t.Chat))
		if first := all[t.Group]; ok && (first.IsZero() || at.Before(first)) {
			all[t.Group] = at
		}
	}
	for _, t := range roster.Targets(s, n.Groups) {
		enter(t)
	}
	for _, t := range textsOf(s, n.Number) {
		enter(t.Target)
	}
	return all
}

// Out tells whether a notice has gone out: its time has come, or it has reached a
// group, by whatever clock.
func (n Notice) Out(s *store.Snapshot) bool {
	return !n.Created.After(s.Now()) || len(reachedGroups(s, n)) > 0
}

// Waits tells whether a text of the notice has yet to leave: a change, however small,
// makes it another one then.
func (n Notice) Waits(s *store.Snapshot) bool {
	waits := func(t Posted) bool {
		row, ok := outbox.Carrier(s, t.Account, t.Row)
		return ok && row.IsOpen()
	}
	return n.Created.After(s.Now()) || store.Has(s, fanKey(n.Number)) || slices.ContainsFunc(textsOf(s, n.Number), waits)
}

// Left tells whether a text of a notice that is out has left for a group, or is about
// to: it is not held back by quiet hours or a limit, nor taken back. Until then people
// cannot know of it, and only who names the notice can answer it.
func (n Notice) Left(s *store.Snapshot) bool {
	texts := textsOf(s, n.Number)
	leaves := func(t Posted) bool {
		return hasLeft(s, t.Account, t.Row) || n.Closed.IsZero() && !outbox.PutBack(s, t.Account, t.Row)
	}
	return n.Out(s) && (slices.ContainsFunc(texts, leaves) || len(texts) == 0 && !store.Has(s, fanKey(n.Number)))
}
