package when

import (
	"slices"
	"strings"

	"github.com/6tail/lunar-go/HolidayUtil"
)

// A Calendar knows which days are worked: the statutory holidays with the days
// that make up for them, what an office has entered itself, and the school
// year. It never changes. A nil Calendar knows Monday to Friday.
type Calendar struct {
	marks  map[Day]Mark
	off    map[int]int // how many days off each year has
	school School
}

// A Mark is what is special about one day.
type Mark struct {
	Off  bool   // a day off; otherwise a day that is worked although it may be a weekend
	Name string // 国庆节
}

// An Override is a day, or a row of days, that an office enters itself.
type Override struct {
	Day    string `json:"day" yaml:"day"`                       // 2027-01-01
	To     string `json:"to,omitempty" yaml:"to,omitempty"`     // the last day of the row, if there are several
	Kind   string `json:"kind" yaml:"kind"`                     // 休 or 班
	Name   string `json:"name,omitempty" yaml:"name,omitempty"` // 元旦
	Source string `json:"source" yaml:"source"`                 // 国办发明电〔2026〕…号
}

// The kinds of an [Override].
const (
	Off  = "休"
	Work = "班"
)

// The table of lunar-go begins in 2002; earlier years are of no use here.
const (
	firstTableYear = 2020
	lastTableYear  = 2050
)

// fewestOff is how many days off a year must have before it counts as known:
// the law gave 11 until 2024 and 13 since.
const fewestOff = 11

// NewCalendar returns the statutory calendar with an office's own entries,
// which win over the table, and its school year.
func NewCalendar(overrides []Override, school School) (*Calendar, error) {
	if err := school.check(); err != nil {
		return nil, err
	}
	c := &Calendar{marks: map[Day]Mark{}, off: map[int]int{}, school: school}
	for year := firstTableYear; year <= lastTableYear; year++ {
		c.addTable(year)
	}
	for _, o := range overrides {
		if err := c.override(o); err != nil {
			return nil, err
		}
	}
	for d, m := range c.marks {
		if m.Off {
			y, _, _ := d.YMD()
			c.off[y]++
		}
	}
	return c, nil
}

func (c *Calendar) addTable(year int) {
	for e := HolidayUtil.GetHolidaysByYear(year).Front(); e != nil; e = e.Next() {
		h, ok := e.Value.(*HolidayUtil.Holiday)
		if !ok {
			continue
		}
		if d, err := ParseDay(h.GetDay()); err == nil {
			name := strings.Replace(h.GetName(), "元旦节", "元旦", 1)
			c.marks[d] = Mark{Off: !h.IsWork(), Name: name}
		}
	}
}

// maxOverride is the longest row of days that one entry may stand for.
const maxOverride = 120

func (c *Calendar) override(o Override) error {
	from, err := ParseDay(o.Day)
	if err != nil {
		return err
	}
	to := from
	if o.To != "" {
		if to, err = ParseDay(o.To); err != nil {
			return err
		}
	}
	if to < from || to-from > maxOverride {
		return Refuse("日历条目 %s 到 %s 不对：结束应在开始之后，最多%d天", o.Day, o.To, maxOverride)
	}
	if o.Kind != Off && o.Kind != Work {
		return Refuse("日历条目 %s 的类型“%s”不对，请写“休”或“班”", o.Day, o.Kind)
	}
	if o.Source == "" {
		return Refuse("日历条目 %s 没有写出处，请写明依据哪份通知", o.Day)
	}
	for d := from; d <= to; d++ {
		c.marks[d] = Mark{Off: o.Kind == Off, Name: o.Name}
	}
	return nil
}

// Workday reports whether d is worked. In a year without data it is Monday to
// Friday; see [Calendar.Known].
func (c *Calendar) Workday(d Day) bool {
	if m, ok := c.Mark(d); ok {
		return !m.Off
	}
	return monToFri.has(int(d.Weekday()))
}

// Mark returns what is special about d, if anything is.
func (c *Calendar) Mark(d Day) (Mark, bool) {
	if c == nil {
		return Mark{}, false
	}
	m, ok := c.marks[d]
	return m, ok
}

// Known reports whether the holidays of a year have been entered.
func (c *Calendar) Known(year int) bool { return c != nil && c.off[year] >= fewestOff }

// Reason says in Chinese why d is worked or not, if it is not because of the
// day of the week alone: 国庆节放假, 国庆节调休上班.
func (c *Calendar) Reason(d Day) string {
	m, ok := c.Mark(d)
	switch {
	case ok && m.Off:
		return m.Name + "放假"
	case ok:
		return m.Name + "调休上班"
	case weekend.has(int(d.Weekday())):
		return "周末"
	}
	return ""
}

// holiday reports whether d is a statutory day off; with a name, of that holiday.
func (c *Calendar) holiday(d Day, name string) bool {
	m, ok := c.Mark(d)
	return ok && m.Off && (name == "" || m.Name == name)
}

// A School is an office's school year: when it teaches, examines and rests.
type School struct {
	Terms    []Term `json:"terms" yaml:"terms"`
	Holidays []Span `json:"holidays" yaml:"holidays"` // 寒假, 暑假
}

// A Term is a row of teaching weeks. The week of From is week 1.
type Term struct {
	Name  string `json:"name" yaml:"name"` // 2026秋
	From  Day    `json:"from" yaml:"from"`
	To    Day    `json:"to" yaml:"to"`                           // the last day, examinations included
	Exams []Span `json:"exams,omitempty" yaml:"exams,omitempty"` // 考试周
}

// A Span is a row of days, both ends included.
type Span struct {
	Name string `json:"name,omitempty" yaml:"name,omitempty"`
	From Day    `json:"from" yaml:"from"`
	To   Day    `json:"to" yaml:"to"`
}

func (s Span) has(d Day) bool { return s.From <= d && d <= s.To }

func (s School) check() error {
	spans := slices.Clone(s.Holidays)
	for _, t := range s.Terms {
		spans = append(spans, Span{t.Name, t.From, t.To})
		spans = append(spans, t.Exams...)
	}
	for _, p := range spans {
		if p.To < p.From {
			return Refuse("校历“%s”的结束 %s 在开始 %s 之前", p.Name, p.To, p.From)
		}
	}
	return nil
}

// School returns the school year; it is empty if no calendar is known.
func (c *Calendar) School() School {
	if c == nil {
		return School{}
	}
	return c.school
}

// TeachingWeek returns the number of d's week in its term, from 1; 0 means that
// d is in no term.
func (c *Calendar) TeachingWeek(d Day) int {
	for _, t := range c.School().Terms {
		if t.From <= d && d <= t.To {
			return int(d.Monday()-t.From.Monday())/7 + 1
		}
	}
	return 0
}

// exam reports whether d is in an examination week.
func (c *Calendar) exam(d Day) bool {
	return slices.ContainsFunc(c.School().Terms, func(t Term) bool {
		return slices.ContainsFunc(t.Exams, func(s Span) bool { return s.has(d) })
	})
}

// vacation reports whether d is in a school holiday; with a name, in that one.
func (c *Calendar) vacation(d Day, name string) bool {
	return slices.ContainsFunc(c.School().Holidays, func(s Span) bool {
		return s.has(d) && (name == "" || s.Name == name)
	})
}

// Examine adds an examination week to the term that it lies in; ok is false if it lies
// in none.
func (s *School) Examine(from, to Day) (ok bool) {
	for i, t := range s.Terms {
		if t.From <= from && from <= t.To {
			s.Terms[i].Exams = append(s.Terms[i].Exams, Span{Name: string(exams), From: from, To: to})
			return true
		}
	}
	return false
}

// Lines write the school year as people do: a line for each term and each holiday.
func (s School) Lines() (lines []string) {
	for _, t := range s.Terms {
		words := []string{"学期", t.Name, t.From.String() + "到" + t.To.String()}
		for _, e := range t.Exams {
			words = append(words, "考试", e.From.String()+"到"+e.To.String())
		}
		lines = append(lines, strings.Join(words, " "))
	}
	for _, h := range s.Holidays {
		lines = append(lines, strings.Join([]string{"假期", h.Name, h.From.String() + "到" + h.To.String()}, " "))
	}
	return lines
}
