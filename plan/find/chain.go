package find

import (
	"strconv"
	"strings"
)

// add puts a reference where it belongs: beside those of its level, below what
// was named before it, or by itself.
func (a *ask) add(r refs, sure bool, between tie) {
	a.strong = a.strong || sure
	if len(a.targets) == 0 {
		a.targets = []target{{r}}
		return
	}
	t := &a.targets[len(a.targets)-1]
	prev := &(*t)[len(*t)-1]
	switch {
	case strings.HasSuffix(prev.said, "条") && strings.ContainsAny(r.said, "项款点") && !strings.Contains(r.said, "条") && prev.level == levelItem && between == tieNone:
		r.level = levelParen // 第十四条第三项
		*t = append(*t, r)
	case prev.joins(r, between):
		prev.picks = append(prev.picks, r.picks...)
		if between == tieAnd {
			prev.said += "、"
		}
		prev.said += r.said
		if r.unit || prev.level == levelDigits {
			prev.level = r.level
		}
		prev.unit = prev.unit || r.unit
	case r.level.outer() && (!prev.level.outer() || between != tieNone), between == tieAnd && prev.unit && r.unit:
		a.targets = append(a.targets, target{r})
	default:
		*t = append(*t, r)
	}
}

// joins reports whether next stands beside r on one level: in 5、7、9条 and
// 十三、十四条 the last says what all of them count. 三、5 is one in the other.
func (r *refs) joins(next refs, between tie) bool {
	switch {
	case r.level == next.level, r.level == levelDigits && next.level == levelItem, r.level == levelItem && next.level == levelDigits:
		return true
	case between == tieNone || r.unit || !next.unit || next.level > levelItem:
		return false
	}
	ordinal := strings.HasPrefix(r.said, "第")
	return arabic(r.said) == arabic(next.said) && (ordinal || !strings.HasPrefix(next.said, "第"))
}

// arabic reports whether the number of a reference was typed in digits.
func arabic(said string) bool { return strings.ContainsAny(said, "0123456789") }

// whole reports whether the query is nothing but references.
func (a *ask) whole() bool {
	return len(a.targets) > 0 && (a.rest == "" || a.strong)
}

// longNumber is the query if it is only a number that no plan counts to, such as
// a year or a telephone number; "" if it is not.
func (a *ask) longNumber() string {
	if len(a.targets) != 1 || len(a.targets[0]) != 1 || len(a.targets[0][0].picks) != 1 {
		return ""
	}
	r := a.targets[0][0]
	if n, err := strconv.Atoi(r.picks[0].num); err == nil && n >= 1000 && !r.unit && !strings.HasPrefix(r.said, "第") {
		return strings.TrimRight(r.said, "、,./")
	}
	return ""
}
