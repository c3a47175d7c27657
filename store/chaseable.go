package store

import (
	"slices"

	"duban/notice"
)

// Chaseable counts who would be asked again about a notice, and who would not.
type Chaseable struct {
	Private int // people who are asked alone
	Group   int // people who can only be asked in a group
	Lines   int // texts in groups that this takes

	Answered, Away, Today, Unsent, Gone int
}

// Chaseable counts who would be asked again about a notice now, by hand.
func (s *Snapshot) Chaseable(n notice.Notice, r notice.Rules) (Chaseable, error) {
	var c Chaseable
	reached, err := s.reachedGroups(n)
	if err != nil {
		return c, err
	}
	var lines []string
	prefix := Work + key("item", n.ID()) + "/"
	for rec, err := range scan[notice.Item](s, prefix, 0) {
		if err != nil {
			return c, err
		}
		i := rec.Value
		group, err := s.chaseable(&c, n, i, r, reached)
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

// chaseable counts one item, and returns the group in which its person would be
// asked if they cannot be asked alone.
func (s *Snapshot) chaseable(c *Chaseable, n notice.Notice, i notice.Item, r notice.Rules, reached groupTimes) (string, error) {
	p, here, err := s.person(i.Person)
	if err != nil {
		return "", err
	}
	at := reachedAt(i, reached)
	switch {
	case i.State == notice.Done:
		c.Answered++
		return "", nil
	case !here || !p.Asked():
		c.Gone++
		return "", nil
	case at.IsZero():
		c.Unsent++
		return "", nil
	}
	away, err := s.Away(i.Person, s.Now())
	switch {
	case err != nil:
		return "", err
	case away || i.State == notice.Absent:
		c.Away++
		return "", nil
	case !r.May(n, i, at, s.Now()):
		c.Today++
		return "", nil
	}
	_, chat, err := s.reach(i.Person, n.Groups)
	if err != nil || chat != "" {
		c.Private++
		return "", err
	}
	c.Group++
	g := slices.IndexFunc(i.Groups, func(g string) bool { return !reached[g].IsZero() })
	return i.Groups[g], nil
}
