package outline

import (
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/mark"
	"duban/zh"
)

// frontKind tells a title from the preamble, before the first node. What goes
// on from a title in brackets or after a dash belongs to it.
func frontKind(l *line, last plan.BlockKind) plan.BlockKind {
	begins := last != plan.TitleBlock && last != plan.Preamble
	below := last == plan.TitleBlock && (strings.HasPrefix(l.fold, "(") || strings.HasPrefix(l.fold, "—"))
	if below || titleLike(l) && (begins || mark.NamesPlan(l.fold)) {
		return plan.TitleBlock
	}
	return plan.Preamble
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
