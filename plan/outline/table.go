package outline

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/mark"
	"duban/zh"
)

var (
	ruleRow  = regexp.MustCompile(`^\|?[ :\-|]+\|[ :\-|]*$`)
	monthKey = regexp.MustCompile(`^([一二三四五六七八九十]{1,2}|[0-9]{1,2})月(份)?$`)
	dayKey   = regexp.MustCompile(`^([0-9]{1,2}[./月][0-9]{1,2}日?)? ?[(]?(星期|周|礼拜)[一二三四五六日天]\)?$|^[0-9]{1,2}月[0-9]{1,2}日([(][^)]{1,6}\))?$`)
	weekKey  = regexp.MustCompile(`^第 ?([0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?周([(][^)]{1,20}\))?$`)
)

// spanKey is a span of days, such as 3月2日-6日 or 2.24-2.28.
var spanKey = regexp.MustCompile(`^[0-9]{1,2}[月./][0-9]{1,2}日?(\([^)]{1,6}\))?[-—–~至到]+([0-9]{1,2}[月./])?[0-9]{1,2}日?(\([^)]{1,6}\))?$`)

// markTables finds the tables: lines with tabs, lines with bars, and tables
// that a copier has broken into one cell a line.
func markTables(lines []*line) {
	markTabs(lines)
	markBars(lines)
	markKeyed(lines)
	markCells(lines)
}

// markTabs takes the lines with tabs for rows and what is broken off from them
// for the rest of their last cell.
func markTabs(lines []*line) {
	tabbed := func(l *line) bool { return l.block == "" && l.table == nil && strings.Count(l.String(), "\t") >= 2 }
	first, last := slices.IndexFunc(lines, tabbed), len(lines)-1
	if first < 0 {
		return
	}
	for !tabbed(lines[last]) {
		last--
	}
	seen, head, have := false, 0, 0 // tabs of the head, and of the row so far
	for i := first; i <= last; i++ {
		l := lines[i]
		if l.block != "" || l.table != nil {
			continue
		}
		tabs := strings.Count(string(l.text), "\t")
		key, _, _ := strings.Cut(string(l.text), "\t")
		key = zh.Fold(key)
		switch {
		case mark.RowKey(key) || tabs > 0 && dateKey(zh.Bare(key)):
			seen, l.row, have = true, 1, tabs
			if mark.RowKey(key) {
				l.row += depth(key)
			}
		case !seen && tabs > 0:
			l.block = plan.Table
			head = max(head, tabs)
		case !seen:
			return
		case tabs >= 2 && have >= head:
			l.row, have = 1, tabs
		case tabs == 0 && have >= head && mark.Begins(l.fold):
			seen, head, have = false, 0, 0 // the table is over
		default:
			l.cells = true
			have += tabs
		}
	}
}

// depth is how many times the key of a row is divided: 1—2 is 1.
func depth(key string) int {
	return strings.Count(strings.NewReplacer("—", "-", "–", "-", ".", "-").Replace(key), "-")
}

// markBars takes | a | b | lines for rows; those down to the rule are the head.
func markBars(lines []*line) {
	for rows := range runs(lines, func(_, i int) bool { return strings.HasPrefix(lines[i].fold, "|") }) {
		if len(rows) < 2 {
			continue
		}
		rule := slices.IndexFunc(rows, func(l *line) bool { return ruleRow.MatchString(l.fold) })
		for i, l := range rows {
			if i <= max(rule, 0) {
				l.block = plan.Table
			} else {
				l.row = 1
			}
		}
	}
}

// markKeyed finds a table with one cell a line whose rows begin with a month, a
// week or a day: three keys at least that go up.
func markKeyed(lines []*line) {
	var keys []int
	for i, l := range lines {
		if l.block == "" && l.table == nil && l.row == 0 && !strings.Contains(l.String(), "\t") && keyAt(lines, i) {
			keys = append(keys, i)
		}
	}
	if len(keys) < 3 || headings(lines, keys) {
		return
	}
	start := tableHead(lines, keys[0])
	setBlock(lines[start:keys[0]], plan.Table)
	for i := keys[0]; i < len(lines) && lines[i].block == "" && lines[i].table == nil; i++ {
		lines[i].cells = true
		if keyAt(lines, i) {
			lines[i].row = 1
		}
	}
}

// headings reports whether most of the keys stand right over a numbered series: then
// they are no cells.
func headings(lines []*line, keys []int) bool {
	over := 0
	for _, i := range keys {
		if i+1 < len(lines) {
			if m, ok := mark.Read(lines[i+1].fold); ok && !m.Weak && m.Number == 1 {
				over++
			}
		}
	}
	return over*2 > len(keys)
}

// longestKey is how many characters the key of a row has.
const longestKey = 20

// keyAt reports whether line i is the key of a row, even if a line break has
// cut it in two: 一 / 月.
func keyAt(lines []*line, i int) bool {
	if len(lines[i].text) > longestKey {
		return false
	}
	s := zh.Bare(lines[i].fold)
	if monthKey.MatchString(s) || dayKey.MatchString(s) || weekKey.MatchString(s) {
		return true
	}
	return i+1 < len(lines) && zh.Bare(lines[i+1].fold) == "月" && monthKey.MatchString(s+"月")
}

// tableHead goes back from the first row over the column heads: short lines
// without an end. The last line that reads like a title belongs to them too.
func tableHead(lines []*line, row int) int {
	i := row
	for i > 0 && headLike(lines[i-1], 8) {
		i--
	}
	if i > 0 && i < row && headLike(lines[i-1], 40) {
		i--
	}
	return i
}

// headLike reports whether a free line of so many characters at most may stand
// over the rows of a table.
func headLike(l *line, most int) bool {
	return l.block == "" && l.table == nil && utf8.RuneCountInString(l.fold) <= most && plainText(l)
}

// plainText reports whether a line has neither the end of a sentence nor a mark,
// and is no date.
func plainText(l *line) bool {
	m, ok := mark.Read(l.fold)
	return !mark.EndsSentence(l.fold) && !dated(l.fold) && (!ok || m.Weak)
}

// cellRun is the least number of cells that show a table without keys.
const cellRun = 12

// markCells finds a table with one cell a line and no keys: a long run of short
// lines, hardly one of which ends like a sentence, many of them figures.
func markCells(lines []*line) {
	for cells := range runs(lines, func(_, i int) bool { return shortCell(lines[i]) }) {
		figures := 0
		for _, l := range cells {
			if l.fold[0] >= '0' && l.fold[0] <= '9' {
				figures++
			}
		}
		if len(cells) >= cellRun && figures*5 >= len(cells) {
			setBlock(cells, plan.Table)
		}
	}
}

// shortCell reports whether a line may be the cell of a table.
func shortCell(l *line) bool {
	return l.block == "" && l.table == nil && l.row == 0 && len(l.text) <= 30 && plainText(l)
}
