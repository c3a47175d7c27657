package report

import "strings"

const (
	notFirst = "，。、；：！？）》」』】〉”’…·%,.;:!?)]}—～" // what no line begins with
	notLast  = "（《「『【〈“‘([{"                   // what no line ends with
)

// wrap breaks text into lines of at most width pixels. If they are more than most
// the last one ends with …; 0 is any number.
func (p *pen) wrap(text string, width, most int) [][]rune {
	var lines [][]rune
	for rest := p.runes(strings.TrimSpace(text)); len(rest) > 0; {
		n := p.fit(rest, width)
		if most > 0 && len(lines) == most-1 && n < len(rest) {
			return append(lines, p.shorten(rest, width))
		}
		lines = append(lines, trim(rest[:n]))
		rest = trim(rest[n:])
	}
	return lines
}

// pack puts parts on lines with ｜ between them, and breaks only between two of
// them, unless one alone is too long.
func (p *pen) pack(parts []string, width int) [][]rune {
	var lines [][]rune
	line := ""
	for i, part := range parts {
		next := line + "｜" + part
		if i == 0 {
			next = part
		}
		if i > 0 && p.width(p.runes(next)) > width {
			lines = append(lines, p.wrap(line, width, 1)...)
			next = part
		}
		line = next
	}
	return append(lines, p.wrap(line, width, 1)...)
}

// fit is how many characters make up the first line.
func (p *pen) fit(text []rune, width int) int {
	n, w := 0, 0
	for n < len(text) {
		if w += p.glyph(text[n]).advance; w > width {
			break
		}
		n++
	}
	if n == len(text) {
		return n
	}
	cut := max(n, 1)
	for back := cut; back > 1 && cut-back < 12; back-- {
		if breaks(text[back-1], text[back]) {
			return back
		}
	}
	return cut
}

// breaks tells whether a line may end between two characters.
func breaks(a, b rune) bool {
	switch {
	case strings.ContainsRune(notFirst, b), strings.ContainsRune(notLast, a):
		return false
	}
	return !word(a) || !word(b)
}

// word tells whether a character belongs to a word or a number that is not broken.
func word(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// shorten cuts text so that it fits with … behind it.
func (p *pen) shorten(text []rune, width int) []rune {
	w := p.glyph('…').advance
	for i, r := range text {
		if w += p.glyph(r).advance; w > width {
			return append(trim(text[:i:i]), '…')
		}
	}
	return text
}

// trim leaves out the space around text.
func trim(text []rune) []rune { return []rune(strings.Trim(string(text), " ")) }
