package jobs

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// A deed is something that is done to a reminder, as its page shows it before.
type deed struct {
	Verb  string // pause, delete
	Name  string
	Back  string
	Facts []string
	Until string // as it was typed
	Error string
}

// askDeed shows what will happen.
func askDeed(verb string) func(*page.Request) error {
	return func(r *page.Request) error { return showDeed(r, verb, "") }
}

func showDeed(r *page.Request, verb, problem string) error {
	d := deed{Verb: verb, Error: problem, Until: r.Field("until")}
	err := r.Look(func(s *store.Snapshot) error {
		j, there, err := find(r, s)
		if err != nil {
			return err
		}
		if !there {
			return page.NotFound()
		}
		d.Name, d.Back = j.Name, path(j)
		d.Facts = []string{timing(j) + "，发到" + strings.Join(j.Groups, "、")}
		if next := nextOf(r, s, j); !next.IsZero() {
			d.Facts = append(d.Facts, "下次本来是"+moment(r, next))
		}
		return nil
	})
	if err != nil {
		return err
	}
	status := 0
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	title := map[string]string{"pause": "暂停提醒", "delete": "删除提醒"}[verb]
	return r.Show(views, page.View{Name: "job-deed", Title: title, Nav: "/jobs", Shape: page.Task, Status: status, Data: d})
}

// act does something to the reminder of the path; problem is why it was refused.
func act(r *page.Request, do func(*store.Tx, schedule.Job) error) (j schedule.Job, problem string, err error) {
	err = r.Change(func(tx *store.Tx) (err error) {
		if j, _, err = find(r, tx.Snapshot); err == nil {
			err = do(tx, j)
		}
		return err
	})
	if text, ok := page.Complaint(err); ok && j.Number > 0 {
		return j, text, nil
	}
	r.House.Jobs.Wake()
	return j, "", err
}

// pause stops a reminder, until a day if one is given.
func pause(r *page.Request) error {
	var until time.Time
	if typed := r.Field("until"); typed != "" {
		d, err := when.ParseDay(typed)
		if err != nil {
			return showDeed(r, "pause", "到哪天继续，没读懂。可以空着。")
		}
		until = d.At(0, r.House.Zone)
	}
	j, problem, err := act(r, func(tx *store.Tx, j schedule.Job) error {
		_, err := r.House.Jobs.Pause(tx, j.ID, until, edit(r))
		return err
	})
	switch {
	case err != nil:
		return err
	case problem != "":
		return showDeed(r, "pause", problem)
	}
	return r.Done(path(j), "job-paused")
}

// resume ends a pause. One that has ended meanwhile is none to complain of.
func resume(r *page.Request) error {
	j, _, err := act(r, func(tx *store.Tx, j schedule.Job) error {
		_, err := r.House.Jobs.Resume(tx, j.ID, edit(r))
		return err
	})
	if err != nil {
		return err
	}
	return r.Done(path(j), "job-resumed")
}

func remove(r *page.Request) error {
	_, problem, err := act(r, func(tx *store.Tx, j schedule.Job) error { return r.House.Jobs.Delete(tx, j.ID, edit(r)) })
	switch {
	case err != nil:
		return err
	case problem != "":
		return page.Refuse("没有删除", problem, page.Way{Words: "看提醒", To: "/jobs"})
	}
	return r.Done("/jobs", "job-deleted")
}

// restore brings back a version, or what was before the last edit.
func restore(r *page.Request) error {
	version, _ := strconv.Atoi(r.Field("version")) // none is the one before
	j, problem, err := act(r, func(tx *store.Tx, j schedule.Job) error {
		_, err := r.House.Jobs.Restore(tx, j.ID, version, edit(r))
		return err
	})
	switch {
	case err != nil:
		return err
	case problem != "":
		return page.Refuse("没有恢复", problem, page.Way{Words: "看提醒", To: "/jobs"})
	}
	return r.Done(path(j), "job-restored")
}

// An edition is a version of a reminder, as its page lists it.
type edition struct {
	Version int
	What    string
	Who     string
	Back    bool // it can be brought back
}

func editions(r *page.Request, s *store.Snapshot, j schedule.Job) (all []edition) {
	where := map[store.Source]string{store.Page: "网页上改的", store.Chat: "聊天里改的", store.CLI: "命令行改的"}
	for _, e := range schedule.History(s, j.ID, r.House.Zone) {
		x := edition{Version: e.Version, What: e.What, Who: e.By + "，" + r.House.When(e.At), Back: e.Version < j.Version && !e.Job.Deleted}
		if from := where[e.Job.Source]; from != "" {
			x.Who += "，" + from
		}
		all = append(all, x)
	}
	return all
}

// A turn is one time at which a reminder came, or should have come.
type turn struct {
	When, What string
	Bad        bool
}

// pastTurns are the newest of them.
func pastTurns(r *page.Request, s *store.Snapshot, j schedule.Job) (all []turn) {
	const most, days = 10, 60
	past := schedule.Firings(s, j.ID, s.Now().AddDate(0, 0, -days), s.Now().Add(time.Minute))
	for i := len(past) - 1; i >= 0 && len(all) < most; i-- {
		f := past[i]
		x := turn{When: r.House.When(f.Instant), What: outcome(f)}
		x.Bad = f.Outcome == schedule.Skipped
		if f.Count > 1 {
			x.When += fmt.Sprintf("起%d次", f.Count)
		}
		all = append(all, x)
	}
	return all
}

// outcome says how a firing ended.
func outcome(f schedule.Firing) string {
	what := map[schedule.Outcome]string{schedule.OnTime: "发了", schedule.Late: "补发了", schedule.Merged: "没有单独发", schedule.Skipped: "没有发"}[f.Outcome]
	return strings.TrimSuffix(what+"，"+zh.OneLine(f.Why), "，")
}
