package source

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan/mark"
	"duban/zh"
)

// Bounds by which a text is told to have lost its line breaks.
const (
	fewLines   = 6
	foldedLine = 60 // characters
)

var (
	markPlace = regexp.MustCompile(`(?:[\s　]+|[。；！？])()`)
	lastLine  = regexp.MustCompile(`[\s　]+([^\s　。，；：]{2,20})[\s　]+([0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日)$`)
)

// unfold breaks the long lines of a text that has lost its line breaks, where
// the marks of a complete series stand.
func unfold(lines []Line) []Line {
	full := 0
	for _, l := range lines {
		if strings.TrimFunc(l.Text, zh.Blank) != "" {
			full++
		}
	}
	if full > fewLines {
		return lines
	}
	var out []Line
	for _, l := range lines {
		text := strings.TrimRightFunc(l.Text, zh.Blank)
		if utf8.RuneCountInString(text) < foldedLine || strings.Contains(text, "\t") {
			out = append(out, l)
			continue
		}
		at := seriesIn(text)
		if m := lastLine.FindStringSubmatchIndex(text); m != nil && len(at) > 0 {
			at = append(at, m[2], m[4])
		}
		from := 0
		for _, end := range append(at, len(text)) {
			out = append(out, Line{Text: text[from:end]})
			from = end
		}
	}
	return out
}

// seriesIn is where the marks of complete series stand in a line, besides at its
// head: those that count from 1, one by one, to 3 at least, or inside such.
func seriesIn(text string) []int {
	type found struct{ at, number int }
	styles := map[string][]found{}
	add := func(at int) {
		if m, ok := mark.Read(zh.Fold(text[at:])); ok && !m.Weak && m.Number > 0 {
			styles[m.Style] = append(styles[m.Style], found{at, m.Number})
		}
	}
	add(0)
	for _, g := range markPlace.FindAllStringSubmatchIndex(text, -1) {
		add(g[2])
	}
	var at []int
	outer := false
	for _, least := range []int{3, 2} {
		for style, all := range styles {
			gap := func(i int) bool { return all[i].number != 1 && (i == 0 || all[i].number != all[i-1].number+1) }
			if len(all) < least || least < 3 && !outer || gapIn(len(all), gap) {
				continue
			}
			delete(styles, style)
			for _, f := range all {
				at = append(at, f.at)
			}
		}
		outer = len(at) > 0
	}
	slices.Sort(at)
	return slices.DeleteFunc(at, func(i int) bool { return i == 0 })
}

func gapIn(n int, gap func(int) bool) bool {
	for i := range n {
		if gap(i) {
			return true
		}
	}
	return false
}
