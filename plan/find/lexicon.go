package find

import (
	_ "embed"
	"sort"
	"strings"
	"sync"
)

//go:embed data/words.txt
var wordTable string

// A wordClass says what a word contributes to a query.
type wordClass byte

const (
	noWord    wordClass = 0
	noun      wordClass = 'n'
	verb      wordClass = 'v'
	adjective wordClass = 'a'
	otherWord wordClass = 'o'
)

// bytesOfHan is the length of each character of the table in UTF-8.
const bytesOfHan = 3

// lexicon holds the words of a class and length one behind the other, sorted,
// so that it takes no more memory than its text.
var lexicon = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(wordTable) {
		key, list, _ := strings.Cut(strings.TrimSpace(line), " ")
		m[key] = list
	}
	return m
})

// classify looks a word of two to four characters up.
func classify(w string) wordClass {
	n := len(w) / bytesOfHan
	if len(w)%bytesOfHan != 0 || n < 2 || n > 4 {
		return noWord
	}
	size := string(rune('0' + n))
	for _, c := range []wordClass{noun, verb, adjective, otherWord} {
		if has(lexicon()[string(rune(c))+size], w) {
			return c
		}
	}
	return noWord
}

// has searches a row of sorted words of one length.
func has(row, w string) bool {
	at := func(i int) string { return row[i*len(w) : (i+1)*len(w)] }
	n := len(row) / len(w)
	i := sort.Search(n, func(i int) bool { return at(i) >= w })
	return i < n && at(i) == w
}

// A word is a piece of a query.
type word struct {
	from, to int // in runes
	class    wordClass
}

// segment cuts r[from:to] into words, as few as possible.
func segment(r []rune, from, to int, known func(string) bool) []word {
	const longest, alone = 6, 1.7
	type step struct {
		cost  float64
		from  int
		class wordClass
	}
	best := make([]step, to-from+1)
	for i := 1; i < len(best); i++ {
		best[i] = step{best[i-1].cost + alone, i - 1, noWord}
		for j := max(0, i-longest); j <= i-2; j++ {
			w := string(r[from+j : from+i])
			c, cost := classify(w), 1.0
			if known(w) {
				c, cost = noun, 0.9
			}
			if c != noWord && best[j].cost+cost < best[i].cost {
				best[i] = step{best[j].cost + cost, j, c}
			}
		}
	}
	var out []word
	for i := len(best) - 1; i > 0; i = best[i].from {
		out = append(out, word{from + best[i].from, from + i, best[i].class})
	}
	return out
}
