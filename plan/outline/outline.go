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
	"strconv"
	"strings"

	"duban/plan"
	"duban/plan/mark"
	"duban/plan/source"
	"duban/zh"
)

// Read reads a document by its content and, where that does not tell, by the
// ending of its name: .txt, .md (UTF-8, UTF-16, GB 18030 or Big5), .docx, .odt, .html, .xlsx,
// and .pdf if pdftotext is installed. The context ends a converter that hangs.
// What people have decided about the document is heeded. Every error is a
// [*source.Refusal].
func Read(ctx context.Context, name string, data []byte, choices ...plan.Choice) (*plan.Plan, error) {
	src, err := source.Read(ctx, name, data)
	if err != nil {
		return nil, err
	}
	return parse(src, choices...), nil
}

// Parse reads the text of a plan. It never fails: text in which it recognises
// nothing becomes a plan without nodes.
func Parse(text string) *plan.Plan { return parse(source.Plain(text)) }

func parse(src *source.Text, choices ...plan.Choice) *plan.Plan {
	p := &plan.Plan{Nodes: []*plan.Node{}}
	lines := prepare(src, p, choices)
	b := &builder{plan: p, node: map[int]int{}}
	for i, st := range read(lines).path() {
		b.add(lines, i, st)
	}
	b.finish()
	return b.plan
}

// prepare finds what the look of lines alone decides, and people have decided.
func prepare(src *source.Text, p *plan.Plan, choices []plan.Choice) []*line {
	lines := split(src)
	c := chooser{choices: choices, heeded: map[plan.Choice]bool{}}
	var last *line
	for _, l := range lines {
		switch {
		case l.table == nil:
		case last != nil && l.table == last.table:
			l.grid, l.tableNo = last.grid, last.tableNo
		default:
			p.Tables = append(p.Tables, l.String())
			l.tableNo = len(p.Tables)
			l.grid = gridOf(l.table, c.counts(l.fold))
			last = l
		}
	}
	markContents(lines)
	c.start(lines)
	markTables(lines)
	markAttachments(lines)
	p.Missed = c.missed()
	return lines
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
	node   map[int]int // index into drafts, by line
	texts  [][]string  // the lines of each block
	before int         // nodes before the last block
	head   []string    // the heads of the table that is being read
}

// add adds a line as what it was taken for.
func (b *builder) add(lines []*line, i int, st step) {
	l := lines[i]
	switch st.role {
	case asBlock:
		if cells := rowCells(l.String()); st.block == plan.Table && len(cells) > 2 && !ruleRow.MatchString(l.fold) {
			b.head = cells
		}
		b.other(st.block, l)
	case asTable:
		if l.tableRow > 0 {
			return
		}
		end := i + 1
		for end < len(lines) && lines[end].table == l.table {
			end++
		}
		b.addGrid(lines[i:end], l.grid, b.at(st.under))
	case asRow:
		b.addRow(i, l, st)
	case asNode, asHeading:
		b.addMark(i, l, st)
	case asField:
		b.addField(i, l, st)
	case asText:
		b.more(l, b.drafts[b.node[st.under]])
	}
}

// more adds a line to the node that is being read.
func (b *builder) more(l *line, d *draft) {
	if d.style == "w:附件" && d.first == "" && d.held == "" && len(d.more) == 0 && !mark.EndsSentence(l.fold) {
		d.first, d.alone = l.String(), true // its title stands below its number
	} else {
		d.more = append(d.more, l.String())
	}
	d.node.LineEnd = l.end
}

func (b *builder) addMark(i int, l *line, st step) {
	m := st.mark
	label, rest := m.Label(l.text)
	b.push(i, l, st, &draft{
		node: &plan.Node{
			Label: label, Spaced: rest != "" && m.Spaced(l.text), Number: m.Num, Kind: kindByStyle(m.Style),
			Path: m.PathOf(l.text),
		},
		style: m.Style, rank: m.Rank, first: rest, alone: m.Alone,
	})
}

func (b *builder) addField(i int, l *line, st step) {
	label := string(l.text[:l.field])
	b.push(i, l, st, &draft{
		node:  &plan.Node{Label: label, Kind: plan.Field, Path: fieldPath(label)},
		style: "field", rank: mark.RankBullet + 1, first: strings.TrimSpace(string(l.text[l.field:])),
	})
}

func (b *builder) addRow(i int, l *line, st step) {
	key, rest := cutRow(l.text)
	path, kind := strings.Trim(key, "| \t"), plan.Row
	inRow := st.under >= 0 && b.drafts[b.node[st.under]].style == "row"
	if st.under >= 0 && !inRow {
		path = "表:" + path
	} else {
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
	b.push(i, l, st, &draft{node: n, style: "row", rank: float64(mark.RankBullet + 1 + l.row), first: rest})
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

// at is the index of the node on a line, -1 for the document.
func (b *builder) at(line int) int {
	if line < 0 {
		return -1
	}
	return b.node[line]
}

// push adds a node below the one that the step names.
func (b *builder) push(i int, l *line, st step, d *draft) {
	d.node.Line, d.node.LineEnd, d.node.Parent = l.n, l.end, -1
	if d.node.Parent = b.at(st.under); d.node.Parent >= 0 {
		d.up = b.drafts[d.node.Parent]
		d.up.held = cmp.Or(d.up.held, d.style)
		d.up.inner = d.up.inner || d.style != "field"
	}
	b.node[i] = len(b.drafts)
	b.drafts = append(b.drafts, d)
}

// other puts a line into a block: the last one, if that is of the same kind and
// no node has begun since.
func (b *builder) other(kind plan.BlockKind, l *line) {
	table := 0
	if kind == plan.Table && l.table != nil && l.grid == nil {
		table = l.tableNo
	}
	if b.lastKind() != kind || b.before != len(b.drafts) || b.plan.Other[len(b.texts)-1].Table != table {
		b.plan.Other = append(b.plan.Other, plan.Block{Kind: kind, Line: l.n, Table: table})
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
	series := b.headed()
	for _, d := range b.drafts {
		b.plan.Nodes = append(b.plan.Nodes, d.finish(series[d.series()]))
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

// A headed says how many of a series have something below their first line.
type headed int

const (
	fewHeaded  headed = iota
	halfHeaded        // half of them at least: there a sentence may be a heading
	allHeaded
)

func (b *builder) headed() map[string]headed {
	all, with := map[string]int{}, map[string]int{}
	for _, d := range b.drafts {
		all[d.series()]++
		if d.goesOn() {
			with[d.series()]++
		}
	}
	out := map[string]headed{}
	for s, n := range all {
		switch {
		case with[s] == n:
			out[s] = allHeaded
		case with[s]*2 >= n:
			out[s] = halfHeaded
		}
	}
	return out
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
