package when

import (
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
	Zone     string      // in whose time
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
	p := Preview{Now: now.In(t.spec.zone), Sentence: t.spec.Sentence(), Rule: t.rule.String(), Zone: zoneName(t.spec.zone)}
	for at := t.Next(now); !at.IsZero() && len(p.Next) < n; at = t.Next(at) {
		p.Next = append(p.Next, at)
	}
	t.compare(now, &p)
	p.Warnings = t.warnings(now, p)
	return p
}

// compare finds the days that differ from what the spec alone would do.
func (t *Timetable) compare(now time.Time, p *Preview) {
	today := DayOf(now.In(t.spec.zone))
	last := min(today+previewDays, t.spec.until)
	if n := len(p.Next); n > 0 {
		last = min(last, DayOf(p.Next[n-1]))
	}
	skipped, added := rows{}, rows{}
	for d := max(today, t.spec.from); d <= last; d++ {
		if last := t.spec.times[len(t.spec.times)-1]; !d.At(last, t.spec.zone).After(now) {
			continue
		}
		plain := t.plain.days.match(d, nil)
		stop := t.stops(d)
		comes := stop == "" && t.spec.days.match(d, t.cal)
		switch {
		case plain && !comes:
			skipped.add(d, t.why(d, stop))
		case comes && !plain:
			added.add(d, t.why(d, ""))
			skipped.open = false
		case comes:
			skipped.open, added.open = false, false
		}
	}
	p.Skipped, p.Added = skipped.all, added.all
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
func (t *Timetable) why(d Day, stop string) string {
	if stop != "" {
		return stop
	}
	if why := t.cal.Reason(d); why != "" {
		return why
	}
	for _, k := range t.spec.days.except {
		if k.match(d, t.cal) {
			return string(k)
		}
	}
	if t.spec.days.front|t.spec.days.back != 0 {
		return "按放假调休顺移"
	}
	if len(t.spec.days.kinds) > 0 {
		return "不在" + list(t.spec.days.kinds, func(k kind) string { return string(k) })
	}
	return ""
}

// warnings say what a person should know.
func (t *Timetable) warnings(now time.Time, p Preview) []string {
	all := slices.Clone(t.spec.notes)
	if len(p.Next) == 0 {
		all = append(all, "按现在的日历和规则，今后没有一次会发送")
	}
	if !t.UsesCalendar() {
		return all
	}
	year, month, _ := DayOf(now.In(t.spec.zone)).YMD()
	last := year
	if n := len(p.Next); n > 0 {
		last, _, _ = DayOf(p.Next[n-1]).YMD()
	}
	if month >= time.November {
		last = max(last, year+1)
	}
	for y := year; y <= last; y++ {
		if t.cal.Known(y) {
			continue
		}
		does := "按周一至周五发送"
		if t.rule.noUnsure {
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
		b.WriteString("\n接下来：" + list(p.Next, func(t time.Time) string {
			return dayText(DayOf(t), p.Now.Year()) + "（" + zh.Weekday(t.Weekday()) + "）" + zh.Clock(t)
		}))
	}
	if p.Skipped != nil {
		b.WriteString("\n跳过：" + changes(p.Skipped, p.Now.Year()))
	}
	if p.Added != nil {
		b.WriteString("\n增加：" + changes(p.Added, p.Now.Year()))
	}
	for _, w := range p.Warnings {
		b.WriteString("\n注意：" + w)
	}
	return b.String()
}

// changes writes rows of days: 10月1日至10月7日（国庆节放假）.
func changes(all []Change, year int) string {
	return list(all, func(c Change) string {
		text := dayText(c.From, year)
		if c.To > c.From {
			from, _, _ := c.From.YMD()
			text += "至" + dayText(c.To, from)
		}
		if c.Why != "" {
			text += "（" + c.Why + "）"
		}
		return text
	})
}

// dayText writes a day, with its year if that is not the one that a reader
// thinks of.
func dayText(d Day, year int) string {
	if t := d.utc(); t.Year() != year {
		return zh.FullDate(t)
	}
	return zh.Date(d.utc())
}

// movedDays is how far ahead Moved compares.
const movedDays = 92

// Moved says in Chinese which firings of the next three months differ from those
// of an earlier timetable; "" if none does.
func (t *Timetable) Moved(before *Timetable, now time.Time) string {
	end := now.AddDate(0, 0, movedDays)
	was, is := before.fires(now, end), t.fires(now, end)
	text, year := "", now.In(t.spec.zone).Year()
	if gone := without(was, is, func(d Day) string { return t.why(d, t.stops(d)) }); gone != nil {
		text += "，不再发：" + changes(gone, year)
	}
	if added := without(is, was, func(d Day) string { return t.why(d, "") }); added != nil {
		text += "，增加：" + changes(added, year)
	}
	return text
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

// without returns the days of one ascending list that the other lacks.
func without(days, other []Day, why func(Day) string) []Change {
	var left rows
	for _, d := range days {
		if _, ok := slices.BinarySearch(other, d); ok {
			left.open = false
		} else {
			left.add(d, why(d))
		}
	}
	return left.all
}
