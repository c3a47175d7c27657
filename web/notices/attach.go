package notices

import (
	"errors"
	"strings"

	orders "duban/handlers/notices"
	"duban/store"
	"duban/web/page"
)

// attach gives the notice that waits for being confirmed a file. What is wrong with the
// file is said beside its field, under the same preview.
func attach(r *page.Request) error {
	name, data, err := r.Upload("/notices/new", "图片请压缩或截图，文档请分成几份。")
	if fault, ok := errors.AsType[*page.Fault](err); ok {
		return showWaiting(r, fault.Title+"。"+fault.Text)
	}
	if err != nil {
		return err
	}
	p, err := r.Bring(name, data)
	if text, ok := page.Complaint(err); ok {
		return page.Refuse("没有附上", text, page.Way{Words: "写通知", To: "/notices/new"})
	}
	if err != nil {
		return err
	}
	if p.Code == "" {
		return showWaiting(r, p.Text)
	}
	return showWaiting(r, "")
}

// showWaiting shows the notice that waits for being confirmed, and what was wrong with the
// file that was to go with it.
func showWaiting(r *page.Request, problem string) error {
	x := deed{Back: "/notices", Verb: "发出", Not: "不发了", Head: "这样发出？", Encloses: true, Problem: problem}
	err := r.Look(func(s *store.Snapshot) error {
		t := r.Chat(s)
		n, shown, ok := orders.Waiting(t)
		if !ok {
			return page.Refuse("没有等着确认的通知", "可能已过10分钟。请再写一次。", page.Way{Words: "写通知", To: "/notices/new"})
		}
		x.propose(page.Proposal{Text: shown, Code: t.Kept().Code})
		x.To = strings.Join(n.Groups, "、")
		if n.Created.After(s.Now()) {
			x.Verb, x.Head = "到时发出", "到时这样发出？"
		}
		x.Enclosed = n.File != nil
		return nil
	})
	if err != nil {
		return err
	}
	return showDeed(r, x)
}
