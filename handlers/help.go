package handlers

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/jobs"
	"duban/handlers/notices"
	"duban/handlers/people"
	"duban/handlers/plans"
	updates "duban/handlers/progress"
	"duban/handlers/reading"
	"duban/handlers/reports"
	"duban/zh"
)

// A chapter is what the help says of one matter.
type chapter struct {
	name     string
	everyday []string       // what people say who are on the roster, most used first
	commands []chat.Command // those that need a right are shown to who has it
}

// chapters are those of the help.
func chapters() []chapter {
	leave := people.Commands()
	others := slices.DeleteFunc(slices.Clone(leave), isLeave)
	leave = slices.DeleteFunc(leave, func(c chat.Command) bool { return !isLeave(c) })
	return []chapter{
		{"要点", []string{"第3条", "二的目标任务", "目录", "心理健康那块", "责任单位呢（接着上一条问）", "下一条"}, plans.Commands()},
		{"填报", []string{"第3条完成80%，还差经费", "改成70%", "撤回", "第3条卡在经费上", "代刘畅报一下，第3条完成80%"}, nil},
		{"通知", []string{"收到", "还有谁没回复", "通知3收到"}, notices.Commands()},
		{"请假", []string{"我请假到周三，刘老师代", "销假"}, leave},
		{"进度", []string{"进度汇总", "我还有哪几条没填", "进度汇总 图片", "30天未更新", "哪些受阻"}, reports.Commands()},
		{"提醒", nil, (*jobs.Desk)(nil).Commands()},
		{"人员", nil, others},
		{"提问", []string{"第4条要不要交纸质版？", "转人工（请老师来答）"}, updates.Commands()},
	}
}

func isLeave(c chat.Command) bool { return strings.HasPrefix(c.Name, "leave.") }

// own lists the commands of a chapter that the asker has a right to, as they are
// written. They are for private chats.
func (c chapter) own(t *chat.Request) (own []string) {
	for _, d := range c.commands {
		if d.Help != "" && !t.Msg.Group && t.May(d.Right) && d.Right != chat.Look && d.Right != chat.Reply {
			own = append(own, d.Help)
		}
	}
	return own
}

// help says what the asker can do here, and nothing that they cannot: on a phone's
// screen, or all of what is named.
func (r *Router) help(t *chat.Request, rest string) (string, error) {
	if says, ok := r.usage(t, cmp.Or(rest, t.Read.Body)); ok {
		return says, nil
	}
	return r.overview(t, contents(t)), nil
}

// contents are the chapters for the asker.
func contents(t *chat.Request) []chapter {
	all := chapters()
	if !t.Known {
		return []chapter{{"要点", all[0].everyday[:4], nil}, {"绑定", []string{"绑定 绑定码（私聊发；绑定码找管理员要）"}, nil}}
	}
	return all
}

var (
	// howTo is a text that asks how something is said to the bot.
	howTo = regexp.MustCompile(`怎么|怎样|如何|咋|在哪|格式|写法|用法`)

	// askingHow are the words of such a text that do not say of what.
	askingHow = regexp.MustCompile(`帮助|请问|怎么样?|怎样|如何|咋|在哪里?|格式|写法|用法|指令|命令|操作|使用|我|想|要|可以|能|该|用|写|说|弄|给|的|是|呢|吗|啊|呀|了|一?下|[ 　:：。?？，,！!]`)

	// nowAsked is a text that asks for the time or the date.
	nowAsked = regexp.MustCompile(`^(?:请问)?(?:现在|今天|当前)?是?(?:几点|几号|几月几号|星期几|周几|礼拜几|多少号)[了钟呢啊]*[?？。]?$`)

	// ofBot is a text that asks what the bot is.
	ofBot = regexp.MustCompile(`^你(?:是|叫|会|多大|几岁|在哪|能做)[^们]{0,8}$`)
)

// usage says how to say to the bot what a text asks about: the command whose
// characters it has, in whatever order, or the chapter that it names.
func (r *Router) usage(t *chat.Request, text string) (string, bool) {
	about := askingHow.ReplaceAllString(zh.Fold(text), "")
	for _, c := range r.commands {
		if c.Help == "" || !slices.ContainsFunc(c.Words, func(w string) bool { return sameCharacters(w, about) }) {
			continue
		}
		if !t.May(c.Right) {
			return fmt.Sprintf("“%s”需要%s来办。", c.Words[0], chat.WhoMay(c.Right)), true
		}
		return "请在私聊里这样写：" + c.Help, true
	}
	for _, c := range contents(t) {
		if says := append(c.own(t), c.everyday...); len(says) > 0 && strings.Contains(about, c.name) && len(about) <= len(c.name)+len("发一个") {
			return chat.ClipLines(c.name + "，可以这样说：\n· " + strings.Join(says, "\n· ")), true
		}
	}
	return "", false
}

// sameCharacters tells whether two texts have the same characters.
func sameCharacters(a, b string) bool {
	x, y := []rune(a), []rune(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// ofItself leads to the answer to what is about the bot itself, and is no question for
// the office: how to say something to it, what it is, what time it has.
func (r *Router) ofItself(t *chat.Request) (c chat.Command, ok bool) {
	body := t.Read.Body
	asks := t.Read.Kind == reading.Query || t.Read.Kind == reading.Question || t.Read.Kind == reading.Chatter
	if !asks || !t.Addressed() || t.Msg.Kind != bot.Text || len(t.Read.Measures()) > 0 {
		return c, false
	}
	c = chat.Command{Name: "itself", Right: chat.Look, Run: r.help}
	switch {
	case nowAsked.MatchString(body):
		c.Run = func(t *chat.Request, _ string) (string, error) { return now(t), nil }
		return c, true
	case howTo.MatchString(body):
		_, ok = r.usage(t, body)
		return c, ok
	}
	return c, ofBot.MatchString(body)
}

// now says what time it is.
func now(t *chat.Request) string {
	return fmt.Sprintf("现在是%s，%s。", zh.FullMoment(t.Local()), zh.Weekday(t.Local().Weekday()))
}

// overview is the help in six lines: the chapters that most concern the asker, and
// the names of the others.
func (r *Router) overview(t *chat.Request, all []chapter) string {
	const lines = 5
	all = slices.DeleteFunc(all, func(c chapter) bool { return len(c.own(t))+len(c.everyday) == 0 })
	slices.SortStableFunc(all, func(a, b chapter) int { return cmp.Compare(min(len(b.own(t)), 1), min(len(a.own(t)), 1)) })
	shown := all[:min(lines, len(all))]
	said := "可以这样说"
	if t.Msg.Group {
		said = "可以这样问我（先@" + r.Options.Names[0] + "）"
	}
	if len(all) > 2 {
		said += fmt.Sprintf("，发“帮助 %s”看这一类的全部", shown[0].name)
	}
	if others := all[len(shown):]; len(others) > 0 {
		said += "；还有：" + zh.List(others, func(c chapter) string { return c.name })
	}
	said += "："
	for _, c := range shown {
		own := c.own(t)
		some := append(own[:min(1, len(own))], c.everyday[:min(3, len(c.everyday))]...)
		said += "\n· " + c.name + "：" + strings.Join(some, "／")
	}
	return said
}
