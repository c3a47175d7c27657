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
func clockClause(d *draft, s string) (int, error) {
	if m := hourRange.FindString(s); m != "" {
		return d.hours(m)
	}
	all, at, err := readClocks(s)
	if at == 0 || err != nil {
		return 0, err
	}
	to := len(clockTo.FindString(s[at:]))
	if to > 0 {
		end, n, err := readClock(s[at+to:])
		if err != nil {
			return 0, err
		}
		if n > 0 {
			at += to + n
			return at + len(clockSpan.FindString(s[at:])), d.between(all, end, s[:at])
		}
	}
	if m := afterTime.FindString(s[at:]); m != "" {
		return 0, Refuse("“%s%s”不是准确的时刻，请写如“8:30”", s[:at], m)
	}
	if err := d.addClocks(all, s[:at]); err != nil {
		return 0, err
	}
	return at + len(clockOpen.FindString(s[at:])), nil
}

// hours is 8-18点.
func (d *draft) hours(s string) (int, error) {
	m := hourRange.FindStringSubmatch(s)
	h, ok := number(m[2])
	h2, ok2 := number(m[3])
	if !ok || !ok2 {
		return 0, nil
	}
	return len(s), d.between([]spoken{{part: m[1], h: h, said: m[1] + m[2] + "点"}}, spoken{h: h2, said: m[3] + "点"}, s)
}

// readClocks reads a list of clock times.
func readClocks(s string) ([]spoken, int, error) {
	if m := hourList.FindString(s); m != "" {
		return readHours(m)
	}
	first, at, err := readClock(s)
	if at == 0 || err != nil {
		return nil, 0, err
	}
	all := []spoken{first}
	for {
		mark := len(listMark.FindString(s[at:]))
		next, n, err := readClock(s[at+mark:])
		if err != nil {
			return nil, 0, err
		}
		if n == 0 || mark == 0 && next.part == "" {
			return all, at, nil
		}
		all = append(all, next)
		at += mark + n
	}
}

var oneNumber = regexp.MustCompile(numeral)

// readHours reads 8、12、20点.
func readHours(s string) ([]spoken, int, error) {
	part := partOnly.FindString(s)
	var all []spoken
	for _, m := range oneNumber.FindAllString(s[len(part):], -1) {
		h, ok := number(m)
		if !ok {
			return nil, 0, nil
		}
		all = append(all, spoken{part: part, h: h, said: part + m + "点"})
		part = ""
	}
	return all, len(s), nil
}

// readClock reads one clock time; n is 0 if there is none.
func readClock(s string) (c spoken, n int, err error) {
	if m := colonTime.FindStringSubmatch(s); m != nil {
		return colonClock(m)
	}
	if m := ampmTime.FindStringSubmatch(s); m != nil {
		h, _ := number(m[1])
		if c, err = ampm(m[2], h, 0, m[0]); err != nil {
			return c, 0, err
		}
		return c, len(m[0]), nil
	}
	if m := hourTime.FindStringSubmatch(s); m != nil {
		return hourClock(m, s)
	}
	m := partOnly.FindString(s)
	switch m {
	case "":
		return spoken{}, 0, nil
	case "中午", "正午":
		return spoken{part: m, h: 12, said: m}, len(m), nil
	case "午夜":
		return spoken{part: m, h: 12, said: m}, len(m), nil
	case "上午", "早上", "早晨":
		return spoken{part: m, h: int(Default) / 60, m: int(Default) % 60, sure: true, assumed: true, said: m}, len(m), nil
	}
	return spoken{}, 0, Refuse("“%s”没有说几点，请写如“%[1]s8点”或“20:00”", m)
}

func colonClock(m []string) (spoken, int, error) {
	if m[4] != "" {
		return spoken{}, 0, Refuse("时间只精确到分钟，“%s”请写成“%s:%s”", m[0], m[2], m[3])
	}
	h, _ := number(m[2])
	minute, _ := number(m[3])
	if len(m[3]) == 1 {
		return spoken{}, 0, Refuse("“%s”的分钟请写两位，如“%s:0%s”或“%[2]s:%[3]s0”", m[0], m[2], m[3])
	}
	if m[5] != "" {
		c, err := ampm(m[5][:1], h, minute, m[0])
		return c, len(m[0]), err
	}
	return spoken{part: m[1], h: h, m: minute, sure: m[1] == "", said: m[0]}, len(m[0]), nil
}

func ampm(half string, h, minute int, said string) (spoken, error) {
	if h < 1 || h > 12 {
		return spoken{}, Refuse("“%s”不对，am/pm 前应是1到12点；请写如“20:00”", said)
	}
	h %= 12
	if half == "p" {
		h += 12
	}
	return spoken{h: h, m: minute, sure: true, said: said}, nil
}

// hourClock is 八点, 八点半, 8点15分.
func hourClock(m []string, s string) (spoken, int, error) {
	n := len(m[0])
	c := spoken{part: m[1], said: m[0]}
	h, ok := number(m[2])
	if !ok {
		return spoken{}, 0, nil
	}
	c.h = h
	switch {
	case m[3] != "":
		c.m = 30
	case m[4] != "":
		quarters, _ := number(m[4])
		c.m = 15 * quarters
	case m[5] != "" && m[6] == "" && notMinute.MatchString(s[n:]):
		n = len(hourOnly.FindString(s)) // 8点12月1日: the number begins something else
		c.said = s[:n]
	case m[5] != "":
		minute, ok := number(m[5])
		if !ok {
			return spoken{}, 0, nil
		}
		short := minute < 10 && m[6] == "" && !strings.ContainsAny(m[0][len(hourOnly.FindString(s)):], "零〇0过")
		if short {
			return spoken{}, 0, Refuse("“%s”是几分？请写如“%d:0%d”或“%[2]d:%[3]d0”", m[0], h, minute)
		}
		c.m = minute
	}
	return c, n, nil
}

// addClocks adds a list to the draft.
func (d *draft) addClocks(all []spoken, said string) error {
	if d.asked || d.window != nil {
		return Refuse("写了两处时刻（“%s”是第二处）；不同日子不同时刻请分成两条，同一天几个时刻请写在一起，如“8:00、12:00”", said)
	}
	for _, c := range all {
		if c.assumed && len(all) > 1 {
			return Refuse("“%s”没有说几点，请写如“%[1]s8点”", c.said)
		}
		if c.assumed {
			d.note("“%s”没有写几点，默认%s", c.said, Default)
		}
	}
	clocks, err := d.resolve(all)
	if err != nil {
		return err
	}
	d.clocks, d.asked = clocks, true
	return nil
}

// between sets the range in which something repeats.
func (d *draft) between(all []spoken, end spoken, said string) error {
	if len(all) != 1 || all[0].assumed || end.assumed || d.asked || d.window != nil {
		return Refuse("“%s”里时刻太多，请分成两条，或写如“8:00到18:00每两小时”", said)
	}
	clocks, err := d.resolve([]spoken{all[0], end})
	if err != nil {
		return err
	}
	if clocks[1] <= clocks[0] {
		return Refuse("“%s”的结束不在开始之后；下午请写“下午5点”或“17:00”，跨零点请分成两条", said)
	}
	d.window = &[2]Clock{clocks[0], clocks[1]}
	return nil
}
