package find

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"duban/plan"
	"duban/plan/mark"
	"duban/zh"
)

// A class groups the marks that people mean by 条 when a plan has them.
type class int

const (
	classNone    class = iota
	classArticle       // 第三条
	classArabic        // 3. and 【重点任务3】 and the rows of a plan that is a table
	classDecimal       // 1.3
	classParen         // （三）
	classChinese       // 三、
	classSmall         // （3）
	classCircle        // ③
	classRow           // a row of a table in a part
)

// classOf tells the class of a node by its label.
func classOf(n *plan.Node) class {
	if n.Number == "" || n.Kind == plan.Field || n.Kind == plan.Attachment || n.Kind == plan.Stage || n.Kind == plan.Day {
		return classNone
	}
	if n.Kind == plan.Row {
		return classRow
	}
	m, ok := mark.Read(zh.Fold(n.Label) + " ")
	switch {
	case !ok && mark.RowKey(strings.Trim(zh.Fold(n.Label), "| ")), m.Style != "【】" && strings.HasPrefix(m.Style, "【"):
		return classArabic
	case strings.HasPrefix(m.Style, "1."):
		return classDecimal
	}
	return classOfStyle[m.Style]
}

var classOfStyle = map[string]class{
	"条": classArticle, "1": classArabic, "1)": classArabic, "(一)": classParen, "一": classChinese, "(1)": classSmall, "①": classCircle,
}

// A numbering resolves the numbers that a plan prints.
type numbering struct {
	plan  *plan.Plan
	class []class // of each node
}

// measures are the nodes that 第N条 counts, below scope or in the whole plan:
// those of the class that the plan uses for it, with those that are only items
// of another left out where there are better.
func (x numbering) measures(scope *plan.Node) []*plan.Node {
	by := map[class][]*plan.Node{}
	for i, n := range x.plan.Nodes {
		if c := x.class[i]; c != classNone && (scope == nil || x.plan.Within(n, scope)) {
			by[c] = append(by[c], n)
		}
	}
	for c := classArticle; c <= classRow; c++ {
		nodes := by[c]
		if len(nodes) == 0 || c > classArabic && len(nodes) == 1 && len(by[c+1]) > 1 {
			continue
		}
		if own := slices.DeleteFunc(slices.Clone(nodes), func(n *plan.Node) bool { return n.Kind == plan.Item }); len(own) > 0 {
			return own
		}
		return nodes
	}
	return x.where(scope, func(n *plan.Node, _ class) bool { return n.Kind == plan.Measure || n.Kind == plan.Stage })
}

// resolve finds what the references of a query name.
func (x *Index) resolve(a ask) Result {
	var all Result
	var nodes []*plan.Node
	for _, t := range a.targets {
		scopes, missing, many := x.numbering.below([]*plan.Node{nil}, t)
		r := Result{Hits: sure(scopes), List: len(scopes) > 1 || many, Missing: missing}
		if a.field != "" {
			r = x.fieldsOf(a.field, t, scopes, missing)
		}
		for _, h := range r.Hits {
			nodes = append(nodes, h.Node)
		}
		all.Missing = append(all.Missing, r.Missing...)
		all.List = all.List || r.List
	}
	all.Hits = sure(nodes)
	all.List = len(all.Hits) > 1 && (all.List || len(a.targets) > 1)
	return all
}

// below follows a target from some nodes inwards; nil is the whole plan. What is
// not there is named with where it was looked for.
func (x numbering) below(scopes []*plan.Node, t target) (_ []*plan.Node, missing []string, many bool) {
	for i, r := range t {
		var next []*plan.Node
		for _, s := range scopes {
			found, gone := x.inScope(s, r, len(t) == 1 && s == nil)
			next = append(next, found...)
			for _, g := range gone {
				if len(scopes) == 1 {
					missing = append(missing, said(t[:i])+g)
				}
			}
		}
		many = many || len(r.picks) > 1
		if scopes = next; len(scopes) == 0 {
			break
		}
	}
	if len(scopes) == 0 && len(missing) == 0 {
		missing = []string{said(t)}
	}
	return scopes, missing, many
}

func said(chain []refs) string {
	var b strings.Builder
	for _, r := range chain {
		b.WriteString(r.said)
	}
	return trimJoint(b.String())
}

// trimJoint cuts off what joins a reference to the next.
func trimJoint(s string) string { return strings.TrimRight(s, "、,./") }

// sure makes hits of nodes that were named, each once.
func sure(nodes []*plan.Node) []Hit {
	var hits []Hit
	seen := map[*plan.Node]bool{}
	for _, n := range nodes {
		if !seen[n] {
			seen[n] = true
			hits = append(hits, Hit{n, 1})
		}
	}
	return hits
}

// inScope finds the nodes below scope that r names, and says what is not there.
func (x numbering) inScope(scope *plan.Node, r refs, alone bool) (found []*plan.Node, missing []string) {
	pool := x.pool(scope, r.level)
	for _, p := range r.picks {
		switch {
		case p.num != "":
			hits := withNumber(pool, p.num)
			if len(hits) == 0 {
				hits = x.other(scope, r.level, pool, p.num, alone)
			}
			if len(hits) == 0 {
				missing = append(missing, say(r, p.num))
			}
			found = append(found, hits...)
		case p.from > 0:
			hits, gone := x.between(scope, r, pool, p)
			found, missing = append(found, hits...), append(missing, gone...)
		case p.back > len(pool), len(pool) == 0:
			missing = append(missing, trimJoint(r.said))
		case p.back > 0:
			found = append(found, pool[len(pool)-p.back])
		case p.first > 0:
			found = append(found, pool[:min(p.first, len(pool))]...)
		default:
			found = append(found, pool[len(pool)-min(p.last, len(pool)):]...)
		}
	}
	return found, missing
}

func withNumber(pool []*plan.Node, num string) []*plan.Node {
	return slices.DeleteFunc(slices.Clone(pool), func(n *plan.Node) bool { return n.Number != num })
}

// pool are the nodes that a level may mean.
func (x numbering) pool(scope *plan.Node, level refLevel) []*plan.Node {
	switch level {
	case levelPart, levelBare:
		return x.tops(scope)
	case levelCh:
		return x.where(scope, func(n *plan.Node, _ class) bool { return n.Kind == plan.Chapter })
	case levelParen:
		return x.where(scope, func(_ *plan.Node, c class) bool { return c == classParen || c == classSmall })
	case levelCircle:
		return x.where(scope, func(_ *plan.Node, c class) bool { return c == classCircle })
	case levelDigits, levelItem:
	}
	return x.measures(scope)
}

// tops are the outermost numbered nodes: the parts.
func (x numbering) tops(scope *plan.Node) []*plan.Node {
	return x.where(scope, func(n *plan.Node, _ class) bool {
		return n.Kind != plan.Field && n.Kind != plan.Attachment && n.Kind != plan.Row && n.Number != "" && x.plan.ParentOf(n) == scope
	})
}

func (x numbering) where(scope *plan.Node, is func(*plan.Node, class) bool) []*plan.Node {
	var out []*plan.Node
	for i, n := range x.plan.Nodes {
		if is(n, x.class[i]) && (scope == nil || x.plan.Within(n, scope)) {
			out = append(out, n)
		}
	}
	return out
}

// other looks elsewhere for a number that the first pool does not have: the
// N-th measure of a part that prints other numbers, a part printed 3. for a
// bare 3, a chapter for 第三部分.
func (x numbering) other(scope *plan.Node, level refLevel, pool []*plan.Node, num string, alone bool) []*plan.Node {
	n, size := zh.ParseInt(num)
	if size != len(num) {
		return x.decimal(scope, num)
	}
	switch level {
	case levelItem, levelDigits:
		return x.nth(scope, pool, n, num)
	case levelPart:
		if scope == nil {
			return withNumber(x.where(nil, func(c *plan.Node, _ class) bool { return c.Kind == plan.Chapter }), num)
		}
	case levelBare:
		if scope == nil && alone {
			return withNumber(x.measures(nil), num)
		}
	case levelCh:
		return withNumber(x.tops(scope), num)
	case levelParen, levelCircle:
		return withNumber(x.measures(scope), num)
	}
	return nil
}

// nth finds the n-th of a pool that does not print n: in a part, and in a plan
// that numbers its measures 1.1 or not at all. There a part printed n is meant
// first.
func (x numbering) nth(scope *plan.Node, pool []*plan.Node, n int, num string) []*plan.Node {
	if len(pool) == 0 {
		return nil
	}
	unnumbered := pool[0].Number == ""
	if scope == nil && (unnumbered || strings.Contains(pool[0].Number, ".")) {
		if tops := withNumber(x.tops(nil), num); len(tops) > 0 {
			return tops
		}
	}
	if (scope != nil || unnumbered) && n >= 1 && n <= len(pool) {
		return pool[n-1 : n]
	}
	return nil
}

// decimal finds 1.3, as printed or as the third of part 1.
func (x numbering) decimal(scope *plan.Node, num string) []*plan.Node {
	if printed := x.where(scope, func(n *plan.Node, _ class) bool { return n.Number == num }); len(printed) > 0 {
		return printed[:1]
	}
	part, item, ok := strings.Cut(num, ".")
	if !ok || slices.Contains(x.class, classDecimal) {
		return nil
	}
	for _, p := range withNumber(x.tops(nil), part) {
		if found, _ := x.inScope(p, refs{level: levelItem, picks: []choice{{num: item}}}, false); len(found) > 0 {
			return found
		}
	}
	return nil
}

// fieldsOf narrows named nodes to one of their fields. Owner and date may stand
// in the text, so that the node itself is the answer.
func (x *Index) fieldsOf(field string, t target, scopes []*plan.Node, missing []string) Result {
	names := fieldNames(field)
	r := Result{Missing: missing}
	var nodes []*plan.Node
	for _, s := range scopes {
		if s == nil {
			continue
		}
		climb := s.Kind == plan.Measure || s.Kind == plan.Item || s.Kind == plan.Row || s.Kind == plan.Article
		if f := x.fieldOf(s, names, climb); f != nil {
			nodes = append(nodes, f)
			if field == "措施" && f.Body == "" {
				nodes = append(nodes, x.numbering.measures(s)...)
			}
			continue
		}
		if field == "责任" || field == "时限" {
			nodes = append(nodes, s)
			continue
		}
		r.Missing = append(r.Missing, said(t)+"的"+names[0])
	}
	r.Hits = sure(nodes)
	r.List = len(scopes) > 1 && len(r.Hits) > 1
	return r
}

// between finds the nodes of a range, and says which pieces of it are not there.
func (x numbering) between(scope *plan.Node, r refs, pool []*plan.Node, p choice) (found []*plan.Node, missing []string) {
	numbers := map[string][]*plan.Node{}
	end := len(pool) // the nodes may be counted, if they print no numbers
	for _, n := range pool {
		numbers[n.Number] = append(numbers[n.Number], n)
		if k, err := strconv.Atoi(n.Number); err == nil {
			end = max(end, k)
		}
	}
	to := p.to
	if to == toLast {
		to = max(end, p.from)
		for to > p.from && len(numbers[strconv.Itoa(to)]) == 0 && end > len(pool) {
			to--
		}
	}
	gone := 0 // where the missing piece begins that is being counted
	for k := p.from; k <= min(to, max(end+1, p.from)); k++ {
		hits := numbers[strconv.Itoa(k)]
		if len(hits) == 0 && k <= end {
			hits = x.other(scope, r.level, pool, strconv.Itoa(k), false)
		}
		switch {
		case len(hits) == 0 && gone == 0:
			gone = k
		case len(hits) > 0 && gone > 0:
			missing = append(missing, sayRange(r.level, gone, k-1))
			gone = 0
		}
		found = append(found, hits...)
	}
	if gone > 0 {
		missing = append(missing, sayRange(r.level, gone, to))
	}
	return found, missing
}

func sayRange(level refLevel, from, to int) string {
	if from == to {
		return sayNumber(level, strconv.Itoa(from))
	}
	return sayNumber(level, strconv.Itoa(from)+"至"+strconv.Itoa(to))
}

// say names a number that is not there, as it was asked for.
func say(r refs, num string) string {
	if len(r.picks) == 1 {
		return trimJoint(r.said)
	}
	return sayNumber(r.level, num)
}

func sayNumber(level refLevel, num string) string {
	return "第" + num + cmp.Or(units[level], "条")
}

// units are what the levels count, other than 条.
var units = map[refLevel]string{levelPart: "部分", levelBare: "部分", levelCh: "章"}
