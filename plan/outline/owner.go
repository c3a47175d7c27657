package outline

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/zh"
)

var (
	labelIn   = regexp.MustCompile(`(?:(牵头|责任|主办|承办|负责)(?:单位|部门|处室|科室|学院|领导|主体|人|人岗位)?|((?:完成|办结|整改|截止|落实)(?:时限|时间|期限|日期)|时限|期限|时间节点|^时间|^日期)|(?:配合|协办|协同|参与|协助|支持|联系|分管|考核|备注|成果|预期)[\p{Han}]{0,4})[】]? ?:`)
	ownerBy   = regexp.MustCompile(`(?:^|[,;。(])由([^,;。由()]{2,20}?)(?:牵头|负责|具体负责)`)
	ownerLead = regexp.MustCompile(`[,;。(]([^,;。由()]{2,20}?)(?:牵头|主办)(?:[,;)、]|负责|落实)`)
	ownerTail = regexp.MustCompile(`[(【]([^()【】]{2,60})[)】]。?$`)
	dueIn     = regexp.MustCompile(`(?:(?:[0-9]{4}|今|明|当)年)?(?:[0-9]{1,2}月(?:[0-9]{1,2}日|底|末|初|上旬|中旬|下旬)?(?:之?前|以前)|(?:年|学期|学年|月|季度)(?:底|末)(?:之?前|以前))`)
	dueAlone  = regexp.MustCompile(`^(?:(?:[0-9]{4}|今|明|当)年)?(?:[0-9]{1,2}月(?:[0-9]{1,2}日|底|末|初|上旬|中旬|下旬)?|年底|年内|学期末)(?:之?前|以前)?$|^(?:全年|长期|常年|长期坚持|持续推进|常态化)$`)
)

// assign finds owners and dates: in the fields of a node, in the columns of its
// row, or in its text.
func assign(p *plan.Plan) {
	for _, n := range p.Nodes {
		if n.Kind == plan.Field {
			assignField(p.ParentOf(n), n)
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
		if stop := strings.IndexAny(what, ";。)】\n"); running && stop >= 0 {
			what = what[:stop]
		}
		what = strings.Trim(what, ",、:;。【( \n")
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
	if g := ownerTail.FindStringSubmatch(body); g != nil && len(out) == 0 {
		names := slices.DeleteFunc(namesIn(g[1]), dueAlone.MatchString)
		if offices(names) {
			out = names
		}
	}
	return out
}

// offices reports whether all names are those of offices.
func offices(names []string) bool {
	return !slices.ContainsFunc(names, func(s string) bool { return !office.MatchString(s) && !strings.HasSuffix(s, "单位") })
}

// namesIn splits a list of names.
func namesIn(s string) []string {
	var out []string
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、,;/ \t\n", r) }) {
		if f = strings.Trim(f, "。:()【】等"); utf8.RuneCountInString(f) >= 2 && utf8.RuneCountInString(f) <= 20 {
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
	if g := ownerTail.FindStringSubmatch(body); g != nil {
		for _, s := range namesIn(g[1]) {
			if dueAlone.MatchString(s) {
				return s
			}
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
