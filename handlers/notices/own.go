package notices

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/notice"
	"duban/store"
	"duban/zh"
)

// asksOwn is how people ask whether their answer was counted: 我回了吗, 通知3我回复了没有,
// 我的收到记上了吗.
var asksOwn = regexp.MustCompile(`^(?:请问|问一下|帮我看看?|看看)?(?:通知第?[0-9]+号?)?(?:我|本人|我们?这边)(?:的|对)?(?:(?:这条|那条|上一?条)?通知第?[0-9]*号?)?(?:的|是不是|是否|有没有|算不?算?|到底)?(?:已经?)?(?:回复?|回执|答复|收到)(?:有没有|是否|到底)?` +
	`(?:[了过算]|已经?)*(?:记|登记|统计|记录|算|登)?(?:上|到|进去|数|成功)?[了过]?(?:吗|嘛|么|没有?|不)?$`)

// AsOwn leads the question whether the sender's own answer was counted to its answer.
func AsOwn(t *chat.Request) (c chat.Command, ok bool) {
	body := strings.TrimRight(zh.Bare(zh.Fold(t.Read.Body)), "?。!~")
	asks := strings.ContainsAny(t.Read.Body, "吗嘛么没") || strings.ContainsAny(t.Msg.Text, "?？")
	ok = t.Known && t.Msg.Kind == bot.Text && t.Addressed() && asks && asksOwn.MatchString(body)
	return chat.Command{Name: "own", Right: chat.Reply, Place: chat.Aside, Run: own}, ok
}

// own says how the newest notices stand that asked the sender for an answer.
func own(t *chat.Request, _ string) (string, error) {
	const most = 5
	named, one := t.NamedNotice()
	var lines []string
	last := notice.Last(t.Snap)
	for number := last; number > max(last-newest, 0) && len(lines) < most; number-- {
		n, _ := notice.Find(t.Snap, number)
		item, asked := notice.FindItem(t.Snap, number, t.Person.ID)
		if !asked || one && number != named || !n.Left(t.Snap) {
			continue
		}
		lines = append(lines, fmt.Sprintf("通知%d（%s）：%s", number, zh.Quote(n.Text, 16), standing(t, n, item)))
	}
	if lines == nil {
		return "没有要您回复的通知。", nil
	}
	slices.Reverse(lines)
	return strings.Join(lines, "\n"), nil
}

// standing says to the person of an item how it stands.
func standing(t *chat.Request, n notice.Notice, item notice.Item) string {
	late, by := "", "您"
	if item.Late {
		late = "（迟）"
	}
	if p, ok := t.Roster.Person(item.By); ok {
		by = t.Roster.Label(p)
	}
	switch {
	case item.State == notice.Done:
		return by + t.Desk.When(item.Closed) + "回复过了，已记" + late
	case item.State == notice.Seen:
		return by + t.Desk.When(item.Received) + "回过收到，落实后请再回“已落实”"
	case !n.Closed.IsZero():
		return "没有收到您的回复，已经" + endWord(n.End)
	case item.State == notice.Absent:
		return "您在请假，不催；要回请发“通知" + fmt.Sprint(n.Number) + "收到”"
	case n.Class == notice.Report:
		return "还没有收到您的进度"
	}
	return "还没有收到您的回复，请回“通知" + fmt.Sprint(n.Number) + "收到”"
}

// asksText is how people ask what a notice says: 通知3, 通知3的内容, 通知3说了什么.
var asksText = regexp.MustCompile(`^(?:请问|看一?下?|查一?下?|发一?下?|再发一?[遍下]|重发)?(?:通知第?[0-9]+号?|第?[0-9]+号通知)(?:的|是|说|讲|写|了|要)*(?:内容|原文|正文|全文|什么|啥|干嘛|干什么|做什么|再发一[遍下]|发我(?:看看|一下)?)?(?:来着|呢|呀|啊)?$`)

// AsText leads the question what a notice says to its text.
func AsText(t *chat.Request) (c chat.Command, ok bool) {
	_, _, quoted := t.Quote()
	said := t.Read.Body // without the name of the notice, if that comes first
	if !t.Msg.Group {
		said = t.Msg.Text
	}
	body := strings.TrimRight(strings.ReplaceAll(zh.Bare(zh.Fold(said)), " ", ""), "?。!~")
	ok = t.Known && !quoted && t.Msg.Kind == bot.Text && t.Addressed() && asksText.MatchString(body)
	return chat.Command{Name: "notice.text", Right: chat.Reply, Place: chat.Aside, Run: text}, ok
}

// text says what the notice says that is named.
func text(t *chat.Request, _ string) (string, error) {
	number, _ := t.NamedNotice()
	return textOf(t, number), nil
}

// asked answers what is asked of a notice, 这个通知几号截止, by what it says: the one that is
// named, or the newest that the sender has to answer, or all that they had to.
func asked(t *chat.Request, rest string) (string, error) {
	number, named := t.NamedNotice()
	if !named {
		n, ok := t.BoundNotice(t.Person)
		if number = n.Number; !ok {
			return chat.OrPerson(t, store.Must(own(t, rest))), nil
		}
	}
	return chat.OrPerson(t, textOf(t, number)), nil
}

// textOf says what a notice says, to those who are in its groups or send notices, and how
// it stands with them.
func textOf(t *chat.Request, number int) string {
	n, ok := notice.Find(t.Snap, number)
	item, asked := notice.FindItem(t.Snap, number, t.Person.ID)
	there := slices.ContainsFunc(t.Person.Groups, func(g string) bool { return slices.Contains(n.Groups, g) })
	over := ""
	if !n.Closed.IsZero() {
		over = fmt.Sprintf("通知%d已经%s。", number, endWord(n.End))
	}
	switch mine := (asked || there) && n.Left(t.Snap); {
	case !ok || !mine && !t.May(chat.Announce):
		return fmt.Sprintf("没有发给您的通知%d，请看一下编号。", number)
	case n.End == notice.Withdrawn && !t.May(chat.Announce):
		return over
	case asked:
		return chat.Lines(over, n.Post(), "——", standing(t, n, item))
	}
	return chat.Lines(over, n.Post())
}
