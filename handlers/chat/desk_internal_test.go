package chat

import (
	"fmt"
	"reflect"
	"testing"

	"duban/roster"
)

// TestDirectory_bound: what a directory keeps has a bound, however people are spread
// over groups, and the names stay the same.
func TestDirectory_bound(t *testing.T) {
	const people, sets = 2000, 120
	r := &roster.Roster{}
	for i := range people {
		p := roster.Person{ID: fmt.Sprint(i), Name: fmt.Sprint("姓名", i), Groups: []string{"全校"}}
		if i < sets {
			p.Groups = append(p.Groups, fmt.Sprint("群", i))
		}
		r.People = append(r.People, p)
	}
	var kept directory
	for range 2 {
		for i, p := range r.People[:sets] {
			var fresh directory
			if got, want := kept.Near(r, p), fresh.Near(r, p); i%40 == 0 && !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got other names than from an empty directory", p.ID)
			}
			if n := len(kept.near); n == 0 || n*people > mostKept {
				t.Fatalf("the names of %d sets of groups are kept, %d each, want %d at most together", n, people, mostKept)
			}
		}
	}
}
