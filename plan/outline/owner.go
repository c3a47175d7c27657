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
	labelIn   = regexp.MustCompile(`(?:(牵头|责任|主办|承办|负责)(?:单位|部门|处室|科室|学院|领导|主体|人)?|((?:完成|办结|整改|截止|落实)(?:时限|时间|期限|日期)|时限|期限|时间节点)|(?:配合|协办|协同|参与|协助|支持|联系|分管|考核|备注|成果|预期)[\p{Han}]{0,4})[】]? ?:`)
	ownerBy   = regexp.MustCompile(`(?:^|[,;。(])由([^,;。由()]{2,20}?)(?:牵头|负责|具体负责)`)
	ownerLead = regexp.MustCompile(`[,;。(]([^,;。由()]{2,20}?)(?:牵头|主办)(?:[,;)、]|负责|落实)`)
	ownerTail = regexp.MustCompile(`[(【]([^()【】]{2,60})[)】]。?$`)
	ownerHead = regexp.MustCompile(`^(牵头|责任|主办|承办|负责)(单位|部门|处室|学院|领导|主体|人|人岗位)?$`)
	dueIn     = regexp.MustCompile(`(?:(?:[0-9]{4}|今|明|当)年)?(?:[0-9]{1,2}月(?:[0-9]{1,2}日|底|末|初|上旬|中旬|下旬)?(?:之?前|以前)|(?:年|学期|学年|月|季度)(?:底|末)(?:之?前|以前))`)
	dueHead   = regexp.MustCompile(`^(完成|办结|整改|截止|落实)?(时限|时间|期限|时间节点|日期)$`)
	dueAlone  = regexp.MustCompile(`^(?:(?:[0-9]{4}|今|明|当)年)?(?:[0-9]{1,2}月(?:[0-9]{1,2}日|底|末|初|上旬|中旬|下旬)?|年底|年内|学期末)(?:之?前|以前)?$|^(?:全年|长期|常年|长期坚持|持续推进|常态化)$`)
)

// assign finds owners and dates: in the fields of a node, in the columns of its
// row, or in its text.
func assign(p *plan.Plan) {
	for _, n := range p.Nodes {
		if n.Kind == plan.Field {
			assignField(p, n)
			continue
		}
		body := zh.Fold(n.Body)
		if n.Owners == nil {
			n.Owners = ownersIn(body)
		}
		if n.Due == "" {
			n.Due = dueInText(body)
		}
	}
}

// assigned is what a text says behind labels such as 责任单位： and 完成时限：.
type assigned struct {
	owners []string
	due    string
}

// saidIn reads the labels of a folded text. What stands behind one ends at the
// next, or with its clause.
func saidIn(body string) assigned {
	var out assigned
	if !strings.Contains(body, ":") {
		return out
	}
	at := labelIn.FindAllStringSubmatchIndex(body, -1)
	for i, m := range at {
		end := len(body)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		what := strings.TrimLeft(body[m[1]:end], " \n")
		if stop := strings.IndexAny(what, ";。)】\n"); stop >= 0 {
			what = what[:stop]
		}
		what = strings.Trim(what, ",、:【( ")
		switch {
		case m[2] >= 0:
			out.owners = appendNew(out.owners, namesIn(what)...)
		case m[4] >= 0 && out.due == "" && utf8.RuneCountInString(what) <= longestDue:
			out.due = what
		}
	}
	return out
}

// longestDue is how many characters a date takes in words.
const longestDue = 30

// assignField gives what a field of owners or dates says to the node above it.
func assignField(p *plan.Plan, f *plan.Node) {
	up := p.ParentOf(f)
	if up == nil || f.Body == "" {
		return
	}
	name := f.Name()
	more := saidIn(zh.Fold(f.Body))
	switch {
	case ownerHead.MatchString(name):
		body := zh.Fold(f.Body)
		if at := labelIn.FindStringIndex(body); at != nil {
			body = body[:at[0]]
		}
		up.Owners = appendNew(up.Owners, namesIn(body)...)
	case dueHead.MatchString(name):
		due := f.Body
		if at := labelIn.FindStringIndex(zh.Fold(due)); at != nil {
			due = string([]rune(due)[:utf8.RuneCountInString(zh.Fold(due)[:at[0]])])
		}
		up.Due = strings.Trim(due, "。；;，, （(\n")
	case name != "备注":
		return
	}
	up.Owners = appendNew(up.Owners, more.owners...)
	up.Due = cmp.Or(up.Due, more.due)
}

// ownersIn finds who is named as responsible in a text.
func ownersIn(body string) []string {
	var out []string
	if !strings.ContainsAny(body, ":由(【") {
		return nil
	}
	out = saidIn(body).owners
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

// dueInText is the date by which something must be done, if a text names one
// and no other.
func dueInText(body string) string {
	if due := saidIn(body).due; due != "" {
		return due
	}
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
		cell := strings.TrimSpace(row[i])
		switch h = zh.Bare(zh.Fold(h)); {
		case cell == "":
		case ownerHead.MatchString(h):
			n.Owners = appendNew(n.Owners, namesIn(zh.Fold(cell))...)
		case dueHead.MatchString(h) && n.Due == "":
			n.Due = cell
		}
	}
}

// rowCells are the cells of a row as printed, with its key.
func rowCells(text string) []string {
	if strings.HasPrefix(text, "|") {
		return strings.Split(strings.Trim(text, "|"), "|")
	}
	return strings.Split(text, "\t")
}
