// Package start leads a new office through its first run, in five steps: its plan, its
// people, where it talks, the first reminder, the first notice. Each can be passed over,
// and all can be come back to.
package start

import (
	"embed"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/notice"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/schedule"
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
		page.Get("/start/{step}", chat.Operate, show),
		page.Post("/start/{step}", chat.Operate, do),
	}
}

// A step is one of the five.
type step struct {
	Words      string
	Done, Here bool
}

// A fact is a word and what is so.
type fact struct{ What, Text, Light string }

// A view is what the page shows of a step.
type view struct {
	Steps   []step
	Number  int
	Next    string
	Facts   []fact
	To      string // the page where the thing of this step is done, if it is there
	Sample  bool   // the office still has the sample
	Groups  []string
	Typed   typed
	Error   string
	Preview string // what the chat would preview
	Code    string // by which the preview is confirmed
	Done    string
	Kinds   []string
}

// What was typed into a form.
type typed struct{ When, Group, Text, Kind string }

const steps = 5

func show(r *page.Request) error {
	n := strings.Index("12345", r.PathValue("step")) + 1
	if n == 0 || len(r.PathValue("step")) != 1 {
		return page.NotFound()
	}
	return showStep(r, view{Number: n}, 0)
}

func showStep(r *page.Request, v view, status int) error {
	err := r.Look(func(s *store.Snapshot) error {
		v.fill(r, s)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "start", Title: "第一次使用", Shape: page.Wide, Data: v, Status: status})
}

func (v *view) fill(r *page.Request, s *store.Snapshot) {
	head, planned := progress.HeadOf(s)
	people := roster.Current(s)
	jobs := schedule.Listed(s)
	v.Steps = []step{
		{Words: "要点", Done: planned && !sample(head.Source)},
		{Words: "名单", Done: len(people.People) > 0},
		{Words: "聊天", Done: reachable(s)},
		{Words: "提醒", Done: byPage(jobs)},
		{Words: "通知", Done: written(s)},
	}
	v.Steps[v.Number-1].Here = true
	v.Next = fmt.Sprintf("/start/%d", v.Number+1)
	if v.Number == steps {
		v.Next = "/"
	}
	v.Groups = roster.Groups(s)
	switch v.Number {
	case 1:
		v.plan(r, s, head, planned)
	case 2:
		v.people(r, people)
	case 3:
		v.accounts(r, s)
	case 4:
		for _, j := range jobs {
			v.Facts = append(v.Facts, fact{What: j.Name, Text: j.When + "，" + r.House.Jobs.Stands(s, j)})
		}
	case 5:
		for _, c := range []notice.Class{notice.Receipt, notice.Plain, notice.Report} {
			v.Kinds = append(v.Kinds, c.String())
		}
	}
}

// sample tells whether a plan is the one that comes with duban, by the file that it was
// read from. One that somebody has brought in has no folder.
func sample(source string) bool {
	return strings.HasSuffix(filepath.ToSlash(source), "examples/plan.txt")
}

// byPage tells whether somebody has made a reminder: those of config.yaml come with duban.
func byPage(jobs []schedule.Job) bool {
	for _, j := range jobs {
		if j.Source != store.Config {
			return true
		}
	}
	return false
}

// written tells whether somebody has written a notice: reminders make some by themselves.
func written(s *store.Snapshot) bool {
	const newest = 50
	return slices.ContainsFunc(notice.Newest(s, newest), func(n notice.Notice) bool { return n.By != "" && n.Job == "" })
}

func reachable(s *store.Snapshot) bool {
	channels, _ := outbox.Channels(s)
	for _, c := range channels {
		if c.Alarm == "" && !outbox.IsOut(s, c.Account) {
			return true
		}
	}
	return false
}

func (v *view) plan(r *page.Request, s *store.Snapshot, head progress.Head, planned bool) {
	v.To = r.Open("/plan/import")
	if !planned {
		v.Facts = []fact{{What: "现在", Text: "还没有要点", Light: "yel"}}
		return
	}
	v.Sample = sample(head.Source)
	f := progress.Current(s).Findings()
	v.Facts = []fact{
		{What: "现在用的", Text: "《" + strings.Trim(head.Title, "《》") + "》"},
		{What: "读到", Text: fmt.Sprintf("%d部分、%d条措施", f.Parts, f.Measures)},
		{What: "来自", Text: filepath.Base(head.Source) + "，" + r.House.When(head.Imported)},
	}
}

func (v *view) people(r *page.Request, people *roster.Roster) {
	v.To = r.Open("/people/import")
	v.Facts = []fact{{What: "一共", Text: fmt.Sprintf("%d人，%d个群", len(people.People), len(people.Groups()))}}
	for _, role := range []roster.Role{roster.Admin, roster.Office, roster.Lead, roster.Counselor} {
		all := people.Holders(role)
		text := fmt.Sprintf("%d人", len(all))
		const few = 3
		if len(all) > 0 && len(all) <= few {
			text = zh.List(all, func(p roster.Person) string { return p.Name })
		}
		f := fact{What: role.String(), Text: text}
		if role == roster.Admin && len(all) == 0 {
			f.Text, f.Light = "一位都没有：名单上至少要有一位管理员", "red"
		}
		v.Facts = append(v.Facts, f)
	}
}

func (v *view) accounts(r *page.Request, s *store.Snapshot) {
	v.To = r.Open("/accounts")
	for _, a := range r.House.Machine.Accounts() {
		f := fact{What: a.Name, Text: "在用", Light: "ok"}
		switch {
		case a.Alarm:
			f.Text = "报警用"
		case a.Simulated:
			f.Text = "模拟群，就在浏览器里，不连外网，谁也不会收到；网址在命令行窗口里"
		case outbox.IsOut(s, a.Name):
			st, _ := outbox.StandingOf(s, a.Name)
			f.Text, f.Light = st.Word.String(), "red"
		}
		v.Facts = append(v.Facts, f)
	}
}

func do(r *page.Request) error {
	switch r.PathValue("step") {
	case "4":
		return remind(r)
	case "5":
		return announce(r)
	}
	return page.NotFound()
}

// remind previews the first reminder, and saves it once that was seen.
func remind(r *page.Request) error {
	t := typed{When: r.Field("when"), Group: r.Field("group"), Text: r.Field("text")}
	return propose(r, view{Number: 4, Typed: t}, "job.add", t.When+" "+t.Group+" 填报："+t.Text)
}

// announce previews the first notice, and sends it once that was seen.
func announce(r *page.Request) error {
	t := typed{Kind: r.Field("kind"), Group: r.Field("group"), Text: r.Field("text")}
	return propose(r, view{Number: 5, Typed: t}, "announce", t.Kind+" "+t.Group+"："+t.Text)
}

// propose lets the chat preview what was typed, or confirm what it has previewed.
func propose(r *page.Request, v view, command, rest string) error {
	if code := r.Field("code"); code != "" {
		said, err := r.Command("confirm", code)
		if err != nil {
			return err
		}
		v.Done = said
		return showStep(r, v, 0)
	}
	if r.Field("edit") != "" {
		return showStep(r, v, 0)
	}
	if v.Typed.Text == "" || v.Typed.Group == "" || command == "job.add" && v.Typed.When == "" {
		v.Error = "还没有预览：有空着的，请填上。"
		return showStep(r, v, http.StatusUnprocessableEntity)
	}
	p, err := r.Propose(command, rest)
	if err != nil {
		return err
	}
	if p.Code == "" {
		v.Error = p.Text
		return showStep(r, v, http.StatusUnprocessableEntity)
	}
	v.Preview, v.Code = p.Text, p.Code
	return showStep(r, v, 0)
}
