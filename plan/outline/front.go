package outline

import (
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/mark"
	"duban/zh"
)

// sortFront sorts the lines before the first node into titles and preamble.
func (b *builder) sortFront(lines []*line) {
	for i, l := range lines {
		kind := plan.Preamble
		if (titleLike(l) || b.titleAbove(l)) && (i == 0 || mark.NamesPlan(l.fold) || b.titleAbove(l)) {
			kind = plan.TitleBlock
		}
		b.other(kind, l)
	}
}

// titleAbove reports whether a line goes on from a title: in brackets, or after
// a dash.
func (b *builder) titleAbove(l *line) bool {
	n := len(b.runs)
	return n > 0 && b.runs[n-1].kind == plan.TitleBlock && (strings.HasPrefix(l.fold, "(") || strings.HasPrefix(l.fold, "—"))
}

// titleOf is the title of the document: the first one that names a plan, or else
// the first.
func titleOf(blocks []plan.Block) string {
	first := ""
	for _, b := range blocks {
		if b.Kind != plan.TitleBlock {
			continue
		}
		t := strings.Join(slices.Compact(strings.Split(b.Text, "\n")), "")
		t = strings.TrimSpace(strings.TrimLeft(t, "# "))
		if mark.NamesPlan(zh.Fold(t)) && !strings.HasPrefix(t, "转发") && !strings.Contains(t, "通知") {
			return t
		}
		if first == "" {
			first = t
		}
	}
	return first
}

func titleLike(l *line) bool {
	s := l.fold
	inBrackets := strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")")
	return utf8.RuneCountInString(s) <= 60 && !inBrackets && !mark.EndsSentence(s) && !openEnd(s) && !strings.HasSuffix(s, ":") && !dated(s)
}
