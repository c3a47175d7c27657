package reading

import (
	"regexp"
	"slices"
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
	rollLine = regexp.MustCompile(`^0?[1-9][0-9]{0,2}[ .、):]+([^ .、):].*)`)
	rollWork = words("接龙办事")
	rollPlay = words("接龙娱乐")
)

// roll reads the text as a 接龙, a list that everybody posts again with their own
// line added: a head, a title and numbered lines, or numbered lines of names alone.
// The words of an entry are in lower case.
func (m *message) roll() (r Reading, ok bool) {
	head := false
	for line := range strings.Lines(m.text) {
		line = strings.TrimSpace(line)
		switch e, ok := m.entry(line); {
		case ok && (head || r.Title == ""):
			r.Entries = append(r.Entries, e)
		case len(r.Entries) > 0, line == "例", strings.HasPrefix(line, "例 "):
			// remarks below the list, and the example line
		default:
			rest := strings.TrimPrefix(line, rollHead.FindString(line))
			head = head || len(rest) < len(line) || strings.Contains(line, "接龙")
			r.Title = strings.TrimSpace(r.Title + " " + strings.Trim(rest, " :"))
		}
	}
	// Without a head, the lines are a piece of a list if every one is a name with
	// an acknowledgement.
	signed := r.Title == "" &&
		!slices.ContainsFunc(r.Entries, func(e Entry) bool { return !e.Ack }) &&
		slices.ContainsFunc(r.Entries, func(e Entry) bool { return e.Words != "" })
	return r, len(r.Entries) > 0 && (head || signed)
}

// entry reads "3. 王五 电信学院 80%".
func (m *message) entry(line string) (Entry, bool) {
	parts := rollLine.FindStringSubmatch(line)
	if parts == nil {
		return Entry{}, false // 3号楼
	}
	rest := parts[1]
	e := Entry{Words: rest}
	for _, size := range identities(rest, m.in.People) {
		tail := strings.TrimLeft(rest[size:], " :,，-—")
		if a, left := chain(tail); tail == "" || a.any() && left == "" {
			e.Name, e.Words, e.Ack = rest[:size], tail, true
			return e, true
		}
		if e.Name == "" && (len(tail) < len(rest[size:]) || judge(scan(tail, scanOptions{value: true})).any()) {
			e.Name, e.Words = rest[:size], tail
		}
	}
	return e, true
}

// readRoll makes a reading of a 接龙.
func (m *message) readRoll(r Reading) Reading {
	r.Flags, r.Why = Listed, "是接龙：序号是人，不是措施"
	head := clip(r.Title, 400) // what a list is about stands at its head
	about := collect(scan(head, scanOptions{}))
	measures := about.measures()
	var names []string
	play := containsAny(head, rollPlay)
	acks := containsAny(head, rollWork) || r.Title == ""
	for i := range r.Entries {
		e := &r.Entries[i]
		names = append(names, strings.TrimSpace(e.Name+" "+e.Words))
		if !play {
			e.Items = entryItems(e, measures)
		}
		acks = acks || e.Ack && e.Words != ""
		r.Items = append(r.Items, e.Items...)
	}
	r.Note = strings.Join(names, "|")
	switch {
	case len(r.Items) > 0:
		r.Kind = Progress
	case !play && (acks || len(measures) > 0):
		r.Kind = Ack
	default:
		r.Kind, r.Entries = Chatter, nil
	}
	return r
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
