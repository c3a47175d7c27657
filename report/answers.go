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
	Groups []Group // colleges, in the order of the roster
	Hidden int     // people whose names the viewer may not see; they are counted
	Names  bool    // the viewer may see some names
	Mark   string
}

// A Group is a college's people who are asked.
type Group struct {
	Name string
	Done, Late, Absent, Open,
	Unsent int // of Open, those whom no post has reached
	Answers []Answer // of those whose names the viewer may see
}

// Asked is how many people of the group are asked.
func (g *Group) Asked() int { return g.Done + g.Absent + g.Open }

// An Answer is how one person stands with a notice.
type Answer struct {
	Name, College string
	Standing      Standing
	At            time.Time // when they answered
	Note          string    // what they added, defanged
}

// A Standing is how a person stands with a notice, in a word.
type Standing string

// The standings, in the order in which they are shown.
const (
	Unanswered Standing = "未回"
	Unsent     Standing = "未送达"
	OnLeave    Standing = "请假"
	Late       Standing = "已回（迟）"
	Answered   Standing = "已回"
)

func gatherAnswers(s *store.Snapshot, o Order) (*Roll, error) {
	n, ok, err := s.Notice(o.Notice)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrNoNotice
	}
	items, err := s.Items(n.Number)
	if err != nil {
		return nil, err
	}
	r, err := s.Roster()
	if err != nil {
		return nil, err
	}
	reached, err := reachedGroups(s, n)
	if err != nil {
		return nil, err
	}
	roll := &Roll{Notice: n, AsOf: s.Now().In(o.Zone), Mark: o.Viewer.Mark, Names: o.Viewer != Viewer{Mark: o.Viewer.Mark}}
	roll.fill(items, r, reached, o)
	return roll, nil
}

// reachedGroups says in which of its groups a notice was posted.
func reachedGroups(s *store.Snapshot, n notice.Notice) (map[string]bool, error) {
	reached := map[string]bool{}
	for _, g := range n.Groups {
		targets, err := s.Targets([]string{g})
		if err != nil {
			return nil, err
		}
		if reached[g], err = s.Reached(n.Number, targets); err != nil {
			return nil, err
		}
	}
	return reached, nil
}

// fill enters the items, in the order of the roster.
func (roll *Roll) fill(items []notice.Item, r *roster.Roster, reached map[string]bool, o Order) {
	people := peopleOf(r)
	place := make(map[string]int, len(r.People))
	for i, p := range r.People {
		place[p.ID] = i
	}
	slices.SortFunc(items, func(a, b notice.Item) int {
		return cmp.Or(placeOf(place, a.Person)-placeOf(place, b.Person), cmp.Compare(a.Person, b.Person))
	})
	at := map[string]int{}
	for _, i := range items {
		p, known := people.byID[i.Person]
		if !known {
			p = roster.Person{ID: i.Person, Name: "已不在名单", College: "已不在名单"}
		}
		college := cmp.Or(p.College, "未写学院")
		if _, ok := at[college]; !ok {
			at[college] = len(roll.Groups)
			roll.Groups = append(roll.Groups, Group{Name: college})
		}
		g := &roll.Groups[at[college]]
		st := standing(i, reached)
		g.count(st)
		if !o.Viewer.sees(p) {
			roll.Hidden++
			continue
		}
		a := Answer{Name: people.label(p), College: p.College, Standing: st, Note: zh.Defang(i.Note)}
		if !i.Closed.IsZero() {
			a.At = i.Closed.In(o.Zone)
		}
		g.Answers = append(g.Answers, a)
	}
}

// placeOf is where on the roster a person stands; who is not on it comes last.
func placeOf(place map[string]int, id string) int {
	if i, ok := place[id]; ok {
		return i
	}
	return len(place)
}

func standing(i notice.Item, reached map[string]bool) Standing {
	switch i.State {
	case notice.Done:
		if i.Late {
			return Late
		}
		return Answered
	case notice.Absent:
		return OnLeave
	case notice.Open:
	}
	if !slices.ContainsFunc(i.Groups, func(g string) bool { return reached[g] }) {
		return Unsent
	}
	return Unanswered
}

func (g *Group) count(st Standing) {
	switch st {
	case Answered:
		g.Done++
	case Late:
		g.Done++
		g.Late++
	case OnLeave:
		g.Absent++
	case Unsent:
		g.Open++
		g.Unsent++
	case Unanswered:
		g.Open++
	}
}

// Total adds the groups up.
func (roll *Roll) Total() Group {
	var t Group
	for _, g := range roll.Groups {
		t.Done += g.Done
		t.Late += g.Late
		t.Absent += g.Absent
		t.Open += g.Open
		t.Unsent += g.Unsent
	}
	return t
}

// String writes the counts of a group: 应回32，已回27，请假2，未回3.
func (g *Group) String() string {
	text := fmt.Sprintf("应回%d，已回%d", g.Asked(), g.Done)
	if g.Late > 0 {
		text += fmt.Sprintf("（其中迟%d）", g.Late)
	}
	if g.Absent > 0 {
		text += fmt.Sprintf("，请假%d", g.Absent)
	}
	text += fmt.Sprintf("，未回%d", g.Open)
	if g.Unsent > 0 {
		text += fmt.Sprintf("（其中消息还没送达%d）", g.Unsent)
	}
	return text
}

// Say writes who answered for a chat.
func (roll *Roll) Say() (head string, blocks []string) {
	total := roll.Total()
	head = fmt.Sprintf("通知%d（截至%s）：", roll.Notice.Number, moment(roll.AsOf))
	if !roll.Notice.Class.Asks() {
		return head + "不要求回复。", nil
	}
	head += total.String() + "。"
	for i := range roll.Groups {
		blocks = append(blocks, roll.Groups[i].block())
	}
	if roll.Hidden > 0 && roll.Names {
		blocks = append(blocks, fmt.Sprintf("另有其他学院%d人，只计人数。", roll.Hidden))
	}
	return head, blocks
}

// block writes a college with the names of those who are not simply there.
func (g *Group) block() string {
	text := g.Name + "：" + g.String()
	for _, st := range []Standing{Unanswered, Unsent, OnLeave, Late} {
		var names []string
		for _, a := range g.Answers {
			if a.Standing == st {
				names = append(names, a.Name)
			}
		}
		if len(names) > 0 {
			text += "\n　" + string(st) + "：" + strings.Join(names, "、")
		}
	}
	return text
}
