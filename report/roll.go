package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/notice"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// ErrNoNotice means that there is no notice of that number.
var ErrNoNotice = errors.New("no such notice")

// A Roll is who has answered a notice.
type Roll struct {
	Notice notice.Notice
	AsOf   time.Time
	Groups []Group      // colleges, in the order of the roster
	Total  notice.Tally // everybody
	Rest   notice.Tally // those whose names the viewer may not see, together: of a small college counts would name them
	Mark   string       // who exported it, for tables
	Counts bool         // tables hold nobody's name
}

// A Group is a college's people who are asked.
type Group struct {
	Name    string
	Tally   notice.Tally
	Answers []Answer // of those whose names the viewer may see, in the order of the roster
}

// An Answer is how one person stands with a notice.
type Answer struct {
	Name, College string
	Standing      notice.Standing
	Late          bool
	At            time.Time // when they answered
	By            string    // who answered for them
	Note          string    // what they added, defanged
}

// word is how the person stands, in a word.
func (a *Answer) word() string {
	if a.Late {
		return string(a.Standing) + "（迟）"
	}
	return string(a.Standing)
}

// Words for the head of a list of people who stand alike. Who has answered comes
// last: the others are what people look for.
func words() []string {
	late := func(s notice.Standing) string { return string(s) + "（迟）" }
	return []string{
		string(notice.Silent), string(notice.Unread), string(notice.Read), string(notice.Unsent), string(notice.Unbound), string(notice.Half), string(notice.OnLeave),
		late(notice.Answered), late(notice.Delegated), string(notice.Delegated), string(notice.Answered), string(notice.Gone),
	}
}

func gatherAnswers(s *store.Snapshot, o Order) (*Roll, error) {
	n, ok := notice.Find(s, o.Notice)
	if !ok {
		return nil, ErrNoNotice
	}
	c, items := notice.CircumstancesOf(s, n), notice.Items(s, n.Number)
	f := filling{&Roll{Notice: n, AsOf: s.Now().In(o.Zone), Mark: o.Viewer.Mark, Counts: o.Counts}, peopleOf(roster.Current(s)), o, map[string]int{}}
	slices.SortStableFunc(items, func(a, b notice.Item) int { return f.people.place(a.Person) - f.people.place(b.Person) })
	for _, i := range items {
		f.add(i, c.Standing(i))
	}
	return f.roll, nil
}

// A filling is a roll while it is put together.
type filling struct {
	roll   *Roll
	people *people
	order  Order
	at     map[string]int // where in the roll a college is
}

// add enters an item; they come in the order of the roster.
func (f *filling) add(i notice.Item, st notice.Standing) {
	p, known := f.people.find(i.Person)
	if !known {
		p = roster.Person{ID: i.Person, Name: i.Person, College: "已不在名单"}
	}
	f.roll.Total.Add(i, st)
	if !f.order.Viewer.Sees(p) {
		f.roll.Rest.Add(i, st)
		return
	}
	name := cmp.Or(p.College, "未写学院")
	if v := f.order.Viewer; !v.All && v.College == "" {
		name = "本人"
	}
	if _, ok := f.at[name]; !ok {
		f.at[name] = len(f.roll.Groups)
		f.roll.Groups = append(f.roll.Groups, Group{Name: name})
	}
	g := &f.roll.Groups[f.at[name]]
	g.Tally.Add(i, st)
	g.Answers = append(g.Answers, f.people.answer(i, p, st, f.order.Zone))
}

// answer is how one person stands.
func (p *people) answer(i notice.Item, who roster.Person, st notice.Standing, zone *time.Location) Answer {
	a := Answer{Name: p.within(who), College: who.College, Standing: st, Late: i.Late, Note: zh.Defang(i.Note)}
	if by, ok := p.find(i.By); ok && i.By != "" {
		a.By = p.label(by)
	}
	if at := cmp.Or(i.Closed, i.Received); !at.IsZero() {
		a.At = at.In(zone)
	}
	return a
}

// Say writes who answered for a chat.
func (roll *Roll) Say() (head string, blocks []string) {
	head = fmt.Sprintf("通知%d（截至%s）：", roll.Notice.Number, zh.Moment(roll.AsOf))
	if !roll.Notice.Class.Asks() {
		return head + "不要求回复。", nil
	}
	head += roll.Total.Line(roll.Notice) + "。"
	for i := range roll.Groups {
		blocks = append(blocks, roll.block(&roll.Groups[i]))
	}
	if roll.partial() {
		blocks = append(blocks, fmt.Sprintf("另有%d人，只计人数。", roll.Rest.Asked))
	}
	return head, blocks
}

// partial tells whether the viewer sees the names of some and not of all.
func (roll *Roll) partial() bool { return len(roll.Groups) > 0 && roll.Rest.Asked > 0 }

// block writes a college with the names of who stands how.
func (roll *Roll) block(g *Group) string {
	var b strings.Builder
	b.WriteString(g.Name + "：" + g.Tally.Line(roll.Notice))
	for _, l := range g.lists() {
		b.WriteString("\n　" + l.word + "：" + strings.Join(l.names, "、"))
	}
	return b.String()
}

// A list is the people of a college who stand alike.
type list struct {
	word  string
	names []string
}

func (g *Group) lists() (all []list) {
	by := map[string][]string{}
	for i := range g.Answers {
		a := &g.Answers[i]
		name := a.Name
		if a.By != "" {
			name += "（" + a.By + "代）"
		}
		by[a.word()] = append(by[a.word()], name)
	}
	for _, w := range words() {
		if len(by[w]) > 0 {
			all = append(all, list{w, by[w]})
		}
	}
	return all
}
