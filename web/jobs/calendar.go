package jobs

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
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

func calendarRoutes() []page.Route {
	return []page.Route{
		page.Get("/calendar", chat.Plan, showCalendar),
		page.Post("/calendar", chat.Plan, putDay),
		page.Get("/calendar/school", chat.Plan, showSchool),
		page.Post("/calendar/school", chat.Plan, putSchool),
	}
}

// A holiday is a row of days off, or of days that are worked instead.
type holiday struct {
	Days   string
	Off    bool
	What   string
	Delete string // the first day of an entry that can be taken away
	past   bool
	from   when.Day
}

// A typedDay is an entry of the calendar as it is typed.
type typedDay struct{ Day, To, Kind, Name, Source string }

// A calendarView is what the page shows.
type calendarView struct {
	Unknown string // what is not known, and what it does
	Coming  []holiday
	Past    []holiday
	Terms   []fact
	Week    string
	Typed   typedDay
	Error   string
	Open    bool
}

// A fact is a name and what it is.
type fact struct{ What, Text string }

func showCalendar(r *page.Request) error {
	return calendarPage(r, typedDay{Kind: when.Off}, "", 0)
}

func calendarPage(r *page.Request, typed typedDay, problem string, status int) error {
	v := calendarView{Typed: typed, Error: problem, Open: problem != "" || r.URL.Query().Get("add") != ""}
	err := r.Look(func(s *store.Snapshot) error {
		v.fill(r, s)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "calendar", Title: "放假和校历", Nav: "/jobs", Status: status, Data: v})
}

func (v *calendarView) fill(r *page.Request, s *store.Snapshot) {
	cal, today := r.House.Jobs.Calendar(), when.DayOf(s.Now().In(r.House.Zone))
	own := schedule.OwnOf(s)
	year, _, _ := today.YMD()
	all := holidays(r, cal, own.Days, when.Date(year, time.January, 1), when.Date(year+2, time.January, 0))
	v.Coming, v.Past = nil, nil
	for _, h := range all {
		if h.past {
			v.Past = append(v.Past, h)
		} else {
			v.Coming = append(v.Coming, h)
		}
	}
	v.Unknown = unknown(r, s, cal, year)
	v.Terms, v.Week = terms(r, cal, today)
}

// unknown says from when on the holidays are not known, and what that does.
func unknown(r *page.Request, s *store.Snapshot, cal *when.Calendar, year int) string {
	if _, m, _ := when.DayOf(s.Now().In(r.House.Zone)).YMD(); cal.Known(year) && (cal.Known(year+1) || m < time.September) {
		return ""
	}
	if cal.Known(year) {
		year++
	}
	n := 0
	for _, j := range schedule.Listed(s) {
		if times, err := r.House.Jobs.Times(j); err == nil && j.Ended.IsZero() && times.UsesCalendar() {
			n++
		}
	}
	text := fmt.Sprintf("%d年的放假安排还没录入。公布以后在下面录，提醒自动照着改。", year)
	if n > 0 {
		text = fmt.Sprintf("%d年的放假安排还没录入。看法定工作日的%d条提醒，那一年先按周一到周五算。公布以后在下面录，它们自动照着改。", year, n)
	}
	return text
}

// holidays are the special days from one day to another, in rows.
func holidays(r *page.Request, cal *when.Calendar, own []schedule.DayEntry, from, to when.Day) (all []holiday) {
	now := r.Now().In(r.House.Zone)
	for d := from; d <= to; d++ {
		mark, ok := cal.Mark(d)
		if !ok {
			continue
		}
		end, entry := d, entryOf(own, d)
		for next, ok := cal.Mark(end + 1); ok && next == mark && end < to && entryOf(own, end+1) == entry; next, ok = cal.Mark(end + 1) {
			end++
		}
		h := holiday{Days: date(d.At(0, r.House.Zone), now), Off: mark.Off, What: mark.Name, past: end < when.DayOf(now), from: d}
		if end > d {
			h.Days = zh.Span(d.At(0, r.House.Zone), end.At(0, r.House.Zone), now)
		}
		if !mark.Off {
			h.What += "调休"
		}
		if entry >= 0 {
			h.What += "，" + own[entry].Source
			h.Delete = own[entry].Day
		}
		all = append(all, h)
		d = end
	}
	return all
}

// entryOf is which of the office's own entries a day belongs to; -1 is none.
func entryOf(own []schedule.DayEntry, d when.Day) int {
	for i, e := range slices.Backward(own) {
		if e.Day <= d.String() && d.String() <= cmp.Or(e.To, e.Day) {
			return i
		}
	}
	return -1
}

// terms write down the school year; week says which week it is.
func terms(r *page.Request, cal *when.Calendar, today when.Day) (all []fact, week string) {
	span := func(from, to when.Day) string {
		return zh.Span(from.At(0, r.House.Zone), to.At(0, r.House.Zone), r.Now().In(r.House.Zone))
	}
	school := cal.School()
	for _, t := range school.Terms {
		all = append(all, fact{t.Name, span(t.From, t.To)})
		for _, e := range t.Exams {
			text := span(e.From, e.To)
			if n := cal.TeachingWeek(e.From); n > 0 {
				text = fmt.Sprintf("第%d周起，%s", n, text)
			}
			all = append(all, fact{"考试周", text})
		}
	}
	for _, h := range school.Holidays {
		all = append(all, fact{h.Name, span(h.From, h.To)})
	}
	if n := cal.TeachingWeek(today); n > 0 {
		week = fmt.Sprintf("今天是第%d周", n)
	}
	return all, week
}

// A proposal is a change of the calendar, with what it does to the reminders.
type proposal struct {
	Head   string
	Facts  []string
	Old    string // the entry that goes
	Effect []string
	Path   string
	Typed  []fact
	Verb   string
	Error  string
}

// ownField is the field of a form that says what was in the calendar when its effect was
// shown.
const ownField = "own"

// settled tells whether a change is to be made of which the effect was shown: the calendar is
// still the same.
func settled(r *page.Request) (bool, error) {
	if r.Field("save") == "" {
		return false, nil
	}
	own, err := store.Read(r.Context(), r.House.Store, schedule.OwnOf)
	seen := r.Field(ownField)
	return seen == "" || seen == printOf(own), err
}

// propose shows what a change of the calendar does to the reminders.
func propose(r *page.Request, v *proposal, change func(*schedule.Own)) error {
	if r.Field("save") != "" {
		v.Error = "还没有改：您看过以后，日历又改过。请再看一遍影响，对的话再按一次。"
	}
	seen := ""
	err := r.Look(func(s *store.Snapshot) error {
		own := schedule.OwnOf(s)
		seen = printOf(own)
		own.Days = slices.Clone(own.Days)
		change(&own)
		cal, err := r.House.Jobs.CalendarOf(own)
		if err != nil {
			return err
		}
		v.Effect = r.House.Jobs.Effect(s, cal)
		return nil
	})
	if err != nil {
		return err
	}
	v.Typed = []fact{{ownField, seen}}
	for name, values := range r.PostForm {
		for _, value := range values {
			if name != ownField && name != "save" {
				v.Typed = append(v.Typed, fact{name, value})
			}
		}
	}
	slices.SortStableFunc(v.Typed, func(a, b fact) int { return strings.Compare(a.What, b.What) })
	return r.Show(views, page.View{Name: "calendar-look", Title: "改日历", Nav: "/jobs", Shape: page.Task, Data: v})
}

// drop takes the entry of a first day out of what the office has entered; old says what it was.
func drop(r *page.Request, o *schedule.Own, day string) (old string) {
	o.Days = slices.DeleteFunc(o.Days, func(e schedule.DayEntry) bool {
		if e.Day == day {
			old = spoken(r, e.Override) + "，" + e.Name + kinds[e.Kind] + "，依据：" + e.Source
		}
		return e.Day == day
	})
	return old
}

// kinds are the words for the kinds of an entry.
var kinds = map[string]string{when.Off: "放假", when.Work: "调休上班"}

// putDay enters days off or days worked, or takes an entry away: first with what that
// does, then for good.
func putDay(r *page.Request) error {
	sure, err := settled(r)
	if err != nil {
		return err
	}
	if day := r.Field("delete"); day != "" {
		if sure {
			return order(r, "day-deleted", "job.day.delete", day)
		}
		p := &proposal{Head: "从日历删除" + day + "？", Path: "/calendar", Verb: "删除"}
		return propose(r, p, func(o *schedule.Own) { p.Old = drop(r, o, day) })
	}
	oneWord := func(s string) string { return strings.ReplaceAll(zh.OneLine(s), " ", "") }
	t := typedDay{Day: r.Field("day"), To: r.Field("to"), Kind: r.Field("kind"), Name: oneWord(r.Field("name")), Source: zh.OneLine(r.Field("source"))}
	if r.Field("edit") != "" {
		return calendarPage(r, t, "", 0)
	}
	if t.To == t.Day {
		t.To = ""
	}
	if t.Day == "" || t.Name == "" || t.Source == "" {
		return calendarPage(r, t, "还没有记：日期、名字和依据都要写。", http.StatusUnprocessableEntity)
	}
	days := t.Day
	if t.To != "" {
		days += "到" + t.To
	}
	if sure {
		return order(r, "day-put", "job.day", strings.Join([]string{days, t.Kind, t.Name, t.Source}, " "))
	}
	e := schedule.DayEntry{Override: when.Override{Day: t.Day, To: t.To, Kind: t.Kind, Name: t.Name, Source: t.Source}}
	p := &proposal{Head: "这样记入日历？", Facts: []string{spoken(r, e.Override) + "，" + t.Name + kinds[t.Kind], "依据：" + t.Source}, Path: "/calendar", Verb: "记入日历"}
	err = propose(r, p, func(o *schedule.Own) {
		if p.Old = drop(r, o, e.Day); p.Old != "" {
			p.Old = "替换原来的：" + p.Old
		}
		o.Days = append(o.Days, e)
	})
	if text, ok := chat.Complained(err); ok {
		return calendarPage(r, t, "还没有记："+text, http.StatusUnprocessableEntity)
	}
	return err
}

// spoken writes the days of an entry as people do; as they were typed if they are none.
func spoken(r *page.Request, t when.Override) string {
	from, err := when.ParseDay(t.Day)
	to, err2 := when.ParseDay(cmp.Or(t.To, t.Day))
	if err != nil || err2 != nil {
		return t.Day
	}
	return zh.Span(from.At(0, r.House.Zone), to.At(0, r.House.Zone), r.Now().In(r.House.Zone))
}

// order gives a command of the chat that changes the calendar. What it would refuse was
// refused before; if it changes nothing all the same, what it says is shown.
func order(r *page.Request, done, command, rest string) error {
	before, err := store.Read(r.Context(), r.House.Store, schedule.OwnOf)
	if err != nil {
		return err
	}
	said, err := r.Command(command, rest)
	if err != nil {
		return err
	}
	after, err := store.Read(r.Context(), r.House.Store, schedule.OwnOf)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(before, after) {
		return page.Refuse("日历没有改", said, page.Way{Words: "看日历", To: "/calendar"})
	}
	return r.Done("/calendar", done)
}
