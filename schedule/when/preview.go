package when

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/zh"
)

// A Preview is what a person should see before saving a schedule.
type Preview struct {
	Now      time.Time   // when it was made; other years than this one are named
	Sentence string      // what it means
	Rule     string      // on which kinds of day
	Next     []time.Time // the next firings
	Skipped  []Change    // days on which it would have come but for the calendar and the rule
	Added    []Change    // days on which it comes because of them
	Warnings []string    // what is assumed or not known
}

// A Change is a row of days on which a calendar or a rule changed something for
// one reason, with no firing between them.
type Change struct {
	From, To Day
	Why      string // 国庆节放假, 国庆节调休上班, 考试周
}

// previewDays is how far a preview looks for changes, and mostChanges how many
// rows of them it shows.
const (
	previewDays = 400
	mostChanges = 40
)

// Preview looks n firings ahead.
func (t *Timetable) Preview(now time.Time, n int) Preview {
	p := Preview{Now: now.In(t.Spec.zone), Sentence: t.Spec.Sentence(), Rule: t.Rule.String()}
	for at := t.Next(now); !at.IsZero() && len(p.Next) < n; at = t.Next(at) {
		p.Next = append(p.Next, at)
	}
	if len(p.Next) > 0 {
		t.compare(now, &p)
	}
	p.Warnings = t.warnings(now, p)
	return p
}

// compare finds the days that differ from what the spec alone would do.
func (t *Timetable) compare(now time.Time, p *Preview) {
	today := DayOf(now.In(t.Spec.zone))
	last := min(today+previewDays, t.Spec.until)
	last = min(last, DayOf(p.Next[len(p.Next)-1]))
	first := max(today, t.Spec.from)
	if !first.At(t.Spec.times[len(t.Spec.times)-1], t.Spec.zone).After(now) {
		first++
	}
	var was, is []Day
	for d := first; d <= last; d++ {
		if t.plain.match(d, nil) {
			was = append(was, d)
		}
		if t.comes(d) {
			is = append(is, d)
		}
	}
	p.Skipped, p.Added = t.changes(was, is)
}

// changes compares two ascending lists of days.
func (t *Timetable) changes(was, is []Day) (gone, added []Change) {
	var less, more rows
	for _, d := range sortedSet(slices.Concat(was, is)) {
		_, before := slices.BinarySearch(was, d)
		_, now := slices.BinarySearch(is, d)
		switch {
		case before && now:
			less.open, more.open = false, false
		case before:
			less.add(d, t.why(d))
		default:
			more.add(d, t.why(d))
			less.open = false
		}
	}
	return less.all, more.all
}

// rows are changes, of which the last one is open: the next day with its reason
// belongs to it.
type rows struct {
	all  []Change
	open bool
}

func (r *rows) add(d Day, why string) {
	n := len(r.all)
	switch {
	case r.open && r.all[n-1].Why == why:
		r.all[n-1].To = d
	case n < mostChanges:
		r.all = append(r.all, Change{d, d, why})
		r.open = true
	default:
		r.open = false
	}
}

// why says why d differs.
func (t *Timetable) why(d Day) string {
	if why := cmp.Or(t.stops(d), t.Spec.calendar.Reason(d)); why != "" {
		return why
	}
	for _, k := range t.Spec.days.except {
		if k.match(d, t.Spec.calendar) {
			return string(k)
		}
	}
	if t.Spec.days.front|t.Spec.days.back != 0 {
		return "按放假调休顺移"
	}
	if len(t.Spec.days.kinds) > 0 {
		return "不在" + names(t.Spec.days.kinds)
	}
	return ""
}

// warnings say what a person should know.
func (t *Timetable) warnings(now time.Time, p Preview) []string {
	all := slices.Clone(t.Spec.notes)
	if len(p.Next) == 0 {
		all = append(all, "按现在的日历和规则，今后没有一次会发送；补录日历后会再看")
	}
	if !t.UsesCalendar() {
		return all
	}
	year, month, _ := DayOf(now.In(t.Spec.zone)).YMD()
	last := year
	if n := len(p.Next); n > 0 {
		last, _, _ = DayOf(p.Next[n-1]).YMD()
	}
	if month >= time.November || len(p.Next) == 0 {
		last = max(last, year+1)
	}
	for y := year; y <= last; y++ {
		if t.Spec.calendar.Known(y) {
			continue
		}
		does := "按周一至周五发送"
		if t.Rule.noUnsure || t.Spec.Waits() {
			does = "不发送"
		}
		all = append(all, fmt.Sprintf("%d年放假安排未录入，%d年%s；国务院公布后请补录日历", y, y, does))
	}
	return all
}

// zoneName is a zone as people call it.
func zoneName(zone *time.Location) string {
	if zone.String() == "Asia/Shanghai" {
		return "北京时间"
	}
	return zone.String()
}

// String writes the preview for a chat.
func (p Preview) String() string {
	var b strings.Builder
	b.WriteString(p.Sentence)
	if p.Rule != "" {
		fmt.Fprintf(&b, "\n规则：%s", p.Rule)
	}
	if len(p.Next) > 0 {
		b.WriteString("\n接下来：" + zh.List(p.Next, func(t time.Time) string {
			return zh.DateSeen(t, p.Now) + "（" + zh.Weekday(t.Weekday()) + "）" + zh.Clock(t)
		}))
	}
	b.WriteString(changed("\n跳过：", p.Skipped, p.Now))
	b.WriteString(changed("\n增加：", p.Added, p.Now))
	for _, w := range p.Warnings {
		b.WriteString("\n注意：" + w)
	}
	return b.String()
}

// changed writes rows of days, if there are any: 跳过：10月1日至10月7日（国庆节放假）.
func changed(head string, all []Change, now time.Time) string {
	if all == nil {
		return ""
	}
	return head + zh.List(all, func(c Change) string {
		text := zh.DateSeen(c.From.utc(), now)
		if c.To > c.From {
			text += "至" + zh.DateSeen(c.To.utc(), c.From.utc())
		}
		if c.Why != "" {
			text += "（" + c.Why + "）"
		}
		return text
	})
}

// movedDays is how far ahead Moved compares.
const movedDays = 92

// Moved says in Chinese which firings of the next three months differ from those
// of an earlier timetable; "" if none does.
func (t *Timetable) Moved(before *Timetable, now time.Time) string {
	end := now.AddDate(0, 0, movedDays)
	gone, added := t.changes(before.fires(now, end), t.fires(now, end))
	now = now.In(t.Spec.zone)
	return changed("，不再发：", gone, now) + changed("，增加：", added, now)
}

// fires returns the days on which something comes.
func (t *Timetable) fires(from, to time.Time) []Day {
	var all []Day
	for at := t.Next(from); !at.IsZero() && at.Before(to); at = t.Next(at) {
		if d := DayOf(at); len(all) == 0 || all[len(all)-1] != d {
			all = append(all, d)
		}
	}
	return all
}

// An Explanation is what a schedule text means, as `duban schedule explain
// --json` prints it.
type Explanation struct {
	Phrase  string      `json:"phrase"`
	OK      bool        `json:"ok"`
	Cron    string      `json:"cron"` // "" if cron cannot say it
	Next    []time.Time `json:"next"`
	Explain string      `json:"explain"`
	Error   string      `json:"error"` // why it is refused and what to write instead
}

// Explain reads a text and says in Chinese what it means, with its next n firings.
func Explain(text string, set Setting, n int) Explanation {
	e := Explanation{Phrase: text, Next: []time.Time{}}
	s, err := Parse(text, set)
	if err != nil {
		if refusal := (*Refusal)(nil); errors.As(err, &refusal) {
			e.Error = refusal.Text
		}
		return e
	}
	e.OK, e.Cron, e.Explain = true, s.Cron(), s.Sentence()
	for t := s.Next(set.Now); !t.IsZero() && len(e.Next) < n; t = s.Next(t) {
		e.Next = append(e.Next, t)
	}
	return e
}

// Sentence says in Chinese what s means and what was assumed.
func (s *Schedule) Sentence() string {
	text := s.describe()
	if s.Once() {
		text += " 只发这一次"
		if len(s.days.dates)*len(s.times) > 1 {
			text = strings.TrimSuffix(text, "这一次") + "这几次"
		}
	}
	text += "（" + zoneName(s.zone) + "）。"
	if len(s.notes) > 0 {
		text += strings.Join(s.notes, "；") + "。"
	}
	return text
}
