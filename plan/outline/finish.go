package outline

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/mark"
	"duban/zh"
)

// finish settles what of a node is its heading and what its body.
func (d *draft) finish(h headed) *plan.Node {
	n := d.node
	head := d.heading(h)
	n.TitleInline = !head
	if head {
		n.Head, n.Title, n.Body = d.first, strings.TrimRight(strings.Trim(d.first, "* "), "。．.：:；;，, "), join(d.more)
	} else {
		n.Body = join(append([]string{d.first}, d.more...))
		n.Title = lead(n.Body)
	}
	switch {
	case d.style == "field":
		n.Title = ""
	case strings.HasPrefix(d.style, "【】"), strings.HasPrefix(d.style, "heading"), n.Title == "" && n.Head == "" && n.Body == "":
		n.Title = strings.Trim(n.Label, "【】#：: ")
	}
	return n
}

var counts = regexp.MustCompile(`(做法|要求|措施|内容|任务|工作|方面|步骤|阶段|通知|安排|事项)?(是|如下|包括|以下.*|下列.*|分.{1,4}(阶段|步|类|方面)):$`)

// heading reports whether the line of the label is a heading and no part of the
// body: what follows it decides, and how it reads. A sentence is a heading only
// if others of its series are headed.
func (d *draft) heading(h headed) bool {
	s := zh.Fold(d.first)
	switch {
	case d.style == "field" || d.style == "row" || d.style == "条" || strings.HasPrefix(d.style, "•"):
		return false
	case d.alone && d.rank < mark.RankArticle:
		return true
	case !d.goesOn(), s == "":
		return false
	case strings.HasSuffix(s, "?") && !strings.ContainsAny(s, "。;"):
		return len(d.more) > 0 && !strings.HasPrefix(d.more[0], "答")
	case sentences(s) > 1 || openEnd(s) || strings.HasSuffix(s, ";"):
		return false
	case strings.HasSuffix(s, ":"):
		return d.rank <= mark.RankChinese || !counts.MatchString(s) && (utf8.RuneCountInString(s) <= 20 && len(d.more) > 0 || utf8.RuneCountInString(s) <= 12 && h == allHeaded)
	case d.rank == mark.RankStage || d.rank == mark.RankWord:
		return utf8.RuneCountInString(s) <= 20 && !mark.EndsSentence(s)
	case mark.EndsSentence(s):
		return h > fewHeaded && utf8.RuneCountInString(s) <= 50 && (len(d.more) > 0 || d.inner)
	}
	return utf8.RuneCountInString(s) <= 60
}

// aside is a line in brackets that says who does it and until when.
var aside = regexp.MustCompile(`^\([^()]*(?:\([^()]*\)[^()]*)*\)[。;]?$`)

// goesOn reports whether something stands below the first line, beside who does it.
func (d *draft) goesOn() bool {
	return d.held != "" || slices.ContainsFunc(d.more, func(s string) bool {
		s = zh.Fold(s)
		return !aside.MatchString(s) || !labelIn.MatchString(s)
	})
}

// join puts the lines of a body together. Those that a page's width broke have
// been joined before.
func join(lines []string) string {
	return strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), "\n")
}

// lead is the first sentence of a body: its title.
func lead(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	s = strings.TrimLeft(s, "* ")
	for i, r := range s {
		if strings.ContainsRune("。；！;!", r) {
			return strings.Trim(s[:i], "* ")
		}
		if r == '？' || r == '?' {
			return s[:i+len(string(r))]
		}
	}
	return strings.TrimRight(s, "：:，, ")
}

// rowNumber is the key of a row as a number, if it is one.
func rowNumber(key string) string {
	f := zh.Fold(key)
	if mark.RowKey(f) {
		return strings.NewReplacer("—", "-", "–", "-").Replace(f)
	}
	if n, size := zh.ParseInt(f); size > 0 {
		return strconv.Itoa(n)
	}
	return ""
}
