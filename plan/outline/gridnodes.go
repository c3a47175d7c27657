package outline

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/mark"
	"duban/plan/source"
	"duban/zh"
)

// A gridWriter adds the nodes of a table to a plan.
type gridWriter struct {
	*builder
	*grid
	line    *line // of the row
	under   int   // index of the node that the table stands below, or -1
	part    int   // of the part that is open, or -1
	group   int
	measure int
	current string   // the part
	above   []string // what merged cells say that go on
	stated  map[said]bool
}

// addGrid adds the rows of a table below a node.
func (b *builder) addGrid(lines []*line, g *grid, under int) {
	w := &gridWriter{builder: b, grid: g, under: under, part: -1, group: -1, measure: -1, above: make([]string, len(g.head)), stated: map[said]bool{}}
	for _, l := range lines {
		w.line = l
		r := l.table.Rows[l.tableRow]
		only := source.Only(r)
		switch {
		case l.tableRow < g.below:
			b.other(plan.Table, l)
		case w.repeatsHead(r):
			b.other(plan.Noise, l)
		case only != "" && remark.MatchString(only):
			b.other(plan.Attach, l)
		case g.joint && only == "":
			w.joined(r)
		case g.joint:
			b.other(plan.Table, l)
		case only != "" && strings.TrimSpace(r[0].Text) == only && !isKey(r) && !slices.ContainsFunc(r, func(c source.Cell) bool { return c.Under }):
			w.openPart(only)
		default:
			w.row(r)
		}
	}
}

func (g *grid) repeatsHead(r []source.Cell) bool {
	for i, h := range g.head {
		if i >= len(r) || zh.Bare(r[i].Text) != h {
			return false
		}
	}
	return len(r) > 0
}

// node adds a node below the one at an index.
func (w *gridWriter) node(under int, d *draft) int {
	d.node.Line, d.node.LineEnd, d.node.Parent = w.line.n, w.line.end, under
	if under >= 0 {
		d.up = w.drafts[under]
		d.up.held = cmp.Or(d.up.held, d.style)
		d.up.inner = d.up.inner || d.style != "field"
	}
	w.drafts = append(w.drafts, d)
	return len(w.drafts) - 1
}

// joined adds a row that is one node.
func (w *gridWriter) joined(r []source.Cell) {
	cells := make([]string, len(r))
	for i, c := range r {
		cells[i] = zh.OneLine(c.Text)
	}
	if r[0].Under || r[0].Blank() {
		cells[0] = w.above[0]
	}
	w.above[0] = cells[0]
	path, kind := zh.Bare(cells[0]), plan.Measure
	if w.cols[0] == dateColumn {
		path, kind = cells[0], plan.Day
	}
	if w.under >= 0 {
		path, kind = "表:"+path, plan.Row
	}
	n := &plan.Node{Label: cells[0], Number: rowNumber(cells[0]), Kind: kind, Path: named(path), Spaced: true}
	assignRow(n, w.grid.head, cells)
	rest := slices.DeleteFunc(slices.Clone(cells[1:]), func(s string) bool { return s == "" })
	w.node(w.under, &draft{node: n, style: "row", rank: mark.RankBullet + 2, first: strings.Join(rest, "\t")})
}

// named is a text as a piece of a path.
func named(s string) string { return cmp.Or(strings.NewReplacer("/", " ", "#", " ").Replace(s), "行") }

// nameOf is the path of a node that has no number.
func nameOf(s string) string {
	name := []rune(named(lead(s)))
	return cmp.Or(string(name[:min(len(name), longestName)]), "行")
}

// longestName is how many characters the path of a node without number takes of
// its text.
const longestName = 12

func (w *gridWriter) openPart(text string) {
	m, ok := mark.Read(zh.Fold(text))
	d := &draft{node: &plan.Node{Kind: plan.Part, Path: nameOf(text)}, style: "heading", rank: mark.RankUnnumbered, first: text, alone: true}
	if ok && !m.Weak {
		var label string
		label, d.first = m.Label([]rune(text))
		d.node.Label, d.node.Number, d.node.Path = label, m.Num, m.PathOf([]rune(text))
	} else {
		d.node.Label, d.first = text, ""
	}
	w.part = w.node(w.under, d)
	w.group, w.measure = -1, -1
	clear(w.stated)
}

// top is the node that a measure stands below.
func (w *gridWriter) top() int {
	switch {
	case w.group >= 0:
		return w.group
	case w.part >= 0:
		return w.part
	}
	return w.under
}

// A said is what a column says of a row.
type said struct{ head, text string }

// A tableRow is what one row says.
type tableRow struct {
	seq, name, head string
	texts           []string
	states, fields  []said
}

// row adds one row: its part if that is new, the part's fields, the measure, and
// what else is said of the measure.
func (w *gridWriter) row(cells []source.Cell) {
	var r tableRow
	for i, c := range cells[:min(len(cells), len(w.cols))] {
		text := strings.TrimSpace(c.Text)
		if c.Under && w.cols[i] == fieldColumn {
			text = w.above[i]
		}
		if text != "" || !c.Under {
			w.above[i] = text
		}
		if text != "" {
			w.take(&r, i, text)
		}
	}
	if !w.each {
		w.state(r.states)
		r.states = nil
	}
	if r.name != "" || len(r.texts) > 0 {
		if !w.each && w.part >= 0 && !w.stated[said{}] && mark.Field(r.head+":") != "" {
			w.field(w.part, r.head, "")
			w.stated[said{}] = true
		}
		w.measure = w.add(r.seq, r.name, strings.Join(r.texts, "\n"), false)
	}
	under := w.measure
	if under < 0 {
		under = w.top()
	}
	for _, f := range append(r.states, r.fields...) {
		w.field(under, f.head, f.text)
	}
}

// take takes what the cell in column i says.
func (w *gridWriter) take(r *tableRow, i int, text string) {
	switch w.cols[i] {
	case keyColumn:
		r.seq = zh.Bare(text)
	case partColumn:
		if text != w.current {
			w.current = text
			w.openPart(zh.OneLine(text))
		}
	case groupColumn:
		w.group = -1
		if w.wide {
			w.group = w.add(r.seq, text, "", true)
			r.seq = ""
			return
		}
		w.openPart(zh.OneLine(text))
	case stateColumn:
		r.states = append(r.states, said{w.grid.head[i], text})
	case nameColumn:
		r.name = text
	case measureColumn:
		r.texts, r.head = append(r.texts, text), w.grid.head[i]
	case fieldColumn, dateColumn:
		r.fields = append(r.fields, said{w.grid.head[i], text})
	}
}

// state adds problems and goals to the part, once.
func (w *gridWriter) state(states []said) {
	for _, f := range states {
		if !w.stated[f] {
			w.stated[f] = true
			w.field(w.top(), f.head, f.text)
		}
	}
}

func (w *gridWriter) field(under int, head, text string) {
	n := &plan.Node{Label: head, Kind: plan.Field, Path: named(cmp.Or(head, nameOf(text)))}
	if head != "" {
		n.Label += "："
	}
	w.node(under, &draft{node: n, style: "field", rank: mark.RankBullet + 1, first: text})
}

// add adds a measure: its name, or the first line of its text, with the number
// of the row; numbered lines below that are its items.
func (w *gridWriter) add(seq, name, text string, group bool) int {
	first, rest := name, text
	if name == "" {
		first, rest, _ = strings.Cut(text, "\n")
	}
	d := &draft{node: &plan.Node{Kind: plan.Measure}, style: "cell", rank: mark.RankCell, first: first}
	m, ok := mark.Read(zh.Fold(first))
	switch {
	case ok && !m.Weak && m.Number > 0 && seq == "":
		d.node.Label, d.first = m.Label([]rune(first))
		d.node.Number, d.node.Path = m.Num, m.PathOf([]rune(first))
	case seq != "":
		d.node.Label, d.node.Number, d.node.Path = seq, rowNumber(seq), named(seq)
		if mark.RowKey(zh.Fold(seq)) {
			d.node.Label += "."
		}
		d.node.Spaced = true
	default:
		d.node.Path = nameOf(first)
	}
	d.alone = name != "" || group || !mark.EndsSentence(zh.Fold(first)) && sentences(zh.Fold(first)) == 1 && utf8.RuneCountInString(first) <= 60 && rest == ""
	at := w.node(w.top(), d)
	w.items(at, d, rest, m.Style)
	return at
}

// items adds the lines below the first of a measure: those that are numbered are
// its items, or measures beside it if they go on as it began.
func (w *gridWriter) items(at int, d *draft, rest, style string) {
	under := d
	for l := range strings.SplitSeq(rest, "\n") {
		m, ok := mark.Read(zh.Fold(strings.TrimSpace(l)))
		if !ok || m.Weak || m.Number == 0 {
			if strings.TrimSpace(l) != "" {
				under.more = append(under.more, strings.TrimSpace(l))
			}
			continue
		}
		raw := []rune(strings.TrimSpace(l))
		label, text := m.Label(raw)
		under = &draft{node: &plan.Node{Kind: plan.Item, Label: label, Spaced: m.Spaced(raw), Number: m.Num, Path: m.PathOf(raw)}, style: "cell", rank: mark.RankCell + 0.1, first: text}
		up := at
		if m.Style == style && d.node.Number != "" && d.style == "cell" && d.node.Label != "" && strings.HasPrefix(d.node.Label, d.node.Number) && !d.node.Spaced {
			up = d.node.Parent
			under.node.Kind = plan.Measure
		}
		w.node(up, under)
	}
}
