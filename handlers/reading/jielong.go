package reading

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An Entry is one person's line of a 接龙. Its number counts people, not measures.
type Entry struct {
	Name  string // with college, as written
	Ack   bool   // a name alone, or with 收到
	Items []Item // what the line, or the title with the line, says of measures
	Words string // what stands after the name
}

var (
	rollHead = regexp.MustCompile(`^(?:# ?接龙|#群接龙|#group note|群?接龙)`)
	rollLine = regexp.MustCompile(`^0?([1-9][0-9]{0,2})[ .、):]+([^ .、):].*)`)
	rollWork = words("接龙办事")
	rollPlay = words("接龙娱乐")
)

// oneLine is the end of an entry of a list that stands in one line: ；2、李四.
var oneLine = regexp.MustCompile(`[;；,，] ?([1-9][0-9]?[、.)] ?[^0-9 ])`)

// roll reads the text as a 接龙, a list that everybody posts again with their own
// line added: a head, a title and numbered lines, or numbered lines of names alone.
// The words of an entry are in lower case. Lines that fit nowhere are passed over.
func (m *message) roll() (r Reading, ok bool) {
	head := false
	lines := strings.Split(oneLine.ReplaceAllString(lower(m.body), "\n$1"), "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		e, number := m.entry(line)
		titled := number > 1 && len(r.Entries) == 0 && i+1 < len(lines) && restarts(lines[i+1:])
		switch {
		case titled: // 25. 寒假留校统计进展: the number of a measure, people begin at 1
			r.Title = strings.TrimSpace(fmt.Sprintf("%s 第%d条 %s", r.Title, number, e.Words))
		case number > 0 && (head || r.Title == ""):
			r.Entries = append(r.Entries, e)
		case len(r.Entries) > 0, line == "例", strings.HasPrefix(line, "例 "):
			// remarks below the list, and the example line
		default:
			rest := strings.TrimPrefix(line, rollHead.FindString(line))
			head = head || len(rest) < len(line) || strings.Contains(line, "接龙")
			r.Title = strings.TrimSpace(r.Title + " " + strings.Trim(rest, " :"))
		}
	}
	return r, len(r.Entries) > 0 && (head || r.Title == "" && signed(r.Entries))
}

// restarts reports whether the first numbered one of lines has the number 1.
func restarts(lines []string) bool {
	for _, line := range lines {
		if parts := rollLine.FindStringSubmatch(strings.TrimSpace(line)); parts != nil {
			return parts[1] == "1"
		}
	}
	return false
}

// signed reports whether entries without a head are a piece of a list: names, with
// an acknowledgement or a remark behind one of them at least. One
// line of three may be something else.
func signed(entries []Entry) bool {
	names, words := 0, 0
	for _, e := range entries {
		if e.Ack {
			names++
		}
		if e.Ack && e.Words != "" {
			words++
		}
	}
	if len(entries) == 1 {
		_, more := chain(entries[0].Words)
		return words > 0 && more == "" // 2.李四 收到周五前报 may be anything
	}
	odd := len(entries) - names
	return words > 0 && (odd == 0 || odd == 1 && len(entries) > 2)
}

// entry reads "3. 王五 电信学院 80%"; the number is 0 if line is no such line.
func (m *message) entry(line string) (e Entry, number int) {
	parts := rollLine.FindStringSubmatch(line)
	if parts == nil {
		return Entry{}, 0 // 3号楼
	}
	number, _ = strconv.Atoi(parts[1])
	rest := parts[2]
	e.Words = rest
	for _, size := range identities(rest, m.in.People) {
		tail := strings.TrimLeft(rest[size:], " :,，-—")
		if strings.HasPrefix(rest[size:], "(") || drawnOnly(tail) || ackClause(tail, Names{}).any() {
			return Entry{Name: rest[:size], Words: strings.Trim(tail, "。.!~"), Ack: true}, number
		}
		if e.Name == "" && (len(tail) < len(rest[size:]) || judge(scan(tail, scanOptions{value: true})).any()) {
			e.Name, e.Words = rest[:size], tail
		}
	}
	return e, number
}

// drawnOnly reports whether s is signs that say nothing.
func drawnOnly(s string) bool {
	a, rest := chain(s)
	return rest == "" && !a.any()
}

// readRoll makes a reading of a 接龙.
func (m *message) readRoll(r Reading) Reading {
	r.Flags, r.Why = Listed, "是接龙：序号是人，不是措施"
	head := clip(r.Title, 400) // what a list is about stands at its head
	tokens := scan(head, scanOptions{})
	about := collect(tokens)
	measures := about.measures()
	var names []string
	play := containsAny(head, rollPlay)
	acks := containsAny(head, rollWork) || r.Title == ""
	reports := 0
	for i := range r.Entries {
		e := &r.Entries[i]
		names = append(names, strings.TrimSpace(e.Name+" "+e.Words))
		if !play {
			e.Items = entryItems(e, measures)
			reports += len(entryItems(e, []int{0}))
		}
		acks = acks || e.Ack && e.Words != ""
		r.Items = append(r.Items, e.Items...)
	}
	r.Note = strings.Join(names, "|")
	switch {
	case len(r.Items) > 0:
		r.Kind = Progress
	case reports > 0 && rolesOf(tokens)&degree != 0:
		return unsure("接龙没有写是哪一条", []string{r.Note})
	case !play && (acks || len(measures) > 0):
		r.Kind = Ack
	case !play && containsAny(head, matters) && signedNames(r.Entries):
		return unsure("接龙是不是表示收到，没看出来", []string{r.Note})
	default:
		r.Kind, r.Entries = Chatter, nil
	}
	return r
}

// signedNames reports whether each of several entries is a name alone.
func signedNames(entries []Entry) bool {
	return len(entries) > 1 && !slices.ContainsFunc(entries, func(e Entry) bool { return !e.Ack || e.Words != "" })
}

// clip returns at most n bytes of s, whole characters.
func clip(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }

// entryItems reads what an entry says of the title's measures, or of its own.
func entryItems(e *Entry, measures []int) []Item {
	rep := collect(scan(e.Words, scanOptions{value: len(measures) > 0}))
	if !rep.any() || len(rep.groups) == 0 && len(measures) == 0 {
		return nil
	}
	items := rep.items(measures)
	for i := range items {
		items[i].Name = e.Name
	}
	return items
}
