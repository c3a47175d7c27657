package jobs

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// An entry is one time of a reminder in a month.
type entry struct {
	Clock, Name, To string
	Asks            bool // an answer is asked for

	facts string
	at    time.Time
}

// A cell is a day of a month.
type cell struct {
	Label, Class string
	To           string // shows the day; "" for one of another month
	Says         string // the same in words
	Here         bool   // it is shown
	Mark, Name   string // 休 中秋节
	Entries      []entry
	More         int
}

// A week is a row of them.
type week struct {
	Teaching string // 3周
	Cells    []cell
}

// A dayView is one day in full.
type dayView struct {
	Title          string
	Reason, Colour string
	Rows           []dayRow
}

// A dayRow is what comes on a day, or does not.
type dayRow struct{ What, Facts, To string }

// A monthView is what the page shows.
type monthView struct {
	Title         string
	Before, After string
	Heads         []string
	Weeks         []week
	Teaching      bool
	Day           dayView
	Changes       []reason
}

// A month is what the page is made of.
type month struct {
	*page.Request

	first, last when.Day // of the month
	shown       when.Day
	now         time.Time
	cal         *when.Calendar
	entries     map[when.Day][]entry
	left        map[when.Day][]dayRow // what does not come
	changes     []reason
}

// mostEntries is how many entries a cell shows.
const mostEntries = 4

func showMonth(r *page.Request) error {
	m, err := openMonth(r)
	if err != nil {
		return err
	}
	err = r.Look(func(s *store.Snapshot) error {
		m.entries, m.left, m.changes = map[when.Day][]entry{}, map[when.Day][]dayRow{}, nil
		for _, j := range schedule.Listed(s) {
			m.past(s, j)
			m.coming(j)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "month", Title: "提醒月历", Nav: "/jobs", Data: m.view()})
}

// openMonth reads which month is asked for, ?of=2026-09, and which day of it.
func openMonth(r *page.Request) (m month, err error) {
	m = month{Request: r, now: r.Now().In(r.House.Zone), cal: r.House.Jobs.Calendar()}
	of := cmp.Or(r.URL.Query().Get("of"), m.now.Format("2006-01"))
	first, bad := time.Parse("2006-01", of)
	if bad != nil {
		return m, page.NotFound()
	}
	today := when.DayOf(m.now)
	m.first, m.last = when.DayOf(first), when.DayOf(first.AddDate(0, 1, -1))
	m.shown = m.first
	if m.first <= today && today <= m.last {
		m.shown = today
	}
	if n, bad := strconv.Atoi(r.URL.Query().Get("day")); bad == nil && m.first <= m.first+when.Day(n-1) && m.first+when.Day(n-1) <= m.last {
		m.shown = m.first + when.Day(n-1)
	}
	return m, nil
}

// at is the beginning of a day.
func (m *month) at(d when.Day) time.Time { return d.At(0, m.House.Zone) }

// past adds what has come of a reminder, and what should have.
func (m *month) past(s *store.Snapshot, j schedule.Job) {
	end := m.at(m.last + 1)
	if m.now.Before(end) {
		end = m.now
	}
	for _, f := range schedule.Firings(s, j.ID, m.at(m.first), end) {
		at := f.Instant.In(m.House.Zone)
		if f.Outcome == schedule.OnTime || f.Outcome == schedule.Late {
			m.add(j, at, outcome(f))
			continue
		}
		m.leave(when.DayOf(at), j, zh.Clock(at)+" 没发："+j.Name, outcome(f))
	}
}

// coming adds what is to come of a reminder.
func (m *month) coming(j schedule.Job) {
	from := max(m.first, when.DayOf(m.now))
	if !j.Ended.IsZero() || j.Paused && j.Resume.IsZero() {
		return
	}
	if j.Paused {
		from = max(from, when.DayOf(j.Resume.In(m.House.Zone)))
	}
	times, err := m.House.Jobs.Times(j)
	if err != nil || from > m.last {
		return
	}
	turns := times.Turns(from, m.last)
	for _, t := range turns {
		for _, at := range t.Times {
			if !at.Before(m.now) {
				m.add(j, at, strings.TrimPrefix(timing(j)+"。"+t.Why, "。"))
			}
		}
		if t.Times == nil {
			facts := t.Why
			if next, err := m.House.Jobs.Next(j, m.at(t.Day)); err == nil && !next.IsZero() {
				facts += "，下一次" + moment(m.Request, next)
			}
			m.leave(t.Day, j, "不发："+j.Name, facts)
		}
	}
	for _, x := range reasons(turns, m.Request) {
		m.changes = append(m.changes, reason{x.Word, x.Text + "，" + j.Name})
	}
}

func (m *month) add(j schedule.Job, at time.Time, facts string) {
	d := when.DayOf(at.In(m.House.Zone))
	facts = "发到" + strings.Join(j.Groups, "、") + "。" + strings.TrimSuffix(facts, "。")
	m.entries[d] = append(m.entries[d], entry{Clock: zh.Clock(at.In(m.House.Zone)), Name: j.Name, To: path(j), Asks: j.Class.Asks(), facts: facts, at: at})
}

func (m *month) leave(d when.Day, j schedule.Job, what, facts string) {
	m.left[d] = append(m.left[d], dayRow{what, facts, path(j)})
}

func (m *month) view() monthView {
	first := m.at(m.first)
	v := monthView{
		Title: zh.Month(first), Before: first.AddDate(0, -1, 0).Format("2006-01"), After: first.AddDate(0, 1, 0).Format("2006-01"),
		Heads: strings.Split("一二三四五六日", ""), Changes: m.changes,
	}
	for monday := m.first.Monday(); monday <= m.last; monday += 7 {
		w := week{}
		if n := m.cal.TeachingWeek(max(monday, m.first)); n > 0 {
			w.Teaching, v.Teaching = fmt.Sprintf("%d周", n), true
		}
		for d := monday; d < monday+7; d++ {
			w.Cells = append(w.Cells, m.cell(d))
		}
		v.Weeks = append(v.Weeks, w)
	}
	v.Day = m.day(m.shown)
	return v
}

func (m *month) cell(d when.Day) cell {
	_, number, n := d.YMD()
	c := cell{Label: strconv.Itoa(n), Class: "out"}
	if n == 1 && d > m.last {
		c.Label = fmt.Sprintf("%d/1", number)
	}
	mark, marked := m.cal.Mark(d)
	if marked {
		c.Mark = when.Work
		if mark.Off {
			c.Mark = when.Off
		}
	}
	if d < m.first || d > m.last {
		return c
	}
	c.Class, c.Name = "", mark.Name
	switch {
	case marked && mark.Off:
		c.Class = "hol"
	case marked:
		c.Class = "work"
	}
	if c.Name == "" {
		c.Name = schoolDay(m.cal.School(), d)
	}
	if d == when.DayOf(m.now) {
		c.Class += " now"
	}
	all := m.entries[d]
	slices.SortStableFunc(all, func(a, b entry) int { return a.at.Compare(b.at) })
	c.Entries = all
	if len(all) > mostEntries {
		c.Entries, c.More = all[:mostEntries-1], len(all)-mostEntries+1
	}
	c.To = fmt.Sprintf("/jobs/month?of=%s&day=%d#day", m.at(d).Format("2006-01"), n)
	c.Says = fmt.Sprintf("%s，%d次提醒", zh.Date(m.at(d)), len(all))
	c.Here = d == m.shown
	return c
}

// schoolDay is what begins on a day of the school year.
func schoolDay(s when.School, d when.Day) string {
	for _, t := range s.Terms {
		if t.From == d {
			return "开学"
		}
		for _, e := range t.Exams {
			if e.From == d {
				return "考试周"
			}
		}
	}
	for _, h := range s.Holidays {
		if h.From == d {
			return h.Name
		}
	}
	return ""
}

// day is one day in full.
func (m *month) day(d when.Day) dayView {
	v := dayView{Title: zh.DateSeen(m.at(d), m.now) + " " + zh.Weekday(d.Weekday())}
	if mark, ok := m.cal.Mark(d); ok {
		if v.Reason, v.Colour = m.cal.Reason(d), "g"; mark.Off {
			v.Colour = "r"
		}
	}
	for _, e := range m.entries[d] {
		v.Rows = append(v.Rows, dayRow{e.Clock + " " + e.Name, e.facts, e.To})
	}
	v.Rows = append(v.Rows, m.left[d]...)
	return v
}
