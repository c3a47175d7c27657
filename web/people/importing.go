package people

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/people"
	updates "duban/handlers/progress"
	"duban/notice"
	"duban/plan"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// mostLines is how many people of one kind of change are listed.
const mostLines = 50

// sureWord is what must be typed for a list that may be another file, or cut off.
const sureWord = "仍要导入"

// A changed is somebody whose row differs.
type changed struct {
	Name   string
	Fields []roster.Field
	Gains  bool
}

// A gone is somebody who is not on the new list.
type gone struct{ Name, College, Why, Path string }

// An importing is what the page shows of a new list. The file travels with the page, so
// that nothing is kept of a list that nobody takes.
type importing struct {
	Error, Now string
	Name, Data string
	Rev, Over  string // what was looked at, and what it would replace

	All, Same int
	Added     string
	AddedN    int
	Changed   []changed
	ChangedN  int
	Gone      []gone
	GoneN     int
	Remarks   []string // what was not understood, or may not be meant
	Alarms    []string // what wants the word
	Gains     []string // who gets rights
	Ready     bool

	Word, Typed        string // what must be typed, and what was
	Sure               bool
	BadWord, Unchecked string
}

// Touched is how many rows differ.
func (v importing) Touched() int { return v.AddedN + v.ChangedN + v.GoneN }

// More is how many of a number are not listed.
func (v importing) More(n int) int { return max(0, n-mostLines) }

func askFile(r *page.Request) error { return showImport(r, importing{}) }

func showImport(r *page.Request, v importing) error {
	v.Word = sureWord
	err := r.Look(func(s *store.Snapshot) error {
		v.Now = fmt.Sprintf("现在的名单有%d人。", len(roster.Current(s).People))
		return nil
	})
	if err != nil {
		return err
	}
	wrong := v.Error + v.BadWord + v.Unchecked
	return r.Show(views, page.View{Name: "importing", Title: "导入名单", Nav: "/people", Shape: page.Task, Data: v, Status: invalid(wrong)})
}

// upload returns the file that came, or came back.
func upload(r *page.Request) (name string, data []byte, err error) {
	return r.Upload("/people/import", "请只留名单那一张表，再导入。")
}

// look shows what a list would change.
func look(r *page.Request) error {
	name, data, err := upload(r)
	if err != nil {
		return err
	}
	next, err := roster.Read(name, data)
	if errors.Is(err, roster.ErrFormat) {
		return showImport(r, importing{Error: err.Error() + "。"})
	} else if err != nil {
		return err
	}
	v := importing{Name: name, Data: page.Carried(data)}
	if err := v.read(r, next); err != nil {
		return err
	}
	return showImport(r, v)
}

func (v *importing) read(r *page.Request, next *roster.Roster) error {
	return r.Look(func(s *store.Snapshot) error {
		v.compare(r.Chat(s), next)
		return nil
	})
}

// compare says what a new list would change.
func (v *importing) compare(t *chat.Request, next *roster.Roster) {
	d := next.Compare(t.Roster)
	v.Rev, v.Over = next.Revision(), roster.Revision(t.Snap)
	v.All, v.Same = len(next.People), len(next.People)-len(d.Added)-len(d.Changed)
	v.AddedN, v.ChangedN, v.GoneN = len(d.Added), len(d.Changed), len(d.Gone)
	v.Ready = !d.Empty()
	v.Added = zh.List(d.Added[:min(mostLines, v.AddedN)], func(p roster.Person) string {
		return p.Name + "（" + strings.TrimPrefix(p.College+"，"+rolesOf(p), "，") + "）"
	})
	for _, c := range d.Changed {
		x := changed{next.Label(c.New), c.Fields(), c.Gains()}
		if x.Gains {
			v.Gains = append(v.Gains, x.Name)
		}
		if len(v.Changed) < mostLines {
			v.Changed = append(v.Changed, x)
		}
	}
	if len(t.Roster.People) > 0 {
		for _, p := range d.Added {
			if p.Is(roster.Admin, roster.Office) {
				v.Gains = append(v.Gains, next.Label(p))
			}
		}
	}
	for _, p := range d.Gone[:min(mostLines, v.GoneN)] {
		v.Gone = append(v.Gone, goneOf(t, p))
	}
	v.Remarks = append(v.Remarks, next.Remarks...)
	if twins := newTwins(t.Roster, next); len(twins) > 0 {
		v.Remarks = append(v.Remarks, zh.Join(twins, "、", func(n string) string { return "“" + n + "”" })+"有同名的，工号不同，按不同的人处理")
	}
	v.Alarms = alarms(t, next)
}

// newTwins are names of more than one person, which were of one at most before.
func newTwins(old, next *roster.Roster) (names []string) {
	for _, p := range next.People {
		if len(next.Named(p.Name)) > 1 && len(old.Named(p.Name)) < 2 && !slices.Contains(names, p.Name) && len(names) < mostLines {
			names = append(names, p.Name)
		}
	}
	return names
}

// alarms are why a list does not come into force without a word.
func alarms(t *chat.Request, next *roster.Roster) []string {
	if len(t.Roster.People) == 0 && len(next.People) == 0 {
		return nil
	}
	why := next.Alarming(t.Roster)
	if me, there := next.Person(t.Person.ID); !there || !me.Is(roster.Admin) {
		why = append(why, "新名单里您不是管理员，导入后这些页面您就打不开了；新的管理员请在装督办的电脑上运行 duban web code，用给的8位码设密码")
	}
	return why
}

// goneOf says what somebody leaves behind who is not on the new list.
func goneOf(t *chat.Request, p roster.Person) gone {
	x := gone{Name: p.Name, College: p.College}
	var why []string
	ids := zh.Join(people.MeasuresOf(t, p), " ", func(n *plan.Node) string { return n.ID })
	if ids != "" {
		why = append(why, "负责"+updates.MeasuresLine(t.Plan, strings.Fields(ids))+"，导入后没有负责人")
		x.Path = pathOf(t.Snap, p)
	}
	if n := len(notice.Owing(t.Snap, p.ID)); n > 0 {
		why = append(why, fmt.Sprintf("有%d条通知没回，导入后不再等他回", n))
	}
	for _, l := range roster.Entrusted(t.Snap, p.ID, t.Now()) {
		if absent, ok := t.Roster.Person(l.Person); ok {
			why = append(why, t.Roster.Label(absent)+"请假由他代办")
		}
	}
	if x.Why = strings.Join(why, "；"); x.Why == "" {
		x.Why = "没有要转给别人的"
	}
	return x
}

// take makes a list the roster, if it is what was looked at and the word is given that
// it wants.
func take(r *page.Request) error {
	name, data, err := upload(r)
	if err != nil {
		return err
	}
	next, err := roster.Read(name, data)
	if err != nil {
		return page.Refuse("没有导入：文件读不了", "请重新选文件。", page.Way{Words: "选文件", To: "/people/import"})
	}
	v := importing{Name: name, Data: page.Carried(data), Sure: r.Field("sure") != "", Typed: r.Field("word")}
	if err := v.read(r, next); err != nil {
		return err
	}
	if v.Rev != r.Field("rev") || v.Over != r.Field("over") {
		return moved()
	}
	if len(v.Alarms) > 0 && zh.Bare(v.Typed) != sureWord {
		v.BadWord = "还没有导入：要导入，请照样写上“" + sureWord + "”。"
	}
	if len(v.Gains) > 0 && !v.Sure {
		v.Unchecked = "还没有导入：请核实后在这里打勾。"
	}
	if v.BadWord+v.Unchecked != "" {
		return showImport(r, v)
	}
	ok := false
	err = r.Change(func(tx *store.Tx) error {
		if ok = roster.Revision(tx.Snapshot) == v.Over; ok {
			roster.Import(tx, next, store.Audit{Actor: r.Person.ID, Source: store.Page})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !ok {
		return moved()
	}
	return r.Done("/people", "roster")
}

func moved() error {
	return page.Refuse("没有导入：名单刚刚被别人换过", "请重新选文件，再看一遍改了什么。", page.Way{Words: "选文件", To: "/people/import"})
}
