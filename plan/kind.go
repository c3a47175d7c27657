package plan

import "strings"

// kinds names what each node is, by its mark and by where it stands.
func (b *builder) kinds() {
	holds := map[string]bool{} // styles that hold other nodes somewhere
	styles := map[string]bool{}
	for _, d := range b.drafts {
		styles[d.style] = true
		if d.kids {
			holds[d.style] = true
		}
	}
	tasks := false
	for s := range styles {
		tasks = tasks || strings.HasPrefix(s, "【") && s != "【】"
	}
	for i, d := range b.drafts {
		if d.node.Kind == "" {
			d.node.Kind = b.kind(i, holds, tasks)
		}
	}
}

func (b *builder) kind(i int, holds map[string]bool, tasks bool) Kind {
	d := b.drafts[i]
	up := b.above(i)
	leaf := !holds[d.style]
	switch {
	case d.rank < rankParen && up == nil:
		if leaf && d.node.TitleInline {
			return Measure
		}
		return Part
	case d.rank < rankParen && !leaf:
		return Section
	case up == nil:
		return Measure
	case d.rank > rankTask && tasks, up.node.Kind == Article, up.node.Kind == Measure, up.node.Kind == Item:
		return Item
	case d.style == "(一)" && (!leaf || !d.node.TitleInline):
		return Section
	case d.style == "1" && d.kids && !d.node.TitleInline && up.node.Kind == Part && b.heldStyle(i) != "field" && !strings.HasPrefix(b.heldStyle(i), "•"):
		return Section
	}
	return Measure
}

// above is the draft that holds draft i, or nil.
func (b *builder) above(i int) *draft {
	if p := b.drafts[i].node.Parent; p >= 0 {
		return b.drafts[p]
	}
	return nil
}

// heldStyle is the style of the first node below draft i.
func (b *builder) heldStyle(i int) string {
	for _, d := range b.drafts[i+1:] {
		if d.node.Parent == i {
			return d.style
		}
	}
	return ""
}

// sharedFields are the fields that stand once behind all the measures of a
// part, not once behind each.
func sharedFields(lines []*line) map[string]bool {
	parts := 0
	last := map[string]int{}   // field → marks since the part began
	single := map[string]int{} // field → parts in which it stands once, behind two measures or more
	many := map[string]int{}
	marks := 0
	once := map[string]int{}
	closePart := func() {
		for name, n := range once {
			if n == 1 && last[name] >= 2 && last[name] == marks {
				single[name]++
			} else {
				many[name]++
			}
		}
		once, last, marks = map[string]int{}, map[string]int{}, 0
	}
	outermost := float64(rankChinese)
	for _, l := range lines {
		if l.marked && l.mark.rank > rankAttachment {
			outermost = l.mark.rank // a plan of 任务1, 任务2 has these for parts
			break
		}
	}
	outermost = max(outermost, rankChinese)
	for _, l := range lines {
		switch {
		case l.marked && l.mark.rank <= outermost:
			closePart()
			parts++
		case l.marked:
			marks++
		case l.field > 0:
			name := fieldPath(string(l.text[:l.field]))
			once[name]++
			last[name] = marks
		}
	}
	closePart()
	shared := map[string]bool{}
	for name, n := range single {
		shared[name] = n > many[name] && n >= 2
	}
	return shared
}
