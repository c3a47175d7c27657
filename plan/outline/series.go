package outline

import "duban/plan/mark"

// innerStyle begins the styles of marks inside the cell of a node.
const innerStyle = "cell:"

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
