package outline

import (
	"regexp"
	"strings"
	"unicode/utf8"

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
	var run []*line
	last := map[string]int{} // where a line stands for the last time
	for i, l := range lines {
		last[zh.Bare(l.fold)] = i
	}
	for i := 0; i < len(lines); i++ {
		if lines[i].block != "" {
			continue
		}
		end := i
		head := contents.MatchString(strings.ToLower(lines[i].fold))
		if head {
			end++
		}
		for end < len(lines) && (lines[end].block == plan.Noise || entry(lines, end, head, last)) {
			end++
		}
		if run = lines[i:end]; len(run) < 3 {
			continue
		}
		for _, l := range run {
			if l.block == "" {
				l.block = plan.Contents
			}
		}
		i = end - 1
	}
}

// entry reports whether line i is an entry of a table of contents. Under a
// heading that says so, a page number is enough.
func entry(lines []*line, i int, head bool, last map[string]int) bool {
	s := lines[i].fold
	if len(lines[i].text) > 80 {
		return false
	}
	if dotted.MatchString(s) {
		return true
	}
	if head && paged.MatchString(s) && utf8.RuneCountInString(s) <= 60 {
		return true
	}
	m, ok := mark.Read(s)
	if !ok || m.Rank > mark.RankParen || len(lines[i].text) > 40 || sentences(s) > 1 {
		return false
	}
	return last[zh.Bare(s)] > i && bareHeading(lines, i)
}

// bareHeading reports whether nothing stands below the heading at line i: the
// next line is a heading too, or signs the page.
func bareHeading(lines []*line, i int) bool {
	if i+1 >= len(lines) {
		return true
	}
	next := lines[i+1].fold
	_, ok := mark.Read(next)
	return ok || dated(next) || signs(next)
}
