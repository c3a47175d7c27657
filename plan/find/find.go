// Package find answers the queries that staff type about a plan: a number, a
// part, a field, or a few words.
//
// An [Index] reads a query for what it names by number or by name first. Only a
// query that names nothing is searched by its words.
package find

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/zh"
)

// A Hit is a node that answers a query.
type Hit struct {
	Node  *plan.Node
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
	q := typed(query)
	for _, by := range []func(string) []Hit{x.byPath, x.byName, x.byKey, x.byTime} {
		if hits := by(q); len(hits) > 0 {
			return Result{Hits: hits, List: len(hits) > 1}
		}
	}
	if r, ok := x.inTopic(q); ok {
		return r
	}
	a := x.readAsk(q)
	if n := a.longNumber(); a.whole() && (n == "" || !x.words.says(n)) {
		r := x.resolve(a)
		if len(r.Hits) == 0 {
			r.Nearest = x.nearest(q)
		}
		return r
	}
	if a.field != "" && a.rest != "" && len(a.targets) == 0 {
		if r, ok := x.fieldOfTopic(a); ok {
			return r
		}
	}
	return x.byWords(q)
}

// longestQuery is how many characters of a text are looked for: nobody asks in
// more, and what is pasted must not keep the others waiting.
const longestQuery = 160

// typed is a query as it is looked for.
func typed(query string) string {
	return strings.TrimSuffix(zh.Head(strings.TrimLeft(zh.Fold(query), " \t\n:,;、。.!?"), longestQuery), "…")
}

func (x *Index) byPath(q string) []Hit {
	if n := x.plan.Node(q); n != nil && strings.Contains(q, "/") {
		return sure([]*plan.Node{n})
	}
	return nil
}

// byName finds the nodes whose label or title is exactly the query, apart from
// what stands round it: 附件1, 第一阶段, 重点任务12, 三月, 离校安全.
func (x *Index) byName(q string) []Hit {
	for _, around := range []*regexp.Regexp{filler, idle} {
		want := strings.TrimSuffix(strings.ToLower(zh.Bare(around.ReplaceAllString(q, ""))), "份")
		if _, size := zh.ParseInt(want); size == len(want) || utf8.RuneCountInString(want) < 2 {
			continue
		}
		if hits := sure(x.names[want]); len(hits) > 0 {
			return hits
		}
	}
	return nil
}

// byKey finds the rows of a table by a divided key: 1-2.
func (x *Index) byKey(q string) []Hit {
	want := strings.NewReplacer("—", "-", "–", "-", "第", "", "条", "", "项", "").Replace(zh.Bare(q))
	if !strings.Contains(want, "-") {
		return nil
	}
	return sure(withNumber(x.plan.Nodes, want))
}

var itemAtEnd = regexp.MustCompile(`^(.{2,}?)的?(第` + num + `[条项点个]|最后[一1]?[条项点个])(措施|是什么|是啥|内容|讲的?什么|说的?什么)?$`)

// inTopic finds an item of a part or section that is named by its title:
// 居家安全第2条.
func (x *Index) inTopic(q string) (Result, bool) {
	g := itemAtEnd.FindStringSubmatch(strings.TrimRight(q, "?。! "))
	if g == nil {
		return Result{}, false
	}
	for _, said := range []string{g[1], filler.ReplaceAllString(g[1], "")} {
		if scope := x.titled(zh.Bare(said)); scope != nil {
			a := x.readAsk(g[2])
			found, missing := x.numbering.inScope(scope, a.targets[0][0], false)
			return Result{Hits: sure(found), Missing: missing}, true
		}
	}
	return Result{}, false
}

// titled is the outermost node that holds others and has these words in its
// title; nil if there is none, or another one beside it.
func (x *Index) titled(words string) *plan.Node {
	var scope *plan.Node
	seen := map[int]bool{-1: true}
	for _, c := range x.plan.Nodes {
		if seen[c.Parent] {
			continue
		}
		seen[c.Parent] = true
		n := x.plan.Nodes[c.Parent]
		if words == "" || n.Kind == plan.Field || !strings.Contains(zh.Bare(zh.Fold(n.Title)), words) {
			continue
		}
		if scope != nil && !x.plan.Within(n, scope) {
			return nil
		}
		if scope == nil {
			scope = n
		}
	}
	return scope
}

// fieldOfTopic finds the field of the part or measure that is about some words:
// 资助工作的目标是什么.
func (x *Index) fieldOfTopic(a ask) (Result, bool) {
	names := fieldNames(a.field)
	if !x.hasField(names) {
		return Result{}, false
	}
	score := map[*plan.Node]float64{}
	for _, s := range x.words.search(x.words.request(a.rest)) {
		n := x.plan.Nodes[x.words.units[s.unit].node]
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
	best := 0.0
	for _, s := range score {
		best = max(best, s)
	}
	r := Result{}
	for f, s := range score {
		if s >= listed*best {
			r.Hits = append(r.Hits, Hit{f, s})
		}
	}
	slices.SortFunc(r.Hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Node.Line, b.Node.Line))
	})
	r.List = len(r.Hits) > 1
	return r, len(r.Hits) > 0
}

// nearest are the best hits by words, for a query that has no answer.
func (x *Index) nearest(q string) []Hit {
	return x.hits(x.words.search(x.words.request(q)), nearby)
}

const (
	nearby    = 3    // how many nodes are offered when there is no answer
	contend   = 6    // how many of the best are looked at for one that covers the query
	listed    = 0.85 // hits that score this share of the best are as good
	coverBase = 0.6  // what a hit is worth that says nothing of what is asked
	worthShow = 0.35 // hits below this share of the best are not shown
)

// byWords finds what the words of a query are about. The best of those of which
// enough is asked is the answer.
func (x *Index) byWords(q string) Result {
	req := x.words.request(q)
	found := x.words.search(req)
	answers := x.answering(found, req, kindOf(q))
	if len(answers) == 0 || !x.words.cover(answers[0].unit, req).whole {
		if spelt := x.words.spell(q); spelt != q && (len(answers) == 0 || x.says(spelt)) {
			return x.byWords(spelt)
		}
	}
	if len(answers) == 0 {
		return Result{Nearest: x.hits(found, nearby)}
	}
	r := Result{}
	best := answers[0].score
	for _, h := range x.hits(answers, most) {
		if h.Score >= worthShow*best {
			r.Hits = append(r.Hits, h)
		}
	}
	r.List = len(r.Hits) > 1 && r.Hits[1].Score >= listed*r.Hits[0].Score
	return r
}

// says reports whether a node says a query as it stands.
func (x *Index) says(q string) bool {
	req := x.words.request(q)
	found := x.words.search(req)
	return len(found) > 0 && x.words.cover(found[0].unit, req).whole
}

// answering puts the best hit that answers a query first, then the others. It
// is empty if none of the first few does. Of hits that score alike the one that
// says more of what is asked is better.
func (x *Index) answering(found []scored, req request, given *regexp.Regexp) []scored {
	var out []scored
	top := min(contend, len(found))
	for _, f := range found[:top] {
		c := x.words.cover(f.unit, req)
		if c.answers() && x.words.gives(f.unit, given) {
			out = append(out, scored{f.unit, f.score * (coverBase + c.share())})
		}
	}
	if len(out) == 0 {
		return nil
	}
	slices.SortStableFunc(out, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	for _, f := range found[top:min(len(found), most+contend)] {
		out = append(out, scored{f.unit, min(f.score*coverBase, out[len(out)-1].score)})
	}
	return out
}

func (x *Index) hits(found []scored, n int) []Hit {
	var out []Hit
	for _, s := range found[:min(n, len(found))] {
		out = append(out, Hit{x.plan.Nodes[x.words.units[s.unit].node], s.score})
	}
	return out
}
