package plan

import (
	"regexp"
	"strings"
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
	for i := 0; i < len(lines); i++ {
		if lines[i].block != "" {
			continue
		}
		end := i
		head := contents.MatchString(strings.ToLower(lines[i].fold))
		if head {
			end++
		}
		for end < len(lines) && (lines[end].block == Noise || entry(lines, end, head)) {
			end++
		}
		if run = lines[i:end]; len(run) < 3 {
			continue
		}
		for _, l := range run {
			if l.block == "" {
				l.block = Contents
			}
		}
		i = end - 1
	}
}

// entry reports whether line i is an entry of a table of contents. Under a
// heading that says so, a page number is enough.
func entry(lines []*line, i int, head bool) bool {
	s := lines[i].fold
	if dotted.MatchString(s) && runes(s) <= 80 {
		return true
	}
	if head && paged.MatchString(s) && runes(s) <= 60 {
		return true
	}
	m, ok := readMark(s)
	if !ok || m.rank > rankParen || runes(s) > 40 || sentences(s) > 1 {
		return false
	}
	return comesAgain(lines, i)
}

// comesAgain reports whether the heading at line i stands once more below, and
// the line after i is a heading or an entry too: nothing stands under it here.
func comesAgain(lines []*line, i int) bool {
	if i+1 < len(lines) {
		next := lines[i+1]
		_, ok := readMark(next.fold)
		if !ok && !dated(next.fold) && !signs(next.fold) {
			return false
		}
	}
	want := bare(lines[i].fold)
	for _, l := range lines[i+1:] {
		if bare(l.fold) == want {
			return true
		}
	}
	return false
}
