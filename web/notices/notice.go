package notices

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// A figure is a number above its word.
type figure struct {
	N    int
	Word string
	Red  bool
}

// A person is one of whom a notice asks something.
type person struct {
	Name, College string
	Why           string // why there is no answer
	Said          string // their words
	Tag, At       string
	To            string // where what is missing can be mended

	answered time.Time
}

// A view is what the page of one notice shows.
type view struct {
	Number  int
	Title   string
	Facts   string
	Asks    bool
	Figures []figure
	Bar     template.HTML
	Key     []page.Colour
	Line    string

	Missing  []person
	Hidden   int // how many more the person may not see
	Excused  []person
	Answered []person
	Rest     string // names of those answers that are not listed

	Text  string // exactly as it was posted
	Body  string // without what is written around it
	Where string
	Edits []string

	Export string // where the person may take the answers out

	Act  bool // the person may do something to it
	Open bool
	Left bool
	Due  string // as a field has it
	AsOf string

	Editing string // the form that is open: due, text
	Large   bool
	Error   string
}

func showNotice(r *page.Request) error { return showWith(r, 0, func(*view) {}) }

func showWith(r *page.Request, status int, alter func(*view)) error {
	var v view
	found := false
	err := r.Look(func(s *store.Snapshot) error {
		n, ok := notice.Find(s, r.Number())
		if found = ok; ok {
			v = look(r, s, n)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case !found:
		return page.NotFound()
	}
	alter(&v)
	shape := page.Framed
	if v.Act && v.Open {
		shape = page.Task
	}
	return r.Show(views, page.View{Name: "notice", Title: fmt.Sprintf("通知%d", v.Number), Nav: "/notices", Shape: shape, Status: status, Data: v})
}

func look(r *page.Request, s *store.Snapshot, n notice.Notice) view {
	v := view{
		Number: n.Number, Title: title(n), Asks: n.Class.Asks(), Facts: strings.Join(facts(r, s, n), "，"),
		Text: n.Post(), Body: n.Text, Act: r.May(chat.Announce), Open: n.Closed.IsZero(), Left: n.Left(s), AsOf: r.House.Clock(s.Now()),
	}
	v.Where = strings.Join(n.Groups, "、") + " " + r.House.When(n.Asked())
	if !n.Due.IsZero() {
		v.Due = n.Due.In(r.House.Zone).Format(fieldTime)
	}
	people := roster.Current(s)
	for _, e := range slices.Backward(n.Edits) {
		v.Edits = append(v.Edits, edited(r, people, e))
	}
	if v.Asks && r.May(chat.Export) {
		v.Export = fmt.Sprintf("/export/notices/%d", n.Number)
	}
	if v.Asks {
		items, t := tally(s, n)
		v.count(n, t)
		v.list(r, s, n, people, items)
	}
	return v
}

func edited(r *page.Request, people *roster.Roster, e notice.Edit) string {
	who, what := "", "小改"
	if p, ok := people.Person(e.By); ok {
		who = "，" + people.Label(p)
	}
	if e.Large {
		what = "大改，请大家重新回复"
	}
	return r.House.When(e.At) + what + who
}

func (v *view) count(n notice.Notice, t notice.Tally) {
	done, way := "已回", "由代办回"
	v.Figures = []figure{{N: t.Done, Word: done}}
	switch {
	case n.Confirm:
		done, way = "已落实", "收到未落实"
		v.Figures = []figure{{N: t.Received(), Word: "已收到"}, {N: t.Done, Word: done}}
	case n.Class == notice.Report:
		done = "已报"
		v.Figures[0].Word = done
	}
	v.Figures = append(v.Figures, figure{N: t.Absent, Word: "请假"}, figure{N: t.Open - t.Half, Word: "未回", Red: t.Open-t.Half > 0}, figure{N: t.Asked, Word: "应回"})
	v.Bar, v.Line = bar(n, t), t.Line(n)
	v.Key = []page.Colour{{F: 1, Word: done}, {F: 2, Word: way}, {F: 3, Word: "请假"}, {F: 0, Word: "未回"}}
}

// Most people that are listed, one a line; of answers few are enough.
const (
	mostMissing  = 300
	mostAnswered = 30
)

// list lists the people of a notice as far as the person may see them.
func (v *view) list(r *page.Request, s *store.Snapshot, n notice.Notice, people *roster.Roster, items []notice.Item) {
	c, byID := notice.CircumstancesOf(s, n), people.ByID()
	for _, i := range items {
		p, known := byID[i.Person]
		standing := c.Standing(i)
		if !known || standing == notice.Gone {
			continue
		}
		if !chat.MaySee(r.Person, p) {
			v.Hidden++
			continue
		}
		x := person{Name: p.Name, College: p.College, Why: why(r, s, people, i, standing)}
		switch standing {
		case notice.Answered, notice.Delegated:
			x.answered, x.At = i.Closed, r.House.When(i.Closed)
			x.said(people, i)
			v.Answered = append(v.Answered, x)
		case notice.OnLeave:
			v.Excused = append(v.Excused, x)
		case notice.Unbound:
			x.To = r.Open("/people/bind")
			v.Missing = append(v.Missing, x)
		default:
			if standing == notice.Half {
				x.said(people, i)
			}
			v.Missing = append(v.Missing, x)
		}
	}
	slices.SortStableFunc(v.Answered, func(a, b person) int { return b.answered.Compare(a.answered) })
	if len(v.Answered) > mostAnswered {
		v.Rest = zh.List(v.Answered[mostAnswered:], func(p person) string { return p.Name })
	}
}

// ListedMissing are those who are shown one a line.
func (v view) ListedMissing() []person { return v.Missing[:min(len(v.Missing), mostMissing)] }

// MoreMissing is how many more there are.
func (v view) MoreMissing() int { return len(v.Missing) - len(v.ListedMissing()) }

// ListedAnswered are those who are shown one a line.
func (v view) ListedAnswered() []person { return v.Answered[:min(len(v.Answered), mostAnswered)] }

func (p *person) said(people *roster.Roster, i notice.Item) {
	p.Said = zh.Quote(i.Note, 200)
	if by, ok := people.Person(i.By); ok && i.State == notice.Done {
		p.Tag = "由" + people.Label(by) + "代回"
	}
	if i.Late {
		p.Tag = strings.TrimPrefix(p.Tag+"，迟", "，")
	}
}

// why says in full why somebody has not answered.
func why(r *page.Request, s *store.Snapshot, people *roster.Roster, i notice.Item, standing notice.Standing) string {
	why := map[notice.Standing]string{
		notice.Silent: "没有回", notice.Unread: "送达了，还没读", notice.Half: "回了“收到”，还没有说“已落实”",
		notice.Unsent:  "还没送达：消息没有发到所在的群",
		notice.Unbound: "身份没绑定：不知道是哪个账号，认领后自动补记",
	}[standing]
	switch {
	case standing == notice.Read:
		why = "看到了没回，" + r.House.When(i.Read) + "读的"
	case standing == notice.OnLeave:
		return onLeave(r, s, people, i)
	case !i.Older.IsZero():
		why = "改之前回过，改了以后没有回"
	case i.Glanced():
		why = "回了“收到”，还没有填报"
	}
	if !i.Chased.IsZero() {
		why += "，" + r.House.When(i.Chased) + "提醒过"
		if i.Chases > 1 {
			why += fmt.Sprintf("（一共%d次）", i.Chases)
		}
	}
	if len(i.Steps) > 0 {
		if last := i.Steps[len(i.Steps)-1]; last.To != notice.ToPerson {
			why += "，已告诉" + last.To.Word()
		}
	}
	return why
}

func onLeave(r *page.Request, s *store.Snapshot, people *roster.Roster, i notice.Item) string {
	l, ok := store.Load[roster.Leave](s, i.Leave)
	if !ok {
		return "请假"
	}
	why := "请假"
	if !l.To.IsZero() {
		why += "到" + zh.Date(l.To.In(r.House.Zone))
	}
	if p, ok := people.Person(l.Delegate); ok {
		return why + "，" + people.Label(p) + "代办"
	}
	return why + "，没有代办"
}
