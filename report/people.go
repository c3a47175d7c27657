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
	twins map[string]int // how many of a college have a name
	at    map[string]int // where on the roster they stand, by id
}

func peopleOf(r *roster.Roster) *people {
	n := len(r.People)
	p := &people{byID: make(map[string]roster.Person, n), named: make(map[string]int, n), at: make(map[string]int, n), twins: make(map[string]int, n)}
	for i, one := range r.People {
		p.byID[one.ID], p.at[one.ID] = one, i
		p.named[one.Name]++
		p.twins[one.College+"/"+one.Name]++
	}
	return p
}

// place is where on the roster a person stands; who is not on it comes last.
func (p *people) place(id string) int {
	if i, ok := p.at[id]; ok {
		return i
	}
	return len(p.at)
}

// within is how a person is called in a list of one college's people: by name, and
// by id if two of the college have it.
func (p *people) within(one roster.Person) string {
	if p.twins[one.College+"/"+one.Name] > 1 {
		return one.Name + "（" + one.ID + "）"
	}
	return one.Name
}

// label is [roster.Roster.Label].
func (p *people) label(one roster.Person) string {
	if p.named[one.Name] > 1 && one.College != "" {
		return one.Name + "（" + one.College + "）"
	}
	return one.Name
}
