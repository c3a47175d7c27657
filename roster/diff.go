package roster

import "slices"

// A Diff says what a new roster would change.
type Diff struct {
	Added, Gone []Person
	Changed     []Change
}

// A Change is a person whose row differs.
type Change struct{ Old, New Person }

// Empty tells whether nothing would change.
func (d Diff) Empty() bool { return len(d.Added)+len(d.Gone)+len(d.Changed) == 0 }

// Compare says what replacing old by r would change. People are the same if
// their ids are.
func (r *Roster) Compare(old *Roster) Diff {
	var d Diff
	before := old.ByID()
	for _, p := range r.People {
		was, ok := before[p.ID]
		switch {
		case !ok:
			d.Added = append(d.Added, p)
		case !equal(was, p):
			d.Changed = append(d.Changed, Change{was, p})
		}
		delete(before, p.ID)
	}
	for _, p := range old.People {
		if _, left := before[p.ID]; left {
			d.Gone = append(d.Gone, p)
		}
	}
	return d
}

func equal(a, b Person) bool {
	return a.ID == b.ID && a.Name == b.Name && a.College == b.College && a.Observer == b.Observer &&
		slices.Equal(a.Roles, b.Roles) && slices.Equal(a.Groups, b.Groups)
}
