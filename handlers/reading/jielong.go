package reading

import (
	"regexp"
	"slices"
	"strings"

	"duban/zh"
)

// An Entry is one person's line of a 接龙. The ordinal counts people, not measures.
type Entry struct {
	Ordinal int
	Name    string // with college, as written
	Ack     bool   // a name alone, or with 收到
	Items   []Item // what the line, or the title with the line, says of measures
	Words   string // what stands after the name
}

// A Roll is a 接龙: a list that everybody posts again with their own line added.
type Roll struct {
	Title   string
	Entries []Entry
}

var (
	rollHead = regexp.MustCompile(`^(?:# ?接龙|#群接龙|#group note|群?接龙)`)
	rollWork = words("接龙办事")
	rollPlay = words("接龙娱乐")
)

// roll reads text as a 接龙: a head, a title and numbered lines, or numbered
// lines of names alone. The words of an entry are text in lower case; known are
// names of the roster.
func (m *message) roll() (Roll, bool) {
	lines := strings.Split(m.text, "\n")
	if _, numbered := m.entry(strings.TrimSpace(lines[0])); !numbered && !strings.Contains(m.text, "接龙") && !strings.Contains(m.text, "#group note") {
		return Roll{}, false
	}
	var r Roll
	head, entries := false, 0
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if e, ok := m.entry(line); ok && (head || r.Title == "") {
			r.Entries = append(r.Entries, e)
			entries++
			continue
		}
		if entries > 0 || strings.HasPrefix(line, "例 ") || line == "例" {
			continue // the example line, and remarks below the list
		}
		rest := strings.TrimPrefix(line, rollHead.FindString(line))
		head = head || len(rest) < len(line) || strings.Contains(line, "接龙")
		if rest = strings.Trim(rest, " :"); rest != "" {
			r.Title = strings.TrimSpace(r.Title + " " + rest)
		}
	}
	if head {
		return r, entries > 0
	}
	return r, entries > 0 && r.Title == "" && allSigned(r.Entries)
}

// entry reads "3. 王五 电信学院 80%".
func (m *message) entry(line string) (Entry, bool) {
	n, size := zh.ParseInt(line)
	if size == 0 || size > 3 || line[0] > '9' || n == 0 {
		return Entry{}, false
	}
	rest := strings.TrimLeft(line[size:], " ")
	rest = strings.TrimLeft(rest, ".、)）: ")
	if len(rest) == len(line[size:]) || rest == "" {
		return Entry{}, false // 3号楼
	}
	e := Entry{Ordinal: n}
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
	if e.Name == "" {
		e.Words = rest
	}
	return e, true
}

// allSigned reports whether every line is a name with an acknowledgement, so
// that the lines are a piece of a list although no title stands above them.
func allSigned(entries []Entry) bool {
	return !slices.ContainsFunc(entries, func(e Entry) bool { return !e.Ack }) &&
		slices.ContainsFunc(entries, func(e Entry) bool { return e.Words != "" })
}

// readRoll makes a reading of a 接龙.
func (m *message) readRoll(r Roll) Reading {
	out := Reading{Title: r.Title, Flags: Listed}
	head := clip(r.Title, 400) // what a list is about stands at its head
	about := collect(scan(head, scanOptions{}))
	measures := about.measures()
	var names []string
	play := containsAny(head, rollPlay)
	acks := containsAny(head, rollWork) || r.Title == ""
	for _, e := range r.Entries {
		names = append(names, strings.TrimSpace(e.Name+" "+e.Words))
		if !play {
			e.Items = m.entryItems(e, measures)
		}
		acks = acks || e.Ack && e.Words != ""
		out.Entries = append(out.Entries, e)
		out.Items = append(out.Items, e.Items...)
	}
	out.Note = strings.Join(names, "|")
	switch {
	case len(out.Items) > 0:
		out.Kind = Progress
	case !play && (acks || len(measures) > 0):
		out.Kind = Ack
	default:
		out.Kind, out.Entries = Chatter, nil
	}
	return out
}

// clip returns at most n bytes of s, whole characters.
func clip(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }

// entryItems reads what an entry says of the title's measures, or of its own.
func (m *message) entryItems(e Entry, measures []int) []Item {
	if e.Words == "" || e.Ack {
		return nil
	}
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
