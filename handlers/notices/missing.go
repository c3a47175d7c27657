package notices

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/roster"
)

// askReads asks the networks who has read what is not answered.
func askReads(ctx context.Context, t *chat.Request) error {
	if t.Desk.Options.Reads == nil {
		return nil
	}
	return t.Desk.Options.Reads(ctx)
}

// missing says who has not answered a notice: counts in a group; names only in
// private, and only those that the asker may see.
func missing(t *chat.Request, _ string) (string, error) {
	n, ok := MeantNotice(t)
	if !ok {
		return "目前没有需要回复的通知" + unsent(t) + "。", nil
	}
	items, tally := tally(t, n)
	counts := countLine(n, tally)
	if !t.May(chat.Names) {
		return counts, nil
	}
	names := missingNames(t, n, items)
	if !t.Msg.Group {
		return chat.Lines(counts, names, chat.OnPage(t, fmt.Sprintf("/notices/%d", n.Number))), nil
	}
	whisper(t, "names", chat.Lines(fmt.Sprintf("通知%d还没有回复的：", n.Number), names))
	return counts, nil
}

// unsent says which notices have not gone out yet, to who may send some.
func unsent(t *chat.Request) string {
	var numbers []string
	for _, n := range notice.Newest(t.Snap, newest) {
		if t.May(chat.Announce) && n.Closed.IsZero() && !n.Left(t.Snap) {
			numbers = append(numbers, fmt.Sprintf("通知%d", n.Number))
		}
	}
	if numbers == nil {
		return ""
	}
	return "；还没有发出的：" + strings.Join(numbers, "、")
}

// newest is how many of the newest notices are looked through.
const newest = 100

// MeantNotice finds the notice that a question is about: the quoted one, the
// one whose number stands in the text, the newest of this chat, or in private
// the newest of all.
func MeantNotice(t *chat.Request) (notice.Notice, bool) {
	if number, ok := t.NamedNotice(); ok {
		return notice.Find(t.Snap, number)
	}
	if t.Msg.Group {
		for s := range notice.ShownIn(t.Snap, t.Msg.Account, t.Msg.Chat, time.Time{}, t.Now()) {
			return notice.Find(t.Snap, s.Notice)
		}
		return notice.Notice{}, false
	}
	for _, n := range slices.Backward(notice.Newest(t.Snap, newest)) {
		if n.Class.Asks() && n.Closed.IsZero() && n.Left(t.Snap) {
			return n, true
		}
	}
	return notice.Notice{}, false
}

// tally loads the items of a notice and counts them.
func tally(t *chat.Request, n notice.Notice) ([]notice.Item, notice.Tally) {
	items := notice.Items(t.Snap, n.Number)
	if len(items) == 0 { // perhaps it is so old that only counts are left
		if past, ok := notice.PastTally(t.Snap, n.Number); ok {
			return nil, past
		}
	}
	return items, notice.CircumstancesOf(t.Snap, n).Tally(items)
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
func missingNames(t *chat.Request, n notice.Notice, items []notice.Item) string {
	c := notice.CircumstancesOf(t.Snap, n)
	people := t.Roster.ByID()
	by := map[notice.Standing][]roster.Person{}
	raised := map[notice.Level][]roster.Person{}
	hidden := 0
	for _, i := range items {
		p, ok := people[i.Person]
		s := c.Standing(i)
		if !ok || s == notice.Answered || s == notice.Gone {
			continue
		}
		if !chat.MaySee(t.Person, p) {
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
	for _, s := range []notice.Standing{notice.Silent, notice.Unread, notice.Read, notice.Half, notice.Unsent, notice.Unbound, notice.OnLeave, notice.Delegated} {
		if len(by[s]) > 0 {
			parts = append(parts, string(s)+"："+labels(t.Roster, by[s], 600))
		}
	}
	for _, level := range notice.Levels() {
		if len(raised[level]) > 0 {
			parts = append(parts, raisedTo(level)+"："+labels(t.Roster, raised[level], 300))
		}
	}
	if slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(p, " 等（共") }) {
		parts = append(parts, fmt.Sprintf("看全部名单：谁回复了 %d", n.Number))
	}
	if hidden > 0 {
		parts = append(parts, fmt.Sprintf("另有其他学院%d人。", hidden))
	}
	return strings.Join(parts, "\n")
}

// raisedTo says how far an item without an answer has risen.
func raisedTo(l notice.Level) string {
	if l == notice.ToPerson {
		return "已单独提醒"
	}
	return "已上报到" + l.Word()
}

// labels names people until the list is limit bytes long, and says how many are
// left.
func labels(r *roster.Roster, people []roster.Person, limit int) string {
	const shortest = 4 // bytes that a name takes at least, with what stands between
	shown := people[:min(len(people), limit/shortest)]
	list := chat.Clip(r.Labels(shown), limit)
	if len(shown) == len(people) {
		return list
	}
	list, _, _ = strings.Cut(list, " 等（")
	return fmt.Sprintf("%s 等（共%d人）", list, len(people))
}

// whisper says something to the sender alone, beside the answer in the group.
// Without a private chat it is not said: names never go to a group.
func whisper(t *chat.Request, what, text string) {
	chat := roster.PrivateChat(t.Snap, t.Msg.Account, t.Person.ID)
	if chat == "" {
		return
	}
	t.Desk.Speak(t.Tx, t.Msg, t.Reason()+"/"+what, chat, text)
}
