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
	names, err := t.missingNames(items)
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
		return t.snap.Notice(number)
	}
	last, err := t.snap.LastNotice()
	if err != nil {
		return notice.Notice{}, false, err
	}
	if t.m.Group {
		for s, err := range t.snap.ShownIn(t.m.Account, t.m.Chat, time.Time{}, t.now()) {
			if err != nil {
				return notice.Notice{}, false, err
			}
			return t.snap.Notice(s.Notice)
		}
		return notice.Notice{}, false, nil
	}
	for number := last; number > 0 && number > last-100; number-- {
		n, ok, err := t.snap.Notice(number)
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
	items, err := t.snap.Items(n.Number)
	if err != nil {
		return nil, notice.Tally{}, err
	}
	reached := map[string]bool{}
	for _, g := range n.Groups {
		targets, err := t.snap.Targets([]string{g})
		if err != nil {
			return nil, notice.Tally{}, err
		}
		if reached[g], err = t.snap.Reached(n.Number, targets); err != nil {
			return nil, notice.Tally{}, err
		}
	}
	return items, notice.Count(items, func(g string) bool { return reached[g] }), nil
}

func countLine(n notice.Notice, c notice.Tally) string {
	if !n.Class.Asks() {
		return fmt.Sprintf("通知%d不要求回复。", n.Number)
	}
	line := fmt.Sprintf("通知%d：应回%d，已回%d", n.Number, c.Asked, c.Done)
	if c.Late > 0 {
		line += fmt.Sprintf("（其中迟%d）", c.Late)
	}
	if c.Absent > 0 {
		line += fmt.Sprintf("，请假%d", c.Absent)
	}
	line += fmt.Sprintf("，未回%d", c.Open)
	if c.Unsent > 0 {
		line += fmt.Sprintf("（消息还没送达%d）", c.Unsent)
	}
	if c.Open == 0 {
		return line + "，都齐了。"
	}
	return line + "。"
}

// missingNames lists who owes an answer and who is on leave, as far as the
// asker may see them.
func (t *turn) missingNames(items []notice.Item) (string, error) {
	r, err := t.snap.Roster()
	if err != nil {
		return "", err
	}
	var open, absent []roster.Person
	hidden := 0
	for _, i := range items {
		p, ok := r.Person(i.Person)
		switch {
		case i.State == notice.Done || !ok:
		case !MaySee(t.person, p):
			hidden++
		case i.State == notice.Absent:
			absent = append(absent, p)
		case i.State == notice.Open:
			open = append(open, p)
		}
	}
	var parts []string
	if len(open) > 0 {
		parts = append(parts, "未回："+clip(r.Labels(open), 1200))
	}
	if len(absent) > 0 {
		parts = append(parts, "请假："+clip(r.Labels(absent), 300))
	}
	if hidden > 0 {
		parts = append(parts, fmt.Sprintf("另有其他学院%d人。", hidden))
	}
	return strings.Join(parts, "\n"), nil
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
	chat, err := t.snap.PrivateChat(t.m.Account, t.person.ID)
	if err != nil || chat == "" {
		return err
	}
	return t.router.speak(t.tx, t.m, t.reason()+"/"+what, chat, text)
}
