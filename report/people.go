package report

import (
	"errors"

	"duban/roster"
)

// ErrNobody means that the person whom a report is about is not on the roster.
var ErrNobody = errors.New("person is not on the roster")

// people finds those of the roster at once, however many they are.
type people struct {
	all   []roster.Person
	at    map[string]int // where on the roster somebody stands, by id
	named map[string]int // how many have a name
	twins map[namesake]int
}

// A namesake is a name within a college.
type namesake struct{ college, name string }

func peopleOf(r *roster.Roster) *people {
	p := &people{r.People, map[string]int{}, map[string]int{}, map[namesake]int{}}
	for i, one := range r.People {
		p.at[one.ID] = i
		p.named[one.Name]++
		p.twins[namesake{one.College, one.Name}]++
	}
	return p
}

// find returns the person with the id.
func (p *people) find(id string) (one roster.Person, ok bool) {
	i, ok := p.at[id]
	if ok {
		one = p.all[i]
	}
	return one, ok
}

// place is where on the roster a person stands; who is not on it comes last.
func (p *people) place(id string) int {
	if i, ok := p.at[id]; ok {
		return i
	}
	return len(p.all)
}

// within is how a person is called in a list of one college's people: by name, and
// by id if two of the college have it.
func (p *people) within(one roster.Person) string {
	if p.twins[namesake{one.College, one.Name}] > 1 {
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
