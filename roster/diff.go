package roster

import (
	"fmt"
	"slices"
	"strings"

	"duban/zh"
)

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
		case Change{was, p}.what() != "":
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

// String says in Chinese what would change, with the first names of each kind.
func (d Diff) String() string {
	name := func(p Person) string { return zh.Quote(p.Name, 12) }
	var said []string
	for _, kind := range []struct {
		what  string
		names []string
	}{{"新增", names(d.Added, name)}, {"减少", names(d.Gone, name)}, {"改动", names(d.Changed, func(c Change) string { return name(c.New) + "（" + c.what() + "）" })}} {
		if n := len(kind.names); n > 0 {
			first := strings.Join(kind.names[:min(n, mostNames)], "、")
			if n > mostNames {
				first += "等"
			}
			said = append(said, fmt.Sprintf("%s%d人：%s", kind.what, n, first))
		}
	}
	if said == nil {
		return "与现行名单一致。"
	}
	return strings.Join(said, "；") + "。"
}

// what says in Chinese what of the person is another.
func (c Change) what() string {
	return zh.List(c.Fields(), func(f Field) string { return f.Word })
}

// A Field is one thing of a person that differs, as people read it.
type Field struct{ Word, Old, New string }

// Fields says what of the person is another.
func (c Change) Fields() (all []Field) {
	words := func(p Person) []string {
		only := "否"
		if p.Observer {
			only = "是"
		}
		return []string{p.Name, p.College, zh.List(p.Roles, Role.String), strings.Join(p.Groups, "、"), only}
	}
	was, is := words(c.Old), words(c.New)
	for i, word := range []string{"姓名", "学院", "角色", "群", "只看"} {
		if was[i] != is[i] {
			all = append(all, Field{word, was[i], is[i]})
		}
	}
	return all
}

// Gains tells whether the person gets a right that they had not: a role, or for a lead
// another college.
func (c Change) Gains() bool {
	return c.New.Is(Lead) && c.New.College != c.Old.College || slices.ContainsFunc(c.New.Roles, func(r Role) bool { return r != Counselor && !c.Old.Is(r) })
}

// mostNames is how many people of one kind of change are named.
const mostNames = 8

func names[T any](all []T, name func(T) string) (out []string) {
	for _, v := range all {
		out = append(out, name(v))
	}
	return out
}

// Alarming says in Chinese why the roster does not come into force in the place of old
// without a person's word: a file that was cut off, or another file, looks like that, or
// one in which a column was sorted without the others.
func (r *Roster) Alarming(old *Roster) (why []string) {
	if len(r.People) == 0 {
		why = append(why, "名单里一个人也没有")
	} else if !slices.ContainsFunc(r.People, func(p Person) bool { return p.Is(Admin) }) {
		why = append(why, "名单里没有管理员（在“角色”一列写“管理员”）")
	}
	d := r.Compare(old)
	many := func(n int) bool { return n > 0 && 3*n >= len(old.People) }
	if gone := len(d.Gone); many(gone) {
		why = append(why, fmt.Sprintf("原来的%d人少了%d人", len(old.People), gone))
	}
	d.Changed = slices.DeleteFunc(d.Changed, func(c Change) bool { return c.Old.Name == c.New.Name })
	if renamed := len(d.Changed); many(renamed) {
		why = append(why, fmt.Sprintf("原来的%d人里%d人工号没变、姓名变了，像是有一列错了行", len(old.People), renamed))
	}
	return why
}
