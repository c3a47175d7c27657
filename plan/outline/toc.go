package outline

import (
	"regexp"
	"strings"

	"duban/plan"
	"duban/plan/mark"
	"duban/zh"
)

var (
	dotted   = regexp.MustCompile(`(…{2,}|\.{3,}|·{3,}|。{3,}|－{3,}|-{4,}) ?[0-9]{0,3}$|(…|\.{2,}) ?[0-9]{1,3}$`)
	paged    = regexp.MustCompile(`[^0-9.][ \t]+[0-9]{1,3}$`)
	contents = regexp.MustCompile(`^(目 *录|目 *次|contents)$`)
)

// markContents finds a table of contents: lines that end in dots and a page, or
// headings that all come again below.
func markContents(lines []*line) {
	last := map[string]int{} // where a line stands for the last time
	for i, l := range lines {
		last[zh.Bare(l.fold)] = i
	}
	for run := range runs(lines, func(start, i int) bool {
		head := contents.MatchString(strings.ToLower(lines[start].fold))
		return lines[i].block == "" && (head && i == start || entry(lines, i, head, last))
	}) {
		if len(run) >= 3 {
			setBlock(run, plan.Contents)
		}
	}
}

// entry reports whether line i is an entry of a table of contents. Under a
// heading that says so, a page number is enough.
func entry(lines []*line, i int, head bool, last map[string]int) bool {
	l := lines[i]
	m, ok := mark.Read(l.fold)
	switch {
	case len(l.text) > 80:
		return false
	case dotted.MatchString(l.fold), head && len(l.text) <= 60 && paged.MatchString(l.fold):
		return true
	}
	return ok && m.Rank <= mark.RankParen && len(l.text) <= 40 && sentences(l.fold) == 1 && last[zh.Bare(l.fold)] > i && bareHeading(lines, i)
}

// bareHeading reports whether nothing stands below the heading at line i: the
// next line is a heading too, or signs the page.
func bareHeading(lines []*line, i int) bool {
	if i+1 == len(lines) {
		return true
	}
	next := lines[i+1].fold
	_, ok := mark.Read(next)
	return ok || dated(next) || signs(next)
}
