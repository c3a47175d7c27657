package roster

import (
	"slices"
	"sync/atomic"
)

// An index finds people without a walk through everybody, however many they are.
type index struct {
	of     []Person // what it was made of
	ids    map[string]int32
	names  map[string]int32 // the first person of a name
	after  []int32          // by person: the next one of that name, 0 for none
	sizes  []int            // of names, in bytes
	groups map[string][]int32
	roles  map[Role][]int32
	order  []string // groups as they first appear
}

// An indexed holds the index of a roster, which is made when it is first asked for.
type indexed struct{ made atomic.Pointer[index] }

func (r *Roster) index() *index {
	x := r.indexed.made.Load()
	if x == nil || len(x.of) != len(r.People) || len(x.of) > 0 && &x.of[0] != &r.People[0] {
		x = newIndex(r.People)
		r.indexed.made.Store(x)
	}
	return x
}

func newIndex(people []Person) *index {
	x := &index{
		of: people, ids: make(map[string]int32, len(people)), names: make(map[string]int32, len(people)),
		after: make([]int32, len(people)), groups: map[string][]int32{}, roles: map[Role][]int32{},
	}
	for i, p := range slices.Backward(people) { // so that the first of a name, or of an id, stands
		at := int32(i) //nolint:gosec // no list is that long
		x.ids[p.ID] = at
		if next, ok := x.names[p.Name]; ok {
			x.after[i] = next
		}
		x.names[p.Name] = at
		if !slices.Contains(x.sizes, len(p.Name)) {
			x.sizes = append(x.sizes, len(p.Name))
		}
	}
	for i, p := range people {
		at := int32(i) //nolint:gosec // no list is that long
		for _, g := range p.Groups {
			if _, known := x.groups[g]; !known {
				x.order = append(x.order, g)
			}
			enter(x.groups, g, at)
		}
		for _, r := range p.Roles {
			enter(x.roles, r, at)
		}
	}
	return x
}

// enter adds a place under a key, once.
func enter[K comparable](all map[K][]int32, k K, at int32) {
	if here := all[k]; len(here) == 0 || here[len(here)-1] != at {
		all[k] = append(here, at)
	}
}

// named returns the places of everybody of a name, in the order of the list.
func (x *index) named(name string) (all []int32) {
	at, ok := x.names[name]
	for ok {
		all = append(all, at)
		at = x.after[at]
		ok = at > 0
	}
	return all
}

// people returns those who stand in some places.
func (x *index) people(places []int32) []Person {
	if len(places) == 0 {
		return nil
	}
	found := make([]Person, len(places))
	for i, at := range places {
		found[i] = x.of[at]
	}
	return found
}

// spoken returns the places of everybody whose name stands in a text, in the order of
// the list.
func (x *index) spoken(text string) (all []int32) {
	for i := range text { // a name begins where a character does
		for _, size := range x.sizes {
			if size == 0 || i+size > len(text) {
				continue
			}
			if _, known := x.names[text[i:i+size]]; known {
				all = append(all, x.named(text[i:i+size])...)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
