package zh

import (
	"strings"
	"unicode"
)

// Mask returns s with the middle of private numbers replaced by stars: numbers of
// identity cards (of 18 digits if the check digit is right, of 15 if the date is),
// mobile numbers, and bank cards whose Luhn digit is right. Numbers of other kinds
// stay, and so does everything else.
//
// However a number is written, it is found: digits of every script and width, in
// groups with blanks, dots, dashes, slashes or brackets between them, broken over two
// lines, or with another private number right behind it.
func Mask(s string) string {
	in := []rune(s)
	changed := false
	for _, row := range rowsOf(in) {
		changed = row.mask(in) || changed
	}
	if !changed {
		return s
	}
	return string(in)
}

// A digit is one of a row: its value, 'X' for the last of an identity card, where it
// stands, and whether something stands between it and the one before.
type digit struct {
	c     byte
	at    int
	first bool // of its group
	line  bool // of its line
	gone  bool // is masked
}

// A row is digits with nothing but separators between them.
type row []digit

const (
	shortest    = 11 // digits of a private number
	mostBetween = 4  // signs between two digits of one: " - ", or a line break and an indent
)

// rowsOf returns the rows of a text that are long enough to be a private number.
func rowsOf(in []rune) (rows []row) {
	var now row
	between, breaks := 0, 0
	end := func() {
		if len(now) >= shortest {
			rows = append(rows, now)
		}
		now, between, breaks = nil, 0, 0
	}
	spoken, masked := spokenDigits(in), starred(in)
	for i, r := range in {
		c := anyDigit(r)
		if spoken[i] != 0 {
			c = spoken[i]
		}
		switch {
		case masked[i]:
			end()
		case c == 'X' && (len(now) == 0 || between > 1):
			end()
		case c != 0:
			now = append(now, digit{c: c, at: i, first: len(now) == 0 || between > 0 || now[len(now)-1].c == 'X', line: breaks > 0})
			between, breaks = 0, 0
		case separates(r) && between < mostBetween && (r != '\n' || breaks == 0):
			between++
			if r == '\n' {
				breaks++
			}
		default:
			end()
		}
	}
	end()
	return rows
}

// starred returns which runes are of a group of digits that was masked before: it
// touches a star.
func starred(in []rune) map[int]bool {
	found := map[int]bool{}
	for i := 0; i < len(in); {
		n := i
		for n < len(in) && anyDigit(in[n]) != 0 {
			n++
		}
		if i > 0 && in[i-1] == '*' || n < len(in) && in[n] == '*' {
			for k := i; k < n; k++ {
				found[k] = true
			}
		}
		i = max(n, i+1)
	}
	return found
}

// anyDigit returns the digit that a rune is in whatever script, 'X' for the last sign
// of an identity card, and 0 for anything else.
func anyDigit(r rune) byte {
	switch {
	case r >= '0' && r <= '9':
		return byte(r) //nolint:gosec // it is a digit
	case r < 0x80:
		if r == 'x' || r == 'X' {
			return 'X'
		}
		return 0
	case strings.ContainsRune("ＸｘⅩⅹ×Хх", r):
		return 'X'
	case !unicode.Is(unicode.Nd, r):
		return 0
	}
	for _, t := range unicode.Nd.R16 {
		if lo, hi := rune(t.Lo), rune(t.Hi); r >= lo && r <= hi {
			return '0' + byte((r-lo)%10) //nolint:gosec // it is a digit
		}
	}
	for _, t := range unicode.Nd.R32 {
		if lo, hi := rune(t.Lo), rune(t.Hi); r >= lo && r <= hi { //nolint:gosec // of a table of runes
			return '0' + byte((r-lo)%10) //nolint:gosec // it is a digit
		}
	}
	return 0
}

// spokenDigits returns the digits of rows of Chinese numerals that are as long as a
// private number, and nothing else is: 一三八零零零零零零零零.
func spokenDigits(in []rune) map[int]byte {
	value := func(r rune) (int, bool) {
		if r == '幺' {
			return 1, true
		}
		return digitOf(r)
	}
	found := map[int]byte{}
	for i := 0; i < len(in); {
		n := i
		for ; n < len(in); n++ {
			if _, ok := value(in[n]); !ok {
				break
			}
		}
		for k := i; n-i >= shortest && k < n; k++ {
			v, _ := value(in[k])
			found[k] = '0' + byte(v) //nolint:gosec // one of ten
		}
		i = max(n, i+1)
	}
	return found
}

// separates tells whether a rune may stand between the digits of one number. A comma
// may not: it is that of amounts.
func separates(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || strings.ContainsRune("._/|()（）．·•・∙⋅−ー─━＿／｜〜～~", r)
}

// mask stars the private numbers of a row. The surest come first: groups that are
// one, groups that are several, identity cards anywhere, and then groups that are
// one together.
func (r row) mask(in []rune) (changed bool) {
	groups := r.groups()
	for _, g := range groups {
		changed = r.hide(in, g[0], g[1]) || r.hideTiles(in, g[0], g[1]) || changed
	}
	for from := 0; from+18 <= len(r); from++ {
		if idCard(r.digits(from, from+18)) {
			changed = r.hide(in, from, from+18) || changed
		}
	}
	for i := range groups {
		for k := i + 1; k < len(groups); k++ {
			from, to := groups[i][0], groups[k][1]
			if to-from > 19 || !r.joined(groups[i:k+1]) {
				break
			}
			if r.hide(in, from, to) {
				changed = true
				break
			}
		}
	}
	return changed
}

// groups returns where the groups of the row begin and end. An X is none of a group.
func (r row) groups() (all [][2]int) {
	for i := 0; i < len(r); {
		n := i + 1
		for n < len(r) && !r[n].first && r[n].c != 'X' {
			n++
		}
		if n < len(r) && r[n].c == 'X' && n-i >= 17 {
			n++
		}
		if r[i].c != 'X' {
			all = append(all, [2]int{i, n})
		}
		i = n
	}
	return all
}

// joined tells whether groups may be one number: a list of small numbers, a date or
// an amount with its cents is none. Digits that all stand alone are meant as one.
func (r row) joined(groups [][2]int) bool {
	single := true
	for _, g := range groups {
		single = single && g[1]-g[0] == 1
	}
	for i, g := range groups {
		least := 3
		if r[g[0]].line || i+1 < len(groups) && r[groups[i+1][0]].line {
			least = 2
		}
		if g[1]-g[0] < least && !single || r[g[0]].c == 'X' {
			return false
		}
	}
	return true
}

func (r row) digits(from, to int) string {
	b := make([]byte, 0, to-from)
	for _, d := range r[from:to] {
		if d.gone {
			return ""
		}
		b = append(b, d.c)
	}
	return string(b)
}

// hide stars the digits if they are a private number.
func (r row) hide(in []rune, from, to int) bool {
	keep, ok := private(r.digits(from, to))
	if !ok {
		return false
	}
	for i := from; i < to; i++ {
		r[i].gone = true
		if i >= from+keep[0] && i < to-keep[1] {
			in[r[i].at] = '*'
		}
	}
	return true
}

// hideTiles stars the numbers of a group that is nothing but private numbers, one
// right behind the other.
func (r row) hideTiles(in []rune, from, to int) bool {
	const fewest = 22 // two mobile numbers
	if to-from < fewest || to-from > 120 {
		return false
	}
	tiles, ok := r.tiles(from, to)
	for _, t := range tiles {
		r.hide(in, t[0], t[1])
	}
	return ok
}

// tiles divides the digits into private numbers, if that is possible.
func (r row) tiles(from, to int) (all [][2]int, ok bool) {
	next := make([]int, to-from+1) // by offset: where the tile that begins there ends
	next[to-from] = to
	for i := to - 1; i >= from; i-- {
		for _, n := range []int{18, 11, 19, 17, 16, 15, 13} {
			if i+n <= to && next[i+n-from] != 0 {
				if _, ok := private(r.digits(i, i+n)); ok {
					next[i-from] = i + n
					break
				}
			}
		}
	}
	if next[0] == 0 {
		return nil, false
	}
	for i := from; i < to; i = next[i-from] {
		all = append(all, [2]int{i, next[i-from]})
	}
	return all, true
}

// private reports whether d is a private number, and how many of its digits may
// be seen at its start and end.
func private(d string) (keep [2]int, ok bool) {
	switch {
	case idCard(d), oldIDCard(d):
		return [2]int{3, 2}, true
	case mobile(d):
		return [2]int{len(d) - 8, 4}, true
	case len(d) >= 15 && len(d) <= 19 && strings.IndexByte("34569", d[0]) >= 0 && luhn(d):
		return [2]int{4, 4}, true
	}
	return keep, false
}

// mobile reports whether d is a mainland mobile number, with or without 86.
func mobile(d string) bool {
	if len(d) > 11 {
		d = strings.TrimPrefix(strings.TrimPrefix(d, "00"), "86")
	}
	return len(d) == 11 && d[0] == '1' && d[1] >= '3' && !strings.Contains(d, "X")
}

// provinces are the first two digits of the numbers of identity cards (GB/T 2260).
const provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"

// idCard checks the last digit of an 18-digit citizen number (GB 11643-1999), and
// that it begins with a province and holds a date.
func idCard(d string) bool {
	if len(d) != 18 || strings.Contains(d[:17], "X") {
		return false
	}
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(d[i]-'0') * w
	}
	return "10X98765432"[sum%11] == d[17] && born(d[:2], d[10:14]) && d[6:8] >= "18" && d[6:8] <= "20"
}

// oldIDCard checks the province and the date of a number of 15 digits.
func oldIDCard(d string) bool {
	return len(d) == 15 && !strings.Contains(d, "X") && born(d[:2], d[8:12])
}

// born reports whether a number begins with a province and holds a day of the year.
func born(province, day string) bool {
	return strings.Contains(provinces, province) && day[:2] >= "01" && day[:2] <= "12" && day[2:] >= "01" && day[2:] <= "31"
}

// luhn checks the last digit of a card number (ISO/IEC 7812-1).
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if n < 0 || n > 9 {
			return false
		}
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum > 0 && sum%10 == 0
}
