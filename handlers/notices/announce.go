package notices

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/zh"
)

// MaxNotice is how many bytes the text of a notice may have, so that it fits a
// phone's screen or two.
const MaxNotice = 1500

const announceUsage = "请这样写：发通知 需回执 截止1月8日 学工工作群：正文。类别可写普通、需回执、填报、紧急，要落实的加“需落实”；以后再发的加“明天8点”；截止和群名可省略。"

// announce shows what a notice would look like and keeps it as a draft.
func announce(t *chat.Request, rest string) (string, error) {
	n := parseNotice(t, rest, roster.Groups(t.Snap))
	return show(t, draft{Notice: n}), nil
}

// show shows what a notice would look like, and keeps it.
func show(t *chat.Request, d draft) string {
	size := countAudience(t, d.Notice)
	how := propose(t, d, wide(d.Notice, size))
	return "预览（还没有发出）\n" + preview(t, d.Notice, size) + how
}

// wide tells whether a notice reaches so many people that one admin alone should
// not send it.
func wide(n notice.Notice, size audience) bool {
	return size.people > chat.EasyPeople || len(n.Groups) > chat.EasyGroups
}

// preview shows a notice exactly as it would be posted, whom it reaches, what it
// costs, and what may be wrong with it.
func preview(t *chat.Request, n notice.Notice, size audience) string {
	n.Number = notice.Last(t.Snap) + 1
	if n.Created.IsZero() {
		n.Created = t.Now()
	}
	asks := fmt.Sprintf("不要求回复，约%d人看到", size.people)
	if n.Class.Asks() {
		asks = fmt.Sprintf("应回%d人", size.asked)
		if size.away > 0 {
			asks += fmt.Sprintf("（其中请假%d人，不催）", size.away)
		}
	}
	due := ""
	if !n.Due.IsZero() {
		due = "，截止" + t.Desk.When(n.Due)
	}
	late := delays(t, n)
	takes := costOf(t, n, 0)
	return fmt.Sprintf("%s\n————\n%s%s，发到%s，%s%s，共%d条消息。%s",
		n.Post(), doubts(t, n.Text)+shifted(t, n), n.Class, strings.Join(n.Groups, "、"), asks, due, len(n.Groups)*n.Texts(), takes+late)
}

// doubts says, in a line of its own, which dates of a text may be wrong.
func doubts(t *chat.Request, text string) string {
	all := notice.Doubts(text, t.Local())
	if len(all) == 0 {
		return ""
	}
	return "请核对日期：" + strings.Join(all, "；") + "。\n"
}

// nearDay is a day that is said from the one on which it is read.
var nearDay = regexp.MustCompile(`今天|今日|今晚|今早|明天|明日|明晚|明早|后天|昨天`)

// shifted says, in a line of its own, that a text speaks of 明天 and is read on another
// day than it was written on.
func shifted(t *chat.Request, n notice.Notice) string {
	said := nearDay.FindString(n.Text)
	away := map[string]int{"昨": -1, "今": 0, "明": 1, "后": 2}[string([]rune(said + "　")[:1])]
	today := zh.StartOfDay(t.Local())
	for _, w := range waits(t, n) {
		if posted := zh.StartOfDay(w.until.In(today.Location())); said != "" && posted.After(today) {
			return fmt.Sprintf("请核对：%s才发出，正文里的“%s”大家会当作%s；若指%s，请写日期。\n",
				zh.Date(posted), said, zh.Date(posted.AddDate(0, 0, away)), zh.Date(today.AddDate(0, 0, away)))
		}
	}
	return ""
}

// halted says that nothing leaves to groups at the moment, or "".
func halted(t *chat.Request, groups []string) string {
	stopped := func(g roster.Target) bool { return outbox.Halted(t.Snap, g.Account) }
	if !slices.ContainsFunc(roster.Targets(t.Snap, groups), stopped) {
		return ""
	}
	return "现在暂停发送，要等管理员发“恢复发送”后才发出。"
}

// A wait says when a notice reaches some groups that it does not reach at once.
type wait struct {
	groups []string
	until  time.Time
	why    string // in brackets; "" if the notice is to be sent later
}

// putOff says why a text is put off.
var putOff = map[string]string{outbox.QuietHours: "（安静时段）", outbox.EnoughDay: "（今天的条数已满）"}

// waits says when a notice reaches the groups that it does not reach at once.
func waits(t *chat.Request, n notice.Notice) (all []wait) {
	at := t.Now()
	if n.Created.After(at) {
		at = n.Created
	}
	for _, g := range roster.Targets(t.Snap, n.Groups) {
		w := wait{[]string{g.Group}, at, ""}
		if until, why := outbox.PutOff(t.Snap, g.Account, g.Chat, bot.Ordinary, at); !until.IsZero() && n.Class != notice.Urgent {
			w.until, w.why = until, putOff[why]
		}
		same := slices.IndexFunc(all, func(o wait) bool { return o.until.Equal(w.until) && o.why == w.why })
		switch {
		case !w.until.After(t.Now()):
		case same >= 0:
			all[same].groups = append(all[same].groups, g.Group)
		default:
			all = append(all, w)
		}
	}
	return all
}

// delays says which groups a notice would not reach at once, and when it would.
func delays(t *chat.Request, n notice.Notice) string {
	if stopped := halted(t, n.Groups); stopped != "" {
		return stopped
	}
	all := waits(t, n)
	if len(all) == 0 {
		return ""
	}
	urgent := ""
	if !n.Created.After(t.Now()) {
		urgent = "，紧急的可改用“紧急”"
	}
	return zh.Join(all, "；", func(w wait) string {
		return fmt.Sprintf("%s%s%s发出", strings.Join(w.groups, "、"), w.why, t.Desk.When(w.until))
	}) + urgent + "。"
}

// complete fills in what was not written of a notice.
func complete(n notice.Notice, groups []string) (notice.Notice, error) {
	switch {
	case n.Text == "":
		return n, chat.Complaint("通知没有正文。" + announceUsage)
	case len(n.Text) > MaxNotice:
		return n, tooLong(n.Text)
	case len(groups) == 0:
		return n, chat.Complaint("还没有可发的群，请先把机器人拉进群。")
	}
	if len(n.Groups) == 0 {
		n.Groups = groups[:1]
	}
	slices.Sort(n.Groups)
	n.Groups = slices.Compact(n.Groups)
	if n.Class == "" {
		n.Class = guessClass(n.Text)
	}
	if n.Confirm && n.Class == notice.Plain {
		n.Class = notice.Receipt
	}
	if n.Confirm && n.Class == notice.Report {
		return n, chat.Complaint("“需落实”只能和需回执、紧急一起用；填报的通知本身就要回进度。")
	}
	return n, nil
}

// tooLong complains of a text that is no notice.
func tooLong(text string) error {
	return chat.Complain("正文太长（%d字节，最多%d字节），请精简后再发。", len(text), MaxNotice)
}

// guessClass takes the class from what the text itself asks for. The preview
// shows it, so a wrong guess is seen before it is sent.
func guessClass(text string) notice.Class {
	for _, ask := range []string{"收到请回复", "收到请回", "请回复收到", "请回复“收到”", "收到回复"} {
		if strings.Contains(text, ask) {
			return notice.Receipt
		}
	}
	return notice.Plain
}

// An audience says whom a notice would reach.
type audience struct {
	people int // on the roster of its groups, everybody once
	asked  int // who owe an answer
	away   int // of them, who are on leave
}

// countAudience counts whom a notice would reach, everybody once.
func countAudience(t *chat.Request, n notice.Notice) (a audience) {
	for _, p := range t.Roster.People {
		if !slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(n.Groups, g) }) {
			continue
		}
		a.people++
		if !n.Class.Asks() || !p.Asked() || p.ID == cmp.Or(n.By, t.Person.ID) {
			continue
		}
		a.asked++
		if roster.Away(t.Snap, p.ID, t.Now()) {
			a.away++
		}
	}
	return a
}

// post sends a notice of somebody's that was confirmed, at its time.
func post(t *chat.Request, n notice.Notice, by roster.Person) (string, int) {
	n.By = by.ID
	posted := notice.Post(t.Tx, "notice/"+t.Msg.Account+"/"+t.Msg.ID, n, roster.Targets(t.Snap, n.Groups))
	asks := "不要求回复"
	if n.Class.Asks() {
		asks = fmt.Sprintf("应回%d人，可问“还有谁没回复”", posted.Asked)
	}
	number, where := posted.Notice.Number, strings.Join(n.Groups, "、")
	t.Audit("notice.send", notice.ID(number))
	if stopped := halted(t, n.Groups); stopped != "" {
		return fmt.Sprintf("已登记，还没有发出：通知%d到%s，%s。%s", number, where, asks, stopped), number
	}
	late := waits(t, n)
	if len(late) == 1 && len(late[0].groups) == len(n.Groups) {
		return fmt.Sprintf("还没有发出：通知%d将于%s%s发到%s，%s。不发了请回“撤回通知 %d”。",
			number, t.Desk.When(late[0].until), late[0].why, where, asks, number), number
	}
	return fmt.Sprintf("已发出：通知%d到%s，%s。%s", number, where, asks, delays(t, n)), number
}
