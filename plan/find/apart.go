package find

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What it costs to make a word of what was typed, a character at a time. A whole
// other character is 1.
const (
	sameSound = 0.3 // 题 for 提
	likeSound = 0.5 // 例 for 列: one letter of the sound is another
	likeShape = 0.5 // 撒 for 撤
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
	var place [3][apartRoom]float64
	var letters [2][apartRoom]rune
	a, b := lowered(letters[0][:0], said), lowered(letters[1][:0], meant)
	if most < 1 && differing(a, b) > int(most/sameSound+0.01) {
		return most + 1 // one more or less costs too much, so they are as long, and each wrong one costs something
	}
	rows := [3][]float64{place[0][:0], place[1][:0], place[2][:0]} // two above, above, this one
	least := [2]float64{}                                          // of the two above
	for i := range len(a) + 1 {
		if i > 1 && least[0] > most && least[1] > most { // and nothing below is less
			return most + 1
		}
		row := rows[2][:0]
		for j := range len(b) + 1 {
			cost := float64(i + j)
			if i > 0 && j > 0 {
				cost = min(rows[1][j]+1, row[j-1]+1, rows[1][j-1]+exchange(a[i-1], b[j-1]))
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cost = min(cost, rows[0][j-2]+swapped)
			}
			row = append(row, cost)
		}
		rows = [3][]float64{rows[1], row, rows[0]}
		least = [2]float64{least[1], slices.Min(row)}
	}
	return rows[1][len(b)]
}

// apartRoom is how many characters of a text need no memory of their own.
const apartRoom = 32

// differing counts the places at which two texts of one length have other characters.
func differing(a, b []rune) (n int) {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func lowered(to []rune, s string) []rune {
	for _, r := range s {
		to = append(to, unicode.ToLower(r))
	}
	return to
}

// lookAlikes are characters that are written alike and sound unlike, each group with a
// blank behind it. Those of the words of commands matter.
const lookAlikes = "撤撒 销消 提堤 醒腥 目日 录彔 汇江 板扳 假暇 答荅 已己 未末 待侍 件仵 闭闪 改攻 删册 试拭 复夏 送迭 "

// exchange is what a costs where b is meant.
func exchange(a, b rune) float64 {
	if a == b {
		return 0
	}
	cost := 1.0
	if at := strings.IndexRune(lookAlikes, a); at >= 0 {
		pair := lookAlikes[max(0, strings.LastIndexByte(lookAlikes[:at], ' ')+1):]
		if end := strings.IndexByte(pair, ' '); strings.ContainsRune(pair[:max(end, 0)], b) {
			cost = likeShape
		}
	}
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
