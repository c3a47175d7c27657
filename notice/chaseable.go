package notice

import (
	"slices"

	"duban/roster"
	"duban/store"
)

// Chaseable counts who would be asked again about a notice, and who would not.
type Chaseable struct {
	Private int // people who are asked alone
	Group   int // people who can only be asked in a group
	Lines   int // texts in groups that this takes

	Answered, Away, Today, Unsent, Gone int
}

// CountChaseable counts who would be asked again about a notice now, by hand.
func CountChaseable(s *store.Snapshot, n Notice, r Rules) (Chaseable, error) {
	var c Chaseable
	reached, err := reachedGroups(s, n)
	if err != nil {
		return c, err
	}
	var lines []string
	for i, err := range EachItem(s, n.Number) {
		if err != nil {
			return c, err
		}
		group, err := countItem(s, &c, n, i, r, reached)
		if err != nil {
			return c, err
		}
		if group != "" && !slices.Contains(lines, group) {
			lines = append(lines, group)
		}
	}
	c.Lines = len(lines)
	return c, nil
}

// countItem counts one item, and returns the group in which its person would be
// asked if they cannot be asked alone.
func countItem(s *store.Snapshot, c *Chaseable, n Notice, i Item, r Rules, reached groupTimes) (string, error) {
	p, here, err := roster.Find(s, i.Person)
	if err != nil {
		return "", err
	}
	at := reachedAt(i, reached)
	switch {
	case i.State == Done:
		c.Answered++
		return "", nil
	case !here || !p.Asked():
		c.Gone++
		return "", nil
	case at.IsZero():
		c.Unsent++
		return "", nil
	}
	away, err := roster.Away(s, i.Person, s.Now())
	switch {
	case err != nil:
		return "", err
	case away || i.State == Absent:
		c.Away++
		return "", nil
	case !r.May(n, i, at, s.Now()):
		c.Today++
		return "", nil
	}
	_, chat, err := roster.ReachIn(s, i.Person, n.Groups)
	if err != nil || chat != "" {
		c.Private++
		return "", err
	}
	c.Group++
	g := slices.IndexFunc(i.Groups, func(g string) bool { return !reached[g].IsZero() })
	return i.Groups[g], nil
}
