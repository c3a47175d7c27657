package notices

import (
	"fmt"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/reading"
	"duban/notice"
	"duban/progress"
	"duban/roster"
	"duban/zh"
)

// A 接龙 is a list that everybody posts again with their own line at its end. Its
// numbers are the places of people, not measures. Everybody on it is booked who
// is on the roster; what an earlier posting booked is not booked again.

// acknowledgeList books a 接龙 that answers a notice.
func acknowledgeList(t *chat.Request, n notice.Notice) string {
	names := Listed(t)
	if n.Class == notice.Report {
		t.Aside()
		return fmt.Sprintf("通知%d要的是进度，接龙里没有看到，没有记录。%s。", n.Number, notice.Owed{Notice: n}.Want())
	}
	var closed []progress.ItemRef
	for _, e := range t.Read.Entries {
		if p, ok := names.Found[e.Name]; ok {
			closed = append(closed, answerWith(t, n, p, remark(t, e))...)
		}
	}
	answer := fmt.Sprintf("%s接龙，通知%d新增%d人回复。", strings.TrimSuffix(t.Noted(), "："), n.Number, len(closed))
	answer = chat.Lines(answer, names.Strangers())
	if names.ownLost { // or the sender would believe that they have answered
		t.Aside()
	}
	if len(closed) == 0 {
		return answer
	}
	t.Changed(progress.Effect{Items: closed}, "ack.list", notice.ID(n.Number))
	return answer
}

// remark is what somebody wrote behind their name in a 接龙, if it says more than 收到.
func remark(t *chat.Request, e reading.Entry) string {
	if r := reading.Read(reading.Input{Text: e.Words, Bots: t.Desk.Options.Names}); r.Kind == reading.Ack {
		return r.Note
	}
	return e.Words
}

// A Listing says who the names of a 接龙 are.
type Listing struct {
	Found   map[string]roster.Person // by the name as written
	strange []string                 // names that are nobody's
	shared  []string                 // names that are several people's
	ownLost bool                     // the last line, which is the sender's own, is among those, and no other is
}

// Listed looks up the names of a 接龙. A name that is shared is not guessed: its
// line must name the college, or be the last one, which the sender has added.
func Listed(t *chat.Request) Listing {
	l := Listing{Found: map[string]roster.Person{}}
	for i, e := range t.Read.Entries {
		last := i == len(t.Read.Entries)-1
		p, people := entry(t, t.Roster, e, last)
		switch {
		case people == 1:
			l.Found[e.Name] = p
			continue
		case people > 1:
			l.shared = append(l.shared, zh.Quote(e.Name, 12))
		case e.Name != "":
			l.strange = append(l.strange, zh.Quote(e.Name, 12))
		default:
			continue
		}
		l.ownLost = last
	}
	for _, p := range l.Found {
		l.ownLost = l.ownLost && p.ID != t.Person.ID
	}
	return l
}

// entry finds whom a line names, and how many it could be. They must share a
// group with the sender.
func entry(t *chat.Request, r *roster.Roster, e reading.Entry, last bool) (roster.Person, int) {
	var all []roster.Person
	for _, p := range r.Spoken(e.Name) {
		if chat.ShareGroup(p, t.Person) {
			all = append(all, p)
		}
	}
	if len(all) > 1 {
		near := slices.DeleteFunc(slices.Clone(all), func(p roster.Person) bool { return !chat.CollegeIn(e.Name+e.Words, p.College) })
		own := slices.IndexFunc(all, func(p roster.Person) bool { return p.ID == t.Person.ID })
		switch {
		case len(near) == 1:
			return near[0], 1
		case last && own >= 0:
			return all[own], 1
		}
	}
	if len(all) != 1 {
		return roster.Person{}, len(all)
	}
	return all[0], 1
}

// Strangers says which names were not booked and what to do about them.
func (l Listing) Strangers() string {
	var said string
	if len(l.strange) > 0 {
		said += fmt.Sprintf("名单上没有：%s，没有记录。", chat.Clip(strings.Join(l.strange, "、"), 200))
	}
	if len(l.shared) > 0 {
		said += fmt.Sprintf("有同名的：%s，请在名字前写上学院。", chat.Clip(strings.Join(l.shared, "、"), 200))
	}
	return said
}
