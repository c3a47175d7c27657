package handlers

import (
	"fmt"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/handlers/plans"
	"duban/handlers/reading"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// talk leads to an answer to what nothing else answers. Whoever speaks to the bot
// is never met with silence.
func (r *Router) talk(t *chat.Request) (chat.Command, bool) {
	c := chat.Command{Name: "talk", Right: chat.Look, Run: r.respond}
	return c, t.Addressed() && t.Msg.Kind == bot.Text && (t.Read.Body != "" || !t.Msg.Group)
}

// respond returns thanks and greetings, and says of anything else that it was not
// understood and what can be said.
func (r *Router) respond(t *chat.Request, _ string) (string, error) {
	greets, _ := t.Read.Greets()
	switch {
	case t.Read.Thanks():
		return "不客气。", nil
	case chat.WantsPerson(t, roster.Pending{}):
		return "请把问题直接发给我，要点里答不了的会转给学工处老师。", nil
	case chat.GivesUp(t, roster.Pending{}):
		return abandon(t, "")
	case t.Msg.Group && t.Read.Sociable():
		return "您好，" + r.inGroup(), nil
	case t.Msg.Group:
		return "没看懂，没有记录。" + r.inGroup(), nil
	case greets:
		return "您好，我是" + t.Desk.Options.Names[0] + "。" + mostUsed(t), nil
	case t.Read.Kind == reading.Ack || t.Read.Sociable():
		return "好的。" + mostUsed(t), nil
	}
	return fmt.Sprintf("没看懂“%s”，没有记录。%s", zh.Quote(t.Read.Body, 20), mostUsed(t)), nil
}

// inGroup says on one line what can be said to the bot in a group.
func (r *Router) inGroup() string {
	return fmt.Sprintf("可以这样问：@%s 第3条，或发“帮助”。", r.Options.Names[0])
}

// mostUsed are the three sentences that are of most use to the asker.
func mostUsed(t *chat.Request) string {
	three := []string{"第3条完成80%", "我还有哪几条没填", "帮助"}
	switch {
	case !t.Known:
		three = []string{"第3条", "目录", "绑定 绑定码（找管理员要）"}
	case t.Person.Is(roster.Admin):
		three = []string{"发通知 需回执 群名：正文", "还有谁没回复", "帮助"}
	case t.Person.Is(roster.Office):
		three = []string{"收件箱", "进度汇总", "帮助"}
	case t.Person.Is(roster.Lead):
		three = []string{"还有谁没回复", "进度汇总", "帮助"}
	}
	return "可以这样说：\n· " + strings.Join(three, "\n· ")
}

// ownQuestion answers from the plan what somebody asks who answers the questions of
// others: it is not passed on, to them.
func ownQuestion(t *chat.Request, _ string) (string, error) {
	if closed := notices.AlsoAcknowledge(t); len(closed) > 0 {
		t.Changed(progress.Effect{Items: closed}, "ack", "")
	}
	return store.Must(plans.LookUp(t, "")) + "\n（这类问题由学工处答，您就在学工处，所以没有转给别人。）", nil
}
