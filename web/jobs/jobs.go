// Package jobs is the page of reminders and of the calendar that they go by: a list and
// a month, the editor, and holidays and the school year.
//
// What it does is done by package schedule, as in chat: nothing is saved that was not
// previewed, and every edit is a version that can be brought back.
package jobs

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

// Routes are the pages of this package.
func Routes() []page.Route {
	return slices.Concat([]page.Route{
		page.Get("/jobs", chat.Plan, showList),
		page.Get("/jobs/month", chat.Plan, showMonth),
		page.Get("/jobs/new", chat.Plan, showEditor),
		page.Post("/jobs/new", chat.Plan, save),
		page.Post("/jobs/new/look", chat.Plan, explain),
		page.Post("/jobs/new/try", chat.Plan, try),
		page.Get("/jobs/{n}", chat.Plan, showEditor),
		page.Post("/jobs/{n}/change", chat.Plan, save),
		page.Get("/jobs/{n}/pause", chat.Plan, askDeed("pause")),
		page.Post("/jobs/{n}/pause", chat.Plan, pause),
		page.Post("/jobs/{n}/resume", chat.Plan, resume),
		page.Get("/jobs/{n}/delete", chat.Plan, askDeed("delete")),
		page.Post("/jobs/{n}/delete", chat.Plan, remove),
		page.Post("/jobs/{n}/restore", chat.Plan, restore),
	}, calendarRoutes())
}

// A row is a reminder that comes again.
type row struct {
	Number    int
	Name, To  string
	When      string
	Next, Why string
	Groups    string
	Tag       string // what is wrong with it

	at time.Time
}

// A stopped is a reminder that does not come, with what can be done about it.
type stopped struct {
	Name, To, Facts string
	Do, Verb        string // what the button posts to
}

// A list is what the page shows.
type list struct {
	Rows   []row
	Paused []stopped
	Ended  []stopped
	Gone   []stopped
	AsOf   string
	Empty  bool
}

func showList(r *page.Request) error {
	var v list
	err := r.Look(func(s *store.Snapshot) error {
		v = lookList(r, s)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "jobs", Title: "提醒", Data: v})
}

func lookList(r *page.Request, s *store.Snapshot) (v list) {
	for _, j := range schedule.Listed(s) {
		next := nextOf(r, s, j)
		x := stopped{Name: j.Name, To: path(j), Facts: timing(j) + "。" + r.House.Jobs.Stands(s, j)}
		switch {
		case j.Paused && (j.Resume.IsZero() || next.IsZero() || j.Resume.After(s.Now())):
			x.Facts = timing(j) + "。" + pausedBy(r, s, j)
			x.Do, x.Verb = path(j)+"/resume", "现在继续"
			v.Paused = append(v.Paused, x)
		case !j.Ended.IsZero():
			v.Ended = append(v.Ended, x)
		default:
			v.Rows = append(v.Rows, rowOf(r, s, j, next))
		}
	}
	slices.SortStableFunc(v.Rows, func(a, b row) int {
		if a.at.IsZero() != b.at.IsZero() { // what comes no more stands below
			return cmp.Compare(b.at.Unix(), a.at.Unix())
		}
		return a.at.Compare(b.at)
	})
	for _, j := range schedule.DeletedJobs(s) {
		v.Gone = append(v.Gone, stopped{
			Name: j.Name, Facts: timing(j) + "。" + r.House.When(j.Changed) + "删掉的", Do: path(j) + "/restore", Verb: "找回",
		})
	}
	v.AsOf = r.House.Clock(s.Now())
	v.Empty = len(v.Rows)+len(v.Paused)+len(v.Ended) == 0
	return v
}

func rowOf(r *page.Request, s *store.Snapshot, j schedule.Job, next time.Time) row {
	x := row{Number: j.Number, Name: j.Name, To: path(j), When: timing(j), Groups: strings.Join(j.Groups, "、"), at: next}
	if next.IsZero() {
		x.Next = r.House.Jobs.Stands(s, j)
	} else {
		x.Next, x.Why = moment(r, next), whyNext(r, j, next)
	}
	if lost := schedule.LostGroups(s, j); len(lost) > 0 {
		x.Tag = "名单里没有" + strings.Join(lost, "、")
	}
	return x
}

// whyNext says why a reminder comes on a day on which it would not come usually.
func whyNext(r *page.Request, j schedule.Job, at time.Time) string {
	day := when.DayOf(at.In(r.House.Zone))
	times, err := r.House.Jobs.Times(j)
	if err != nil {
		return ""
	}
	for _, t := range times.Turns(day, day) {
		if t.Added && t.Why != "" {
			return t.Why + "，照发"
		}
	}
	return ""
}

// nextOf is when a reminder comes next, pauses left aside; zero if it does not.
func nextOf(r *page.Request, s *store.Snapshot, j schedule.Job) time.Time {
	from := s.Now()
	switch {
	case !j.Ended.IsZero(), j.Paused && j.Resume.IsZero():
		return time.Time{}
	case j.Paused && j.Resume.After(from):
		from = j.Resume.Add(-time.Second)
	}
	at, err := r.House.Jobs.Next(j, from)
	if err != nil {
		return time.Time{}
	}
	return at
}

// pausedBy says who has paused a reminder and until when.
func pausedBy(r *page.Request, s *store.Snapshot, j schedule.Job) string {
	text := "停着"
	for _, e := range schedule.History(s, j.ID, r.House.Zone) {
		if !e.Job.Paused {
			break
		}
		text = e.By + r.House.When(e.At) + "暂停" // the first version of this pause is the last one seen
	}
	if !j.Resume.IsZero() {
		text += "，到" + zh.DateSeen(j.Resume.In(r.House.Zone), s.Now().In(r.House.Zone)) + "自动继续"
	}
	return text
}

// timing is when a reminder comes, as it is written.
func timing(j schedule.Job) string {
	if j.Days == "" {
		return j.When
	}
	return j.When + "，" + j.Days
}

// path is that of a reminder's page.
func path(j schedule.Job) string { return fmt.Sprintf("/jobs/%d", j.Number) }

// moment writes a time to come: 今天17:00, 9月20日（周日）16:00.
func moment(r *page.Request, at time.Time) string {
	at, now := at.In(r.House.Zone), r.Now().In(r.House.Zone)
	day := when.DayOf(at) - when.DayOf(now)
	if day == 0 || day == 1 {
		return r.House.When(at)
	}
	return date(at, now) + zh.Clock(at)
}

// date writes a day with its weekday: 9月20日（周日）.
func date(at, now time.Time) string {
	return zh.DateSeen(at, now) + "（" + zh.Weekday(at.Weekday()) + "）"
}

// find returns the reminder of the path, also one that was deleted.
func find(r *page.Request, s *store.Snapshot) (j schedule.Job, there bool, err error) {
	is := func(j schedule.Job) bool { return j.Number == r.Number() && j.Number > 0 }
	all := schedule.Listed(s)
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true, nil
	}
	gone := schedule.DeletedJobs(s)
	if i := slices.IndexFunc(gone, is); i >= 0 {
		return gone[i], false, nil
	}
	return j, false, page.NotFound()
}

// edit says that the person makes an edit.
func edit(r *page.Request) schedule.Edit {
	return schedule.Edit{Actor: r.Person.ID, Source: store.Page}
}
