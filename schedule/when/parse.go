package when

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"duban/zh"
)

// MaxText is the longest text of a schedule, in bytes.
const MaxText = 512

// Parse reads five cron fields or a Chinese phrase. An error is a [*Refusal].
func Parse(phrase string, set Setting) (s *Schedule, err error) {
	defer caught(&err)
	if len(phrase) > MaxText {
		fail("时间写得太长，请写短一些，如“每周一9点”")
	}
	if !utf8.ValidString(phrase) {
		fail("时间里有乱码，请重新输入")
	}
	folded := strings.ToLower(strings.TrimSpace(zh.Fold(phrase)))
	switch {
	case folded == "":
		fail("没有写时间，请写如“每周一9点”或“0 9 * * 1”")
	case isCron(folded):
		return parseCron(folded, set), nil
	}
	d := newDraft(normal(folded), set)
	for d.rest != "" {
		d.read()
	}
	return d.schedule(), nil
}

// ParseStored reads a canonical text, which may be over by now.
func ParseStored(phrase string, set Setting) (*Schedule, error) {
	set.Now, set.stored = time.Date(2000, 1, 1, 0, 0, 0, 0, set.zone()), true
	return Parse(phrase, set)
}

var (
	white   = regexp.MustCompile(`\s+`)
	spaces  = regexp.MustCompile(`([^0-9]) | ([^0-9])`)
	halfDay = regexp.MustCompile(`(每|今|明|当)(晚|早)上?`)
)

// normal brings spellings that mean the same into one form. A space stays only
// between two digits, where it separates numbers.
func normal(s string) string {
	s = white.ReplaceAllString(s, " ")
	for before := ""; before != s; {
		before = s
		s = spaces.ReplaceAllString(s, "$1$2")
	}
	s = strings.NewReplacer(
		"个星期天", "周日", "个礼拜天", "周日", "星期天", "周日", "礼拜天", "周日", "周天", "周日",
		"个星期", "周", "个礼拜", "周", "星期", "周", "礼拜", "周",
		"——", "-", "—", "-", "–", "-", "～", "-", "~", "-", "至", "到", "﹕", ":", "∶", ":",
		"週", "周", "點", "点", "號", "号", "個", "个", "兩", "两", "後", "后", "時", "时", "鐘", "钟", "開", "开", "間", "间", "從", "从",
		"以及", "、", "还有", "、", "并且", "、", "“", "", "”", "", "\"", "", "双休日", "周末",
	).Replace(s)
	return halfDay.ReplaceAllString(s, "${1}天${2}上")
}

// read takes the next clause. What no clause takes is refused.
func (d *draft) read() {
	d.start = d.rest
	for _, c := range clauses {
		if m := d.take(c.begins); m != nil {
			if c.take(d, m); d.rest != d.start {
				return
			}
		}
	}
	unknown(d.start)
}

// A text is what is still to be read of a phrase. Its methods read what has the
// same meaning wherever it stands; a [draft] decides what that is for.
type text struct{ rest string }

// take reads what p matches and returns its groups; nil if it matches nothing.
func (t *text) take(p *regexp.Regexp) []string {
	m := p.FindStringSubmatch(t.rest)
	if m != nil {
		t.rest = t.rest[len(m[0]):]
	}
	return m
}

// skip reads what p matches and returns it.
func (t *text) skip(p *regexp.Regexp) string {
	m := p.FindString(t.rest)
	t.rest = t.rest[len(m):]
	return m
}

// ahead reports whether p matches here.
func (t *text) ahead(p *regexp.Regexp) bool { return p.MatchString(t.rest) }

// since returns what was read since start was the rest.
func (t *text) since(start string) string { return start[:len(start)-len(t.rest)] }

// The patterns of a number in a phrase, and of what stands between the members
// of a list.
const (
	digits  = `(?:[0-9]+|[〇零一二两三四五六七八九十廿百]+)`
	numeral = `(` + digits + `)`
	sep     = `(?: ?[,、/和及与跟] ?)`
)

var (
	oneNumber = regexp.MustCompile(numeral)
	listMark  = begins(sep)
)

// number reads what a pattern matched as numeral. One that is no single number,
// and one that is absurdly large, is refused.
func number(s string) int {
	n, size := zh.ParseInt(s)
	if size != len(s) || n >= 1_000_000 {
		unknown(s)
	}
	return n
}

// fail ends the reading with a Refusal, which [Parse] returns.
func fail(format string, args ...any) { panic(Refuse(format, args...)) }

// caught makes a Refusal that ended a reading the error.
func caught(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Refusal:
		*err = r
	default:
		panic(r)
	}
}

// unknownShown is how much of what was not understood is shown, in runes.
const unknownShown = 12

func unknown(s string) {
	fail("看不懂“%s”。这里只写什么时候，例如“每周一9点”“每月最后一个工作日15:00”“12月1日8:30”", zh.Head(s, unknownShown))
}
