// Package roster knows the people whom the office works with: who they are, what
// they may do, and which groups they belong to.
//
// A [Person] is a row of the office's own list, told apart by an id that the
// office gives (usually the staff number). A display name in a chat is never a
// person: two people of one name are two people.
package roster

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// A Role says what a person is in the office's work.
type Role string

// The roles, from the most rights to the fewest.
const (
	Admin     Role = "admin"     // 管理员: sends notices, edits the schedule, plan and roster
	Office    Role = "office"    // 学工处: sees everything
	Lead      Role = "lead"      // 学院负责人: sees and reports for the own college
	Counselor Role = "counselor" // 辅导员: receives, answers and asks
)

// String names the role as the office's list does.
func (r Role) String() string {
	word := map[Role]string{Admin: "管理员", Office: "学工处", Lead: "学院负责人", Counselor: "辅导员"}[r]
	return cmp.Or(word, string(r))
}

// A Person is a row of the roster.
type Person struct {
	ID       string   `json:"id"` // the office's own number for the person; never changes
	Name     string   `json:"name"`
	College  string   `json:"college"`
	Roles    []Role   `json:"roles"`
	Groups   []string `json:"groups"`
	Observer bool     `json:"observer"` // reads along; is never asked, counted or chased
}

// Is tells whether the person has any of the roles.
func (p Person) Is(roles ...Role) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return slices.Contains(roles, r) })
}

// Asked tells whether notices expect an answer from the person: counselors and
// college leads are asked, the office itself and observers are not.
func (p Person) Asked() bool { return !p.Observer && p.Is(Counselor, Lead) }

// Among tells whether somebody is named, in person or with their college.
func (p Person) Among(names []string) bool {
	return slices.Contains(names, p.Name) || slices.Contains(names, p.full()) || p.College != "" && slices.Contains(names, p.College)
}

// Among returns the ids of those who are named, in person or with their college.
func Among(people []Person, names []string) map[string]bool {
	found := map[string]bool{}
	for _, p := range people {
		if len(names) > 0 && p.Among(names) {
			found[p.ID] = true
		}
	}
	return found
}

// A Roster is everybody whom the office works with. The zero value is empty.
type Roster struct {
	People []Person `json:"people"`

	// Remarks say of a roster that was just read what in the file was left out or may
	// not be meant so, a line each.
	Remarks []string `json:"-"`

	// Mobiles are the mobile numbers of people by their id, of a roster that was just
	// read. They stay in the file.
	Mobiles map[string]string `json:"-"`

	indexed indexed
}

// Person returns the person with the id.
func (r *Roster) Person(id string) (Person, bool) {
	at, ok := r.index().ids[id]
	if !ok {
		return Person{}, false
	}
	return r.People[at], true
}

// ByID returns everybody by their id.
func (r *Roster) ByID() map[string]Person {
	people := make(map[string]Person, len(r.People))
	for _, p := range r.People {
		people[p.ID] = p
	}
	return people
}

// Named returns everybody of that name.
func (r *Roster) Named(name string) []Person {
	x := r.index()
	return x.people(x.named(name))
}

// Called returns those whom a word names: the person with that id, everybody of that
// name, or those of a college who have it: 张伟（机械工程学院）, 机械学院张伟.
func (r *Roster) Called(word string) []Person {
	if p, ok := r.Person(word); ok {
		return []Person{p}
	}
	if found := r.Named(word); len(found) > 0 {
		return found
	}
	return nearest(r.Spoken(word), func(p Person) string {
		before, after, _ := strings.Cut(word, p.Name)
		if before != "" && after != "" {
			return ""
		}
		return strings.Trim(before+after, " 　()（）的-·")
	})
}

// nearest returns those whose college the word for it names in full, or else those
// whose college it may name shortly: 经济学院 is short for 经济管理学院 only where nobody is
// of 经济学院 itself.
func nearest(people []Person, word func(Person) string) []Person {
	short := slices.DeleteFunc(people, func(p Person) bool { return !IsCollege(word(p), p.College) })
	full := slices.DeleteFunc(slices.Clone(short), func(p Person) bool { return word(p) != p.College })
	if len(full) > 0 {
		return full
	}
	return short
}

// Spoken returns everybody whose name stands in a text, in the order of the roster.
func (r *Roster) Spoken(text string) []Person {
	x := r.index()
	return x.people(x.spoken(text))
}

// IsCollege tells whether a word names a college, in full or shortly: 机械学院 and
// 机械工程 for 机械工程学院.
func IsCollege(word, college string) bool {
	short := strings.TrimSuffix(word, "学院")
	const least = 2 // characters
	return word == college && word != "" || utf8.RuneCountInString(short) >= least && strings.HasPrefix(college, short)
}

// Members returns the people of a group in the order of the roster.
func (r *Roster) Members(group string) []Person {
	x := r.index()
	return x.people(x.groups[group])
}

// Holders returns those who have any of some roles, in the order of the roster.
func (r *Roster) Holders(roles ...Role) []Person {
	x := r.index()
	var all []int32
	for _, role := range roles {
		all = append(all, x.roles[role]...)
	}
	slices.Sort(all)
	return x.people(slices.Compact(all))
}

// Groups returns the names of all groups, in the order in which they first
// appear.
func (r *Roster) Groups() []string { return slices.Clone(r.index().order) }

// full is a person's name with the college, as [Roster.Label] writes it.
func (p Person) full() string { return p.Name + "（" + p.College + "）" }

// labelled is what may be a label: 张伟（机械工程学院）.
var labelled = regexp.MustCompile(`(\p{Han}{2,})[（(]\s*(\p{Han}{2,20})\s*[）)]`)

// Unlabel writes the labels in a text as people say them, 机械工程学院张伟, so that what the
// bot has printed is read like what people write. A label that may mean people of two
// colleges stays as it is.
func (r *Roster) Unlabel(text string) string {
	return labelled.ReplaceAllStringFunc(text, func(label string) string {
		m := labelled.FindStringSubmatch(label)
		named := slices.DeleteFunc(r.Spoken(m[1]), func(p Person) bool { return !strings.HasSuffix(m[1], p.Name) })
		found := nearest(named, func(Person) string { return m[2] })
		if len(found) == 0 || slices.ContainsFunc(found, func(p Person) bool { return p.full() != found[0].full() }) {
			return label
		}
		return strings.TrimSuffix(m[1], found[0].Name) + found[0].College + found[0].Name
	})
}

// Label returns how a person is told apart from others in a list that people
// read: the name, with the college where two have the same name.
func (r *Roster) Label(p Person) string {
	if len(r.Named(p.Name)) > 1 && p.College != "" {
		return p.full()
	}
	return p.Name
}

// Labels joins the labels of people with 、.
func (r *Roster) Labels(people []Person) string {
	return zh.List(people, r.Label)
}
