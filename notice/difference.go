package notice

import (
	"fmt"
	"strings"

	"duban/zh"
)

// Difference says in one line what is different in a new text: “1月8日”改为“1月9日”.
func Difference(before, after string) string {
	a, b := []rune(before), []rune(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	head, tail = widen(a, head, tail)
	old, now := clean(a[head:len(a)-tail]), clean(b[head:len(b)-tail])
	switch {
	case old == now:
		return "文字未变"
	case old == "":
		return "增加“" + now + "”"
	case now == "":
		return "删去“" + old + "”"
	}
	return fmt.Sprintf("“%s”改为“%s”", old, now)
}

// widen moves both ends of a difference outwards to where a word or number can
// begin, so that 8→9 is read as 1月8日→1月9日.
func widen(a []rune, head, tail int) (wideHead, wideTail int) {
	back := toBreak(head, func(n int) rune { return a[head-1-n] })
	on := toBreak(tail, func(n int) rune { return a[len(a)-tail+n] })
	return head - back, tail - on
}

// toBreak returns how many characters, of all there are, it is to the next break;
// if that is far, one.
func toBreak(all int, at func(n int) rune) int {
	const far, breaks = 8, " \n\t，,。.：:；;！!？?、（）()“”《》【】"
	n := 0
	for n < all && !strings.ContainsRune(breaks, at(n)) {
		if n++; n > far {
			return 1
		}
	}
	return n
}

// clean puts a part of a text into one line that a sentence can hold.
func clean(part []rune) string { return zh.Brief(strings.Trim(string(part), " \n，。；、"), 120) }
