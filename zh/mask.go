package zh

import "strings"

// Mask returns s with the middle of private numbers replaced by stars: ID-card
// numbers whose check digit is right, mobile numbers, and bank cards whose Luhn
// digit is right. Numbers of other kinds stay, and so does everything else.
// Digits may be of either width and stand in groups with spaces or hyphens
// between them.
func Mask(s string) string {
	if strings.IndexFunc(s, isDigit) < 0 {
		return s
	}
	in := []rune(s)
	changed := false
	for i := 0; i < len(in); {
		if !isDigit(in[i]) {
			i++
			continue
		}
		at := digitRun(in, i)
		if hide(in, at) {
			changed = true
		}
		i = at[len(at)-1] + 1
	}
	if !changed {
		return s
	}
	return string(in)
}

func isDigit(r rune) bool {
	r = fold(r)
	return r >= '0' && r <= '9'
}

// digitRun lists where the digits are that begin at i, over single spaces and
// hyphens, and a final X as ID-card numbers have it.
func digitRun(in []rune, i int) []int {
	var at []int
	for ; i < len(in); i++ {
		switch r := fold(in[i]); {
		case isDigit(r):
			at = append(at, i)
		case (r == 'X' || r == 'x') && len(at) == 17:
			return append(at, i)
		case (r == ' ' || r == '-') && i+1 < len(in) && isDigit(in[i+1]):
		default:
			return at
		}
	}
	return at
}

// hide stars the private numbers among the digits at the places in at. A run
// may be several numbers with a space between them, so that each group of
// digits is tried alone if the whole is no number.
func hide(in []rune, at []int) bool {
	if keep, ok := private(in, at); ok {
		for _, i := range at[keep[0] : len(at)-keep[1]] {
			in[i] = '*'
		}
		return true
	}
	changed := false
	for from := 0; from < len(at); {
		to := from + 1
		for to < len(at) && at[to] == at[to-1]+1 {
			to++
		}
		if to-from < len(at) && hide(in, at[from:to]) {
			changed = true
		}
		from = to
	}
	return changed
}

// private reports whether the digits are a private number, and how many may be
// seen at its start and end.
func private(in []rune, at []int) (keep [2]int, ok bool) {
	digits := make([]byte, len(at))
	for i, p := range at {
		digits[i] = byte(fold(in[p]))
	}
	d := string(digits)
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
