package reading

import (
	"slices"
	"strings"
)

// unsure makes the question what was meant. Each choice is a reading that stores
// something; unused is the parts of the text that none of them uses.
func unsure(why string, unused []string, choices ...Reading) Reading {
	return Reading{Kind: Ask, Why: why, Unused: unused, Choices: choices}
}

// A guard finds what a report would leave unused or guess. What it finds is asked
// about before anything is stored.
type guard struct {
	why   string
	finds func(*hearing, *Reading) []string
}

// guards are looked at in this order.
var guards = []guard{
	{"百分比超过100", func(h *hearing, r *Reading) []string { return found(r.Is(OutOfRange), h.m.text) }},
	{"除外的那几条之外是哪些，没有写", (*hearing).exceptedOnly},
	{"编号是估计的", (*hearing).guessedMeasure},
	{"百分比有两种理解", (*hearing).guessedAmount},
	{"有两个不同的百分比", func(h *hearing, _ *Reading) []string { return found(h.clashes(), h.m.text) }},
	{"有一个数没看懂", (*hearing).looseNumber},
}

func found(is bool, words string) []string {
	if is {
		return []string{words}
	}
	return nil
}

// sure returns r, or the question that must be answered before r is stored.
func (h *hearing) sure(r Reading) Reading {
	for _, g := range guards {
		unused := g.finds(h, &r)
		if unused == nil {
			continue
		}
		for i, u := range unused {
			unused[i] = h.original([]string{u})
		}
		q := unsure(g.why, unused)
		q.Flags, q.Note = r.Flags, r.Note
		if len(r.Measures()) > 0 && !r.Is(OutOfRange) {
			q.Choices = []Reading{r}
		}
		return q
	}
	return r
}

// numberless asks about a report on 第0条.
func (h *hearing) numberless() (Reading, bool) {
	at := slices.IndexFunc(h.tokens, func(t token) bool { return t.class == place && t.strict })
	if at < 0 || h.asks || !h.rep.any() {
		return Reading{}, false
	}
	return unsure("没有这个编号", []string{h.tokens[at].text()}), true
}

// exceptedOnly finds 除第5条外都办结 where nothing says which the others are.
func (h *hearing) exceptedOnly(r *Reading) []string {
	return found(h.rep.rest.any() && len(r.Measures()) == 0, h.m.text)
}

// guessedMeasure finds 前三条, unless the fourth is what is spoken of next.
func (h *hearing) guessedMeasure(*Reading) []string {
	at := slices.IndexFunc(h.tokens, func(t token) bool { return t.class == measure && t.guess })
	if at < 0 || slices.Contains(h.rep.measures(), len(h.tokens[at].list)+1) {
		return nil
	}
	return []string{h.tokens[at].text()}
}

// guessedAmount finds 0.8.
func (h *hearing) guessedAmount(*Reading) []string {
	at := slices.IndexFunc(h.tokens, func(t token) bool { return t.class == amount && t.guess })
	if at < 0 {
		return nil
	}
	return []string{h.tokens[at].text()}
}

// clashes reports whether two amounts are said of one measure, and nothing that the
// second is the right one.
func (h *hearing) clashes() bool {
	clash := func(st state) bool { return st.clash }
	return !h.corrects() && (clash(h.rep.loose) && len(h.rep.groups) == 0 || slices.ContainsFunc(h.rep.groups, func(g group) bool { return clash(g.state) }))
}

// looseNumber finds a number that could be a measure or a percent and was taken for
// neither. The marks of a list are none, nor is what follows a letter.
func (h *hearing) looseNumber(r *Reading) []string {
	for i, t := range h.tokens {
		if t.class != number || t.strict || t.n > largest || slices.Contains(r.From, int(t.n)) || h.lists(i) || last(h.tokens[:i], blank).is(from|isnt) {
			continue
		}
		if before := t.before(); before != "" && wordByte(before[len(before)-1]) {
			continue
		}
		return []string{t.text()}
	}
	return nil
}

// lists reports whether the number at i only counts what stands behind it: 1、已开会.
func (h *hearing) lists(i int) bool {
	t := h.tokens[i]
	before := last(h.tokens[:i], blank)
	opens := before.text() == "" || before.class == brk || before.text() == ":" || before.text() == "(" || before.text() == "（"
	return opens && hasPrefix(t.after(), ".", "、", ")", "）")
}

// leftOut lists the parts of the text that a report does not use and that change
// nothing of it: its sender is told that they were not recorded.
func (h *hearing) leftOut(r *Reading) (parts []string) {
	named := r.Measures()
	for clause, end := range clauses(h.tokens) {
		w := wordsOf(clause)
		at := slices.IndexFunc(clause, func(t token) bool {
			return t.class == measure && !slices.ContainsFunc(t.list, func(n int) bool { return slices.Contains(named, n) || slices.Contains(r.From, n) })
		})
		if at >= 0 || len(named) > 0 && isAsking(clause, end.asks) {
			parts = append(parts, h.original([]string{w}))
		}
	}
	if h.rep.rest.any() && len(h.remaining()) == 0 {
		parts = append(parts, h.original([]string{h.rep.others}))
	}
	return slices.DeleteFunc(parts, func(p string) bool { return strings.TrimSpace(p) == "" })
}

// remaining lists the measures that were asked for and are not named.
func (h *hearing) remaining() []int {
	named := slices.Concat(h.rep.measures(), h.rep.except, h.rep.denied)
	return slices.DeleteFunc(slices.Clone(h.defaults), func(n int) bool { return slices.Contains(named, n) })
}
