// Package plans is the view by which a new version of the plan comes into force: a file is
// shown as it was read, and taken when somebody has looked at it.
package plans

import (
	"embed"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/plan"
	"duban/plan/source"
	"duban/progress"
	"duban/store"
	"duban/web/page"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

const (
	mostSaid   = 20 // decisions on one file
	mostTables = 6  // buttons
)

// Routes are the pages of this package.
func Routes() []page.Route {
	look := page.Post("/plan/import", chat.Plan, look)
	look.Most = page.MostBody
	return []page.Route{page.Get("/plan/import", chat.Plan, show), look}
}

// A view is what the page shows. The file travels with the page, so that nothing is kept
// of a document that nobody takes.
type view struct {
	Error, Now       string
	Name, Data, Head string
	Rev, Over        string
	Said             []string // what was decided on how it is read
	Lines            []string
	Tables           []string // what makes a table count that was left out
	Ready            bool
}

func show(r *page.Request) error { return showWith(r, view{}) }

func showWith(r *page.Request, v view) error {
	err := r.Look(func(s *store.Snapshot) error {
		if head, ok := progress.HeadOf(s); ok {
			v.Now = fmt.Sprintf("现在用的是《%s》，%s导入。", strings.Trim(head.Title, "《》"), r.House.When(head.Imported))
		}
		return nil
	})
	if err != nil {
		return err
	}
	status := 0
	if v.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	return r.Show(views, page.View{Name: "plans", Title: "导入要点", Nav: "/plan", Shape: page.Task, Data: v, Status: status})
}

// upload returns the file that came, or came back, and what was said of it.
func upload(r *page.Request) (name string, data []byte, said []string, err error) {
	name, data, err = r.Upload("/plan/import", "请删去图片，或另存为 docx 再导入。")
	if err != nil {
		return "", nil, nil, err
	}
	said = slices.Clone(r.PostForm["said[]"])
	if text := r.Field("say"); text != "" {
		said = append(said, text)
	}
	if len(said) > mostSaid {
		return "", nil, nil, page.Refuse("改的次数太多了", "请重新选文件。", page.Way{Words: "选文件", To: "/plan/import"})
	}
	return name, data, said, nil
}

// look shows what a file holds, as was decided, or puts it in force.
func look(r *page.Request) error {
	name, data, said, err := upload(r)
	if err != nil {
		return err
	}
	v := view{Name: name, Data: page.Carried(data)}
	var choices []plan.Choice
	doc, err := plans.Read(r.Context(), name, data)
	for _, text := range said {
		if err != nil {
			break
		}
		now, complaint := choices, "没有看懂。可以写"+plans.ChoiceWords+"。"
		if plans.Chooses(text) {
			now, complaint = plans.Choose(doc, choices, text)
		}
		if complaint != "" {
			v.Error = complaint
			break
		}
		choices, v.Said = now, append(v.Said, text)
		doc, err = plans.Read(r.Context(), name, data, choices...)
	}
	if refused, ok := errors.AsType[*source.Refusal](err); ok {
		return showWith(r, view{Error: refused.Error() + "。"})
	} else if err != nil {
		return err
	}
	var p plans.Preview
	if err := r.Look(func(s *store.Snapshot) error { p = plans.PreviewOf(s, doc); return nil }); err != nil {
		return err
	}
	if rev := r.Field("take"); rev != "" && v.Error == "" {
		return take(r, p, name, rev)
	}
	v.Head, v.Lines, v.Rev, v.Over = strings.Trim(p.Plan.Title, "《》"), strings.Split(strings.Join(p.Lines(), "\n"), "\n"), p.Rev, p.Over
	for _, b := range p.Found.Left {
		words := fmt.Sprintf("表%d也算", b.Table)
		if b.Table > 0 && len(v.Tables) < mostTables && !slices.Contains(v.Tables, words) {
			v.Tables = append(v.Tables, words)
		}
	}
	v.Ready = !p.Empty() && !p.Same()
	return showWith(r, v)
}

// take puts a plan in force, if it is what was looked at.
func take(r *page.Request, p plans.Preview, name, rev string) error {
	taken := p.Rev == rev && p.Over == r.Field("over") && !p.Empty() && !p.Same()
	if taken {
		err := r.Change(func(tx *store.Tx) error {
			if taken = p.Take(tx, name, r.Person.ID); taken {
				r.Audit(tx, "plan.import", p.Rev)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if !taken {
		return page.Refuse("没有导入：要点刚刚被别人换过", "请重新选文件，再看一遍改了什么。", page.Way{Words: "选文件", To: "/plan/import"})
	}
	return r.Done("/plan", "imported")
}
