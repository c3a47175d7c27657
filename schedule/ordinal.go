package schedule

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	ordinalHead = regexp.MustCompile(`^的?(倒数第|第|最后|前|首)` + numeral + `?个?`)
	ordinalMore = regexp.MustCompile(`^` + sep + `(?:(倒数第|第|最后)` + numeral + `?|` + numeral + `)个?`)
	ordinalNoun = regexp.MustCompile(`^的?(工作日|上班日|周[一二三四五六日]|天|日)`)
	looseNoun   = regexp.MustCompile(`^的?(周末|周)`)
)

// most is the largest ordinal; a quarter has 92 days, but nobody counts that far.
const most = 31

// ordinalClause takes 第一个周一, 最后一个工作日, 倒数第二天, 第1、3个周五.
func ordinalClause(d *draft, s string) (int, error) {
	m := ordinalHead.FindStringSubmatch(s)
	if m == nil {
		return 0, nil
	}
	in := d.counted()
	var front, back bits
	kind, at := m[1], len(m[0])
	for {
		if err := addOrdinal(kind, m[2], &front, &back); err != nil {
			return 0, err
		}
		more := ordinalMore.FindStringSubmatch(s[at:])
		if more == nil {
			break
		}
		if more[1] != "" {
			kind = more[1]
		}
		at += len(more[0])
		m = []string{more[0], kind, more[2] + more[3]}
	}
	noun := ordinalNoun.FindStringSubmatch(s[at:])
	if noun == nil {
		return 0, d.notCounted(s, at)
	}
	at += len(noun[0])
	if in == "" || in == perDay {
		return 0, &Refusal{fmt.Sprintf("“%s”是每月的还是每年的？请写如“每月%[1]s9点”", s[:at])}
	}
	return at, d.ordinals(in, noun[1], front, back, s[:at])
}

// notCounted refuses what people count but what is not clear: 第一周.
func (d *draft) notCounted(s string, at int) error {
	if m := looseNoun.FindString(s[at:]); m != "" && d.counted() != "" {
		return &Refusal{fmt.Sprintf("“%s”从哪天算起说法不一，请写如“每月第一个周一9点”或“每月1号到7号每天9点”", s[:at]+m)}
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
		return &Refusal{fmt.Sprintf("“%s%s”不对，请写如“第一个”“倒数第二个”“最后一个”", kind, count)}
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
	if err := d.choose(said); err != nil {
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
			return &Refusal{fmt.Sprintf("一周只有一个%s，请写“每%[1]s”", noun)}
		}
	case in == perWeek:
		return &Refusal{fmt.Sprintf("“%s”是周一还是周日？请写如“每周一9点”", said)}
	}
	if (front|back)>>1>>limit != 0 && limit > 0 {
		return &Refusal{fmt.Sprintf("一个%s里最多有%d个%s，“%s”永远不会到来", in, limit, noun, said)}
	}
	d.days.front, d.days.back = front, back
	return nil
}
