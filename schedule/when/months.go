package when

import (
	"regexp"
	"time"
)

var monthSpan = regexp.MustCompile(`^从?` + numeral + `月?份?(?:到|-)(?:次年|第二年)?的?` + numeral + `月份?(?:底|期间|之间)?`)

var dayAhead = regexp.MustCompile(`^` + numeral + `[日号]?`)

// monthRange takes 9月到12月 without days: from the first day of the one to the
// last of the other, in the year in which that ends next.
func monthRange(d *draft, s string) (int, error) {
	m := monthSpan.FindStringSubmatch(s)
	if m == nil || d.unit == perYear || dayAhead.MatchString(s[len(m[0]):]) {
		return 0, nil
	}
	a, ok := number(m[1])
	b, ok2 := number(m[2])
	if !ok || !ok2 {
		return 0, nil
	}
	for _, month := range []int{a, b} {
		if month < 1 || month > 12 {
			return 0, noSuchDate(month, 1)
		}
	}
	if d.from != nil || d.until != nil {
		return 0, d.conflict("前面的起止日期", m[0])
	}
	year, this, _ := d.today.YMD()
	end := year // in which the range ends
	if b < int(this) {
		end++
	}
	begin := end
	if a > b {
		begin--
	}
	from := dateRef{day: Date(begin, time.Month(a), 1), said: m[0]}
	until := dateRef{day: Date(end, time.Month(b)+1, 1) - 1, said: m[0]}
	d.from, d.until = &from, &until
	return len(m[0]), nil
}
