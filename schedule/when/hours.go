package when

import (
	"fmt"
	"slices"
	"strings"
)

// resolve finds what spoken clock times mean. One that names no part of the day
// takes it from the one before, if that makes it later; a bare 3点 alone is
// refused, because nobody can tell whether the night or the afternoon is meant.
func (d *draft) resolve(all []spoken) (clocks []Clock) {
	full := false // somebody counts to 24 here
	for _, c := range all {
		c.check()
		full = full || c.sure || c.part == "" && (c.h > 12 || c.h == 0)
	}
	part, before := "", Clock(-1)
	for _, c := range all {
		inherited := c.part == ""
		if inherited {
			c.part = part
		}
		clock := c.clock(inherited, full, before)
		d.midnight = d.midnight || clock == 0 && c.h == 12
		clocks = append(clocks, clock)
		part, before = c.part, clock
	}
	return clocks
}

// check refuses what no clock shows.
func (c spoken) check() {
	switch {
	case c.h == 24 && c.m == 0:
		fail("小时应在0到23之间；24点请写次日的“0点”，或写“23:59”")
	case c.h > 23:
		fail("小时应在0到23之间，“%s”不对，请检查时刻", c.said)
	case c.m > 59:
		fail("分钟应在0到59之间，“%s”不对，请检查时刻", c.said)
	}
}

// clock returns the time of day. Inherited says that the part of the day comes
// from an earlier time in the same list, full that the list counts to 24.
func (c spoken) clock(inherited, full bool, before Clock) Clock {
	plain := Clock(c.h*60 + c.m)
	if c.part == "" {
		if !c.sure && !full && c.h <= 6 && (before < 0 || plain <= before) {
			fail("“%s”是凌晨还是下午？请写“凌晨%d点”或“下午%[2]d点”，也可以写“%02[2]d:%02[3]d”或“%[4]d:%02[3]d”",
				c.said, c.h, c.m, c.h+12)
		}
		return plain
	}
	h, ok := partHour(c.part, c.h)
	spoke := Clock(h*60 + c.m)
	switch {
	case ok && (!inherited || spoke > before):
		return spoke
	case inherited && plain > before:
		return plain
	case inherited:
		fail("“%s”是上午还是下午？请写“上午”“下午”，或24小时制如“17:00”", c.said)
	}
	c.contradict()
	return 0
}

// contradict refuses an hour that is not in its part of the day.
func (c spoken) contradict() {
	right := ""
	switch {
	case c.h > 12:
		right = fmt.Sprintf("%s%d点”或“%d:%02d", partName(c.h), c.h-12, c.h, c.m)
	case c.h == 12:
		right = "中午12点”或“0点"
	case c.h == 0:
		right = "0点”或“00:00"
	default:
		right = fmt.Sprintf("%s%d点”或“%s%[2]d点", partName(c.h), c.h, partName(c.h+12))
	}
	fail("“%s”与“%d点”矛盾，请写“%s”", c.part, c.h, right)
}

func partName(h int) string { return []string{"凌晨", "上午", "下午", "晚上"}[h/6] }

// partsOfDay are the hours that people say with a part of the day: on 12, which
// are after noon, and as they are.
var partsOfDay = []struct {
	names        string
	after, plain [2]int
	midnight     bool // 12 is midnight
}{
	{"凌晨", [2]int{}, [2]int{0, 6}, true},
	{"清晨 清早 早晨 早上 一早 早", [2]int{}, [2]int{4, 11}, false},
	{"上午", [2]int{}, [2]int{5, 11}, false},
	{"中午 正午 午间", [2]int{1, 2}, [2]int{11, 14}, false},
	{"下午 午后", [2]int{1, 11}, [2]int{12, 19}, false},
	{"傍晚", [2]int{4, 8}, [2]int{16, 20}, false},
	{"晚 晚上 晚间", [2]int{5, 11}, [2]int{17, 23}, true},
	{"夜里 夜间 夜晚 深夜 半夜 午夜", [2]int{8, 11}, [2]int{20, 23}, true},
}

// partHour returns the hour on 24 that people mean by an hour in a part of the
// day; false if the two contradict each other or leave it open.
func partHour(part string, h int) (int, bool) {
	for _, p := range partsOfDay {
		if !slices.Contains(strings.Fields(p.names), part) {
			continue
		}
		switch {
		case p.midnight && h == 12:
			return 0, true
		case p.after[0] <= h && h <= p.after[1] && h > 0:
			return h + 12, true
		}
		return h, p.plain[0] <= h && h <= p.plain[1]
	}
	return h, false
}
