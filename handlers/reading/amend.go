package reading

import (
	"slices"
	"strings"
)

// This file tells what a text takes back that it, or an earlier one, has said.

// amend makes what comes next take the place of what was said. If a measure is named
// anew, the one of which nothing was said yet was meant wrongly: 第7条，打错了是第8条.
func (c *collector) amend(named bool) {
	g := &c.groups[c.cur]
	if named && len(g.list) > 0 && !g.state.any() {
		g.list, c.report.amended = nil, true
	}
	c.renames = !named && len(g.list) > 0 && !g.state.any()
	said := slices.ContainsFunc(c.groups, func(g group) bool { return g.state.any() })
	c.anew, c.report.amended = c.anew || said, c.report.amended || said
}

// rename drops the measure that was named before 哦不: the next one was meant.
func (c *collector) rename() {
	if c.renames {
		c.groups[c.cur].list, c.renames, c.report.amended = nil, false, true
	}
}

// amends returns how many tokens at the head of ts take back what the text said just
// before: 哦不对, 其实.
func amends(ts []token) (n int) {
	for i, t := range ts {
		switch {
		case t.amends():
			n = i + 1
		case t.class == space, t.class == mark, t.is(filler | said), n > 0:
		default:
			return n
		}
	}
	return n
}

// amends reports whether t takes back what was said just before.
func (t token) amends() bool {
	return t.class == word && (slices.Contains(amending, t.text()) || t.is(change) && strings.HasPrefix(t.text(), "其实"))
}

var amending = words("改口")

// isStale reports whether the clause tells what was reported before, 昨天说完成是
// 误报, or what might be, 如果完成了.
func isStale(ts []token) bool {
	var old, moved bool
	for _, t := range ts {
		if t.is(supposed) {
			return true
		}
		old = old || t.is(stale)
		moved = moved || t.is(to)
	}
	return old && !moved
}

// unchangedValue finds a correction whose value is not among the words that are known.
func (d doubt) unchangedValue() []string {
	moved := len(d.r.From) > 0 || len(d.rep.groups) > 0
	silent := !moved && !d.rep.loose.any() && d.rep.named() && !d.has(change|to|isnt|void)
	several := len(d.r.Items) > 1 && len(d.r.From) == 0 && len(d.rep.groups) == 0
	return found(d.r.Kind == Correction && (several || silent || !moved && !d.rep.loose.any() && (unknownRunes(d.tokens) > 2 || hasClass(d.tokens, number))), d.m.text)
}

// guessedAmount finds 0.8.
func (d doubt) guessedAmount() []string {
	at := slices.IndexFunc(d.tokens, func(t token) bool { return t.class == amount && t.guess })
	if at < 0 {
		return nil
	}
	return []string{d.tokens[at].text()}
}
