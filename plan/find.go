package plan

import (
	"cmp"
	"slices"
	"strings"

	"duban/zh"
)

// A Hit is a node that answers a query.
type Hit struct {
	Node  *Node
	Score float64 // comparable within one result only
}

// A Result is what a query finds.
type Result struct {
	Hits    []Hit    // best first; empty: 没有找到
	List    bool     // several hits are equally meant: show all of them, not only the first
	Missing []string // what was asked for by number or name and is not there, such as 第30条
	Nearest []Hit    // when there are no hits: the nearest by words, three at most
}

// most is how many hits a result by words has at most.
const most = 10

// Find answers a query as staff type it: what it names by number or by name
// first, and by its words only if it names nothing.
func (x *Index) Find(query string) Result {
	q := strings.TrimSpace(zh.Fold(query))
	if n := x.plan.Node(q); n != nil && strings.Contains(q, "/") {
		return Result{Hits: sure([]*Node{n})}
	}
	if hits := x.byName(q); len(hits) > 0 {
		return Result{Hits: hits, List: len(hits) > 1}
	}
	a := x.readAsk(q)
	if a.whole() {
		r := x.resolve(a)
		if len(r.Hits) == 0 {
			r.Nearest = x.nearest(q)
		}
		return r
	}
	if a.field != "" && a.rest != "" && len(a.chain) == 0 {
		if r, ok := x.fieldOfTopic(a); ok {
			return r
		}
	}
	return x.byWords(q)
}

// byName finds the nodes whose label or title is exactly the query, apart from
// what stands round it: 附件1, 第一阶段, 重点任务12, 三月, 离校安全.
func (x *Index) byName(q string) []Hit {
	want := strings.ToLower(bare(q))
	if _, size := zh.ParseInt(want); size == len(want) || runes(want) < 2 {
		return nil
	}
	var hits []Hit
	for _, n := range x.plan.Nodes {
		label := strings.ToLower(strings.TrimPrefix(zh.Fold(lastSegment(n.Path)), "表:"))
		if n.Kind != Field && (label == want || strings.ToLower(bare(zh.Fold(n.Title))) == want) {
			hits = append(hits, Hit{n, 1})
		}
	}
	return hits
}

// fieldOfTopic finds the field of the part or measure that is about some words:
// 资助工作的目标是什么.
func (x *Index) fieldOfTopic(a ask) (Result, bool) {
	names := fieldNames(a.field)
	if !x.hasField(names) {
		return Result{}, false
	}
	score := map[*Node]float64{}
	for _, s := range x.search(x.slots(a.rest)) {
		n := x.plan.Nodes[x.units[s.unit].node]
		f := x.fieldOf(n, names, true)
		if f == nil {
			continue
		}
		share := 0.4
		if holder := x.plan.ParentOf(f); n == holder || n == f {
			share = 1.2
		}
		score[f] += share * s.score
	}
	r := Result{}
	for f, s := range score {
		r.Hits = append(r.Hits, Hit{f, s})
	}
	slices.SortFunc(r.Hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Node.Line, b.Node.Line))
	})
	r.Hits = r.Hits[:min(3, len(r.Hits))]
	return r, len(r.Hits) > 0
}

// nearest are the best hits by words, for a query that has no answer.
func (x *Index) nearest(q string) []Hit {
	r := x.byWords(q)
	if len(r.Hits) == 0 {
		return r.Nearest
	}
	return r.Hits[:min(3, len(r.Hits))]
}

func (x *Index) byWords(q string) Result {
	var r Result
	for _, s := range x.search(x.slots(q)) {
		if len(r.Hits) == most {
			break
		}
		r.Hits = append(r.Hits, Hit{x.plan.Nodes[x.units[s.unit].node], s.score})
	}
	return r
}
