package jobs

import (
	"cmp"
	"fmt"
	"net/http"

	"duban/handlers/chat"
	"duban/handlers/reports"
	"duban/schedule"
	"duban/store"
	"duban/web/page"
)

func showEditor(r *page.Request) error {
	var e editor
	err := r.Look(func(s *store.Snapshot) (err error) {
		if e, err = openEditor(r, s); err != nil {
			return err
		}
		if e.Number > 0 {
			_, _, err = e.read(r, s)
			e.Errors = map[string]string{} // nobody has typed anything yet
		}
		e.fill(s)
		return err
	})
	if err != nil {
		return err
	}
	return e.show(r, 0)
}

func (e editor) show(r *page.Request, status int) error {
	title := "加提醒"
	if e.Number > 0 {
		title = fmt.Sprintf("改提醒%d", e.Number)
	}
	return r.Show(views, page.View{Name: "job", Title: title, Nav: "/jobs", Shape: page.Task, Data: e, Status: status})
}

// explain shows what is being written. It changes nothing.
func explain(r *page.Request) error {
	e := editor{Errors: map[string]string{}}
	err := r.Look(func(s *store.Snapshot) (err error) {
		e, err = typedEditor(r, s)
		if err == nil {
			e.Seen = ""
			_, _, err = e.read(r, s)
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "job-live", Title: "提醒", Nav: "/jobs", Data: e})
}

// typedEditor reads the form of the reminder whose number stands in it.
func typedEditor(r *page.Request, s *store.Snapshot) (editor, error) {
	if r.PathValue("n") == "" {
		if n := r.Field("number"); n != "" && n != "0" {
			r.SetPathValue("n", n)
		}
	}
	e, err := openEditor(r, s)
	if err == nil {
		e.typed(r)
	}
	return e, err
}

// try sends what is written to the person alone, exactly as it would be posted. Nothing
// is saved.
func try(r *page.Request) error {
	var e editor
	err := r.Change(func(tx *store.Tx) (err error) {
		if e, err = typedEditor(r, tx.Snapshot); err != nil {
			return err
		}
		e.Seen = ""
		p, ok, err := e.read(r, tx.Snapshot)
		if err == nil && ok {
			e.try(r, tx, p)
		}
		e.fill(tx.Snapshot)
		return err
	})
	if err != nil {
		return err
	}
	status := 0
	if e.Done == "" {
		status, e.Error = http.StatusUnprocessableEntity, "没有发。"+cmp.Or(e.Error, "下面标出来的改好再试，写的都还在。")
	}
	return e.show(r, status)
}

func (e *editor) try(r *page.Request, tx *store.Tx, p schedule.JobPreview) {
	t := r.Chat(tx)
	t.Command, t.To = chat.Command{Name: "job.try", Right: chat.Plan, Place: chat.InPrivate}, t.Msg.Chat
	if t.Msg.Account == "" {
		e.Error = "机器人和您还没有私聊过，发不到。先在聊天里私下对它说一句话。"
		return
	}
	t.Say(reports.TryJob(t, p.Job, p.Text))
	r.Audit(tx, "job.try", e.base.ID)
	e.Done = "已发到您和机器人的私聊，只有您看得到。还没有保存。"
}

// save saves a reminder whose preview was seen, and shows it otherwise.
func save(r *page.Request) error {
	var e editor
	var j schedule.Job
	saved := false
	err := r.Change(func(tx *store.Tx) (err error) {
		saved = false
		if e, err = typedEditor(r, tx.Snapshot); err != nil {
			return err
		}
		if e.blocked(r, tx) {
			_, _, err = e.read(r, tx.Snapshot)
		} else {
			j, saved, err = e.save(r, tx)
		}
		e.fill(tx.Snapshot)
		return err
	})
	if err != nil {
		return err
	}
	if saved {
		r.House.Jobs.Wake()
		return r.Done(path(j), "job-saved")
	}
	status := 0
	if e.Warn == "" {
		status = http.StatusUnprocessableEntity
		e.Error = "还没保存。" + cmp.Or(e.Error, "下面标出来的改好再保存，写的都还在。")
	}
	return e.show(r, status)
}

// blocked tells whether the form cannot be saved whatever it says: somebody has changed the
// reminder meanwhile, or the disk is full.
func (e *editor) blocked(r *page.Request, tx *store.Tx) bool {
	switch {
	case e.Number == 0 && r.Chat(tx).Full:
		e.Error = chat.FullText
	case e.Number > 0 && e.Version != e.base.Version:
		e.Warn = "还没有保存：您打开以后，这条提醒又改过。下面是您写的，再按一次“保存”就照您的。"
		if len(e.Editions) > 0 {
			e.Warn = "还没有保存：您打开以后，" + e.Editions[0].Who + "：" + e.Editions[0].What + "。下面是您写的，再按一次“保存”就照您的。"
		}
		e.Version, e.Seen = e.base.Version, ""
	default:
		return false
	}
	return true
}

func (e *editor) save(r *page.Request, tx *store.Tx) (j schedule.Job, saved bool, err error) {
	seen := e.Seen
	e.Seen = ""
	_, ok, err := e.read(r, tx.Snapshot)
	if err != nil || !ok {
		return j, false, err
	}
	j = e.job(r)
	if seen != e.Seen || r.Field("use") != "" {
		e.Warn = "还没有保存：先看看会在哪些日子发，对的话再按一次“保存”。"
		return j, false, nil
	}
	if j.Version = e.base.Version; e.Number == 0 {
		j.ID = schedule.FreeID(tx.Snapshot, r.Chat(tx).Nonce)
	}
	p, err := r.House.Jobs.Save(tx, j, edit(r))
	if text, refused := page.Complaint(err); refused {
		e.Error = text
		return j, false, nil
	}
	return p.Job, err == nil, err
}
