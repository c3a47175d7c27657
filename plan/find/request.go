package find

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A slot is a piece of a query that may be said in several ways; the way that
// fits a sentence best counts.
type slot struct {
	options []option
	text    string
}

// An option is one way of saying a slot.
type option struct {
	terms  []term
	factor float64
}

// factorAlias is what an alias is worth beside the word itself.
const (
	factorAlias  = 0.9
	factorBeside = 0.5 // where the plan has the word too
	factorSpell  = 0.9
	factorLead   = 1.2 // for the first sentence, which is the title
)

// A request is a query cut up for searching.
type request struct {
	r     []rune // folded, lower case
	spans []span
	slots []slot
}

// degree are the words that may stand inside what has an alias: 压力太大.
var degree = regexp.MustCompile(`(.)(?:太过?|很|特别|非常|比较|有点儿?|老是|总是|实在|真的?)`)

// request cuts a query into pieces: words with aliases, letters that spell a
// word in pinyin, and for the rest every term by itself.
func (x *corpus) request(q string) request {
	q = degree.ReplaceAllString(strings.ToLower(q), "$1")
	req := request{r: []rune(q)}
	taken := make([]bool, len(req.r))
	for i := 0; i < len(req.r); {
		n := x.aliasAt(req.r, i)
		if n == 0 {
			i++
			continue
		}
		req.slots = append(req.slots, x.aliasSlot(string(req.r[i:i+n])))
		for j := i; j < i+n; j++ {
			taken[j] = true
		}
		i += n
	}
	req.spans = spans(q, taken)
	for _, c := range req.spans {
		req.slots = append(req.slots, x.plainSlots(req.r, c, taken)...)
	}
	return req
}

// aliasAt is the length of the longest alias at r[i:], 0 if there is none.
func (x *corpus) aliasAt(r []rune, i int) int {
	for n := min(x.longest, len(r)-i); n > 0; n-- {
		if _, ok := x.aliases[string(r[i:i+n])]; ok {
			return n
		}
	}
	return 0
}

func (x *corpus) aliasSlot(word string) slot {
	s := slot{text: word, options: []option{{allTerms(word), 1}}}
	factor := factorAlias
	if x.says(word) {
		factor = factorBeside
	}
	for _, a := range x.aliases[word] {
		shorter := math.Sqrt(min(1, float64(len(s.options[0].terms))/float64(len(allTerms(a)))))
		s.options = append(s.options, option{allTerms(a), factor * shorter})
	}
	return s
}

// says reports whether the plan has the word as typed.
func (x *corpus) says(word string) bool {
	r := []rune(strings.ToLower(word))
	rare, anchor := -1, 0
	for i, c := range r {
		if i > 0 && x.df(pair(r[i-1], c)) == 0 && runeClass(r[i-1])*runeClass(c) > 0 {
			return false
		}
		if n := len(x.grams[c]); rare < 0 || n < rare {
			rare, anchor = n, i
		}
	}
	for _, at := range x.grams[r[anchor]] {
		from := int(at) - anchor
		if from >= 0 && from+len(r) <= len(x.text) && slices.Equal(x.text[from:from+len(r)], r) {
			return true
		}
	}
	return false
}

func allTerms(s string) []term { return slices.Collect(terms(s)) }

// A span is a stretch of a query between idle words, in runes.
type span struct{ from, to, class int }

// spans cuts a lower-case query at its idle words, except inside words that
// have an alias.
func spans(q string, taken []bool) []span {
	r := []rune(q)
	keep := make([]bool, len(r))
	for i := range keep {
		keep[i] = true
	}
	for _, m := range idle.FindAllStringIndex(q, -1) {
		from := utf8.RuneCountInString(q[:m[0]])
		for i := range utf8.RuneCountInString(q[m[0]:m[1]]) {
			keep[from+i] = taken[from+i]
		}
	}
	var out []span
	class := 0
	for i, c := range r {
		k := runeClass(c)
		if !keep[i] {
			k = 0
		}
		if k != 0 && k == class {
			out[len(out)-1].to = i + 1
		} else if k != 0 {
			out = append(out, span{i, i + 1, k})
		}
		class = k
	}
	return out
}

// plainSlots are the terms of a span that no alias has taken.
func (x *corpus) plainSlots(r []rune, s span, taken []bool) []slot {
	if s.class == 2 {
		if sl, ok := x.spelled(r, s); ok {
			return []slot{sl}
		}
	}
	var out []slot
	for i := s.from; i < s.to; i++ {
		if !taken[i] {
			out = append(out, plain(term(r[i])))
		}
		if i+1 < s.to && (!taken[i] || !taken[i+1]) {
			out = append(out, plain(pair(r[i], r[i+1])))
		}
	}
	return out
}

func plain(t term) slot { return slot{options: []option{{[]term{t}, 1}}} }

// spelled resolves letters as pinyin into what the plan has that is read so.
func (x *corpus) spelled(r []rune, s span) (slot, bool) {
	typed := readings().cut(string(r[s.from:s.to]))
	if len(typed) == 0 || len(typed) < 2 && s.to-s.from < 3 {
		return slot{}, false
	}
	sl := slot{text: string(r[s.from:s.to])}
	for _, w := range x.readAs(typed) {
		sl.options = append(sl.options, option{allTerms(w), 1})
	}
	return sl, len(sl.options) > 0
}

// readAs lists the stretches of the plan that are read as typed, in the order in
// which they stand there.
func (x *corpus) readAs(typed []string) []string {
	const most = 8
	var out []string
	table := readings()
	at, anchor := x.rarest(typed)
	for _, place := range at {
		from := int(place) - anchor
		if len(out) == most {
			break
		}
		if from < 0 || from+len(typed) > len(x.text) {
			continue
		}
		stretch := x.text[from : from+len(typed)]
		ok := true
		for j := 0; ok && j < len(typed); j++ {
			ok = j == anchor || table.fits(stretch[j], typed[j])
		}
		if w := string(stretch); ok && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// rarest are the places of the syllable that stands in the fewest, in order, and
// which of those typed it is.
func (x *corpus) rarest(typed []string) (places []int32, anchor int) {
	least := -1
	for i, t := range typed {
		n := 0
		for _, r := range readings().read[t] {
			n += len(x.grams[r])
		}
		if least < 0 || n < least {
			least, anchor = n, i
		}
	}
	for _, r := range readings().read[typed[anchor]] {
		places = append(places, x.grams[r]...)
	}
	slices.Sort(places)
	return places, anchor
}

func isLight(r rune) bool { return strings.ContainsRune(light, r) || unicode.IsPunct(r) }
