package when

import (
	"slices"
	"time"
)

// A unit is what days are counted in.
type unit string

const (
	perDay     unit = "天"
	perWeek    unit = "周"
	perMonth   unit = "月"
	perQuarter unit = "季度"
	perYear    unit = "年"
)

// bits is a set of small numbers.
type bits uint64

func bit(n ...int) bits {
	var b bits
	for _, i := range n {
		b |= 1 << i
	}
	return b
}

func (b bits) has(n int) bool { return b&(1<<n) != 0 }

// list returns the numbers in b, ascending.
func (b bits) list() []int {
	var all []int
	for n := range 64 {
		if b.has(n) {
			all = append(all, n)
		}
	}
	return all
}

func (b bits) len() int { return len(b.list()) }

// Sets of [time.Weekday].
const (
	monToFri     bits = 0b0111110
	weekend      bits = 0b1000001
	everyWeekday      = monToFri | weekend
)

// Sets of months and of days of the month.
const (
	odd           bits = 0xAAAAAAAA
	everyMonth    bits = 1<<13 - 1<<1
	everyMonthDay bits = 1<<32 - 1<<1
)

// days says which days a spec fires on: those that agree with every field that
// is set. The zero value is every day.
type days struct {
	dates []Day // only these, ascending; then nothing else is set

	step   int  // every step units, counted from the anchor; 0 and 1 are every
	unit   unit // what step counts, and the period that front and back count in
	anchor Day  // in the first unit that counts

	months  bits   // 1 to 12
	yearly  []int  // month*100+day, ascending
	monthly bits   // days of the month, 1 to 31
	front   bits   // the n-th day of the period that is of the right kind
	back    bits   // the same, counted from its end
	week    bits   // days of the week
	work    bool   // workdays
	kinds   []kind // kinds of day that a calendar knows; any of them will do
	except  []kind // none of these
}

// match reports whether a spec fires on d.
func (s *days) match(d Day, cal *Calendar) bool {
	if s.dates != nil {
		_, ok := slices.BinarySearch(s.dates, d)
		return ok
	}
	return s.inStep(d) && s.inYear(d) && s.ofKind(d, cal) && s.inPlace(d, cal)
}

// inStep reports whether d is in a unit that counts: every second week.
func (s *days) inStep(d Day) bool {
	if s.step <= 1 {
		return true
	}
	n := 0
	switch s.unit {
	case perDay:
		n = int(d - s.anchor)
	case perWeek:
		n = int(d.Monday()-s.anchor.Monday()) / 7
	case perMonth:
		n = d.month() - s.anchor.month()
	case perQuarter, perYear: // Parse makes no such step
	}
	return d >= s.anchor && n%s.step == 0
}

// inYear reports whether month and day of the month are right. A day of the
// month may be counted from the end instead.
func (s *days) inYear(d Day) bool {
	if s.months == 0 && s.yearly == nil && s.monthly == 0 {
		return true
	}
	_, m, day := d.YMD()
	if s.months != 0 && !s.months.has(int(m)) {
		return false
	}
	if s.yearly != nil {
		return slices.Contains(s.yearly, int(m)*100+day)
	}
	return s.monthly == 0 || s.monthly.has(day) || s.countsDays()
}

// countsDays reports whether monthly stands beside front or back, and so either will do.
func (s *days) countsDays() bool { return s.monthly != 0 && s.front|s.back != 0 }

// ofKind reports whether d is the right kind of day, wherever it stands.
func (s *days) ofKind(d Day, cal *Calendar) bool {
	if s.week != 0 && !s.week.has(int(d.Weekday())) {
		return false
	}
	if s.work && !cal.Workday(d) {
		return false
	}
	is := func(k kind) bool { return k.match(d, cal) }
	if s.kinds != nil && !slices.ContainsFunc(s.kinds, is) {
		return false
	}
	return !slices.ContainsFunc(s.except, is)
}

// inPlace reports whether d is, for example, the last one of its kind in the month.
func (s *days) inPlace(d Day, cal *Calendar) bool {
	if s.front|s.back == 0 {
		return true
	}
	if s.countsDays() {
		if _, _, day := d.YMD(); s.monthly.has(day) {
			return true
		}
	}
	first, last := s.unit.around(d)
	return s.nth(d, first, -1, s.front, cal) || s.nth(d, last, +1, s.back, cal)
}

// nth reports whether d is one of the ordinals when days of its kind are
// counted from it to end, in steps of by.
func (s *days) nth(d, end Day, by Day, ordinals bits, cal *Calendar) bool {
	if ordinals == 0 {
		return false
	}
	most, n := ordinals.list()[ordinals.len()-1], 1
	for x := d; x != end && n <= most; {
		x += by
		if s.ofKind(x, cal) {
			n++
		}
	}
	return n <= most && ordinals.has(n)
}

// around returns the first and the last day of the unit that d is in.
func (u unit) around(d Day) (first, last Day) {
	y, m, _ := d.YMD()
	switch u {
	case perDay:
		return d, d
	case perWeek:
		return d.Monday(), d.Monday() + 6
	case perQuarter:
		m = (m-1)/3*3 + 1
		return Date(y, m, 1), Date(y, m+3, 1) - 1
	case perYear:
		return Date(y, 1, 1), Date(y, time.December, 31)
	case perMonth:
	}
	return Date(y, m, 1), Date(y, m+1, 1) - 1
}

func sortedSet[T ~int](all []T) []T {
	slices.Sort(all)
	return slices.Compact(all)
}
