package outline

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"duban/plan/mark"
)

// anyLabel is what may be the name of a field if the document says it again and
// again: a short word and a colon at the head of a line.
var anyLabel = regexp.MustCompile(`^(\p{Han}{2,8}):`)

// markFields finds the fields: lines that begin with a known name, or with a
// label that the document repeats.
func markFields(lines []*line) {
	count := map[string]int{}
	for _, l := range lines {
		if g := anyLabel.FindStringSubmatch(l.fold); g != nil && l.free() && !l.cells {
			count[g[1]]++
		}
	}
	structured := distinct(lines) >= 2
	for _, l := range lines {
		structured = structured || l.marked
		if !l.free() || l.cells || !structured && count[labelOf(l.fold)] < 2 {
			continue
		}
		if g := mark.Field(l.fold); g != "" {
			l.field = utf8.RuneCountInString(g)
		} else if g := anyLabel.FindStringSubmatch(l.fold); g != nil && count[g[1]] >= 2 && ownLabel(g[1]) {
			l.field = utf8.RuneCountInString(g[0])
		}
	}
}

func labelOf(s string) string {
	if g := anyLabel.FindStringSubmatch(s); g != nil {
		return g[1]
	}
	return ""
}

// distinct counts the known fields of a document that has hardly any marks.
func distinct(lines []*line) int {
	names := map[string]bool{}
	for _, l := range lines {
		if g := mark.Field(l.fold); g != "" && l.free() {
			names[g] = true
		}
	}
	return len(names)
}

// ownLabel reports whether a repeated label names a field. Lead-ins, telephone
// lists and questions repeat their labels too.
func ownLabel(s string) bool {
	for _, no := range []string{"如下", "以下", "电话", "包括", "问题是", "各位", "同学", "老师", "同志", "家长", "学校", "单位", "处室", "邮箱", "地址", "网址", "传真", "抄送", "主送"} {
		if strings.HasSuffix(s, no) {
			return false
		}
	}
	return true
}

// fieldPath is the name of a field without its punctuation.
func fieldPath(label string) string {
	return strings.Trim(label, "【】:： ")
}
