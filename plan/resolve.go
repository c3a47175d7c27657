package plan

import (
	"slices"
	"strings"

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
func classOf(n *Node) class {
	if n.Number == "" || n.Kind == Field || n.Kind == Attachment || n.Kind == Stage || n.Kind == Day {
		return classNone
	}
	if n.Kind == Row {
		return classRow
	}
	m, ok := readMark(zh.Fold(n.Label) + " ")
	switch {
	case !ok && rowKey.MatchString(strings.Trim(zh.Fold(n.Label), "| ")):
		return classArabic
	case !ok:
		return classNone
	case m.style == "条":
		return classArticle
	case m.style == "1", m.style == "1)", m.style != "【】" && strings.HasPrefix(m.style, "【"):
		return classArabic
	case strings.HasPrefix(m.style, "1."):
		return classDecimal
	case m.style == "(一)":
		return classParen
	case m.style == "一":
		return classChinese
	case m.style == "(1)":
		return classSmall
	case m.style == "①":
		return classCircle
	}
	return classNone
}

// measures are the nodes that 第N条 counts, below scope or in the whole plan:
// those of the class that the plan uses for it, with those that are only items
// of another left out where there are better.
func (x *Index) measures(scope *Node) []*Node {
	by := map[class][]*Node{}
	for i, n := range x.plan.Nodes {
		if c := x.class[i]; c != classNone && (scope == nil || x.plan.within(n, scope)) {
			by[c] = append(by[c], n)
		}
	}
	for c := classArticle; c <= classRow; c++ {
		nodes := by[c]
		if len(nodes) == 0 || c > classArabic && len(nodes) == 1 && len(by[c+1]) > 1 {
			continue
		}
		own := slices.DeleteFunc(slices.Clone(nodes), func(n *Node) bool { return n.Kind == Item })
		if len(own) > 0 {
			return own
		}
		return nodes
	}
	var bullets []*Node
	for _, n := range x.plan.Nodes {
		if (n.Kind == Measure || n.Kind == Stage) && (scope == nil || x.plan.within(n, scope)) {
			bullets = append(bullets, n)
		}
	}
	return bullets
}

// resolve finds what the references of a query name.
func (x *Index) resolve(a ask) Result {
	scopes := []*Node{nil}
	var missing []string
	list := false
	for _, r := range a.chain {
		var next []*Node
		for _, s := range scopes {
			found, gone := x.inScope(s, r, len(a.chain) == 1)
			next = append(next, found...)
			if len(scopes) == 1 {
				missing = append(missing, gone...)
			}
		}
		list = list || len(r.nums) > 1
		if scopes = next; len(scopes) == 0 {
			break
		}
	}
	if len(scopes) == 0 && len(missing) == 0 {
		missing = []string{said(a.chain)}
	}
	if a.field != "" {
		return x.fieldsOf(a, scopes, missing)
	}
	return Result{Hits: sure(scopes), List: len(scopes) > 1, Missing: missing}
}

func said(chain []refs) string {
	var b strings.Builder
	for _, r := range chain {
		b.WriteString(r.said)
	}
	return strings.TrimRight(b.String(), "、,./")
}

// sure makes hits of nodes that were named.
func sure(nodes []*Node) []Hit {
	var hits []Hit
	for _, n := range nodes {
		if !slices.ContainsFunc(hits, func(h Hit) bool { return h.Node == n }) {
			hits = append(hits, Hit{n, 1})
		}
	}
	return hits
}

// inScope finds the nodes below scope that r names, and says what is not there.
func (x *Index) inScope(scope *Node, r refs, alone bool) (found []*Node, missing []string) {
	pool := x.pool(scope, r.level)
	if r.last > 0 {
		if r.last > len(pool) {
			return nil, []string{r.said}
		}
		return pool[len(pool)-r.last:][:1], nil
	}
	for _, num := range r.nums {
		hits := withNumber(pool, num)
		if len(hits) == 0 {
			hits = x.other(scope, r.level, pool, num, alone)
		}
		if len(hits) == 0 {
			missing = append(missing, say(r, num))
		}
		found = append(found, hits...)
	}
	return found, missing
}

// say names a number that is not there, as it was asked for.
func say(r refs, num string) string {
	if len(r.nums) == 1 {
		return strings.TrimRight(r.said, "、,./")
	}
	switch r.level {
	case levelPart, levelBare:
		return "第" + num + "部分"
	case levelCh:
		return "第" + num + "章"
	case levelDigits, levelItem, levelParen, levelCircle:
	}
	return "第" + num + "条"
}

func withNumber(pool []*Node, num string) []*Node {
	var out []*Node
	for _, n := range pool {
		if n.Number == num {
			out = append(out, n)
		}
	}
	return out
}

// pool are the nodes that a level may mean.
func (x *Index) pool(scope *Node, level refLevel) []*Node {
	switch level {
	case levelPart, levelBare:
		return x.tops(scope)
	case levelCh:
		return x.where(scope, func(n *Node, _ class) bool { return n.Kind == Chapter })
	case levelParen:
		return x.where(scope, func(_ *Node, c class) bool { return c == classParen || c == classSmall })
	case levelCircle:
		return x.where(scope, func(_ *Node, c class) bool { return c == classCircle })
	case levelDigits, levelItem:
	}
	return x.measures(scope)
}

// tops are the outermost numbered nodes: the parts.
func (x *Index) tops(scope *Node) []*Node {
	depth := 0
	if scope != nil {
		depth = 1
	}
	var out []*Node
	for _, n := range x.plan.Nodes {
		at := n.Kind != Field && n.Kind != Attachment && n.Kind != Row && n.Number != ""
		if at && (depth == 0 && n.Parent < 0 || depth == 1 && x.plan.ParentOf(n) == scope) {
			out = append(out, n)
		}
	}
	return out
}

func (x *Index) where(scope *Node, is func(*Node, class) bool) []*Node {
	var out []*Node
	for i, n := range x.plan.Nodes {
		if is(n, x.class[i]) && (scope == nil || x.plan.within(n, scope)) {
			out = append(out, n)
		}
	}
	return out
}

// other looks elsewhere for a number that the first pool does not have: the
// N-th measure of a part that prints other numbers, a part printed 3. for a
// bare 3, a chapter for 第三部分.
func (x *Index) other(scope *Node, level refLevel, pool []*Node, num string, alone bool) []*Node {
	n, size := zh.ParseInt(num)
	if size != len(num) {
		return x.decimal(scope, num)
	}
	switch level {
	case levelItem, levelDigits:
		return x.nth(scope, pool, n, num)
	case levelPart:
		if scope == nil {
			return withNumber(x.where(nil, func(c *Node, _ class) bool { return c.Kind == Chapter }), num)
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
func (x *Index) nth(scope *Node, pool []*Node, n int, num string) []*Node {
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
func (x *Index) decimal(scope *Node, num string) []*Node {
	for _, n := range x.plan.Nodes {
		if n.Number == num && (scope == nil || x.plan.within(n, scope)) {
			return []*Node{n}
		}
	}
	part, item, ok := strings.Cut(num, ".")
	if !ok || slices.Contains(x.class, classDecimal) {
		return nil
	}
	for _, p := range withNumber(x.tops(nil), part) {
		if found, _ := x.inScope(p, refs{level: levelItem, nums: []string{item}}, false); len(found) > 0 {
			return found
		}
	}
	return nil
}

// fieldsOf narrows named nodes to one of their fields. Owner and date may stand
// in the text, so that the node itself is the answer.
func (x *Index) fieldsOf(a ask, scopes []*Node, missing []string) Result {
	names := fieldNames(a.field)
	r := Result{Missing: missing}
	var nodes []*Node
	for _, s := range scopes {
		if s == nil {
			continue
		}
		climb := s.Kind == Measure || s.Kind == Item || s.Kind == Row || s.Kind == Article
		if f := x.fieldOf(s, names, climb); f != nil {
			nodes = append(nodes, f)
			if a.field == "措施" && f.Body == "" {
				nodes = append(nodes, x.measures(s)...)
			}
			continue
		}
		if a.field == "责任" || a.field == "时限" {
			nodes = append(nodes, s)
			continue
		}
		r.Missing = append(r.Missing, said(a.chain)+"的"+names[0])
	}
	r.Hits = sure(nodes)
	r.List = len(scopes) > 1 && len(r.Hits) > 1
	return r
}
