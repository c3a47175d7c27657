package when

import (
	"cmp"
	"regexp"
	"strings"
)

// The patterns of 第1、3个 and 第一个和最后一个, and of what is counted.
const (
	ordinals = `(?:(?:倒数第|第|前)` + digits + `|(?:最后|首)` + digits + `?)个?(?:` + sep + `(?:(?:倒数第|第)?` + digits + `|最后` + digits + `?)个?)*`
	counted  = `(工作日|上班日|周[一二三四五六日]|天|日)`
)

var oneOrdinal = regexp.MustCompile(`(倒数第|第|最后|前|首)` + numeral + `?|` + numeral)

// most is the largest ordinal; a quarter has 92 days, but nobody counts that far.
const most = 31

// ordinalClause takes 第一个周一, 最后一个工作日, 倒数第二天, 第1、3个周五,
// 第一天和最后一天.
func ordinalClause(d *draft, m []string) {
	noun, in := m[2], d.counted()
	switch {
	case m[4] != "" && m[4] != noun:
		conflict(noun, m[4])
	case in == "" || in == perDay:
		fail("“%s”是每月的还是每年的？请写如“每月%[1]s9点”", m[0])
	case d.days.week != 0:
		d.clash() // 除周末外每月最后一天
	case d.days.monthly != 0 && strings.HasPrefix(strings.TrimPrefix(m[0], "的"), "前"):
		fail("“%s”写在几号后面，说不准是哪一天，请写明是几号，如“每月30号9点”", m[0]) // the day before, or the first days
	case noun == "天" || noun == "日":
		d.alsoChoose(in)
	case d.days.monthly != 0: // 每月1号、每月最后一个工作日
		d.clash()
	default:
		d.choose()
	}
	var front, back bits
	kind := ""
	for _, o := range oneOrdinal.FindAllStringSubmatch(m[1]+"、"+m[3], -1) {
		kind = cmp.Or(o[1], kind)
		addOrdinal(kind, o[2]+o[3], &front, &back)
	}
	d.countedDay(in, noun, front|back)
	d.days.front, d.days.back = front, back
}

// looseOrdinal refuses what people count but what is not clear: 第一周.
func looseOrdinal(d *draft, m []string) {
	if d.counted() == "" {
		d.back()
		return
	}
	fail("“%s”从哪天算起说法不一，请写如“每月第一个周一9点”或“每月1号到7号每天9点”", m[0])
}

func addOrdinal(kind, count string, front, back *bits) {
	n := 1
	if count != "" {
		n = number(count)
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
