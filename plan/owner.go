package plan

import (
	"regexp"
	"slices"
	"strings"

	"duban/zh"
)

var (
	ownerIn   = regexp.MustCompile(`(?:牵头|责任|主办|承办|负责)(?:单位|部门|处室|学院|领导|主体|人)?:([^;。)\n]+)`)
	ownerBy   = regexp.MustCompile(`(?:^|[,;。(])由([^,;。由()]{2,20}?)(?:牵头|负责|具体负责)`)
	ownerTail = regexp.MustCompile(`[(]([^()]{2,60})[)]。?$`)
	ownerHead = regexp.MustCompile(`^(牵头|责任|主办|承办|负责)(单位|部门|处室|学院|领导|主体|人|人岗位)?$`)
	dueIn     = regexp.MustCompile(`(?:(?:[0-9]{4}|今|明|当)年)?(?:[0-9]{1,2}月(?:[0-9]{1,2}日|底|末|初|上旬|中旬|下旬)?(?:之?前|以前)|(?:年|学期|学年|月|季度)(?:底|末)(?:之?前|以前))`)
	dueHead   = regexp.MustCompile(`^(完成|办结|整改|截止)?(时限|时间|期限|时间节点|日期)$`)
)

// assign finds owners and dates: in the fields of a node, in the columns of its
// row, or in its text.
func (p *Plan) assign() {
	for _, n := range p.Nodes {
		if n.Kind == Field {
			p.assignField(n)
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

// assignField gives what a field of owners or dates says to the node above it.
func (p *Plan) assignField(f *Node) {
	up := p.ParentOf(f)
	if up == nil || f.Body == "" {
		return
	}
	name := lastSegment(f.Path)
	switch {
	case ownerHead.MatchString(name):
		up.Owners = appendNew(up.Owners, namesIn(zh.Fold(f.Body))...)
	case dueHead.MatchString(name):
		up.Due = strings.TrimRight(strings.TrimSpace(f.Body), "。；;")
	}
}

// ownersIn finds who is named as responsible in a text.
func ownersIn(body string) []string {
	var out []string
	if !strings.ContainsAny(body, ":由(") {
		return nil
	}
	for _, g := range ownerIn.FindAllStringSubmatch(body, -1) {
		out = appendNew(out, namesIn(g[1])...)
	}
	for _, g := range ownerBy.FindAllStringSubmatch(body, -1) {
		out = appendNew(out, namesIn(g[1])...)
	}
	if g := ownerTail.FindStringSubmatch(body); g != nil && len(out) == 0 {
		offices := namesIn(g[1])
		if !slices.ContainsFunc(offices, func(s string) bool { return !office.MatchString(s) && !strings.HasSuffix(s, "单位") }) {
			out = offices
		}
	}
	return out
}

// namesIn splits a list of names.
func namesIn(s string) []string {
	var out []string
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、,;/ \t\n", r) }) {
		if f = strings.Trim(f, "。:()等"); runes(f) >= 2 && runes(f) <= 20 {
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
func (n *Node) assignRow(head, row []string) {
	if len(row) != len(head) {
		return // a merged cell has moved the columns
	}
	for i, h := range head {
		cell := strings.TrimSpace(row[i])
		switch h = bare(zh.Fold(h)); {
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
