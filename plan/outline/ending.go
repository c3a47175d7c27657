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

// markEnds finds what follows the last item of the document, and of each of its
// attachments: closing paragraphs, lists of attachments, office and date.
func markEnds(lines []*line) {
	markAnnexes(lines)
	start := 0
	for i := 1; i <= len(lines); i++ {
		if i == len(lines) || lines[i].marked && lines[i].mark.Rank == mark.RankAttachment {
			markEnd(lines, start, i)
			start = i
		}
	}
}

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

// markAnnexes keeps as nodes only the attachments whose text is here.
func markAnnexes(lines []*line) {
	seen := false
	for i, l := range lines {
		if !l.marked {
			continue
		}
		if l.mark.Rank > mark.RankAttachment {
			seen = true
			continue
		}
		if !seen || !holdsText(lines[i+1:]) {
			l.marked = false
			if seen {
				l.block = plan.Attach
			}
		}
	}
}

func holdsText(rest []*line) bool {
	for _, l := range rest {
		switch {
		case l.marked && l.mark.Rank == mark.RankAttachment:
			return false
		case l.marked, l.row > 0, l.field > 0:
			return true
		case !mark.ListsAnnex(l.fold) && !dated(l.fold) && !signs(l.fold):
			return true
		}
	}
	return false
}

// markEnd finds the ending of the lines from..to, which are one document.
func markEnd(lines []*line, from, to int) {
	last := from - 1
	for i := from; i < to; i++ {
		if l := lines[i]; (l.marked || l.field > 0) && !l.cells {
			last = i
		}
	}
	if last < from {
		return
	}
	state := plan.BlockKind("")
	body := 0
	for i := last + 1; i < to; i++ {
		l := lines[i]
		if !l.free() || l.cells {
			continue
		}
		state = endOf(lines, i, last, body, state)
		l.block = state
		if state == "" {
			body++
		}
		if state == plan.Signoff || state == plan.Attach && !strings.HasSuffix(l.fold, ":") && !contact.MatchString(l.fold) {
			state = plan.Closing
		}
	}
}

// endOf says what the free line i after the last mark is: nothing special (""),
// or the ending that it belongs to. State is what the line before it was; body
// is how many lines the last item has already got.
func endOf(lines []*line, i, last, body int, state plan.BlockKind) plan.BlockKind {
	l := lines[i]
	switch {
	case dated(l.fold), signsAt(lines, i):
		return plan.Signoff
	case mark.ListsAnnex(l.fold):
		return plan.Attach
	case state == plan.Attach && contact.MatchString(l.fold):
		return plan.Attach
	case archive.MatchString(l.fold) && state != "":
		return plan.Signoff
	case state != "":
		return plan.Closing
	case closes(lines, i, last, body):
		return plan.Closing
	}
	return ""
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

// closes reports whether line i ends the document rather than its last item.
// The items before tell: where they have no second paragraph, the last one has
// none either.
func closes(lines []*line, i, last, body int) bool {
	l := lines[i]
	if closingCue.MatchString(l.fold) && (body > 0 || inline(lines[last])) {
		return true
	}
	return body == 0 && inline(lines[last]) && mark.EndsSentence(lines[last].fold) && !strings.HasPrefix(l.fold, "答") &&
		!continued(lines[:last]) && !headed(lines[:last+1])
}

// headed reports whether the last of lines may be a heading with its text
// below, as one before it in the same series is.
func headed(lines []*line) bool {
	last := lines[len(lines)-1]
	if !last.marked || sentences(last.fold) > 1 {
		return false
	}
	for i := len(lines) - 2; i >= 0; i-- {
		l := lines[i]
		if l.marked && l.mark.Rank < last.mark.Rank {
			return false
		}
		if l.marked && l.mark.Style == last.mark.Style && sentences(l.fold) == 1 && lines[i+1].free() {
			return true
		}
	}
	return false
}

// inline reports whether a marked line holds more than a heading.
func inline(l *line) bool {
	rest := l.fold
	if l.marked {
		_, rest = l.mark.Label([]rune(l.fold))
	}
	return l.field > 0 && utf8.RuneCountInString(rest) > l.field || sentences(rest) > 1 || utf8.RuneCountInString(rest) > 45 || mark.EndsSentence(rest)
}

// continued reports whether items of the document go on below their first line
// often: one in six that could.
func continued(lines []*line) bool {
	items, more := 0, 0
	for i, l := range lines[:max(0, len(lines)-1)] {
		if !l.marked || !inline(l) {
			continue
		}
		items++
		if lines[i+1].free() && mark.EndsSentence(l.fold) {
			more++
		}
	}
	return more*6 > items
}
