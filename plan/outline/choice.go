package outline

import (
	"slices"
	"strings"

	"duban/plan"
	"duban/zh"
)

// A chooser heeds what people have decided about a document.
type chooser struct {
	choices []plan.Choice
	heeded  map[plan.Choice]bool
}

// counts reports whether the rows of a table count, by its first row.
func (c chooser) counts(head string) bool {
	for _, ch := range c.choices {
		if ch.Table != "" && alike(ch.Table) == alike(head) {
			c.heeded[ch] = true
			return true
		}
	}
	return false
}

// start keeps the lines before the one that is to be the first out of the body.
func (c chooser) start(lines []*line) {
	for _, ch := range c.choices {
		at := slices.IndexFunc(lines, func(l *line) bool {
			return ch.Start != "" && l.block == "" && strings.HasPrefix(alike(l.fold), alike(ch.Start))
		})
		if at < 0 {
			continue
		}
		c.heeded[ch] = true
		for _, l := range lines[:at] {
			l.early = true
		}
	}
}

// missed are the choices that the document has nothing for.
func (c chooser) missed() []plan.Choice {
	return slices.DeleteFunc(slices.Clone(c.choices), func(ch plan.Choice) bool { return c.heeded[ch] })
}

// alike is a text as it is compared with that of another version.
func alike(s string) string { return zh.Bare(zh.Fold(s)) }
