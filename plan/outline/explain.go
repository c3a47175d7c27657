package outline

import (
	"context"
	"fmt"
	"math"
	"strings"

	"duban/plan"
	"duban/plan/source"
	"duban/zh"
)

// Explain says for each line of a document what it was taken for, at what cost,
// and what else it might have been there.
func Explain(ctx context.Context, name string, data []byte) (string, error) {
	src, err := source.Read(ctx, name, data)
	if err != nil {
		return "", err
	}
	lines := prepare(src, &plan.Plan{}, nil)
	var states []*state
	for s := read(lines); s.back != nil; s = s.back {
		states = append([]*state{s}, states...)
	}
	r := &reader{lines: lines, facts: factsOf(lines)}
	var b strings.Builder
	for i, s := range states {
		fmt.Fprintf(&b, "%4d %-24s %6.1f %6.1f  %s  [%s]\n", lines[i].n, s.step.describe(lines), s.step.cost, s.cost, zh.Head(lines[i].String(), 24), r.runnerUp(i, s, lines))
	}
	return b.String(), nil
}

// runnerUp is what line i might have been instead, after the lines before it.
func (r *reader) runnerUp(i int, chosen *state, lines []*line) string {
	r.states = r.states[:0]
	r.moves(i, chosen.back)
	next, cost := "", math.Inf(1)
	for _, s := range r.states {
		if d := s.step.describe(lines); d != chosen.step.describe(lines) && s.step.cost < cost {
			next, cost = d, s.step.cost
		}
	}
	if next == "" {
		return "-"
	}
	return fmt.Sprintf("%s %.1f", next, cost)
}

// describe names what a line was taken for, and below what.
func (st step) describe(lines []*line) string {
	switch {
	case st.role == asBlock:
		return string(st.block)
	case st.role == asText:
		return "text"
	case st.under >= 0:
		return fmt.Sprintf("%s %s<%s", st.role, st.mark.Style, zh.Head(lines[st.under].String(), 4))
	}
	return string(st.role) + " " + st.mark.Style
}
