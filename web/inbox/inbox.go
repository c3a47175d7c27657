// Package inbox is the view of what waits for the office's word: what was not understood,
// what people ask, and what they apply for. Each is settled as in chat.
package inbox

import (
	"embed"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"duban/handlers/chat"
	updates "duban/handlers/progress"
	"duban/handlers/reading"
	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

// Routes are the pages of this package.
func Routes() []page.Route {
	return []page.Route{
		page.Get("/inbox", chat.Decide, show),
		page.Post("/inbox/{n}", chat.Decide, answer),
		page.Post("/inbox/requests/{n}", chat.Plan, decide),
	}
}

// A choice is one thing that may have been meant.
type choice struct {
	Words string // of the button
	Text  string // what it answers
}

// A question waits for an answer, or to be understood.
type question struct {
	Number  int
	Text    string
	Who     string
	Choices []choice
	Typed   string // an answer that was not taken
	Error   string
}

// A request waits for being agreed to.
type request struct {
	Number       int
	What, Reason string
	When         string
	Typed, Error string
}

// A view is what the page shows.
type view struct {
	Unclear  []question
	Asked    []question
	Requests []request
	AsOf     string
	Count    int
}

// A trial is an answer that was not taken.
type trial struct {
	number      int
	request     bool
	typed, said string
}

func show(r *page.Request) error { return showWith(r, trial{}) }

func showWith(r *page.Request, failed trial) error {
	var v view
	err := r.Look(func(s *store.Snapshot) error {
		v = look(r, s, failed)
		return nil
	})
	if err != nil {
		return err
	}
	status := 0
	if failed.said != "" {
		status = http.StatusUnprocessableEntity
	}
	return r.Show(views, page.View{Name: "inbox", Title: "收件箱", Nav: "/inbox", Data: v, Status: status})
}

func look(r *page.Request, s *store.Snapshot, failed trial) view {
	v := view{AsOf: r.House.Clock(s.Now())}
	t := r.Chat(s)
	for _, q := range progress.Questions.Open(s) {
		x := question{Number: q.Number, Text: q.Text, Who: who(r, t.Roster, q)}
		if failed.number == q.Number && !failed.request {
			x.Typed, x.Error = failed.typed, failed.said
		}
		if q.Kind == chat.Uncertain {
			x.Choices = choices(t, q.Text)
			v.Unclear = append(v.Unclear, x)
		} else {
			v.Asked = append(v.Asked, x)
		}
	}
	if r.May(chat.Plan) {
		for _, q := range progress.Requests.Open(s) {
			x := request{Number: q.Number, What: what(t, q), Reason: zh.Quote(q.Reason, 100), When: r.House.When(q.Asked)}
			if failed.number == q.Number && failed.request {
				x.Typed, x.Error = failed.typed, failed.said
			}
			v.Requests = append(v.Requests, x)
		}
	}
	v.Count = len(v.Unclear) + len(v.Asked) + len(v.Requests)
	return v
}

func who(r *page.Request, people *roster.Roster, q progress.Question) string {
	name := "已经不在名单上的人"
	if p, ok := people.Person(q.Person); ok {
		name = p.Name + "（" + p.College + "）"
	}
	where := "私聊"
	if q.Group {
		where = "群里"
	}
	return fmt.Sprintf("%s，%s，%s，问题%d", name, where, r.House.When(q.Asked), q.Number)
}

func what(t *chat.Request, q progress.Request) string {
	p, _ := t.Roster.Person(q.Person)
	if q.Kind == progress.Postponing {
		return fmt.Sprintf("%s申请把%s延到%s", t.Roster.Label(p), updates.MeasuresLine(t.Plan, q.Measures), q.Due)
	}
	if q.Leave != nil {
		return fmt.Sprintf("%s从%s起请假，没有说到哪天", t.Roster.Label(p), zh.Date(q.Leave.From.In(t.Desk.Options.Zone)))
	}
	return t.Roster.Label(p) + "请假，没有说到哪天"
}

// mostChoices is how many readings of one text are offered.
const mostChoices = 4

// choices are the readings of what was not understood that can be booked as they are: what
// the text itself may mean, and then the measures that are about its words.
func choices(t *chat.Request, text string) (all []choice) {
	add := func(said string) {
		r := reading.Read(reading.Input{Text: said, Bots: t.Desk.Options.Names})
		if r.Kind != reading.Progress || len(r.Items) != 1 || r.Items[0].Measure == 0 || len(all) == mostChoices {
			return
		}
		it := r.Items[0]
		c := choice{fmt.Sprintf("第%d条 %s", it.Measure, it.Status), said}
		if it.Stated {
			c.Words = fmt.Sprintf("第%d条 %d%%", it.Measure, it.Percent)
		}
		if !slices.ContainsFunc(all, func(o choice) bool { return o.Words == c.Words }) {
			all = append(all, c)
		}
	}
	for _, r := range reading.Read(reading.Input{Text: text, Bots: t.Desk.Options.Names}).Choices {
		if len(r.Items) == 1 && r.Items[0].Stated {
			add(fmt.Sprintf("第%d条完成%d%%", r.Items[0].Measure, r.Items[0].Percent))
		}
	}
	found := t.Index().Find(text)
	for _, h := range append(found.Hits, found.Nearest...) {
		if h.Node.Kind == plan.Measure && h.Node.Number != "" {
			add("第" + h.Node.Number + "条 " + text)
		}
	}
	return all
}

// answer answers a question as the chat does.
func answer(r *page.Request) error {
	n, typed := r.Number(), strings.ReplaceAll(r.Field("text"), "\r\n", "\n")
	settled := func(s *store.Snapshot) (known, done bool) {
		q, ok := progress.Questions.Find(s, n)
		return ok, ok && !q.Answered.IsZero()
	}
	return settle(r, "reply", strings.TrimSpace(fmt.Sprintf("%d %s", n, typed)), "answered", settled, trial{number: n, typed: typed})
}

// decide agrees to a request, or does not.
func decide(r *page.Request) error {
	n, reason := r.Number(), r.Field("reason")
	command, rest, done := "refuse", strings.TrimSpace(fmt.Sprintf("%d %s", n, reason)), "refused"
	if r.Field("granted") != "" {
		command, rest, done = "agree", strconv.Itoa(n), "granted"
	}
	settled := func(s *store.Snapshot) (known, done bool) {
		q, ok := progress.Requests.Find(s, n)
		return ok, ok && !q.Decided.IsZero()
	}
	return settle(r, command, rest, done, settled, trial{number: n, request: true, typed: reason})
}

// settle gives a command that settles something which waits, and says so, or why not.
func settle(r *page.Request, command, rest, done string, settled func(*store.Snapshot) (known, done bool), try trial) error {
	known, over := false, false
	look := func(s *store.Snapshot) error {
		known, over = settled(s)
		return nil
	}
	if err := r.Look(look); err != nil {
		return err
	}
	switch {
	case !known:
		return page.NotFound()
	case over:
		return page.Refuse("已经有人答过了", "没有再答一次。", page.Way{Words: "看收件箱", To: "/inbox"})
	}
	said, err := r.Command(command, rest)
	if err == nil {
		err = r.Look(look)
	}
	switch {
	case err != nil:
		return err
	case !over:
		try.said = said
		return showWith(r, try)
	}
	return r.Done("/inbox", done)
}
