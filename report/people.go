package report

import (
	"errors"

	"duban/roster"
)

// ErrNobody means that the person whom a report is about is not on the roster.
var ErrNobody = errors.New("person is not on the roster")

// people finds those of the roster at once, however many they are.
type people struct {
	byID  map[string]roster.Person
	named map[string]int // how many have a name
}

func peopleOf(r *roster.Roster) *people {
	p := &people{byID: make(map[string]roster.Person, len(r.People)), named: make(map[string]int, len(r.People))}
	for _, one := range r.People {
		p.byID[one.ID] = one
		p.named[one.Name]++
	}
	return p
}

// label is [roster.Roster.Label].
func (p *people) label(one roster.Person) string {
	if p.named[one.Name] > 1 && one.College != "" {
		return one.Name + "（" + one.College + "）"
	}
	return one.Name
}
