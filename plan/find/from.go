package find

import (
	"regexp"
	"slices"
	"strings"

	"duban/plan"
	"duban/zh"
)

// beside is the measure before or after the one that is spoken of.
var beside = regexp.MustCompile(`^(?:那|看|查|发)?([上前下后])[一1]?[条项个](?:呢|是什么|是啥|内容|讲什么|说什么)?$`)

// FindFrom answers a query that is said of n, such as one that quotes it: 谁负责,
// 下一条, 第2点. What says by itself what it is about is found in the whole plan.
func (x *Index) FindFrom(n *plan.Node, query string) Result {
	q := strings.TrimRight(refText(strings.ToLower(cutOff(strings.TrimSpace(zh.Fold(query))))), "?。!. ")
	if g := beside.FindStringSubmatch(q); g != nil {
		return x.besideOf(n, g[1] == "下" || g[1] == "后", g[0])
	}
	a := x.readAsk(q)
	switch {
	case a.rest != "":
	case len(a.targets) == 0 && a.field != "":
		said := target{{said: strings.TrimRight(n.Label, "、.．")}}
		return x.fieldsOf(a.field, said, []*plan.Node{n}, nil)
	case len(a.targets) == 1 && !a.targets[0][0].level.outer():
		if scopes, _, many := x.numbering.below([]*plan.Node{n}, a.targets[0]); len(scopes) > 0 && a.field == "" {
			return Result{Hits: sure(scopes), List: len(scopes) > 1 || many}
		}
	}
	return x.Find(query)
}

// besideOf is the measure after or before n.
func (x *Index) besideOf(n *plan.Node, after bool, said string) Result {
	all := x.numbering.measures(nil)
	i := slices.Index(all, n)
	switch {
	case after && i >= 0 && i+1 < len(all):
		return Result{Hits: sure(all[i+1 : i+2])}
	case !after && i > 0:
		return Result{Hits: sure(all[i-1 : i])}
	}
	return Result{Missing: []string{said}}
}
