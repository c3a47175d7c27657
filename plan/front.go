package plan

import (
	"regexp"
	"slices"
	"strings"

	"duban/zh"
)

var planWord = regexp.MustCompile(`(要点|计划|方案|规划|纲要|思路|意见|通知|条例|规定|办法|提醒|告知书|清单|安排|行动|一封信|知识|倡议书|公告|告示|规程|细则|制度|须知|汇总|任务)([^。]{0,12})?$`)

// sortFront sorts the lines before the first node into titles and preamble.
func (b *builder) sortFront(lines []*line) {
	for i, l := range lines {
		kind := Preamble
		if (titleLike(l) || b.titleAbove(l)) && (i == 0 || planWord.MatchString(l.fold) || b.titleAbove(l)) {
			kind = TitleBlock
		}
		b.other(kind, l)
	}
}

// titleAbove reports whether a line goes on from a title: in brackets, or after
// a dash.
func (b *builder) titleAbove(l *line) bool {
	n := len(b.runs)
	return n > 0 && b.runs[n-1].kind == TitleBlock && (strings.HasPrefix(l.fold, "(") || strings.HasPrefix(l.fold, "—"))
}

// title is the title of the document: the first one that names a plan, or else
// the first.
func (p *Plan) title() string {
	first := ""
	for _, b := range p.Other {
		if b.Kind != TitleBlock {
			continue
		}
		t := strings.Join(slices.Compact(strings.Split(b.Text, "\n")), "")
		t = strings.TrimSpace(strings.TrimLeft(t, "# "))
		if planWord.MatchString(zh.Fold(t)) && !strings.HasPrefix(t, "转发") && !strings.Contains(t, "通知") {
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
	return runes(s) <= 60 && !inBrackets && !endsSentence(s) && !openEnd(s) && !strings.HasSuffix(s, ":") && !dated(s)
}
