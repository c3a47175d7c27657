package chat

import (
	"slices"
	"sync"

	"duban/roster"
)

// A directory keeps the names of each group of the roster that was seen last, so
// that reading a message does not walk through everybody.
type directory struct {
	mu     sync.Mutex
	roster *roster.Roster
	groups map[string][]string
}

// Near returns the names of those who share a group with p. Others are not
// talked about by name in p's chats.
func (d *directory) Near(r *roster.Roster, p roster.Person) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.roster != r {
		d.roster, d.groups = r, map[string][]string{}
		for _, p := range r.People {
			for _, g := range p.Groups {
				d.groups[g] = append(d.groups[g], p.Name)
			}
		}
	}
	if len(p.Groups) == 1 {
		return d.groups[p.Groups[0]]
	}
	var names []string
	for _, g := range p.Groups {
		names = append(names, d.groups[g]...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
