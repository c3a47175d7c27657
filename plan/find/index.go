package find

import (
	"strings"

	"duban/plan"
	"duban/plan/mark"
	"duban/zh"
)

// An Index finds nodes of one plan. It may be used by several goroutines at once.
type Index struct {
	plan      *plan.Plan
	numbering numbering
	words     *corpus
	names     map[string][]*plan.Node // by label and title
	fields    map[string]bool         // the names of fields
}

// New makes an index of p, which must not change afterwards. Aliases add
// to those that are shipped.
func New(p *plan.Plan, aliases ...Aliases) *Index {
	all := merged(append([]Aliases{shipped()}, aliases...))
	x := &Index{plan: p, numbering: newNumbering(p), words: newCorpus(p, all), names: map[string][]*plan.Node{}, fields: map[string]bool{}}
	for _, n := range p.Nodes {
		x.rememberName(n)
	}
	return x
}

// rememberName keeps what a node is called.
func (x *Index) rememberName(n *plan.Node) {
	if n.Kind == plan.Field {
		x.fields[n.Name()] = true
		return
	}
	label := strings.ToLower(strings.TrimPrefix(zh.Fold(n.Name()), "表:"))
	title := strings.ToLower(mark.Bare(zh.Fold(n.Title)))
	x.names[label] = append(x.names[label], n)
	if title != label && title != "" {
		x.names[title] = append(x.names[title], n)
	}
}
