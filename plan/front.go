package plan

import (
	"regexp"
	"slices"
	"strings"
)

var planWord = regexp.MustCompile(`(要点|计划|方案|规划|纲要|思路|意见|通知|条例|规定|办法|提醒|告知书|清单|安排|行动|一封信|知识|倡议书|公告|告示|规程|细则|制度|须知|汇总|任务)([^。]{0,12})?$`)

// front sorts the lines before the first node into titles and preamble.
func (p *Plan) front(lines []*line) {
	for i, l := range lines {
		kind := Preamble
		if (titleLike(l) || p.titleAbove(l)) && (i == 0 || len(lines) == 1 || planWord.MatchString(l.fold) || p.titleAbove(l)) {
			kind = TitleBlock
		}
		p.put(kind, l)
	}
	for _, b := range p.Other {
		t := strings.Join(slices.Compact(strings.Split(b.Text, "\n")), "")
		if b.Kind == TitleBlock && (p.Title == "" || planWord.MatchString(t) && !strings.HasPrefix(t, "转发") && !strings.Contains(t, "通知")) {
			p.Title = strings.TrimSpace(strings.TrimLeft(t, "# "))
		}
	}
}

func (p *Plan) titleAbove(l *line) bool {
	n := len(p.Other)
	return n > 0 && p.Other[n-1].Kind == TitleBlock && (strings.HasPrefix(l.fold, "(") || strings.HasPrefix(l.fold, "—"))
}

func titleLike(l *line) bool {
	s := l.fold
	inBrackets := strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")")
	return runes(s) <= 60 && !inBrackets && !endsSentence(s) && !openEnd(s) && !strings.HasSuffix(s, ":") && !dated(s)
}
