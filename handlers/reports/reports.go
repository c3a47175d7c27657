package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/notice"
	"duban/outbox"
	reporting "duban/report"
	"duban/roster"
	"duban/zh"
)

// maxExports is how many tables one person may take out on one day.
const maxExports = 5

// Summary says how far the whole plan is, or has it drawn: 进度汇总, 进度汇总 图片.
func Summary(t *chat.Request, _ string) (string, error) {
	p, ok := reporting.Parse(words(t), t.Local())
	if !ok || p.About != "" { // asked for in other words
		p = reporting.Phrase{Order: reporting.Order{Kind: reporting.Progress}, Format: formatIn(t)}
	}
	return report(t, p, roster.Person{})
}

// formatIn is the format that a question names somewhere: 把总体进度发个图片.
func formatIn(t *chat.Request) reporting.Format {
	for _, word := range []string{"图片", "截图", "发图"} {
		if strings.Contains(words(t), word) {
			return reporting.Picture
		}
	}
	return reporting.Text
}

// stale lists the measures of which nothing was heard for 30 days.
func stale(t *chat.Request, rest string) (string, error) {
	p, ok := reporting.Parse("30天未更新 "+rest, t.Local())
	if !ok {
		return "请这样写：30天未更新，或“30天未更新 图片”。", nil
	}
	return report(t, p, roster.Person{})
}

// answered says who has answered a notice: 谁回复了 3, 谁回复了 3 图片. A group sees
// the counts only.
func answered(t *chat.Request, rest string) (string, error) {
	p, ok := reporting.Parse("谁回复了 "+rest, t.Local())
	if !ok {
		return "请写通知的编号，例如：谁回复了 3 图片。", nil
	}
	if p.Notice == 0 {
		n, ok, err := notices.MeantNotice(t)
		if err != nil || !ok {
			return "目前没有需要回复的通知。请写编号，例如：谁回复了 3 图片。", err
		}
		p.Notice = n.Number
	}
	if _, ok, err := notice.Find(t.Snap, p.Notice); err != nil || !ok {
		return fmt.Sprintf("没有通知%d。", p.Notice), err
	}
	return report(t, p, roster.Person{})
}

// report answers with a report as text, or has it made as a file. About is the
// person whom it is about, if any.
func report(t *chat.Request, p reporting.Phrase, about roster.Person) (string, error) {
	switch p.Format {
	case reporting.Text:
		if t.Tx == nil {
			return "", gather(t, p, about)
		}
		return sayReport(t)
	case reporting.Picture:
		return "", want(t, p, about, "")
	case reporting.Sheet, reporting.CSV, reporting.Draft:
	}
	if !chat.May(t.Person, t.Known, chat.Export) {
		return "导出表格需要" + chat.WhoMay(chat.Export) + "来办，文字和图片可以直接看。", nil
	}
	if t.Msg.Group {
		return "导出请私聊我发，群里不办理。", nil
	}
	return takeOut(t, p, about, "")
}

// Ahead gathers what a report says, before the transaction that answers with it:
// it may be much, and speak of all accounts.
func Ahead(t *chat.Request, c chat.Capability) (err error) {
	if !chat.May(t.Person, t.Known, c.Right) {
		return nil
	}
	if t.To, err = t.Place(c); err == nil {
		_, err = c.Run(t, c.Rest)
	}
	return err
}

// gather keeps a report for the transaction that follows.
func gather(t *chat.Request, p reporting.Phrase, about roster.Person) (err error) {
	o := p.Order
	o.Zone, o.Person, o.Viewer = t.Desk.Options.Zone, about.ID, viewer(t)
	if about.ID == "" {
		o.College = p.About
	}
	t.Prepared.Report, err = reporting.Gather(t.Snap, o)
	return err
}

// sayReport answers with a report as text; 更多 prints what does not fit.
func sayReport(t *chat.Request) (string, error) {
	if t.Prepared.Report == nil {
		return "刚才的数据有变动，请再发一次。", nil
	}
	head, blocks := t.Prepared.Report.Say()
	return t.Page(head, blocks)
}

// viewer says which names the asker may see here; the rule is that of [chat.MaySee].
func viewer(t *chat.Request) reporting.Viewer {
	if t.Msg.Group && t.Chat() == t.Msg.Chat {
		return reporting.Viewer{}
	}
	v := reporting.Viewer{Person: t.Person.ID, All: t.Person.Is(roster.Admin, roster.Office)}
	if t.Person.Is(roster.Lead) {
		v.College = t.Person.College
	}
	return v
}

// want has a report made for the chat in which the answer belongs. It counts as an
// answer: asking for pictures again and again must not flood a group.
func want(t *chat.Request, p reporting.Phrase, about roster.Person, why string) error {
	chat := t.Chat()
	if chat == "" || t.Tx == nil {
		return nil
	}
	ok, _, err := outbox.Speak(t.Tx, t.Msg.Account, chat, t.Desk.Options.PerMinute, t.Desk.Options.Quiet)
	if err != nil || !ok {
		return err
	}
	return reporting.PutWant(t.Tx, reporting.Want{
		Reason: t.Reason(), What: p.String(), Person: about.ID, Notice: p.Notice, By: t.Person.ID,
		Group: t.Msg.Group && chat == t.Msg.Chat, Why: why, To: []roster.Target{{Account: t.Msg.Account, Chat: chat}},
	})
}

const exportUsage = "请这样写：导出 表格，导出 CSV，导出 月报 10月，导出 通知3。后面可加“事由 …”。"

// export makes a table or a draft: 导出 表格, 导出 月报 10月, 导出 通知3 CSV 事由 上报.
func export(t *chat.Request, rest string) (string, error) {
	what, why, _ := strings.Cut(rest, "事由")
	what = strings.TrimSpace(zh.Fold(what))
	if number, ok := strings.CutPrefix(what, "通知"); ok {
		what = "谁回复了 " + number
	}
	p, ok := reporting.Parse(what, t.Local())
	if !ok {
		p, ok = reporting.Parse("进度汇总 "+what, t.Local())
	}
	if !ok || what == "" {
		return exportUsage, nil
	}
	var about roster.Person
	if p.About != "" {
		var complaint string
		var err error
		if about, complaint, err = subjectOf(t, &p); err != nil || complaint != "" {
			return complaint, err
		}
	}
	if p.Kind == reporting.Answers {
		if _, ok, err := notice.Find(t.Snap, p.Notice); err != nil || !ok {
			return fmt.Sprintf("没有通知%d。", p.Notice), err
		}
	}
	if p.Format == reporting.Text {
		p.Format = reporting.Sheet
	}
	return takeOut(t, p, about, zh.Quote(zh.Keep(strings.TrimLeft(why, " ：:　"), 60), 60))
}

// takeOut has a table made for the asker, writes down that they took it out, and
// bounds how often: what leaves this way is beyond the office's reach.
func takeOut(t *chat.Request, p reporting.Phrase, about roster.Person, why string) (string, error) {
	if t.Tx == nil {
		return "", nil
	}
	n, err := reporting.CountExport(t.Tx, t.Person.ID, t.Local().Format(time.DateOnly))
	if err != nil {
		return "", err
	}
	if n > maxExports {
		return fmt.Sprintf("今天已经导出%d次，到上限了，请明天再导。", maxExports), nil
	}
	if err := want(t, p, about, why); err != nil {
		return "", err
	}
	return "", t.Audit("export", fmt.Sprintf("%s %d %s", p.Kind, p.Notice, p.Format))
}

// AsView finds the question for one college's or one person's progress: 计算机学院
// 进度, 王雪晴 进度 图片.
func AsView(t *chat.Request) (chat.Capability, bool, error) {
	p, ok := reporting.Parse(words(t), t.Local())
	if !ok || p.About == "" || !t.Addressed() {
		return chat.Capability{}, false, nil
	}
	r, err := roster.Current(t.Snap)
	if err != nil || !onRoster(r, p.About) {
		return chat.Capability{}, false, err
	}
	own := len(colleges(r, p.About)) == 0 // about a person: for the asker's eyes alone
	return chat.Capability{Name: "view", Right: chat.Reply, Own: own, Report: true, Run: view}, true, nil
}

// onRoster tells whether a word names a college or a person, or both together.
func onRoster(r *roster.Roster, word string) bool {
	return len(colleges(r, word)) > 0 || len(peopleIn(r, word)) > 0
}

func colleges(r *roster.Roster, word string) []string {
	var found []string
	for _, p := range r.People {
		if p.College == word && !slices.Contains(found, word) {
			found = append(found, word)
		}
	}
	return found
}

// peopleIn are the people whom a word names: 张伟, 机械工程学院张伟.
func peopleIn(r *roster.Roster, word string) []roster.Person {
	var found []roster.Person
	for _, p := range r.People {
		if p.Name == word || p.College != "" && p.College+p.Name == word {
			found = append(found, p)
		}
	}
	return found
}

// view answers for one college or one person.
func view(t *chat.Request, _ string) (string, error) {
	p, _ := reporting.Parse(words(t), t.Local())
	about, complaint, err := subjectOf(t, &p)
	if err != nil || complaint != "" {
		return complaint, err
	}
	return report(t, p, about)
}

// subjectOf finds whom a report is about, and says so if the asker may not see it.
func subjectOf(t *chat.Request, p *reporting.Phrase) (about roster.Person, complaint string, err error) {
	r, err := roster.Current(t.Snap)
	if err != nil {
		return about, "", err
	}
	office := t.Person.Is(roster.Admin, roster.Office)
	if len(colleges(r, p.About)) > 0 {
		if !office && t.Person.College != p.About {
			return about, "只能看本学院的进度。", nil
		}
		return about, "", nil
	}
	found := peopleIn(r, p.About)
	switch {
	case len(found) == 0:
		return about, fmt.Sprintf("名单上没有“%s”。", zh.Quote(p.About, 20)), nil
	case len(found) > 1:
		return about, fmt.Sprintf("有%d位%s，请写上学院，例如：%s%s 进度。", len(found), found[0].Name, found[0].College, found[0].Name), nil
	case !chat.MaySee(t.Person, found[0]):
		return about, "只能看本人或本学院老师的进度。", nil
	}
	return found[0], "", nil
}

// words are what was said to the bot, without its name and what it quotes.
func words(t *chat.Request) string {
	if t.Read.Body != "" {
		return t.Read.Body
	}
	return t.Msg.Text
}

// TryReport shows the asker what a job would post: as the group would see it.
func TryReport(t *chat.Request, p reporting.Phrase) error {
	return reporting.PutWant(t.Tx, reporting.Want{
		Reason: t.Reason(), What: p.String(), By: t.Person.ID, Group: true,
		To: []roster.Target{{Account: t.Msg.Account, Chat: t.Chat()}},
	})
}
