package when

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	kindMark = regexp.MustCompile(`^(?:每逢|每个?|逢|在)?(寒暑假|寒假|暑假|放假|假期|教学周|考试周|单周|双周|第` + numeral + `(?:个?教学)?周|` +
		`法定工作日|法定节假日|节假日|法定假日|休息日|非工作日|(?:元旦|春节|清明|五一|劳动|端午|中秋|十一|国庆)节?(?:小?长假|假期|放假|期间))(?:的?期间|里|内)?`)
	exceptHead = regexp.MustCompile(`^,?(?:除了?|不含|不包括|避开|跳过)`)
	exceptTail = regexp.MustCompile(`^(?:之外|以外|外|除外|,)`)
	exceptLast = regexp.MustCompile(`^,?((?:周末|法定节假日|节假日|考试周|寒暑假|寒假|暑假|周[一二三四五六日、,和及到周-]+))(?:除外|不发送?|不提醒|不用发|不要发|不算)`)
	exceptBody = regexp.MustCompile(`^(?:周末|法定节假日|节假日|考试周|寒暑假|寒假|暑假|周[一二三四五六日](?:[、,和及到-]?周?[一二三四五六日])*)`)
)

// kindClause takes days that only a calendar knows: 寒假期间, 教学周, 国庆假期.
func kindClause(d *draft) bool {
	m := d.take(kindMark)
	if m == nil {
		return false
	}
	kinds := d.kindsOf(m[1], m[2])
	switch k := kinds[0]; {
	case k == legal || k == holiday || k == free:
		d.repeats(perDay, 1, m[0])
		d.days.work = k == legal
		if k != legal {
			d.days.kinds = kinds
		}
		d.choose(m[0])
		return true
	case d.days.kinds != nil && d.unit != "":
		d.conflict(string(d.days.kinds[0]), m[1])
	}
	d.days.kinds = append(d.days.kinds, kinds...) // 寒假、暑假
	return true
}

// kindsOf finds the kinds that a word means, if the calendar knows them.
func (d *draft) kindsOf(word, week string) []kind {
	kinds := []kind{kind(word)}
	switch word {
	case "寒暑假":
		kinds = []kind{winter, summer}
	case "放假", "假期":
		kinds = []kind{vacation}
	case "节假日", "法定节假日", "法定假日":
		kinds = []kind{holiday}
	case "休息日", "非工作日":
		kinds = []kind{free}
	}
	if week != "" {
		n := number(week)
		if n < 1 || n > 30 {
			fail("“%s”不对，教学周应在1到30之间", word)
		}
		kinds = []kind{kind(fmt.Sprintf("第%d教学周", n))}
	} else if name := statutory(word); name != "" {
		kinds = []kind{kind(name + "假期")}
	}
	for _, k := range kinds {
		if text := k.missing(d.set.Calendar); text != "" {
			fail("%s", text)
		}
	}
	return kinds
}

// statutory returns the calendar's name of a holiday of several days.
func statutory(word string) string {
	for _, n := range [][2]string{
		{"元旦", "元旦"},
		{"春节", "春节"},
		{"清明", "清明节"},
		{"五一", "劳动节"},
		{"劳动", "劳动节"},
		{"端午", "端午节"},
		{"中秋", "中秋节"},
		{"十一", "国庆节"},
		{"国庆", "国庆节"},
	} {
		if strings.HasPrefix(word, n[0]) {
			return n[1]
		}
	}
	return ""
}

// exclusion takes 除周末外, 周三除外, 节假日不发.
func exclusion(d *draft) bool {
	if m := d.take(exceptLast); m != nil {
		d.exclude(m[1])
		return true
	}
	start := d.rest
	if d.skip(exceptHead) == "" {
		return false
	}
	m := d.skip(exceptBody)
	if m == "" {
		unknown(start)
	}
	d.skip(exceptTail)
	d.exclude(m)
	return true
}

func (d *draft) exclude(word string) {
	if !strings.HasPrefix(word, "周") {
		d.days.except = append(d.days.except, d.kindsOf(word, "")...)
		return
	}
	mask := weekend
	if word != "周末" {
		t := text{strings.TrimPrefix(word, "周")}
		if mask = t.weekdays(); t.rest != "" {
			unknown(word)
		}
	}
	if d.days.week != 0 || d.days.front|d.days.back != 0 {
		d.conflict(d.said, word+"除外")
	}
	if d.days.week = ^mask & everyWeekday; d.days.week == 0 {
		fail("“%s除外”就一天也不剩了，请检查", word)
	}
}
