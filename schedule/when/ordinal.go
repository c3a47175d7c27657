package when

import (
	"regexp"
	"strings"
)

var (
	ordinalHead = regexp.MustCompile(`^(?:的|` + sep + `)?(倒数第|第|最后|前|首)` + numeral + `?个?`)
	ordinalMore = regexp.MustCompile(`^` + sep + `(?:(倒数第|第|最后)` + numeral + `?|` + numeral + `)个?`)
	ordinalNoun = regexp.MustCompile(`^的?(工作日|上班日|周[一二三四五六日]|天|日)`)
	looseNoun   = regexp.MustCompile(`^的?(周末|周)`)
)

// most is the largest ordinal; a quarter has 92 days, but nobody counts that far.
const most = 31

// ordinalClause takes 第一个周一, 最后一个工作日, 倒数第二天, 第1、3个周五,
// 第一天和最后一天.
func ordinalClause(d *draft, s string) (int, error) {
	var front, back bits
	at, what := 0, ""
	for {
		head := len(ordinalHead.FindString(s[at:]))
		if head == 0 || at > 0 && !listMark.MatchString(s[at:]) {
			break
		}
		n, err := readOrdinals(s[at:], &front, &back)
		if err != nil {
			return 0, err
		}
		noun := ordinalNoun.FindStringSubmatch(s[at+n:])
		if noun == nil {
			return 0, d.notCounted(s, at+n)
		}
		at += n + len(noun[0])
		if what != "" && what != noun[1] {
			return 0, d.conflict(what, noun[1])
		}
		what = noun[1]
	}
	if at == 0 {
		return 0, nil
	}
	in := d.counted()
	if in == "" || in == perDay {
		return 0, Refuse("“%s”是每月的还是每年的？请写如“每月%[1]s9点”", s[:at])
	}
	return at, d.ordinals(in, what, front, back, s[:at])
}

// readOrdinals reads 第1、3个 and 第一个和最后一个.
func readOrdinals(s string, front, back *bits) (int, error) {
	m := ordinalHead.FindStringSubmatch(s)
	kind, at := m[1], len(m[0])
	count := m[2]
	for {
		if err := addOrdinal(kind, count, front, back); err != nil {
			return 0, err
		}
		more := ordinalMore.FindStringSubmatch(s[at:])
		if more == nil {
			return at, nil
		}
		if more[1] != "" {
			kind = more[1]
		}
		at += len(more[0])
		count = more[2] + more[3]
	}
}

// notCounted refuses what people count but what is not clear: 第一周.
func (d *draft) notCounted(s string, at int) error {
	if m := looseNoun.FindString(s[at:]); m != "" && d.counted() != "" {
		return Refuse("“%s”从哪天算起说法不一，请写如“每月第一个周一9点”或“每月1号到7号每天9点”", s[:at]+m)
	}
	return nil
}

func addOrdinal(kind, count string, front, back *bits) error {
	n, ok := 1, true
	if count != "" {
		n, ok = number(count)
	} else if kind == "第" || kind == "倒数第" || kind == "前" {
		ok = false
	}
	if !ok || n < 1 || n > most {
		return Refuse("“%s%s”不对，请写如“第一个”“倒数第二个”“最后一个”", kind, count)
	}
	switch kind {
	case "第":
		*front |= bit(n)
	case "倒数第":
		*back |= bit(n)
	case "首":
		*front |= bit(1)
	case "前":
		for i := 1; i <= n; i++ {
			*front |= bit(i)
		}
	case "最后":
		for i := 1; i <= n; i++ {
			*back |= bit(i)
		}
	}
	return nil
}

func (d *draft) ordinals(in unit, noun string, front, back bits, said string) error {
	if err := d.chooseOrdinal(in, noun, said); err != nil {
		return err
	}
	limit := 0
	switch {
	case noun == "工作日" || noun == "上班日":
		d.days.work = true
		limit = map[unit]int{perWeek: 5, perMonth: 23}[in]
	case strings.HasPrefix(noun, "周"):
		d.days.week, _, _ = readWeekdays(strings.TrimPrefix(noun, "周"))
		limit = map[unit]int{perMonth: 5, perQuarter: 14}[in]
		if in == perWeek {
			return Refuse("一周只有一个%s，请写“每%[1]s”", noun)
		}
	case in == perWeek:
		return Refuse("“%s”是周一还是周日？请写如“每周一9点”", said)
	}
	if (front|back)>>1>>limit != 0 && limit > 0 {
		return Refuse("一个%s里最多有%d个%s，“%s”永远不会到来", in, limit, noun, said)
	}
	d.days.front, d.days.back = front, back
	return nil
}

func (d *draft) chooseOrdinal(in unit, noun, said string) error {
	if noun == "天" || noun == "日" {
		return d.alsoChoose(in, said)
	}
	return d.choose(said)
}
