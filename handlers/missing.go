package handlers

import (
	"fmt"
	"strings"
	"time"

	"duban/notice"
	"duban/roster"
)

// missing says who has not answered a notice: counts in a group; names only in
// private, and only those that the asker may see.
func (t *turn) missing(string) (string, error) {
	n, ok, err := t.meantNotice()
	if err != nil {
		return "", err
	}
	if !ok {
		return "目前没有需要回复的通知。", nil
	}
	items, tally, err := t.tally(n)
	if err != nil {
		return "", err
	}
	counts := countLine(n, tally)
	if !May(t.person, t.known, Names) {
		return counts, nil
	}
	names, err := t.missingNames(n, items)
	if err != nil {
		return "", err
	}
	if !t.m.Group {
		return lines(counts, names), nil
	}
	return counts, t.whisper("names", lines(fmt.Sprintf("通知%d还没有回复的：", n.Number), names))
}

// meantNotice finds the notice that a question is about: the quoted one, the
// one whose number stands in the text, the newest of this chat, or in private
// the newest of all.
func (t *turn) meantNotice() (notice.Notice, bool, error) {
	if number, ok := t.namedNotice(); ok {
		return notice.Find(t.snap, number)
	}
	last, err := notice.Last(t.snap)
	if err != nil {
		return notice.Notice{}, false, err
	}
	if t.m.Group {
		for s, err := range notice.ShownIn(t.snap, t.m.Account, t.m.Chat, time.Time{}, t.now()) {
			if err != nil {
				return notice.Notice{}, false, err
			}
			return notice.Find(t.snap, s.Notice)
		}
		return notice.Notice{}, false, nil
	}
	for number := last; number > 0 && number > last-100; number-- {
		n, ok, err := notice.Find(t.snap, number)
		if err != nil {
			return n, false, err
		}
		if ok && n.Class.Asks() && n.Closed.IsZero() {
			return n, true, nil
		}
	}
	return notice.Notice{}, false, nil
}

// tally loads the items of a notice and counts them.
func (t *turn) tally(n notice.Notice) ([]notice.Item, notice.Tally, error) {
	items, err := notice.Items(t.snap, n.Number)
	if err != nil {
		return nil, notice.Tally{}, err
	}
	if len(items) == 0 { // perhaps it is so old that only counts are left
		if past, ok, err := notice.PastTally(t.snap, n.Number); err != nil || ok {
			return nil, past, err
		}
	}
	c, err := notice.CircumstancesOf(t.snap, n)
	return items, c.Tally(items), err
}

func countLine(n notice.Notice, c notice.Tally) string {
	if !n.Class.Asks() {
		return fmt.Sprintf("通知%d不要求回复。", n.Number)
	}
	line := fmt.Sprintf("通知%d：%s", n.Number, c.Line(n))
	if !n.Closed.IsZero() {
		line += "（" + endWord(n.End) + "）"
	}
	if c.Open == 0 {
		return line + "，都齐了。"
	}
	return line + "。"
}

// missingNames lists who owes an answer, by the reason why there is none, as far
// as the asker may see them.
func (t *turn) missingNames(n notice.Notice, items []notice.Item) (string, error) {
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	c, err := notice.CircumstancesOf(t.snap, n)
	if err != nil {
		return "", err
	}
	people := index(r, items)
	by := map[notice.Standing][]roster.Person{}
	raised := map[notice.Level][]roster.Person{}
	hidden := 0
	for _, i := range items {
		p, ok := people[i.Person]
		s := c.Standing(i)
		if !ok || s == notice.Answered || s == notice.Gone {
			continue
		}
		if !MaySee(t.person, p) {
			hidden++
			continue
		}
		by[s] = append(by[s], p)
		if len(i.Steps) > 0 && i.Owed() {
			level := i.Steps[len(i.Steps)-1].To
			raised[level] = append(raised[level], p)
		}
	}
	var parts []string
	for _, s := range []notice.Standing{notice.Silent, notice.Half, notice.Unsent, notice.Unbound, notice.OnLeave, notice.Delegated} {
		if len(by[s]) > 0 {
			parts = append(parts, string(s)+"："+labels(r, by[s], 600))
		}
	}
	for _, level := range notice.Levels() {
		if len(raised[level]) > 0 {
			parts = append(parts, raisedTo(level)+"："+labels(r, raised[level], 300))
		}
	}
	if hidden > 0 {
		parts = append(parts, fmt.Sprintf("另有其他学院%d人。", hidden))
	}
	return strings.Join(parts, "\n"), nil
}

// raisedTo says how far an item without an answer has risen.
func raisedTo(l notice.Level) string {
	if l == notice.ToPerson {
		return "已单独提醒"
	}
	return "已上报到" + l.Word()
}

// index finds the people of items, in one walk over the roster.
func index(r *roster.Roster, items []notice.Item) map[string]roster.Person {
	people := make(map[string]roster.Person, len(items))
	for _, i := range items {
		people[i.Person] = roster.Person{}
	}
	for _, p := range r.People {
		if _, wanted := people[p.ID]; wanted {
			people[p.ID] = p
		}
	}
	for id, p := range people {
		if p.ID == "" {
			delete(people, id)
		}
	}
	return people
}

// labels names people until the list is limit bytes long, and says how many are
// left.
func labels(r *roster.Roster, people []roster.Person, limit int) string {
	const shortest = 4 // bytes that a name takes at least, with what stands between
	shown := people[:min(len(people), limit/shortest)]
	list := clip(r.Labels(shown), limit)
	if len(shown) == len(people) {
		return list
	}
	list, _, _ = strings.Cut(list, " 等（")
	return fmt.Sprintf("%s 等（共%d人）", list, len(people))
}

// clip cuts a list of names that is longer than max bytes between two names.
func clip(list string, limit int) string {
	if len(list) <= limit {
		return list
	}
	cut := strings.LastIndex(list[:limit], "、")
	left := strings.Count(list[max(cut, 0):], "、")
	return fmt.Sprintf("%s 等（还有%d人）", list[:max(cut, 0)], left)
}

// whisper says something to the sender alone, beside the answer in the group.
// Without a private chat it is not said: names never go to a group.
func (t *turn) whisper(what, text string) error {
	chat, err := roster.PrivateChat(t.snap, t.m.Account, t.person.ID)
	if err != nil || chat == "" {
		return err
	}
	return t.router.speak(t.tx, t.m, t.reason()+"/"+what, chat, text)
}
