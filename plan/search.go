package plan

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
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
func (x *Index) request(q string) request {
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
func (x *Index) aliasAt(r []rune, i int) int {
	for n := min(x.longest, len(r)-i); n > 0; n-- {
		if _, ok := x.aliases[string(r[i:i+n])]; ok {
			return n
		}
	}
	return 0
}

func (x *Index) aliasSlot(word string) slot {
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
func (x *Index) says(word string) bool {
	r := []rune(strings.ToLower(word))
	rare, anchor := -1, 0
	for i, c := range r {
		if i > 0 && len(x.spread[pair(r[i-1], c)]) == 0 && runeClass(r[i-1])*runeClass(c) > 0 {
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

func allTerms(s string) []term {
	var out []term
	terms(s, func(t term) { out = append(out, t) })
	return out
}

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
		from := runes(q[:m[0]])
		for i := range runes(q[m[0]:m[1]]) {
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
func (x *Index) plainSlots(r []rune, s span, taken []bool) []slot {
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
func (x *Index) spelled(r []rune, s span) (slot, bool) {
	typed := readings().cut(string(r[s.from:s.to]))
	if len(typed) < 2 && s.to-s.from < 3 {
		return slot{}, false
	}
	sl := slot{text: string(r[s.from:s.to])}
	for _, w := range x.readAs(typed) {
		sl.options = append(sl.options, option{allTerms(w), 1})
	}
	return sl, len(sl.options) > 0
}

// readAs lists the stretches of the plan that are read as typed.
func (x *Index) readAs(typed []string) []string {
	const most = 8
	var out []string
	table := readings()
	for _, at := range x.startsAs(typed[0]) {
		if len(out) == most {
			break
		}
		if int(at)+len(typed) > len(x.text) {
			continue
		}
		stretch := x.text[at : int(at)+len(typed)]
		ok := true
		for j := 1; ok && j < len(typed); j++ {
			ok = table.fits(stretch[j], typed[j])
		}
		if w := string(stretch); ok && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// startsAs are the places of the plan where a character is read as typed, in
// order.
func (x *Index) startsAs(syllable string) []int32 {
	table := readings()
	var out []int32
	for r, at := range x.grams {
		if table.fits(r, syllable) {
			out = append(out, at...)
		}
	}
	slices.Sort(out)
	return out
}

// scored are the units that a query touches, best first.
type scored struct {
	unit  int32
	score float64 // best sentence and the whole
}

// search scores all units.
func (x *Index) search(req request) []scored {
	sentence := newTally(len(x.owner))
	whole := newTally(len(x.units))
	scratch := newTally(max(len(x.owner), len(x.units)))
	for _, s := range req.slots {
		x.addSlot(s, x.posts, sentence, scratch, func(at int32) float64 { return x.size[at] / x.mean })
		x.addSlot(s, x.spread, whole, scratch, func(at int32) float64 { return x.units[at].size / x.meanOf })
	}
	best := newTally(len(x.units))
	for _, at := range sentence.hit {
		s := sentence.sum[at]
		if x.lead[at] {
			s *= factorLead
		}
		best.raise(x.owner[at], s)
	}
	out := make([]scored, 0, len(best.hit))
	for _, u := range best.hit {
		if s := (best.sum[u] + weightWhole*whole.sum[u]) * x.units[u].factor; s > 0 {
			out = append(out, scored{unit: u, score: s})
		}
	}
	slices.SortFunc(out, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.unit, b.unit))
	})
	return out
}

// A tally is a sum for each place, and which places have one.
type tally struct {
	sum []float64
	hit []int32
}

func newTally(n int) *tally { return &tally{sum: make([]float64, n)} }

func (t *tally) add(at int32, v float64) {
	if t.sum[at] == 0 {
		t.hit = append(t.hit, at)
	}
	t.sum[at] += v
}

func (t *tally) raise(at int32, v float64) {
	if t.sum[at] == 0 {
		t.hit = append(t.hit, at)
	}
	t.sum[at] = max(t.sum[at], v)
}

func (t *tally) clear() {
	for _, at := range t.hit {
		t.sum[at] = 0
	}
	t.hit = t.hit[:0]
}

// addSlot adds what a slot is worth, wherever one of its options stands: the
// option that is worth most there.
func (x *Index) addSlot(s slot, posts map[term][]posting, to, scratch *tally, size func(int32) float64) {
	if len(s.options) == 1 && len(s.options[0].terms) == 1 {
		x.addOption(s.options[0], posts, to, size)
		return
	}
	best := map[int32]float64{}
	for _, o := range s.options {
		x.addOption(o, posts, scratch, size)
		for _, at := range scratch.hit {
			best[at] = max(best[at], scratch.sum[at])
		}
		scratch.clear()
	}
	for at, v := range best {
		to.add(at, v)
	}
}

func (x *Index) addOption(o option, posts map[term][]posting, to *tally, size func(int32) float64) {
	for _, t := range o.terms {
		w := x.weight(t) * o.factor
		for _, p := range posts[t] {
			to.add(p.at, w*bm25(float64(p.n), size(p.at), 1))
		}
	}
}

func isLight(r rune) bool { return strings.ContainsRune(light, r) || unicode.IsPunct(r) }
