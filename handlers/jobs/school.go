package jobs

import (
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/schedule/when"
	"duban/zh"
)

const schoolUsage = "请把整个校历一次写全，一行一个：校历 学期 2026秋 2026-09-07到2027-01-15 考试 2027-01-04到2027-01-15，换行写“假期 寒假 2027-01-16到2027-02-21”。"

// school shows the school year, or puts another in its place: a line for each term and
// each holiday.
func (d *Desk) school(t *chat.Request, rest string) (string, error) {
	if strings.TrimSpace(rest) == "" {
		return schoolLines("现在的校历：", d.Schedule.Calendar().School()), nil
	}
	year, ok := parseSchool(rest, t.Now().In(d.Zone))
	if !ok {
		return schoolUsage, nil
	}
	if err := d.Schedule.PutSchool(t.Tx, year, by(t)); err != nil {
		return "", err
	}
	return schoolLines("已换校历。有提醒因此变动时另行告诉管理员。", year), nil
}

// parseSchool reads 学期 2026秋 2026-09-07到2027-01-15 考试 2027-01-04到2027-01-15 and
// 假期 寒假 2027-01-16到2027-02-21, a line each.
func parseSchool(text string, now time.Time) (s when.School, ok bool) {
	for line := range strings.Lines(strings.NewReplacer("；", "\n", ";", "\n").Replace(text)) {
		words := strings.Fields(zh.Fold(line))
		if len(words) == 0 {
			continue
		}
		if len(words) < 3 {
			return s, false
		}
		from, to, ok := parseSpan(words[2], now)
		term := when.Term{Name: words[1], From: from, To: to}
		for i := 3; i < len(words); i++ {
			if words[i] == "考试" || words[i] == "考试周" {
				continue
			}
			a, b, exams := parseSpan(words[i], now)
			ok = ok && exams
			term.Exams = append(term.Exams, when.Span{Name: "考试周", From: a, To: b})
		}
		switch {
		case ok && words[0] == "学期":
			s.Terms = append(s.Terms, term)
		case ok && words[0] == "假期" && term.Exams == nil:
			s.Holidays = append(s.Holidays, when.Span{Name: words[1], From: from, To: to})
		default:
			return s, false
		}
	}
	return s, true
}

// parseSpan reads 2026-09-07到2027-01-15.
func parseSpan(text string, now time.Time) (from, to when.Day, ok bool) {
	a, b, several := cutSpan(text)
	if !several {
		b = a
	}
	from, err := when.ParseDay(isoDay(a, now))
	if err != nil {
		return 0, 0, false
	}
	to, err = when.ParseDay(isoDay(b, from.At(0, now.Location())))
	return from, to, err == nil
}

func schoolLines(head string, s when.School) string {
	lines := s.Lines()
	if lines == nil {
		lines = []string{"还没有学期和假期。" + schoolUsage}
	}
	return chat.ClipLines(chat.Lines(append([]string{head}, lines...)...))
}
