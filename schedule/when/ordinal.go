package when

import "strings"

var (
	ordinalHead = begins(`(?:的|` + sep + `)?(倒数第|第|最后|前|首)` + numeral + `?个?`)
	ordinalMore = begins(sep + `(?:(倒数第|第|最后)` + numeral + `?|` + numeral + `)个?`)
	ordinalNoun = begins(`的?(工作日|上班日|周[一二三四五六日]|天|日)`)
	looseNoun   = begins(`的?(周末|周)`)
)

// most is the largest ordinal; a quarter has 92 days, but nobody counts that far.
const most = 31

// ordinalClause takes 第一个周一, 最后一个工作日, 倒数第二天, 第1、3个周五,
// 第一天和最后一天.
func ordinalClause(d *draft, _ []string) {
	d.back()
	noun := ""
	var front, back bits
	for d.ahead(ordinalHead) && (noun == "" || d.ahead(listMark)) {
		d.ordinals(&front, &back)
		m := d.take(ordinalNoun)
		if m == nil {
			d.notCounted()
			return
		}
		if noun != "" && noun != m[1] {
			conflict(noun, m[1])
		}
		noun = m[1]
	}
	in := d.counted()
	if in == "" || in == perDay {
		fail("“%s”是每月的还是每年的？请写如“每月%[1]s9点”", d.words())
	}
	if noun == "天" || noun == "日" {
		d.alsoChoose(in)
	} else {
		d.choose()
	}
	d.countedDay(in, noun, front|back)
	d.days.front, d.days.back = front, back
}

// ordinals reads 第1、3个 and 第一个和最后一个.
func (t *text) ordinals(front, back *bits) {
	m := t.take(ordinalHead)
	kind, count := m[1], m[2]
	for {
		addOrdinal(kind, count, front, back)
		more := t.take(ordinalMore)
		if more == nil {
			return
		}
		if more[1] != "" {
			kind = more[1]
		}
		count = more[2] + more[3]
	}
}

// notCounted gives back an ordinal of something else, and refuses what people
// count but what is not clear: 第一周.
func (d *draft) notCounted() {
	if d.skip(looseNoun) != "" && d.counted() != "" {
		fail("“%s”从哪天算起说法不一，请写如“每月第一个周一9点”或“每月1号到7号每天9点”", d.words())
	}
	d.back()
}

func addOrdinal(kind, count string, front, back *bits) {
	n := 1
	if count != "" {
		n = number(count)
	} else if kind == "第" || kind == "倒数第" || kind == "前" {
		n = 0
	}
	if n < 1 || n > most {
		fail("“%s%s”不对，请写如“第一个”“倒数第二个”“最后一个”", kind, count)
	}
	upTo := bit(n+1) - bit(1) // 1 to n
	switch kind {
	case "第":
		*front |= bit(n)
	case "倒数第":
		*back |= bit(n)
	case "首":
		*front |= bit(1)
	case "前":
		*front |= upTo
	case "最后":
		*back |= upTo
	}
}

// countedDay sets the kind of day that is counted.
func (d *draft) countedDay(in unit, noun string, ordinals bits) {
	limit := 0
	switch {
	case noun == "工作日" || noun == "上班日":
		d.days.work = true
		limit = map[unit]int{perWeek: 5, perMonth: 23}[in]
	case strings.HasPrefix(noun, "周"):
		d.days.week = (&text{strings.TrimPrefix(noun, "周")}).weekdays()
		limit = map[unit]int{perMonth: 5, perQuarter: 14}[in]
		if in == perWeek {
			fail("一周只有一个%s，请写“每%[1]s”", noun)
		}
	case in == perWeek:
		fail("“%s”是周一还是周日？请写如“每周一9点”", d.words())
	}
	if ordinals>>1>>limit != 0 && limit > 0 {
		fail("一个%s里最多有%d个%s，“%s”永远不会到来", in, limit, noun, d.words())
	}
}
