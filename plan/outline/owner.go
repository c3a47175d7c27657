package outline

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/zh"
)

var (
	labelIn   = regexp.MustCompile(`(?:(牵头|责任|主办|承办|负责)(?:单位|部门|处室|科室|学院|领导|主体|人|人岗位)?|((?:完成|办结|整改|截止|落实)(?:时限|时间|期限|日期)|时限|期限|时间节点|^时间|^日期)|(?:配合|协办|协同|参与|协助|支持|联系|分管|考核|备注|成果|预期)[\p{Han}]{0,4})[】〕]? ?:`)
	ownerBy   = regexp.MustCompile(`(?:^|[,;。(])由([^,;。由()]{2,20}?)(?:牵头|负责|具体负责)`)
	ownerLead = regexp.MustCompile(`[,;。(]([^,;。由()]{2,20}?)(?:牵头|主办)(?:[,;)、]|负责|落实)`)
	nobody    = regexp.MustCompile(`按.{0,6}(职责|职能|分工)|分工负责|各负其责`)
	dueIn     = regexp.MustCompile(`(?:(?:[0-9]{4}|今|明|当)年)?(?:[0-9]{1,2}月(?:[0-9]{1,2}日|底|末|初|上旬|中旬|下旬)?(?:之?前|以前)|(?:年|学期|学年|月|季度)(?:底|末)(?:之?前|以前))`)
	dueAlone  = regexp.MustCompile(`^(?:(?:[0-9]{4}|今|明|当)年)?(?:[0-9]{1,2}月(?:[0-9]{1,2}日|底|末|初|上旬|中旬|下旬)?|年底|年内|学期末)(?:之?前|以前)?$|^(?:全年|长期|常年|长期坚持|持续推进|常态化)$`)
)

// assign finds owners and dates: in the fields of a node, in the columns of its
// row, or in its text.
func assign(p *plan.Plan) {
	t := tallyOf(p)
	for _, n := range p.Nodes {
		if n.Kind == plan.Field {
			assignField(t.responsible(p, n), n)
			continue
		}
		said, body := saidIn("", n.Body), zh.Fold(n.Body)
		if n.Owners == nil {
			n.Owners = ownersIn(body, said.owners)
		}
		n.Due = cmp.Or(n.Due, said.due, dueInText(body))
	}
}

// assigned is what a text says behind labels such as 责任单位： and 完成时限：.
type assigned struct {
	owners []string
	due    string
}

// longestDue is how many characters a date takes in words, in a running text.
const longestDue = 30

// saidIn reads the labels of a text. The name of the field or column that it
// stands in is one too. What stands behind a label ends at the next, or in a
// running text with its clause.
func saidIn(name, text string) assigned {
	var out assigned
	if name == "" && !strings.ContainsAny(text, ":：") {
		return out // saves a fifth of the time
	}
	head := cmp.Or(zh.Fold(name), "\n") + ":"
	fold := head + zh.Fold(text)
	at := labelIn.FindAllStringSubmatchIndex(fold, -1)
	for i, m := range at {
		end := len(fold)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		what, running := strings.TrimLeft(fold[m[1]:end], " \n"), m[1] > len(head)
		if running {
			what = what[:clause(what)]
		}
		what = strings.Trim(what, ",、:;。【〔( \n")
		switch {
		case m[2] >= 0:
			out.owners = appendNew(out.owners, namesIn(what)...)
		case m[4] >= 0 && out.due == "" && (!running || utf8.RuneCountInString(what) <= longestDue):
			begin := utf8.RuneCountInString(fold[len(head) : m[1]+strings.Index(fold[m[1]:], what)])
			out.due = string([]rune(text)[begin:][:utf8.RuneCountInString(what)]) // as printed
		}
	}
	return out
}

// A tally counts the items of each measure and the fields in them.
type tally struct {
	items, last map[int]int // by the index of what they stand in; last is the index of the last one
	fields      map[tallied]int
}

type tallied struct {
	up   int
	name string
}

func tallyOf(p *plan.Plan) tally {
	t := tally{map[int]int{}, map[int]int{}, map[tallied]int{}}
	for i, n := range p.Nodes {
		up := p.ParentOf(n)
		switch {
		case n.Kind == plan.Item:
			t.items[n.Parent]++
			t.last[n.Parent] = i
		case n.Kind == plan.Field && up != nil && up.Kind == plan.Item:
			t.fields[tallied{up.Parent, n.Name()}]++
		}
	}
	return t
}

// responsible is the node that a field speaks of: the one above it, or the measure if
// that is the last of its items and no other has such a field.
func (t tally) responsible(p *plan.Plan, f *plan.Node) *plan.Node {
	item := p.ParentOf(f)
	if item == nil || item.Kind != plan.Item || t.items[item.Parent] < 2 || t.last[item.Parent] != f.Parent || t.fields[tallied{item.Parent, f.Name()}] > 1 {
		return item
	}
	if up := p.ParentOf(item); up != nil && (up.Kind == plan.Measure || up.Kind == plan.Article) {
		return up
	}
	return item
}

// assignField gives what a field of owners or dates says to the node above it.
func assignField(up, f *plan.Node) {
	if up == nil || !labelIn.MatchString(f.Name()+":") {
		return
	}
	said := saidIn(f.Name(), f.Body)
	up.Owners = appendNew(up.Owners, said.owners...)
	up.Due = cmp.Or(said.due, up.Due)
}

// ownersIn finds who is named as responsible in a folded text, beside those
// behind its labels.
func ownersIn(body string, out []string) []string {
	for _, g := range ownerBy.FindAllStringSubmatch(body, -1) {
		out = appendNew(out, namesIn(g[1])...)
	}
	for _, g := range ownerLead.FindAllStringSubmatch(body, -1) {
		if names := namesIn(g[1]); offices(names) {
			out = appendNew(out, names...)
		}
	}
	if len(out) == 0 {
		names := slices.DeleteFunc(namesIn(lastBracket(body)), dueAlone.MatchString)
		if offices(names) {
			out = names
		}
	}
	return out
}

// offices reports whether all names are those of offices.
func offices(names []string) bool {
	return !slices.ContainsFunc(names, func(s string) bool {
		if before, _, ok := strings.Cut(s, "("); ok && strings.HasSuffix(s, ")") {
			s = before
		}
		return !office.MatchString(s) && !strings.HasSuffix(s, "单位")
	})
}

// clause is where a clause ends: at a full stop, or at a bracket that was opened
// before it.
func clause(s string) int {
	depth := 0
	for i, r := range s {
		switch {
		case strings.ContainsRune(opens, r):
			depth++
		case strings.ContainsRune(closes, r):
			if depth--; depth < 0 {
				return i
			}
		case r == ';' || r == '。' || r == '\n':
			return i
		}
	}
	return len(s)
}

const (
	opens  = "(〔【["
	closes = ")〕】]"
)

// longestTail is how many bytes the bracket has that names owners behind a text.
const longestTail = 180

// lastBracket is what stands in the bracket that ends a folded text, or nearly; "" if
// none does. Brackets may nest.
func lastBracket(body string) string {
	body = strings.TrimRight(body, "。; ")
	depth := 0
	for i, r := range backward(body) {
		switch {
		case strings.ContainsRune(closes, r):
			depth++
		case strings.ContainsRune(opens, r):
			depth--
		}
		if depth == 0 && i < len(body)-1 && strings.ContainsRune(opens, r) && len(body)-i <= longestTail {
			_, size := utf8.DecodeRuneInString(body[i:])
			_, last := utf8.DecodeLastRuneInString(body)
			return body[i+size : len(body)-last]
		}
		if depth <= 0 || len(body)-i > longestTail {
			return ""
		}
	}
	return ""
}

// backward yields the characters of a text from its end.
func backward(s string) iter.Seq2[int, rune] {
	return func(yield func(int, rune) bool) {
		for len(s) > 0 {
			r, size := utf8.DecodeLastRuneInString(s)
			s = s[:len(s)-size]
			if !yield(len(s), r) {
				return
			}
		}
	}
}

// namesIn splits a list of names. What stands in brackets belongs to the name before.
func namesIn(s string) []string {
	var out []string
	depth := 0
	for _, f := range strings.FieldsFunc(strings.ReplaceAll(s, "会同", "、"), func(r rune) bool {
		switch {
		case strings.ContainsRune(opens, r):
			depth++
		case strings.ContainsRune(closes, r):
			depth--
		}
		return depth <= 0 && strings.ContainsRune("、,;/ \t\n", r)
	}) {
		f = strings.Trim(f, "。:等")
		if strings.Count(f, "(") != strings.Count(f, ")") || strings.HasPrefix(f, "(") {
			f = strings.Trim(f, "()")
		}
		f = strings.Trim(f, "【】〔〕[]")
		if n := utf8.RuneCountInString(f); n >= 2 && n <= 20 && !nobody.MatchString(f) {
			out = appendNew(out, f)
		}
	}
	return out
}

func appendNew(list []string, more ...string) []string {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// dueInText is the date by which something must be done, if a folded text names
// one and no other.
func dueInText(body string) string {
	for _, s := range namesIn(lastBracket(body)) {
		if dueAlone.MatchString(s) {
			return s
		}
	}
	if !strings.Contains(body, "前") {
		return ""
	}
	found := dueIn.FindAllString(body, -1)
	slices.Sort(found)
	if found = slices.Compact(found); len(found) == 1 {
		return found[0]
	}
	return ""
}

// assignRow reads owners and date from the columns of a row, by the heads of
// its table.
func assignRow(n *plan.Node, head, row []string) {
	if len(row) != len(head) {
		return // a merged cell has moved the columns
	}
	for i, h := range head {
		said := saidIn(zh.Bare(h), row[i])
		n.Owners = appendNew(n.Owners, said.owners...)
		n.Due = cmp.Or(n.Due, said.due)
	}
}

// rowCells are the cells of a row as printed, with its key.
func rowCells(text string) []string {
	if strings.HasPrefix(text, "|") {
		return strings.Split(strings.Trim(text, "|"), "|")
	}
	return strings.Split(text, "\t")
}
