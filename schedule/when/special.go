package when

import (
	"fmt"
	"strings"
)

// excluded is the pattern of days that can be left out.
const excluded = `(周末|法定节假日|节假日|考试周|寒暑假|寒假|暑假|周[一二三四五六日](?:[、,和及到-]?周?[一二三四五六日])*)`

// kindClause takes days that only a calendar knows: 寒假期间, 教学周, 国庆假期.
func kindClause(d *draft, m []string) {
	kinds := d.kindsOf(m[1], m[2])
	switch k := kinds[0]; {
	case k == legal || k == holiday || k == free:
		d.repeats(perDay, 1)
		d.days.work = k == legal
		if k != legal {
			d.days.kinds = kinds
		}
		d.choose()
		return
	case d.days.kinds != nil && d.unit != "":
		conflict(string(d.days.kinds[0]), m[1])
	}
	d.days.kinds = append(d.days.kinds, kinds...) // 寒假、暑假
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
	for _, n := range strings.Fields("元旦/元旦 春节/春节 清明/清明节 五一/劳动节 劳动/劳动节 端午/端午节 中秋/中秋节 十一/国庆节 国庆/国庆节") {
		if short, name, _ := strings.Cut(n, "/"); strings.HasPrefix(word, short) {
			return name
		}
	}
	return ""
}

// exclude takes 除周末外, 周三除外, 节假日不发.
func exclude(d *draft, m []string) {
	word, named := strings.CutPrefix(m[1], "周")
	if !named {
		d.days.except = append(d.days.except, d.kindsOf(word, "")...)
		return
	}
	mask := weekend
	if word != "末" {
		t := text{word}
		if mask = t.weekdays(); t.rest != "" {
			unknown(m[1])
		}
	}
	if d.days.week != 0 || d.days.front|d.days.back != 0 {
		conflict(d.said, m[1]+"除外")
	}
	if d.days.week = ^mask & everyWeekday; d.days.week == 0 {
		fail("“%s除外”就一天也不剩了，请检查", m[1])
	}
}
