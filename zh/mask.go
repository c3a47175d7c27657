package zh

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	// A row of digits may have single spaces and hyphens in it, and a final X as
	// ID-card numbers have it.
	digitRow   = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){16}[Xx]|[0-9](?:[ -]?[0-9])*`)
	digitGroup = regexp.MustCompile(`[^ -]+`)
	spaced     = strings.NewReplacer(" ", "", "-", "")
)

// Mask returns s with the middle of private numbers replaced by stars: ID-card
// numbers whose check digit is right, mobile numbers, and bank cards whose Luhn
// digit is right. Numbers of other kinds stay, and so does everything else.
// Digits may be of either width and stand in groups with spaces or hyphens
// between them.
func Mask(s string) string {
	folded := Fold(s)
	rows := digitRow.FindAllStringIndex(folded, -1)
	if rows == nil {
		return s
	}
	in, changed := []rune(s), false
	for _, at := range rows {
		first := utf8.RuneCountInString(folded[:at[0]])
		changed = hide(in[first:], folded[at[0]:at[1]]) || changed
	}
	if !changed {
		return s
	}
	return string(in)
}

// hide stars the private number that a row of digits is, at the beginning of in.
// A row may be several numbers with a space between them, so that each group of
// digits is tried alone if the whole is no number.
func hide(in []rune, row string) (changed bool) {
	digits := spaced.Replace(row)
	if keep, ok := private(digits); ok {
		n := 0
		for i, c := range row {
			if c == ' ' || c == '-' {
				continue
			}
			if n >= keep[0] && n < len(digits)-keep[1] {
				in[i] = '*'
			}
			n++
		}
		return true
	}
	if len(digits) < len(row) {
		for _, at := range digitGroup.FindAllStringIndex(row, -1) {
			changed = hide(in[at[0]:], row[at[0]:at[1]]) || changed
		}
	}
	return changed
}

// private reports whether d is a private number, and how many of its digits may
// be seen at its start and end.
func private(d string) (keep [2]int, ok bool) {
	switch {
	case len(d) == 18 && idCard(d):
		return [2]int{3, 2}, true
	case mobile(d):
		return [2]int{len(d) - 8, 4}, true
	case len(d) >= 15 && len(d) <= 19 && luhn(d):
		return [2]int{4, 4}, true
	}
	return keep, false
}

// mobile reports whether d is a mainland mobile number, with or without 86.
func mobile(d string) bool {
	if len(d) == 13 && strings.HasPrefix(d, "86") {
		d = d[2:]
	}
	return len(d) == 11 && d[0] == '1' && d[1] >= '3'
}

// idCard checks the last digit of an 18-digit citizen number (GB 11643-1999)
// and that it holds a date.
func idCard(d string) bool {
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		if d[i] < '0' || d[i] > '9' {
			return false
		}
		sum += int(d[i]-'0') * w
	}
	last := d[17]
	if last == 'x' {
		last = 'X'
	}
	return "10X98765432"[sum%11] == last && d[10:12] >= "01" && d[10:12] <= "12" && d[12:14] >= "01" && d[12:14] <= "31"
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
