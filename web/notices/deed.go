package notices

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	orders "duban/handlers/notices"
	"duban/notice"
	"duban/store"
	"duban/web/page"
)

// fieldTime is a time as a field of a form has it.
const fieldTime = "2006-01-02T15:04"

// A deed is something that is done to a notice, as its page shows it: before, with what
// will happen, or after.
type deed struct {
	Number int
	Back   string
	Verb   string
	Not    string // says that it is not done
	Head   string
	To     string   // where the text goes
	Text   string   // exactly what people will see
	Facts  []string // whom it reaches, what it costs
	Doubts []string // what may be wrong
	Code   string   // confirms it
	Done   string   // what the chat said to it
	Edit   string   // where what was typed can be changed, with what that was
	Typed  []field

	Encloses bool   // a file can go with it
	Enclosed bool   // and one does
	Problem  string // what was wrong with the last one

	Later string // the code by which it is done without a second admin
	Stop  bool   // it can be called off for two minutes
}

// A field keeps what was typed.
type field struct{ Name, Value string }

// onNotice lets the chat preview a command on a notice, or do it if it needs no preview.
func onNotice(command, verb string) func(*page.Request) error {
	return func(r *page.Request) error {
		n, err := find(r)
		if err != nil {
			return err
		}
		rest, problem := "", ""
		if command == "change" {
			rest, problem = changeOf(r, n)
		}
		if problem != "" || r.Field("edit") != "" {
			return showAgain(r, problem)
		}
		p, err := r.Propose(command, strings.TrimSpace(fmt.Sprint(n.Number)+" "+rest))
		if err != nil {
			return err
		}
		d := deed{Number: n.Number, Back: fmt.Sprintf("/notices/%d", n.Number), Verb: verb, Not: "不" + verb + "了"}
		switch {
		case p.Code == "" && command == "change":
			return showAgain(r, "没有改。"+p.Text)
		case p.Code == "":
			d.Done = p.Text
			return showDeed(r, d)
		case command == "change":
			d.Edit = d.Back + "/change"
			for _, name := range []string{"due", "size", "text"} {
				d.Typed = append(d.Typed, field{name, r.Field(name)})
			}
		}
		d.propose(p)
		d.To = strings.Join(n.Groups, "、")
		d.Head = map[string]string{"催": "催通知%d？", "改": "照这样改通知%d？", "撤回": "撤回通知%d？"}[verb]
		d.Head = fmt.Sprintf(d.Head, n.Number)
		return showDeed(r, d)
	}
}

// showAgain shows the page of a notice again with what was typed into its form, and what
// is wrong with it.
func showAgain(r *page.Request, problem string) error {
	status := 0
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	return showWith(r, status, func(v *view) {
		v.Error, v.Large, v.Editing = problem, r.Field("size") == "大改", "due"
		if text := r.Field("text"); text != "" {
			v.Body, v.Editing = text, "text"
		}
		if due := r.Field("due"); due != "" {
			v.Due = due
		}
	})
}

func find(r *page.Request) (n notice.Notice, err error) {
	ok := false
	err = r.Look(func(s *store.Snapshot) error {
		n, ok = notice.Find(s, r.Number())
		return nil
	})
	if err == nil && !ok {
		err = page.NotFound()
	}
	return n, err
}

// changeOf writes down, as the chat has it, what was changed in the form of a notice.
func changeOf(r *page.Request, n notice.Notice) (rest, problem string) {
	size, text := r.Field("size"), lines(r.Field("text"))
	if size != "大改" {
		size = "小改"
	}
	until, ok := dueField(r, r.Field("due"))
	switch {
	case !ok:
		return "", "没有改：截止的时间没读懂。"
	case until != "" && r.Field("due") != n.Due.In(r.House.Zone).Format(fieldTime):
		size += " 截止" + until
	case text == "" || text == n.Text:
		return "", "没有改：和原来一样。"
	}
	if text != "" && text != n.Text {
		size += "：" + text
	}
	return size, ""
}

// lines are those of a field, ended as everywhere else.
func lines(typed string) string { return strings.ReplaceAll(typed, "\r\n", "\n") }

// dueField writes the time of a field as people do.
func dueField(r *page.Request, typed string) (words string, ok bool) {
	if typed == "" {
		return "", true
	}
	at, err := time.ParseInLocation(fieldTime, typed, r.House.Zone)
	if err != nil {
		return "", false
	}
	return at.Format("2006年1月2日15:04"), true
}

// propose takes a preview apart: what people will see, what may be wrong with it, and
// whom it reaches.
func (d *deed) propose(p page.Proposal) {
	d.Code = p.Code
	facts := p.Text
	if i := strings.LastIndex(p.Text, "\n————\n"); i >= 0 {
		d.Text, facts = p.Text[:i], p.Text[i+len("\n————\n"):]
	}
	for line := range strings.SplitSeq(facts, "\n") {
		if strings.HasPrefix(line, "请核对") {
			d.Doubts = append(d.Doubts, line)
		} else {
			d.Facts = append(d.Facts, line)
		}
	}
}

func showDeed(r *page.Request, d deed) error {
	title := d.Head
	if title == "" {
		title = "通知"
	}
	status := 0
	if d.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	return r.Show(views, page.View{Name: "deed", Title: title, Nav: "/notices", Shape: page.Task, Data: d, Status: status})
}

// confirm does what was previewed, or what else its answer offers.
func confirm(r *page.Request) error {
	back := page.Local(r.Field("back"))
	command, rest := "confirm", r.Field("code")
	switch {
	case r.Field("stop") != "":
		command, rest = "abandon", ""
	case r.Field("later") != "":
		command, rest = "later", r.Field("later")
	case rest == "":
		return &page.Fault{Status: http.StatusUnprocessableEntity, Title: "没有办：没有要确认的", Text: "请从通知那一页再来一次。", Go: []page.Way{{Words: "看通知", To: "/notices"}}}
	}
	sends, err := waits(r, rest)
	if err != nil {
		return err
	}
	said, err := r.Command(command, rest)
	if err != nil {
		return err
	}
	if still, err := waits(r, rest); err != nil {
		return err
	} else if sends && !still { // the notice has been sent
		if err := dropDraft(r); err != nil {
			return err
		}
	}
	d := deed{Back: back, Done: said}
	d.offer(rest)
	return showDeed(r, d)
}

// waits tells whether a new notice waits for being confirmed by a code.
func waits(r *page.Request, code string) (ok bool, err error) {
	err = r.Look(func(s *store.Snapshot) error {
		t := r.Chat(s)
		_, _, ok = orders.Waiting(t)
		ok = ok && t.Kept().Code == code
		return nil
	})
	return ok, err
}

// offer makes buttons of what an answer of the chat says that can be replied.
func (d *deed) offer(code string) {
	if text, _, ok := strings.Cut(d.Done, "等不及请回复“延时 "+code+"”"); ok {
		d.Done, d.Later = text, code
	}
	const stop = "2分钟内回“取消”也可以。"
	if text, ok := strings.CutSuffix(d.Done, stop); ok {
		d.Done, d.Stop = text, true
	}
}
