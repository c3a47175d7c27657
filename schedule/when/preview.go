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
	Next     []time.Time // the next turns
	Skipped  []Change    // days on which it would have come but for the calendar and the rule
	Added    []Change    // days on which it comes because of them
	Warnings []string    // what is assumed or not known
}

// A Change is a day on which a calendar or a rule changed something.
type Change struct {
	Day Day
	Why string // 国庆节放假, 国庆节调休上班, 考试周

	joined bool // the change before it has the same reason, and no turn comes between the two
}

// previewDays is how far a preview looks for changes, and mostChanges how many
// rows of them it shows.
const (
	previewDays = 400
	mostChanges = 40
)

// Preview looks n turns ahead.
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
		if !t.spec.times[len(t.spec.times)-1].after(d, now, t.spec.zone) {
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

// rows are changes of which those of one reason that follow one another are one
// row.
type rows struct {
	all   []Change
	count int
	open  bool // a change of the last one's reason would be in its row
}

func (r *rows) add(d Day, why string) {
	joined := r.open && r.all[len(r.all)-1].Why == why
	if !joined {
		r.count++
	}
	r.open = r.count <= mostChanges
	if r.open {
		r.all = append(r.all, Change{d, why, joined})
	}
}

// after reports whether c on d is later than now.
func (c Clock) after(d Day, now time.Time, zone *time.Location) bool {
	return d.At(c, zone).After(now)
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
	all := t.spec.Notes()
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
		b.WriteString("\n接下来：")
		for i, t := range p.Next {
			if i > 0 {
				b.WriteString("、")
			}
			b.WriteString(dayText(DayOf(t), p.Now.Year()) + "（" + zh.Weekday(t.Weekday()) + "）" + zh.Clock(t))
		}
	}
	for _, c := range []struct {
		head string
		days []Change
	}{{"跳过", p.Skipped}, {"增加", p.Added}} {
		if len(c.days) > 0 {
			b.WriteString("\n" + c.head + "：" + changes(c.days, p.Now.Year()))
		}
	}
	for _, w := range p.Warnings {
		b.WriteString("\n注意：" + w)
	}
	return b.String()
}

// changes writes rows of days that have one reason as one: 10月1日至7日 国庆节放假.
func changes(all []Change, year int) string {
	var parts []string
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && all[j+1].joined {
			j++
		}
		text := dayText(all[i].Day, year)
		if j > i {
			from, _, _ := all[i].Day.YMD()
			text += "至" + dayText(all[j].Day, from)
		}
		if all[i].Why != "" {
			text += "（" + all[i].Why + "）"
		}
		parts = append(parts, text)
		i = j + 1
	}
	return strings.Join(parts, "、")
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
	var gone, added rows
	for _, d := range was {
		if gone.open = gone.open && !contains(is, d); !contains(is, d) {
			gone.add(d, t.why(d, t.stops(d)))
		}
	}
	for _, d := range is {
		if added.open = added.open && !contains(was, d); !contains(was, d) {
			added.add(d, t.why(d, ""))
		}
	}
	text, year := "", now.In(t.spec.zone).Year()
	if gone.all != nil {
		text += "，不再发：" + changes(gone.all, year)
	}
	if added.all != nil {
		text += "，增加：" + changes(added.all, year)
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

func contains(sorted []Day, d Day) bool {
	_, ok := slices.BinarySearch(sorted, d)
	return ok
}
