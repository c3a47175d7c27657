package plan

import (
	"regexp"
	"slices"
	"strings"

	"duban/zh"
)

// A Hit is a node that answers a query.
type Hit struct {
	Node  *Node
	Score float64 // 1 for what was asked for by number or name; comparable within one result only
}

// A Result is what a query finds.
type Result struct {
	Hits    []Hit    // best first; empty: 没有找到
	List    bool     // several hits are equally meant: show all of them, not only the first
	Missing []string // what was asked for by number or name and is not there, such as 第30条
	Nearest []Hit    // when there are no hits: the nearest by words, three at most
}

// Find answers a query as staff type it.
func (x *Index) Find(query string) Result {
	if r, ok := x.byNumber(zh.Fold(strings.TrimSpace(query))); ok {
		return r
	}
	return x.byWords(query)
}

var numberQuery = regexp.MustCompile(`^(?:第|措施)? ?([0-9]+|[一二三四五六七八九十百两廿]+) ?(条|项|点|号|部分|章|个措施)?`)

func (x *Index) byNumber(q string) (Result, bool) {
	g := numberQuery.FindStringSubmatch(q)
	if g == nil || q == g[1] && len(q) > 12 {
		return Result{}, false
	}
	if g[2] == "" && g[0] != q {
		return Result{}, false
	}
	n, _ := zh.ParseInt(g[1])
	bare := g[0] == g[1] && g[1][0] > '9'
	var hits []Hit
	for _, node := range x.plan.Nodes {
		if node.Number != itoa(n) {
			continue
		}
		if part := node.Kind == Part || node.Kind == Chapter; part == (bare || g[2] == "部分" || g[2] == "章") && node.Kind != Item && node.Kind != Section {
			hits = append(hits, Hit{node, 1})
		}
	}
	if len(hits) == 0 {
		return Result{Missing: []string{g[0]}}, true
	}
	return Result{Hits: hits, List: len(hits) > 1}, true
}

func (x *Index) byWords(q string) Result {
	hits := x.score(q)
	slices.SortStableFunc(hits, func(a, b Hit) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return Result{Hits: hits[:min(10, len(hits))]}
}
