package store

import (
	"slices"
	"time"

	"duban/notice"
	"duban/roster"
)

// person returns who has an id on the roster.
func (s *Snapshot) person(id string) (roster.Person, bool, error) {
	r, places, err := s.directory()
	i, ok := places[id]
	if err != nil || !ok || i >= len(r.People) {
		return roster.Person{}, false, err
	}
	return r.People[i], true, nil
}

// directory returns the roster, and where on it each id stands.
func (s *Snapshot) directory() (*roster.Roster, map[string]int, error) {
	r, err := s.Roster()
	if err != nil {
		return nil, nil, err
	}
	rev, err := s.rosterRev()
	if err != nil {
		return nil, nil, err
	}
	places, err := Cached(s, "directory", rev, func() (map[string]int, error) {
		places := make(map[string]int, len(r.People))
		for i, p := range r.People {
			places[p.ID] = i
		}
		return places, nil
	})
	return r, places, err
}

// Circumstances says of the items of a notice what they do not say themselves.
func (s *Snapshot) Circumstances(n notice.Notice) (notice.Circumstances, error) {
	reached, err := s.reachedGroups(n)
	if err != nil {
		return notice.Circumstances{}, err
	}
	targets, err := s.Targets(n.Groups)
	if err != nil {
		return notice.Circumstances{}, err
	}
	var accounts []string
	for _, t := range targets {
		if !slices.Contains(accounts, t.Account) {
			accounts = append(accounts, t.Account)
		}
	}
	return notice.Circumstances{
		Shown: func(group string) bool { return !reached[group].IsZero() },
		Bound: func(person string) bool {
			return slices.ContainsFunc(accounts, func(a string) bool {
				_, ok, err := load[string](s, Work+key("reach", person, a))
				return err != nil || ok
			})
		},
		Here: func(id string) bool {
			p, ok, err := s.person(id)
			return err != nil || ok && p.Asked()
		},
	}, nil
}

// groupTimes are times by group.
type groupTimes map[string]time.Time

// reachedGroups returns when a notice was first posted in each of its groups.
func (s *Snapshot) reachedGroups(n notice.Notice) (groupTimes, error) {
	all := groupTimes{}
	targets, err := s.Targets(n.Groups)
	for _, t := range targets {
		if err != nil {
			break
		}
		var at time.Time
		if at, _, err = load[time.Time](s, Work+key("reached", n.ID(), t.Account, t.Chat)); !at.IsZero() {
			all[t.Group] = at
		}
	}
	return all, err
}
