package outline

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/mark"
)

var closingCue = regexp.MustCompile(`^(总之|综上|今后|新的一年|在新的|新学期|让我们|特此|以上|此通知|未尽事宜|请各|望各|希望各|祝|最后|各地各校|各单位|各部门要|本人已|实 ?施$|结 ?语$|结束语$)|(谢谢|再见|特此通知|特此报告)[!。.,，]?`)

var (
	contact = regexp.MustCompile(`^.{1,16}: ?[0-9*—\-()]{2,}`)
	archive = regexp.MustCompile(`^(抄送|主送|主题词|印发|分送|报送|发) ?:?|^主题词|印发$|共印 ?[0-9]+ ?份|^\(?(联系人|联系电话|此件)`)
)

var attachList = regexp.MustCompile(`^附 ?件 ?: ?(1 ?[.．、] ?[^。]{1,60})?$`)

// markAttachments finds a list of attachments, whose numbers are no measures':
// 附件：1. 评分标准 / 2. 申报表.
func markAttachments(lines []*line) {
	for list := range runs(lines, func(start, i int) bool {
		l, head := lines[i], lines[start].fold
		if i == start {
			return l.free() && attachList.MatchString(head)
		}
		m, ok := mark.Read(l.fold)
		number := i - start + min(1, strings.Count(head, "1"))
		return ok && m.Style == "1" && m.Number == number && l.free() && len(l.text) <= 60 && !mark.EndsSentence(l.fold)
	}) {
		if len(list) > 1 || strings.Contains(list[0].fold, "1") {
			setBlock(list, plan.Attach)
		}
	}
}

// maxSigners is how many offices may sign one paper.
const maxSigners = 12

// signsAt reports whether line i is an office with the date below it, or the
// last word of the document.
func signsAt(lines []*line, i int) bool {
	if !signs(lines[i].fold) {
		return false
	}
	for _, l := range lines[i+1 : min(len(lines), i+1+maxSigners)] {
		if l.marked {
			break
		}
		if dated(l.fold) {
			return true
		}
		if !signs(l.fold) {
			return false
		}
	}
	return utf8.RuneCountInString(lines[i].fold) <= 20
}

// continued reports whether items of the document go on below their first line
// often: one in six that could.
func continued(lines []*line) bool {
	items, more := 0, 0
	for i, l := range lines[:max(0, len(lines)-1)] {
		if !l.marked || !saysMore(l.fold, l.mark) {
			continue
		}
		items++
		if lines[i+1].free() && mark.EndsSentence(l.fold) {
			more++
		}
	}
	return more*6 > items
}
