package when

import (
	"fmt"
	"slices"
	"strings"
)

const (
	partOfDay = `(凌晨|清晨|清早|早晨|早上|一早|早|上午|中午|正午|午间|下午|午后|傍晚|晚上|晚间|夜里|夜间|夜晚|深夜|半夜|午夜|晚)`
	oclock    = `(?:点钟|点整|点正|点|时整|时)`
)

var (
	colonTime = begins(partOfDay + `?的? ?([0-9]{1,2}):([0-9]{1,2})(:[0-9]+)? ?([ap]\.?m\.?)?(?:分|时|点)?`)
	hourTime  = begins(partOfDay + `?的? ?` + numeral + oclock + `((?:过|零|〇)?(?:(半)|([一1三3])刻钟?|` + numeral + `(分)?)?)`)
	ampmTime  = begins(`([0-9]{1,2}) ?([ap])\.?m\.?`)
	partOnly  = begins(partOfDay)
	hourList  = begins(partOfDay + `?` + numeral + `(?:` + sep + numeral + `)+` + oclock)
	clockHead = begins(numeral + oclock + `|[0-9]{1,2}:[0-9]`)
	notMinute = begins(`号|日|月|天|周|次|个|小时|点|时|:|年|/|分钟`)
	afterTime = begins(`(?:之|以)?[前后]`)
	clockTo   = begins(`(?:一直)?(?:到|-)`)
	clockSpan = begins(`之间|期间|内|止`)
	clockOpen = begins(`(?:开始|起)(?:,|、)?`)
)

// A spoken is a clock time as it was said.
type spoken struct {
	part    string // 下午
	h, m    int
	sure    bool // 20:00, 08:00: on 24 hours
	assumed bool // 上午 alone
	said    string
}

// hourRange takes 8-18点.
func hourRange(d *draft, m []string) {
	from := spoken{part: m[1], h: number(m[2]), said: m[1] + m[2] + "点"}
	d.between([]spoken{from}, spoken{h: number(m[3]), said: m[3] + "点"})
}

// clockClause takes all clock times of a phrase: one, a list, or a range.
func clockClause(d *draft, _ []string) {
	all := d.clockList()
	if all == nil {
		return
	}
	after := d.rest
	if d.skip(clockTo) != "" {
		if end, ok := d.clock(); ok {
			d.between(all, end)
			d.skip(clockSpan)
			return
		}
		d.rest = after
	}
	if m := afterTime.FindString(d.rest); m != "" {
		fail("“%s%s”不是准确的时刻，请写如“8:30”", d.words(), m)
	}
	d.addClocks(all)
	d.skip(clockOpen)
}

// clockList reads a list of clock times.
func (t *text) clockList() (all []spoken) {
	if m := hourList.FindString(t.rest); m != "" {
		return t.hours(m)
	}
	for {
		before, mark := t.rest, ""
		if all != nil {
			mark = t.skip(listMark)
		}
		c, ok := t.clock()
		if !ok || all != nil && mark == "" && c.part == "" {
			t.rest = before
			return all
		}
		all = append(all, c)
	}
}

// hours reads 8、12、20点.
func (t *text) hours(s string) (all []spoken) {
	part := partOnly.FindString(s)
	for _, m := range oneNumber.FindAllString(s[len(part):], -1) {
		all = append(all, spoken{part: part, h: number(m), said: part + m + "点"})
		part = ""
	}
	t.rest = t.rest[len(s):]
	return all
}

// clock reads one clock time; ok is false if there is none.
func (t *text) clock() (c spoken, ok bool) {
	if m := t.take(colonTime); m != nil {
		return colonClock(m), true
	}
	if m := t.take(ampmTime); m != nil {
		return ampm(m[2], number(m[1]), 0, m[0]), true
	}
	if m := t.take(hourTime); m != nil {
		return t.hourClock(m), true
	}
	m := t.skip(partOnly)
	switch m {
	case "":
		return spoken{}, false
	case "中午", "正午", "午夜":
		return spoken{part: m, h: 12, said: m}, true
	case "上午", "早上", "早晨":
		return spoken{part: m, h: int(Default) / 60, m: int(Default) % 60, sure: true, assumed: true, said: m}, true
	}
	fail("“%s”没有说几点，请写如“%[1]s8点”或“20:00”", m)
	return spoken{}, false
}

func colonClock(m []string) spoken {
	if m[4] != "" {
		fail("时间只精确到分钟，“%s”请写成“%s:%s”", m[0], m[2], m[3])
	}
	if len(m[3]) == 1 {
		fail("“%s”的分钟请写两位，如“%s:0%s”或“%[2]s:%[3]s0”", m[0], m[2], m[3])
	}
	h, minute := number(m[2]), number(m[3])
	if m[5] != "" {
		return ampm(m[5][:1], h, minute, m[0])
	}
	return spoken{part: m[1], h: h, m: minute, sure: m[1] == "", said: m[0]}
}

func ampm(half string, h, minute int, said string) spoken {
	if h < 1 || h > 12 {
		fail("“%s”不对，am/pm 前应是1到12点；请写如“20:00”", said)
	}
	h %= 12
	if half == "p" {
		h += 12
	}
	return spoken{h: h, m: minute, sure: true, said: said}
}

// hourClock reads 八点, 八点半, 8点15分.
func (t *text) hourClock(m []string) spoken {
	c := spoken{part: m[1], h: number(m[2]), said: m[0]}
	past := m[3]
	switch {
	case m[4] != "":
		c.m = 30
	case m[5] != "":
		c.m = 15 * number(m[5])
	case m[6] != "" && m[7] == "" && t.ahead(notMinute): // 8点12月1日: the number begins something else
		t.rest, c.said = past+t.rest, strings.TrimSuffix(m[0], past)
	case m[6] != "":
		c.m = number(m[6])
		if c.m < 10 && m[7] == "" && !strings.ContainsAny(past, "零〇0过") {
			fail("“%s”是几分？请写如“%d:0%d”或“%[2]d:%[3]d0”", m[0], c.h, c.m)
		}
	}
	return c
}

// addClocks adds a list to the draft.
func (d *draft) addClocks(all []spoken) {
	if d.clocks != nil || d.window != nil {
		fail("写了两处时刻（“%s”是第二处）；不同日子不同时刻请分成两条，同一天几个时刻请写在一起，如“8:00、12:00”", d.words())
	}
	for _, c := range all {
		if c.assumed && len(all) > 1 {
			fail("“%s”没有说几点，请写如“%[1]s8点”", c.said)
		}
		if c.assumed {
			d.note("“%s”没有写几点，默认%s", c.said, Default)
		}
	}
	d.clocks = d.resolve(all)
}

// between sets the range in which something repeats.
func (d *draft) between(all []spoken, end spoken) {
	if len(all) != 1 || all[0].assumed || end.assumed || d.clocks != nil || d.window != nil {
		fail("“%s”里时刻太多，请分成两条，或写如“8:00到18:00每两小时”", d.words())
	}
	clocks := d.resolve([]spoken{all[0], end})
	if clocks[1] <= clocks[0] {
		fail("“%s”的结束不在开始之后；下午请写“下午5点”或“17:00”，跨零点请分成两条", d.words())
	}
	d.window = clocks
}

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
