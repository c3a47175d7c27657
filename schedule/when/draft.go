package when

import (
	"fmt"
	"slices"
	"time"

	"duban/zh"
)

// A draft is what has been understood of a phrase so far.
type draft struct {
	set   Setting
	now   time.Time // in the zone
	today Day
	whole string
	notes []string

	instant time.Time // 2小时后
	once    []dateRef // named dates
	within  *within   // 下周, 12月, 2027年
	from    *dateRef
	until   *dateRef

	said   string // what set the unit, to be quoted
	unit   unit   // what repeats; "" if nothing was said to
	each   bool   // 每天 was said beside other days
	days   days
	chosen bool // days were chosen inside the unit
	bare   bool // one 周五 that is neither this nor every Friday

	clocks   []Clock
	midnight bool // 晚上12点: of which day?
	asked    bool // clocks were said
	window   *[2]Clock
	every    int // minutes between turns; 0 is none
	offset   int // minutes after the full hour
}

// A within is a period that was named.
type within struct {
	first, last Day
	unit        unit
	said        string
}

func newDraft(set Setting) *draft {
	now := set.Now.In(set.zone())
	return &draft{set: set, now: now, today: DayOf(now)}
}

func (d *draft) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}

// repeats sets the unit that was said with words, unless another one was.
func (d *draft) repeats(u unit, step int, words string) error {
	switch {
	case d.once != nil:
		return d.conflict(d.said, words)
	case d.unit == "":
	case d.unit == perYear && d.days.months != 0 && !d.chosen && u != perYear && step == 1:
		// 每年3月每周一: the months stay, the unit is the smaller one.
	default:
		return d.conflict(d.said, words)
	}
	d.unit, d.days.step, d.said = u, step, words
	return nil
}

func (d *draft) conflict(a, b string) error {
	if a == "" {
		a = "前面的日期"
	}
	return Refuse("“%s”和“%s”不能写在同一条里，请分成两条", a, b)
}

// choose says that days inside the unit are chosen, which can be done once.
func (d *draft) choose(words string) error {
	if d.chosen || d.once != nil {
		return d.conflict(d.said, words)
	}
	d.chosen = true
	if d.said == "" {
		d.said = words
	}
	return nil
}

// spec makes the Schedule that d describes.
func (d *draft) spec() (*Schedule, error) {
	if !d.instant.IsZero() {
		return d.laterSpec()
	}
	s := &Schedule{zone: d.set.zone(), calendar: d.set.Calendar, from: noFrom, until: noUntil}
	for _, step := range []func(*Schedule) error{d.fillDays, d.fillTimes, d.fillDates, d.fillRange, d.fillAnchor} {
		if err := step(s); err != nil {
			return nil, err
		}
	}
	if err := s.finish(d.set); err != nil {
		return nil, err
	}
	s.notes = append(slices.Clip(d.notes), s.notes...)
	return s, nil
}

// fillDays checks that it was said which days inside the unit are meant.
func (d *draft) fillDays(s *Schedule) error {
	if d.bare && !d.chosen && d.unit != perWeek {
		return Refuse("“%s”是只这一次还是每周？请写“本%[1]s”“下%[1]s”或“每%[1]s”", weekdays(d.days.week))
	}
	if err := d.needed(); err != nil {
		return err
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
	return nil
}

func (d *draft) needed() error {
	complete := d.chosen || d.each || d.once != nil
	switch {
	case complete:
	case d.unit == perWeek:
		return Refuse("“%s”没有说是周几，请写如“每周一9点”“每两周周五15:00”", d.said)
	case d.unit == perMonth:
		return Refuse("“%s”没有说是哪一天，请写如“每月1号9点”“每月最后一天9点”", d.said)
	case d.unit == perQuarter:
		return Refuse("“%s”没有说是哪一天，请写如“每季度末9点”“每季度第一天9点”", d.said)
	case d.unit == perYear:
		return Refuse("“%s”没有说是哪一天，请写如“每年3月12日9点”", d.said)
	case d.unit == perDay || d.every > 0:
	case d.days.kinds != nil:
		return Refuse("“%s”里是每天还是某一天？请写如“%[1]s每天9点”“%[1]s每周一9点”", d.days.kinds[0])
	case d.within != nil:
		return Refuse("“%s”没有说是哪一天，请写如“%[1]s每天9点”，或写明日期", d.within.said)
	case d.from != nil || d.until != nil:
		return Refuse("只写了起止日期，没有写多久一次，请写如“12月1日到12月31日每天9点”")
	default:
		return Refuse("没有写哪一天，请写如“每天9点”“明天9点”“每周一9点”")
	}
	return nil
}

// fillTimes sets the clock times.
func (d *draft) fillTimes(s *Schedule) error {
	switch {
	case d.every > 0:
		times, err := d.repeated()
		if err != nil {
			return err
		}
		s.times = times
	case d.window != nil:
		return Refuse("“%s到%s”是一段时间，请写一个时刻，或写多久一次，如“8:00到18:00每两小时”", d.window[0], d.window[1])
	case !d.asked:
		s.times = []Clock{Default}
		d.note("没有写几点，默认%s", Default)
	default:
		s.times = sortedSet(d.clocks)
	}
	if d.midnight && !d.everyDay() {
		return Refuse("晚上12点是当天0点还是次日0点？请写“23:59”，或写次日的“0点”，如“周六0点”")
	}
	return nil
}

// everyDay reports whether it does not matter on which side of midnight a day ends.
func (d *draft) everyDay() bool {
	return d.unit == perDay && d.days.step <= 1 && !d.chosen && d.once == nil && d.within == nil &&
		d.from == nil && d.until == nil && d.days.kinds == nil && d.days.except == nil && d.days.week == 0
}

// repeated are the times of 8点到18点每两小时.
func (d *draft) repeated() ([]Clock, error) {
	first, last := Clock(d.offset), Clock(24*60-1)
	if d.window != nil {
		first, last = d.window[0]+Clock(d.offset), d.window[1]
	} else if d.asked {
		if len(d.clocks) > 1 {
			return nil, Refuse("从几点开始写一个就够了，请写如“8:00到18:00每两小时”")
		}
		first = d.clocks[0]
	} else if 24*60%d.every != 0 {
		return nil, Refuse("一天不能平均分成每%s一次，请写起止时间如“8:00到18:00每%[1]s”，或逐个写出时刻", Minutes(d.every))
	}
	var times []Clock
	for c := first; c <= last; c += Clock(d.every) {
		times = append(times, c)
	}
	return times, nil
}

// Minutes writes a number of minutes as 2小时 or 90分钟.
func Minutes(n int) string {
	if n%60 == 0 {
		return fmt.Sprintf("%d小时", n/60)
	}
	return fmt.Sprintf("%d分钟", n)
}

// fillDates turns named dates, and days of a named period, into dates.
func (d *draft) fillDates(s *Schedule) error {
	if d.once != nil {
		return d.onceDates(s)
	}
	if d.within == nil {
		return nil
	}
	w := d.within
	if d.unit != "" || d.each || d.every > 0 {
		s.from, s.until = w.first, w.last
		return nil
	}
	var dates []Day
	for x := w.first; x <= w.last; x++ {
		if s.days.match(x, s.calendar) {
			dates = append(dates, x)
		}
	}
	if dates == nil {
		return Refuse("%s（%s到%s）没有这样的日子，请检查日期", w.said, w.first, w.last)
	}
	s.days = days{dates: dates}
	return nil
}

func (d *draft) onceDates(s *Schedule) error {
	if d.days.step > 1 || d.days.week != 0 || d.days.work || d.days.months != 0 {
		return d.conflict(d.once[0].said, d.said)
	}
	var dates []Day
	for _, r := range d.once {
		day, err := d.nearest(r, s.times[len(s.times)-1])
		if err != nil {
			return err
		}
		if name := zh.Weekday(day.Weekday()); r.week != "" && r.week != name {
			return Refuse("%s是%s，不是%s，请检查日期", day, name, r.week)
		}
		dates = append(dates, day)
	}
	s.days = days{dates: sortedSet(dates)}
	return nil
}

// laterSpec is one turn at an instant, on the nearest full minute: 1分钟后 comes
// after 30 to 90 seconds, and not only after two minutes.
func (d *draft) laterSpec() (*Schedule, error) {
	if d.unit != "" || d.once != nil || d.asked || d.chosen || d.within != nil || d.from != nil || d.until != nil {
		return nil, Refuse("“多久以后”只能单独写，请写如“2小时后”，或写明日期和时刻如“明天9点”")
	}
	t := d.instant.Round(time.Minute)
	s := &Schedule{
		zone: d.set.zone(), calendar: d.set.Calendar, from: noFrom, until: noUntil,
		days: days{dates: []Day{DayOf(t)}}, times: []Clock{ClockOf(t)},
	}
	return s, s.finish(d.set)
}

// fillRange sets the ends of the spec.
func (d *draft) fillRange(s *Schedule) error {
	if d.from == nil && d.until == nil {
		return nil
	}
	if s.Once() || s.from != noFrom || s.until != noUntil {
		return d.conflict("起止日期", d.said)
	}
	from, until, err := d.ends()
	if err != nil {
		return err
	}
	s.from, s.until = from, until
	return nil
}

// fillAnchor says from which day every third day is counted: from the next
// turn, unless a beginning was said.
func (d *draft) fillAnchor(s *Schedule) error {
	if s.days.step <= 1 {
		s.days.step = 0
		return nil
	}
	if s.from == noFrom {
		plain := *s
		plain.days.step = 0
		next := plain.Next(d.now)
		if next.IsZero() {
			return plain.over(d.now)
		}
		s.from = DayOf(next.In(s.zone))
	}
	s.days.anchor = s.from
	return nil
}
