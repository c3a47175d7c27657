package when

import (
	"regexp"
	"strings"
)

const (
	partOfDay = `(凌晨|清晨|清早|早晨|早上|一早|早|上午|中午|正午|午间|下午|午后|傍晚|晚上|晚间|夜里|夜间|夜晚|深夜|半夜|午夜|晚)`
	oclock    = `(?:点钟|点整|点正|点|时整|时)`
)

var (
	colonTime = regexp.MustCompile(`^` + partOfDay + `?的? ?([0-9]{1,2}):([0-9]{1,2})(:[0-9]+)? ?([ap]\.?m\.?)?(?:分|时|点)?`)
	hourTime  = regexp.MustCompile(`^` + partOfDay + `?的? ?` + numeral + oclock + `(?:过|零|〇)?(?:(半)|([一1三3])刻钟?|` + numeral + `(分)?)?`)
	hourOnly  = regexp.MustCompile(`^` + partOfDay + `?的? ?` + numeral + oclock)
	ampmTime  = regexp.MustCompile(`^([0-9]{1,2}) ?([ap])\.?m\.?`)
	partOnly  = regexp.MustCompile(`^` + partOfDay)
	hourList  = regexp.MustCompile(`^` + partOfDay + `?` + numeral + `(?:` + sep + numeral + `)+` + oclock)
	hourRange = regexp.MustCompile(`^` + partOfDay + `?` + numeral + `(?:到|-)` + numeral + oclock)
	clockHead = regexp.MustCompile(`^(?:` + numeral + oclock + `|[0-9]{1,2}:[0-9])`)
	notMinute = regexp.MustCompile(`^(?:号|日|月|天|周|次|个|小时|点|时|:|年|/|分钟)`)
	afterTime = regexp.MustCompile(`^(?:之|以)?[前后]`)
	clockTo   = regexp.MustCompile(`^(?:一直)?(?:到|-)`)
	clockSpan = regexp.MustCompile(`^(?:之间|期间|内|止)`)
	clockOpen = regexp.MustCompile(`^(?:开始|起)(?:,|、)?`)
)

// A spoken is a clock time as it was said.
type spoken struct {
	part    string // 下午
	h, m    int
	sure    bool // 20:00, 08:00: on 24 hours
	assumed bool // 上午 alone
	said    string
}

// clockClause takes all clock times of a phrase: one, a list, or a range.
func clockClause(d *draft) bool {
	start := d.rest
	if m := d.take(hourRange); m != nil { // 8-18点
		from, to := number(m[2]), number(m[3])
		if from < 0 || to < 0 {
			return false
		}
		d.between([]spoken{{part: m[1], h: from, said: m[1] + m[2] + "点"}}, spoken{h: to, said: m[3] + "点"}, m[0])
		return true
	}
	all := d.clockList()
	if all == nil {
		return false
	}
	said, after := d.since(start), d.rest
	if d.skip(clockTo) != "" {
		if end, ok := d.clock(); ok {
			d.between(all, end, d.since(start))
			d.skip(clockSpan)
			return true
		}
		d.rest = after
	}
	if m := afterTime.FindString(d.rest); m != "" {
		fail("“%s%s”不是准确的时刻，请写如“8:30”", said, m)
	}
	d.addClocks(all, said)
	d.skip(clockOpen)
	return true
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
		h := number(m)
		if h < 0 {
			return nil
		}
		all = append(all, spoken{part: part, h: h, said: part + m + "点"})
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
	if t.ahead(hourTime) {
		return t.hourClock()
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
func (t *text) hourClock() (c spoken, ok bool) {
	start := t.rest
	m, hour := t.take(hourTime), hourOnly.FindString(start)
	c = spoken{part: m[1], h: number(m[2]), said: m[0]}
	switch {
	case m[3] != "":
		c.m = 30
	case m[4] != "":
		c.m = 15 * number(m[4])
	case m[5] != "" && m[6] == "" && t.ahead(notMinute): // 8点12月1日: the number begins something else
		t.rest, c.said = start[len(hour):], hour
	case m[5] != "":
		c.m = number(m[5])
		if 0 <= c.m && c.m < 10 && c.h >= 0 && m[6] == "" && !strings.ContainsAny(m[0][len(hour):], "零〇0过") {
			fail("“%s”是几分？请写如“%d:0%d”或“%[2]d:%[3]d0”", m[0], c.h, c.m)
		}
	}
	if c.h < 0 || c.m < 0 {
		t.rest = start
		return spoken{}, false
	}
	return c, true
}

// addClocks adds a list to the draft.
func (d *draft) addClocks(all []spoken, said string) {
	if d.clocks != nil || d.window != nil {
		fail("写了两处时刻（“%s”是第二处）；不同日子不同时刻请分成两条，同一天几个时刻请写在一起，如“8:00、12:00”", said)
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
func (d *draft) between(all []spoken, end spoken, said string) {
	if len(all) != 1 || all[0].assumed || end.assumed || d.clocks != nil || d.window != nil {
		fail("“%s”里时刻太多，请分成两条，或写如“8:00到18:00每两小时”", said)
	}
	clocks := d.resolve([]spoken{all[0], end})
	if clocks[1] <= clocks[0] {
		fail("“%s”的结束不在开始之后；下午请写“下午5点”或“17:00”，跨零点请分成两条", said)
	}
	d.window = clocks
}
