package find

import (
	"strconv"

	"duban/plan"
)

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
	gone := 0
	flush := func(before int) {
		switch {
		case gone == before-1:
			missing = append(missing, sayNumber(r.level, strconv.Itoa(gone)))
		case gone > 0:
			missing = append(missing, sayNumber(r.level, strconv.Itoa(gone)+"至"+strconv.Itoa(before-1)))
		}
		gone = 0
	}
	for k := p.from; k <= min(to, end); k++ {
		hits := numbers[strconv.Itoa(k)]
		if len(hits) == 0 {
			hits = x.other(scope, r.level, pool, strconv.Itoa(k), false)
		}
		if len(hits) == 0 && gone == 0 {
			gone = k
		} else if len(hits) > 0 && gone > 0 {
			flush(k)
		}
		found = append(found, hits...)
	}
	if to > end && gone == 0 {
		gone = max(end+1, p.from)
	}
	if gone > 0 {
		flush(to + 1)
	}
	return found, missing
}

// say names a number that is not there, as it was asked for.
func say(r refs, num string) string {
	if len(r.picks) == 1 {
		return trimJoint(r.said)
	}
	return sayNumber(r.level, num)
}

func sayNumber(level refLevel, num string) string {
	switch level {
	case levelPart, levelBare:
		return "第" + num + "部分"
	case levelCh:
		return "第" + num + "章"
	case levelDigits, levelItem, levelParen, levelCircle:
	}
	return "第" + num + "条"
}
