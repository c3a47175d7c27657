package when

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"duban/zh"
)

// A draft is what has been understood of a phrase so far.
type draft struct {
	reader
	start string // the rest before the clause that is being read
	set   Setting
	notes []string

	instant time.Time  // 2小时后
	once    []*dateRef // named dates
	within  *within    // 下周, 12月, 2027年
	first   *dateRef   // 12月1日起
	last    *dateRef   // 到12月31日止
	row     int        // 连续三天: how many days from the first on

	said   string // what set the unit, to be quoted
	unit   unit   // what repeats; "" if nothing was said to
	each   bool   // 每天 was said beside other days
	days   days
	chosen bool // days were chosen inside the unit
	bare   bool // one 周五 that is neither this nor every Friday

	clocks   []Clock // nil if none were said
	midnight bool    // 晚上12点: of which day?
	window   []Clock // two, between which something repeats
	every    int     // minutes between firings; 0 is none
	offset   int     // minutes after the full hour
}

func newDraft(phrase string, set Setting) *draft {
	now := set.Now.In(set.zone())
	return &draft{set: set, reader: reader{text: text{phrase}, now: now, today: DayOf(now)}}
}

func (d *draft) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}

// words are what was read of the clause so far.
func (d *draft) words() string { return d.since(d.start) }

// back gives back what was read of the clause.
func (d *draft) back() { d.rest = d.start }

// repeats sets the unit, unless another one was said.
func (d *draft) repeats(u unit, step int) {
	switch {
	case d.once == nil && d.unit == "" && !d.chosen:
	case d.once == nil && d.unit == perYear && d.days.months != 0 && !d.chosen && u != perYear && step == 1:
		// 每年3月每周一: the months stay, the unit is the smaller one.
	default:
		d.clash()
	}
	d.unit, d.days.step, d.said = u, step, d.words()
}

// clash refuses a clause that contradicts an earlier one.
func (d *draft) clash() { conflict(d.said, d.words()) }

// conflict refuses two parts of a phrase that contradict each other.
func conflict(a, b string) {
	fail("“%s”和“%s”不能写在同一条里，请分成两条", cmp.Or(a, "前面的日期"), b)
}

// choose says that days inside the unit are chosen, which can be done once.
func (d *draft) choose() {
	if d.chosen || d.once != nil {
		d.clash()
	}
	d.chosen = true
	d.said = cmp.Or(d.said, d.words())
}

// only says that the phrase is about some dates, and nothing else.
func (d *draft) only(dates []*dateRef) {
	d.unsaid()
	d.once, d.said = dates, d.words()
}

// unsaid refuses the clause if it was said already which days are meant.
func (d *draft) unsaid() {
	if d.unit != "" || d.chosen || d.once != nil || d.within != nil {
		d.clash()
	}
}

// schedule makes the Schedule that d describes.
func (d *draft) schedule() *Schedule {
	s := newSchedule(d.set)
	if d.instant.IsZero() {
		d.fillDays(s)
		d.fillTimes(s)
		d.fillDates(s)
		d.fillRange(s)
		d.fillRow(s)
		d.fillAnchor(s)
	} else {
		d.fillInstant(s)
	}
	s.finish(d.set)
	s.notes = append(slices.Clip(d.notes), s.notes...)
	return s
}

// fillDays checks that it was said which days inside the unit are meant.
func (d *draft) fillDays(s *Schedule) {
	switch {
	case d.bare && d.chosen && d.unit != perWeek:
		conflict(weekdays(d.days.week), d.said)
	case d.bare && d.unit != perWeek:
		fail("“%s”是只这一次还是每周？请写“本%[1]s”“下%[1]s”或“每%[1]s”", weekdays(d.days.week))
	}
	if d.row > 0 && !d.chosen && d.once == nil && d.unit == "" {
		d.repeats(perDay, 1)
	}
	if !d.chosen && !d.each && d.once == nil {
		d.incomplete()
	}
	s.days = d.days
	if s.days.unit = d.unit; d.unit == "" && d.within != nil {
		s.days.unit = d.within.unit
	}
	if s.days.months != 0 && s.days.unit == perYear && s.days.front|s.days.back != 0 {
		s.days.unit = perMonth
	}
	if d.once == nil && s.days.unit == perMonth && s.days.week == 0 && !s.days.work {
		s.days.monthly |= s.days.front
		s.days.front = 0
	}
}

// incomplete refuses a phrase that chose no days, unless it means every day.
func (d *draft) incomplete() {
	switch {
	case d.unit == perWeek:
		fail("“%s”没有说是周几，请写如“每周一9点”“每两周周五15:00”", d.said)
	case d.unit == perMonth:
		fail("“%s”没有说是哪一天，请写如“每月1号9点”“每月最后一天9点”", d.said)
	case d.unit == perQuarter:
		fail("“%s”没有说是哪一天，请写如“每季度末9点”“每季度第一天9点”", d.said)
	case d.unit == perYear:
		fail("“%s”没有说是哪一天，请写如“每年3月12日9点”", d.said)
	case d.unit == perDay || d.every > 0:
	case d.days.kinds != nil:
		fail("“%s”里是每天还是某一天？请写如“%[1]s每天9点”“%[1]s每周一9点”", d.days.kinds[0])
	case d.within != nil:
		fail("“%s”没有说是哪一天，请写如“%[1]s每天9点”，或写明日期", d.within.said)
	case d.first != nil || d.last != nil:
		fail("只写了起止日期，没有写多久一次，请写如“12月1日到12月31日每天9点”")
	default:
		fail("没有写哪一天，请写如“每天9点”“明天9点”“每周一9点”")
	}
}

// fillTimes sets the clock times.
func (d *draft) fillTimes(s *Schedule) {
	switch {
	case d.every > 0:
		s.times = d.repeated()
	case d.window != nil:
		d.moment()
	case d.clocks == nil:
		s.times = []Clock{Default}
		d.note("没有写几点，默认%s", Default)
	default:
		s.times = sortedSet(d.clocks)
	}
	if d.midnight && !d.everyDay() {
		fail("晚上12点是当天0点还是次日0点？请写“23:59”，或写次日的“0点”，如“周六0点”")
	}
}

// moment refuses two times between which nothing repeats: one of them may be meant.
func (d *draft) moment() {
	r := &Refusal{Text: fmt.Sprintf("“%s到%s”是一段时间，请写一个时刻，或写多久一次，如“8:00到18:00每两小时”", d.window[0], d.window[1])}
	for _, c := range d.window {
		one := *d
		one.window, one.clocks = nil, []Clock{c}
		if s, err := one.may(); err == nil {
			r.Instead = append(r.Instead, s.String())
		}
	}
	panic(r)
}

// may makes the Schedule that d describes, if there is one.
func (d *draft) may() (s *Schedule, err error) {
	defer caught(&err)
	return d.schedule(), nil
}

// everyDay reports whether it does not matter on which side of midnight a day ends.
func (d *draft) everyDay() bool {
	return d.unit == perDay && d.days.step <= 1 && !d.chosen && d.once == nil && d.within == nil &&
		d.first == nil && d.last == nil && d.days.kinds == nil && d.days.except == nil && d.days.week == 0
}

// repeated are the times of 8点到18点每两小时.
func (d *draft) repeated() (times []Clock) {
	first, last := Clock(d.offset), Clock(24*60-1)
	switch {
	case d.window != nil:
		first, last = d.window[0]+Clock(d.offset), d.window[1]
	case len(d.clocks) > 1:
		fail("从几点开始写一个就够了，请写如“8:00到18:00每两小时”")
	case d.clocks != nil:
		first = d.clocks[0]
	case 24*60%d.every != 0:
		fail("一天不能平均分成每%s一次，请写起止时间如“8:00到18:00每%[1]s”，或逐个写出时刻", Minutes(d.every))
	}
	for c := first; c <= last; c += Clock(d.every) {
		times = append(times, c)
	}
	return times
}

// fillDates turns named dates, and days of a named period, into dates.
func (d *draft) fillDates(s *Schedule) {
	w := d.within
	switch {
	case d.once != nil:
		d.fillOnce(s)
		return
	case w == nil:
		return
	case d.unit != "" || d.each || d.every > 0:
		s.from, s.until = w.first, w.last
		return
	}
	var dates []Day
	for x := w.first; x <= w.last; x++ {
		if s.days.match(x, s.calendar) {
			dates = append(dates, x)
		}
	}
	if dates == nil {
		fail("%s（%s到%s）没有这样的日子，请检查日期", w.said, w.first, w.last)
	}
	s.days = days{dates: dates}
}

func (d *draft) fillOnce(s *Schedule) {
	if d.days.step > 1 || d.days.week != 0 || d.days.work || d.days.months != 0 {
		conflict(d.once[0].said, d.said)
	}
	var dates []Day
	for _, r := range d.once {
		day := d.coming(r, s.times[len(s.times)-1])
		if name := zh.Weekday(day.Weekday()); r.week != "" && r.week != name {
			panic(&Refusal{Text: fmt.Sprintf("%s是%s，不是%s，请检查日期", day, name, r.week), Instead: d.near(s, day, r.week)})
		}
		dates = append(dates, day)
	}
	s.days = days{dates: sortedSet(dates)}
}

// near writes a day as it was said, and the nearest one of that name in the week.
func (d *draft) near(s *Schedule, day Day, week string) (phrases []string) {
	for _, by := range []Day{0, 1, -1, 2, -2, 3, -3} {
		if by != 0 && zh.Weekday((day+by).Weekday()) != week || len(d.once) > 1 || day+by < d.today {
			continue
		}
		one := *s
		one.days = days{dates: []Day{day + by}}
		phrases = append(phrases, one.describe())
	}
	return phrases
}

// fillInstant sets one firing, on the nearest full minute: 1分钟后 comes after 30
// to 90 seconds, and not only after two minutes.
func (d *draft) fillInstant(s *Schedule) {
	if d.unit != "" || d.once != nil || d.clocks != nil || d.chosen || d.within != nil || d.first != nil || d.last != nil {
		fail("“多久以后”只能单独写，请写如“2小时后”，或写明日期和时刻如“明天9点”")
	}
	t := d.instant.Round(time.Minute)
	s.days, s.times = days{dates: []Day{DayOf(t)}}, []Clock{ClockOf(t)}
}

// fillAnchor says from which day every third day is counted: from the next
// firing, unless a beginning was said.
func (d *draft) fillAnchor(s *Schedule) {
	if s.days.step <= 1 {
		s.days.step = 0
		return
	}
	if s.from == noFrom {
		plain := *s
		plain.days.step = 0
		next := plain.Next(d.now)
		if next.IsZero() {
			plain.over(d.now)
		}
		s.from = DayOf(next.In(s.zone))
	}
	s.days.anchor = s.from
}
