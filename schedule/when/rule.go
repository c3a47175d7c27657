package when

import (
	"fmt"
	"strings"
)

// A Rule lets only some kinds of day pass, whatever the spec says. The zero
// value is every day.
type Rule struct {
	only     string // one of the words below; "" is every day
	noExams  bool
	noUnsure bool // silent in a year whose holidays are not known
}

// The words of a rule, as people write and the store keeps them.
const (
	everyDayRule   = "每天"
	workdayRule    = "法定工作日"
	teachingRule   = "教学周工作日"
	vacationRule   = "仅假期"
	noExamsRule    = "考试周除外"
	unknownYearOff = "无放假安排的年份不发"
)

// only are the words of which a rule has one, and others for the same.
var only = map[string]string{
	everyDayRule: everyDayRule,
	workdayRule:  workdayRule, "工作日": workdayRule,
	teachingRule: teachingRule, "教学周": teachingRule,
	vacationRule: vacationRule, "假期": vacationRule,
}

// ParseRule reads 法定工作日，考试周除外. An empty text is every day.
func ParseRule(text string) (Rule, error) {
	var r Rule
	for word := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune("，,、+ ", c) }) {
		switch {
		case word == noExamsRule:
			r.noExams = true
		case word == unknownYearOff:
			r.noUnsure = true
		case only[word] == "":
			all := []string{everyDayRule, workdayRule, teachingRule, vacationRule, noExamsRule, unknownYearOff}
			return Rule{}, Refuse("没有“%s”这种日子，请从这些里选：%s", word, strings.Join(all, "、"))
		case r.only != "":
			return Rule{}, Refuse("“%s”和“%s”只能选一个", r.only, word)
		default:
			r.only = only[word]
		}
	}
	if r.only == everyDayRule {
		r.only = ""
	}
	return r, nil
}

// String writes the rule so that ParseRule reads it; "" is every day.
func (r Rule) String() string {
	var words []string
	if r.only != "" {
		words = append(words, r.only)
	}
	if r.noExams {
		words = append(words, noExamsRule)
	}
	if r.noUnsure {
		words = append(words, unknownYearOff)
	}
	return strings.Join(words, "，")
}

// check refuses a rule for which the calendar has no data.
func (r Rule) check(cal *Calendar) error {
	needs := map[string]kind{workdayRule: legal, teachingRule: teaching}[r.only]
	if r.only == vacationRule && cal == nil {
		needs = vacation
	}
	text := ""
	if needs != "" {
		text = needs.missing(cal)
	}
	if text == "" && r.noExams {
		text = exams.missing(cal)
	}
	if text != "" {
		return &Refusal{Text: text}
	}
	return nil
}

// stops returns why the rule lets nothing be sent on d, or "".
func (r Rule) stops(d Day, cal *Calendar) string {
	y, _, _ := d.YMD()
	switch {
	case r.noUnsure && !cal.Known(y):
		return fmt.Sprintf("%d年放假安排未录入", y)
	case (r.noExams || r.only == teachingRule) && cal.exam(d):
		return "考试周"
	case r.wantsWorkdays() && !cal.Workday(d):
		return cal.Reason(d)
	case r.only == teachingRule && cal.TeachingWeek(d) == 0:
		return "不在教学周"
	case r.only == vacationRule && !cal.vacation(d, "") && !cal.holiday(d, ""):
		return "不是假期"
	}
	return ""
}

// wantsWorkdays reports whether the rule replaces Monday to Friday.
func (r Rule) wantsWorkdays() bool { return r.only == workdayRule || r.only == teachingRule }

// Quiet are the hours in which duban says nothing by itself. They may go over
// midnight. The zero value is no such hours.
type Quiet struct{ From, To Clock }

// ParseQuiet reads 22:00-07:00; "" is no quiet hours.
func ParseQuiet(s string) (Quiet, error) {
	if s == "" {
		return Quiet{}, nil
	}
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		return Quiet{}, Refuse("“%s”不是一段时间，请写成 22:00-07:00 的样子", s)
	}
	from, err := ParseClock(strings.TrimSpace(a))
	if err != nil {
		return Quiet{}, err
	}
	to, err := ParseClock(strings.TrimSpace(b))
	return Quiet{from, to}, err
}

// Has reports whether c is in the quiet hours; their end is not.
func (q Quiet) Has(c Clock) bool {
	if q.From <= q.To {
		return q.From <= c && c < q.To
	}
	return c >= q.From || c < q.To
}

// String writes 22:00-07:00.
func (q Quiet) String() string {
	if q == (Quiet{}) {
		return ""
	}
	return q.From.String() + "-" + q.To.String()
}
