package find

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// What it costs to make a word of what was typed, a character at a time. A whole
// other character is 1.
const (
	sameSound = 0.3 // 题 for 提
	likeSound = 0.5 // 例 for 列: one letter of the sound is another
	swapped   = 0.6 // 知通 for 通知
)

// Apart tells how far two short texts are from one another as they are typed: the
// least that it costs to make one of the other, where a wrong character of the right
// sound, in whatever tone, costs little. Texts without a mistake are 0 apart. For those
// that are more than most apart, it tells no more than that.
func Apart(said, meant string, most float64) float64 {
	if longer := utf8.RuneCountInString(said) - utf8.RuneCountInString(meant); float64(max(longer, -longer)) > most {
		return most + 1
	}
	a, b := []rune(strings.ToLower(said)), []rune(strings.ToLower(meant))
	rows := make([][]float64, len(a)+1)
	for i := range rows {
		if i > 1 && slices.Min(rows[i-1]) > most && slices.Min(rows[i-2]) > most { // and nothing below is less
			return most + 1
		}
		rows[i] = make([]float64, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = float64(i + j)
			default:
				rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+exchange(a[i-1], b[j-1]))
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+swapped)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// exchange is what a costs where b is meant.
func exchange(a, b rune) float64 {
	if a == b {
		return 0
	}
	cost := 1.0
	for _, x := range readings().of[a] {
		for _, y := range readings().of[b] {
			switch {
			case loose(x) == loose(y):
				cost = min(cost, sameSound)
			case oneLetter(x, y):
				cost = min(cost, likeSound)
			}
		}
	}
	return cost
}

// oneLetter tells whether two sounds that begin alike differ in one letter that is
// more, less or another: li and lie.
func oneLetter(x, y string) bool {
	for i := 1; i <= min(len(x), len(y)); i++ {
		if x[:i] != y[:i] {
			return x[i:] == y[i:] || x[i-1:] == y[i:] || x[i:] == y[i-1:]
		}
	}
	return len(x)-len(y) == 1 || len(y)-len(x) == 1
}
