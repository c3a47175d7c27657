package report

import (
	"errors"

	"duban/roster"
)

// ErrNobody means that the person whom a report is about is not on the roster.
var ErrNobody = errors.New("person is not on the roster")

// people finds those of the roster at once, however many they are. Its maps are
// made when they are needed.
type people struct {
	roster *roster.Roster
	at     map[string]int // where on the roster somebody stands, by id
	named  map[string]int // how many have a name
	twins  map[namesake]int
}

// A namesake is a name within a college.
type namesake struct{ college, name string }

func peopleOf(r *roster.Roster) *people { return &people{roster: r} }

// find returns the person with the id.
func (p *people) find(id string) (roster.Person, bool) {
	i := p.place(id)
	if i == len(p.roster.People) {
		return roster.Person{}, false
	}
	return p.roster.People[i], true
}

// place is where on the roster a person stands; who is not on it comes last.
func (p *people) place(id string) int {
	if p.at == nil {
		p.at = make(map[string]int, len(p.roster.People))
		for i, one := range p.roster.People {
			p.at[one.ID] = i
		}
	}
	if i, ok := p.at[id]; ok {
		return i
	}
	return len(p.roster.People)
}

// within is how a person is called in a list of one college's people: by name, and
// by id if two of the college have it.
func (p *people) within(one roster.Person) string {
	if p.twins == nil {
		p.twins = count(p.roster.People, func(q roster.Person) namesake { return namesake{q.College, q.Name} })
	}
	if p.twins[namesake{one.College, one.Name}] > 1 {
		return one.Name + "（" + one.ID + "）"
	}
	return one.Name
}

// label is [roster.Roster.Label].
func (p *people) label(one roster.Person) string {
	if p.named == nil {
		p.named = count(p.roster.People, func(q roster.Person) string { return q.Name })
	}
	if p.named[one.Name] > 1 && one.College != "" {
		return one.Name + "（" + one.College + "）"
	}
	return one.Name
}

// count counts people by what they have in common.
func count[K comparable](people []roster.Person, by func(roster.Person) K) map[K]int {
	n := make(map[K]int, len(people))
	for _, p := range people {
		n[by(p)]++
	}
	return n
}
