package handlers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/notice"
	"duban/outbox"
	reporting "duban/report"
	"duban/roster"
	"duban/zh"
)

// maxExports is how many tables one person may take out on one day.
const maxExports = 5

// summary says how far the whole plan is, or has it drawn: 进度汇总, 进度汇总 图片.
func (t *turn) summary(string) (string, error) {
	p, ok := reporting.Parse(t.words(), t.local())
	if !ok || p.About != "" { // asked for in other words
		p = reporting.Phrase{Order: reporting.Order{Kind: reporting.Progress}, Format: t.formatIn()}
	}
	return t.report(p, roster.Person{})
}

// formatIn is the format that a question names somewhere: 把总体进度发个图片.
func (t *turn) formatIn() reporting.Format {
	for _, word := range []string{"图片", "截图", "发图"} {
		if strings.Contains(t.words(), word) {
			return reporting.Picture
		}
	}
	return reporting.Text
}

// stale lists the measures of which nothing was heard for 30 days.
func (t *turn) stale(rest string) (string, error) {
	p, ok := reporting.Parse("30天未更新 "+rest, t.local())
	if !ok {
		return "请这样写：30天未更新，或“30天未更新 图片”。", nil
	}
	return t.report(p, roster.Person{})
}

// answered says who has answered a notice: 谁回复了 3, 谁回复了 3 图片. A group sees
// the counts only.
func (t *turn) answered(rest string) (string, error) {
	p, ok := reporting.Parse("谁回复了 "+rest, t.local())
	if !ok {
		return "请写通知的编号，例如：谁回复了 3 图片。", nil
	}
	if p.Notice == 0 {
		n, ok, err := t.meantNotice()
		if err != nil || !ok {
			return "目前没有需要回复的通知。请写编号，例如：谁回复了 3 图片。", err
		}
		p.Notice = n.Number
	}
	if _, ok, err := notice.Find(t.snap, p.Notice); err != nil || !ok {
		return fmt.Sprintf("没有通知%d。", p.Notice), err
	}
	return t.report(p, roster.Person{})
}

// report answers with a report as text, or has it made as a file. About is the
// person whom it is about, if any.
func (t *turn) report(p reporting.Phrase, about roster.Person) (string, error) {
	switch p.Format {
	case reporting.Text:
		if t.tx == nil {
			return "", t.gather(p, about)
		}
		return t.sayReport()
	case reporting.Picture:
		return "", t.want(p, about, "")
	case reporting.Sheet, reporting.CSV, reporting.Draft:
	}
	if !May(t.person, t.known, Export) {
		return "导出表格需要" + whoMay(Export) + "来办，文字和图片可以直接看。", nil
	}
	if t.m.Group {
		return "导出请私聊我发，群里不办理。", nil
	}
	return t.takeOut(p, about, "")
}

// ahead gathers what a report says, before the transaction that answers with it:
// it may be much, and speak of all accounts.
func (t *turn) ahead(c capability) (err error) {
	if !May(t.person, t.known, c.right) {
		return nil
	}
	if t.to, err = t.place(c); err == nil {
		_, err = c.run(t, c.rest)
	}
	return err
}

// gather keeps a report for the transaction that follows.
func (t *turn) gather(p reporting.Phrase, about roster.Person) (err error) {
	o := p.Order
	o.Zone, o.Person, o.Viewer = t.router.o.Zone, about.ID, t.viewer()
	if about.ID == "" {
		o.College = p.About
	}
	t.look.report, err = reporting.Gather(t.snap, o)
	return err
}

// sayReport answers with a report as text; 更多 prints what does not fit.
func (t *turn) sayReport() (string, error) {
	if t.look.report == nil {
		return "刚才的数据有变动，请再发一次。", nil
	}
	head, blocks := t.look.report.Say()
	return t.page(head, blocks)
}

// viewer says which names the asker may see here; the rule is that of [MaySee].
func (t *turn) viewer() reporting.Viewer {
	if t.m.Group && t.chat() == t.m.Chat {
		return reporting.Viewer{}
	}
	v := reporting.Viewer{Person: t.person.ID, All: t.person.Is(roster.Admin, roster.Office)}
	if t.person.Is(roster.Lead) {
		v.College = t.person.College
	}
	return v
}

// want has a report made for the chat in which the answer belongs. It counts as an
// answer: asking for pictures again and again must not flood a group.
func (t *turn) want(p reporting.Phrase, about roster.Person, why string) error {
	chat := t.chat()
	if chat == "" || t.tx == nil {
		return nil
	}
	ok, _, err := outbox.Speak(t.tx, t.m.Account, chat, t.router.o.PerMinute, t.router.o.Quiet)
	if err != nil || !ok {
		return err
	}
	return reporting.PutWant(t.tx, reporting.Want{
		Reason: t.reason(), What: p.String(), Person: about.ID, Notice: p.Notice, By: t.person.ID,
		Group: t.m.Group && chat == t.m.Chat, Why: why, To: []roster.Target{{Account: t.m.Account, Chat: chat}},
	})
}

const exportUsage = "请这样写：导出 表格，导出 CSV，导出 月报 10月，导出 通知3。后面可加“事由 …”。"

// export makes a table or a draft: 导出 表格, 导出 月报 10月, 导出 通知3 CSV 事由 上报.
func (t *turn) export(rest string) (string, error) {
	what, why, _ := strings.Cut(rest, "事由")
	what = strings.TrimSpace(zh.Fold(what))
	if number, ok := strings.CutPrefix(what, "通知"); ok {
		what = "谁回复了 " + number
	}
	p, ok := reporting.Parse(what, t.local())
	if !ok {
		p, ok = reporting.Parse("进度汇总 "+what, t.local())
	}
	if !ok || what == "" {
		return exportUsage, nil
	}
	var about roster.Person
	if p.About != "" {
		var complaint string
		var err error
		if about, complaint, err = t.subjectOf(&p); err != nil || complaint != "" {
			return complaint, err
		}
	}
	if p.Kind == reporting.Answers {
		if _, ok, err := notice.Find(t.snap, p.Notice); err != nil || !ok {
			return fmt.Sprintf("没有通知%d。", p.Notice), err
		}
	}
	if p.Format == reporting.Text {
		p.Format = reporting.Sheet
	}
	return t.takeOut(p, about, oneLine(maskedText(strings.TrimLeft(why, " ：:　"), 60), 60))
}

// takeOut has a table made for the asker, writes down that they took it out, and
// bounds how often: what leaves this way is beyond the office's reach.
func (t *turn) takeOut(p reporting.Phrase, about roster.Person, why string) (string, error) {
	if t.tx == nil {
		return "", nil
	}
	n, err := reporting.CountExport(t.tx, t.person.ID, t.local().Format(time.DateOnly))
	if err != nil {
		return "", err
	}
	if n > maxExports {
		return fmt.Sprintf("今天已经导出%d次，到上限了，请明天再导。", maxExports), nil
	}
	if err := t.want(p, about, why); err != nil {
		return "", err
	}
	return "", t.audit("export", fmt.Sprintf("%s %d %s", p.Kind, p.Notice, p.Format))
}

// asView finds the question for one college's or one person's progress: 计算机学院
// 进度, 王雪晴 进度 图片.
func (t *turn) asView() (capability, bool, error) {
	p, ok := reporting.Parse(t.words(), t.local())
	if !ok || p.About == "" || !t.addressed() {
		return capability{}, false, nil
	}
	r, err := roster.Current(t.snap)
	if err != nil || !onRoster(r, p.About) {
		return capability{}, false, err
	}
	own := len(colleges(r, p.About)) == 0 // about a person: for the asker's eyes alone
	return capability{name: "view", right: Reply, own: own, report: true, run: (*turn).view}, true, nil
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
func (t *turn) view(string) (string, error) {
	p, _ := reporting.Parse(t.words(), t.local())
	about, complaint, err := t.subjectOf(&p)
	if err != nil || complaint != "" {
		return complaint, err
	}
	return t.report(p, about)
}

// subjectOf finds whom a report is about, and says so if the asker may not see it.
func (t *turn) subjectOf(p *reporting.Phrase) (about roster.Person, complaint string, err error) {
	r, err := roster.Current(t.snap)
	if err != nil {
		return about, "", err
	}
	office := t.person.Is(roster.Admin, roster.Office)
	if len(colleges(r, p.About)) > 0 {
		if !office && t.person.College != p.About {
			return about, "只能看本学院的进度。", nil
		}
		return about, "", nil
	}
	found := peopleIn(r, p.About)
	switch {
	case len(found) == 0:
		return about, fmt.Sprintf("名单上没有“%s”。", oneLine(p.About, 20)), nil
	case len(found) > 1:
		return about, fmt.Sprintf("有%d位%s，请写上学院，例如：%s%s 进度。", len(found), found[0].Name, found[0].College, found[0].Name), nil
	case !MaySee(t.person, found[0]):
		return about, "只能看本人或本学院老师的进度。", nil
	}
	return found[0], "", nil
}

// words are what was said to the bot, without its name and what it quotes.
func (t *turn) words() string {
	if t.read.Body != "" {
		return t.read.Body
	}
	return t.m.Text
}

// local is the time of the transaction in the office's zone.
func (t *turn) local() time.Time { return t.now().In(t.router.o.Zone) }

// tryReport shows the asker what a job would post: as the group would see it.
func (t *turn) tryReport(p reporting.Phrase) error {
	return reporting.PutWant(t.tx, reporting.Want{
		Reason: t.reason(), What: p.String(), By: t.person.ID, Group: true,
		To: []roster.Target{{Account: t.m.Account, Chat: t.chat()}},
	})
}
