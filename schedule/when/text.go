package when

import (
	"regexp"

	"duban/zh"
)

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
