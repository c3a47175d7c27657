package outline

import (
	"slices"
	"strings"

	"duban/plan/mark"
)

// maxGap is how far a series may jump: lines are lost, numbers are not invented.
const maxGap = 3

// innerStyle begins the styles of marks inside the cell of a node.
const innerStyle = "cell:"

// readMarks gives every free line the mark at its head, if the series says that
// it is one.
func readMarks(lines []*line) {
	var found []*line
	for _, l := range lines {
		if !l.free() || l.cells {
			continue
		}
		if m, ok := mark.Read(l.fold); ok {
			if l.inner {
				m.Style, m.Rank = innerStyle+m.Style, mark.RankCell+m.Rank/100
			}
			l.mark, l.marked = m, true
			found = append(found, l)
		}
	}
	dropTitle(found)
	for range 2 { // a mark that falls may take its neighbours with it
		s := seriesOf(found)
		for i, l := range found {
			l.marked = l.marked && s.belongs(i, l)
		}
	}
}

// A series knows which marks of one style stand next to each other.
type series struct {
	prev, next []*line        // by index of the mark; nil at either end
	count      map[string]int // by style
	nums       map[string]int // line on which a number first stands
	stems      map[string]int // decimals with a common stem, by style and stem
}

func seriesOf(found []*line) *series {
	s := &series{prev: make([]*line, len(found)), next: make([]*line, len(found)), count: map[string]int{}, nums: map[string]int{}, stems: map[string]int{}}
	last := map[string]int{}
	for i, l := range found {
		if !l.marked {
			continue
		}
		m := l.mark
		if at, ok := last[m.Style]; ok {
			s.prev[i], s.next[at] = found[at], l
		}
		last[m.Style] = i
		s.count[m.Style]++
		if _, ok := s.nums[m.Num]; !ok {
			s.nums[m.Num] = l.n
		}
		s.stems[m.Style+"/"+stem(m.Num)]++
	}
	return s
}

// stem is a decimal without its last number: 1.3 of 1.3.2.
func stem(num string) string {
	return num[:max(0, strings.LastIndexByte(num, '.'))]
}

// dropTitle takes a single # heading at the top for the title.
func dropTitle(found []*line) {
	top := slices.IndexFunc(found, func(l *line) bool { return strings.HasPrefix(l.mark.Style, "#") })
	if top != 0 || found[0].mark.Number > 0 {
		return
	}
	for _, l := range found[1:] {
		if l.mark.Style == found[0].mark.Style {
			return
		}
	}
	found[0].marked = false
}

// belongs reports whether mark i is part of a series.
func (s *series) belongs(i int, l *line) bool {
	m, prev, next := l.mark, s.prev[i], s.next[i]
	begins := m.Number == 1 && next != nil && next.mark.Number == 2
	switch {
	case strings.HasPrefix(m.Style, "1."):
		return s.decimal(l)
	case m.Number == 0:
		return !m.Weak || s.count[m.Style] >= 2
	case m.Style == "w:附件":
		return true
	case m.Weak:
		return prev != nil && prev.mark.Number+1 == m.Number || begins || m.Number == 1 && m.Rank == mark.RankWord
	case m.Number == 1:
		return true
	}
	return near(prev, m) || near(next, m)
}

func near(other *line, m mark.Mark) bool {
	if other == nil {
		return false
	}
	d := m.Number - other.mark.Number
	return d >= -maxGap && d <= maxGap
}

// decimal reports whether 1.3 stands in a series of such numbers or below the
// number that it begins with; 1.3万亿 does neither.
func (s *series) decimal(l *line) bool {
	up := stem(l.mark.Num)
	if at, ok := s.nums[up]; ok && at < l.n {
		return true
	}
	return s.stems[l.mark.Style+"/"+up] >= 2
}

// nest settles which style nests in which. The usual order holds unless the
// document shows the other way round: a series that starts anew right below
// marks of a style that is usually inside it, twice at least.
func nest(lines []*line) map[string]float64 {
	rank := map[string]float64{}
	below := map[[2]string]int{}
	var prev *line
	for _, l := range lines {
		if !l.marked {
			continue
		}
		rank[l.mark.Style] = l.mark.Rank
		if prev != nil && l.mark.Number == 1 && prev.mark.Style != l.mark.Style {
			below[[2]string{prev.mark.Style, l.mark.Style}]++
		}
		prev = l
	}
	for pair, n := range below {
		out, in := pair[0], pair[1]
		if n >= 2 && rank[out] > rank[in] && below[[2]string{in, out}] == 0 && rank[in] > mark.RankAttachment {
			rank[in] = rank[out] + 0.01
		}
	}
	return rank
}
