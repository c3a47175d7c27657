// Package outline reads the tree of a plan from a document.
//
// No layout is built in. The reader recognises the marks at the heads of lines
// (一、, （三）, 第四条, 5., 【重点任务6】) and lets the document as a whole say which
// marks nest in which and which lines only look like marks.
package outline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"duban/plan"
	"duban/plan/mark"
	"duban/plan/source"
	"duban/zh"
)

// Read reads a document by its content and, where that does not tell, by the
// ending of its name: .txt, .md (UTF-8, UTF-16, GB 18030 or Big5), .docx, .html, .xlsx,
// and .pdf if pdftotext is installed. The context ends a converter that hangs.
// Every error is a [*source.Refusal].
func Read(ctx context.Context, name string, data []byte) (*plan.Plan, error) {
	src, err := source.Read(ctx, name, data)
	if err != nil {
		return nil, err
	}
	return parse(src), nil
}

// Parse reads the text of a plan. It never fails: text in which it recognises
// nothing becomes a plan without nodes.
func Parse(text string) *plan.Plan { return parse(source.Plain(text)) }

func parse(src *source.Text) *plan.Plan {
	lines := split(src)
	markNoise(lines)
	text := slices.DeleteFunc(slices.Clone(lines), func(l *line) bool { return l.block == plan.Noise })
	markContents(text)
	markTables(text)
	markAttachments(text)
	readMarks(text)
	markFields(text)
	markHeadings(text)
	markEnds(text)
	b := &builder{plan: &plan.Plan{Nodes: []*plan.Node{}}, rank: nest(text), shared: sharedFields(text)}
	for _, l := range lines {
		b.add(l)
	}
	b.finish()
	return b.plan
}

// A draft is a node while its lines are gathered.
type draft struct {
	node  *plan.Node
	style string
	rank  float64
	first string   // what stands behind the label
	more  []string // the lines after it
	alone bool
	up    *draft
	held  string // the style of the first node inside it
	inner bool   // it holds more than fields
}

// A builder makes the tree.
type builder struct {
	plan   *plan.Plan
	drafts []*draft
	stack  []int // indices into drafts, from the outermost inwards
	rank   map[string]float64
	shared map[string]int
	texts  [][]string // the lines of each block
	before int        // nodes before the last block
	head   []string   // the heads of the table that is being read
}

func (b *builder) add(l *line) {
	switch {
	case l.block != "":
		if cells := rowCells(l.String()); l.block == plan.Table && len(cells) > 2 && !ruleRow.MatchString(l.fold) {
			b.head = cells
		}
		b.other(l.block, l)
	case l.row > 0:
		b.addRow(l)
	case l.marked:
		b.addMark(l)
	case l.field > 0:
		b.addField(l)
	case len(b.drafts) == 0:
		b.other(b.frontKind(l), l)
	default:
		b.more(l)
	}
}

// more adds a line to the node that is being read.
func (b *builder) more(l *line) {
	d := b.drafts[len(b.drafts)-1]
	d.more = append(d.more, l.String())
	d.node.LineEnd = l.end
}

func (b *builder) addMark(l *line) {
	rank := b.rank[l.mark.Style]
	b.pop(func(d *draft) bool { return d.rank >= rank })
	label, rest := l.mark.Label(l.text)
	b.push(&draft{
		node: &plan.Node{
			Label: label, Spaced: rest != "" && l.mark.Spaced(l.text), Number: l.mark.Num, Kind: kindByStyle(l.mark.Style),
			Path: l.mark.PathOf(l.text),
		},
		style: l.mark.Style, rank: rank, first: rest, alone: l.mark.Alone,
	}, l)
}

func (b *builder) addField(l *line) {
	label := string(l.text[:l.field])
	name := fieldPath(label)
	b.pop(func(d *draft) bool {
		return d.style == "field" || !l.inner && strings.HasPrefix(d.style, innerStyle) || b.shared[name] > 0 && d.rank >= mark.RankTask
	})
	b.push(&draft{
		node:  &plan.Node{Label: label, Kind: plan.Field, Path: name},
		style: "field", rank: mark.RankBullet + 1, first: strings.TrimSpace(string(l.text[l.field:])),
	}, l)
}

func (b *builder) addRow(l *line) {
	key, rest := cutRow(l.text)
	level := float64(mark.RankBullet + 1 + l.row)
	b.pop(func(d *draft) bool {
		return d.rank >= level || !strings.HasPrefix(d.style, "row") && d.rank > mark.RankDivision && l.cells && len(b.stack) > 1
	})
	path, kind := strings.Trim(key, "| \t"), plan.Row
	if len(b.stack) > 0 && !strings.HasPrefix(b.top().style, "row") {
		path = "表:" + path
	} else if len(b.stack) == 0 || strings.HasPrefix(b.top().style, "row") {
		kind = []plan.Kind{plan.Measure, plan.Item}[min(1, l.row-1)]
	}
	if l.cells && dayKey.MatchString(zh.Bare(l.fold)) {
		kind = plan.Day
	}
	num := ""
	if mark.RowKey(path) || strings.HasPrefix(path, "表:") {
		num = strings.TrimPrefix(path, "表:")
	}
	n := &plan.Node{Label: key, Number: rowNumber(num), Kind: kind, Path: path}
	assignRow(n, b.head, rowCells(l.String()))
	b.push(&draft{node: n, style: "row", rank: level, first: rest}, l)
}

// cutRow cuts the key off a row.
func cutRow(text []rune) (key, rest string) {
	s := string(text)
	switch {
	case strings.HasPrefix(s, "|") || strings.HasPrefix(s, "｜"):
		if i := strings.IndexAny(s[1:], "|"); i >= 0 {
			return strings.TrimSpace(s[:i+2]), strings.TrimSpace(s[i+2:])
		}
	case strings.Contains(s, "\t"):
		key, rest, _ = strings.Cut(s, "\t")
		return strings.TrimSpace(key), strings.TrimSpace(rest)
	}
	return s, ""
}

func (b *builder) top() *draft { return b.drafts[b.stack[len(b.stack)-1]] }

func (b *builder) pop(over func(*draft) bool) {
	for len(b.stack) > 0 && over(b.top()) {
		b.stack = b.stack[:len(b.stack)-1]
	}
}

func (b *builder) push(d *draft, l *line) {
	d.node.Line, d.node.LineEnd, d.node.Parent = l.n, l.end, -1
	if len(b.stack) > 0 {
		d.node.Parent = b.stack[len(b.stack)-1]
		d.up = b.top()
		d.up.held = cmp.Or(d.up.held, d.style)
		d.up.inner = d.up.inner || d.style != "field"
	}
	b.stack = append(b.stack, len(b.drafts))
	b.drafts = append(b.drafts, d)
}

// other puts a line into a block: the last one, if that is of the same kind and
// no node has begun since.
func (b *builder) other(kind plan.BlockKind, l *line) {
	if b.lastKind() != kind || b.before != len(b.drafts) {
		b.plan.Other = append(b.plan.Other, plan.Block{Kind: kind, Line: l.n})
		b.texts = append(b.texts, nil)
		b.before = len(b.drafts)
	}
	i := len(b.texts) - 1
	b.plan.Other[i].LineEnd = l.end
	b.texts[i] = append(b.texts[i], l.String())
}

// lastKind is the kind of the last block; "" if there is none.
func (b *builder) lastKind() plan.BlockKind {
	if n := len(b.plan.Other); n > 0 {
		return b.plan.Other[n-1].Kind
	}
	return ""
}

func (b *builder) finish() {
	for i, lines := range b.texts {
		b.plan.Other[i].Text = strings.Join(lines, "\n")
	}
	b.plan.Title = titleOf(b.plan.Other)
	headed := b.headed()
	for _, d := range b.drafts {
		b.plan.Nodes = append(b.plan.Nodes, d.finish(headed[d.series()]))
	}
	b.kinds()
	b.paths()
	assign(b.plan)
	for _, n := range b.plan.Nodes {
		sum := sha256.Sum256([]byte(n.Path + "\x00" + n.Title))
		n.ID = hex.EncodeToString(sum[:6])
	}
}

// series names the series that d stands in.
func (d *draft) series() string { return strconv.Itoa(d.node.Parent) + d.style }

// headed are the series at least half of which have something below their first
// line: there the first line may be a heading even if it is a sentence.
func (b *builder) headed() map[string]bool {
	all, with := map[string]int{}, map[string]int{}
	for _, d := range b.drafts {
		all[d.series()]++
		if d.held != "" || len(d.more) > 0 {
			with[d.series()]++
		}
	}
	headed := map[string]bool{}
	for s, n := range all {
		headed[s] = with[s]*2 >= n
	}
	return headed
}

// paths joins the labels; a path that comes again gets #2, #3.
func (b *builder) paths() {
	seen := map[string]int{}
	for _, n := range b.plan.Nodes {
		if n.Parent >= 0 {
			n.Path = b.plan.Nodes[n.Parent].Path + "/" + n.Path
		}
		seen[n.Path]++
		if k := seen[n.Path]; k > 1 {
			n.Path += "#" + strconv.Itoa(k)
		}
	}
}
