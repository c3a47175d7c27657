package reports

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/notice"
	"duban/outbox"
	reporting "duban/report"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/zh"
)

// MaxExports is how many tables one person may take out on one day.
const MaxExports = 5

// A wish is a report that somebody asks for, and the person whom it is about, if any.
type wish struct {
	reporting.Phrase
	about roster.Person
}

// A finder says which report a request is for.
type finder func(t *chat.Request, rest string) (wish, error)

// reported is the command of the reports that find finds: as text, gathered before
// the transaction because it may be much, or as a file.
func reported(c chat.Command, find finder) chat.Command {
	c.Prepare = func(ctx context.Context, t *chat.Request) error {
		return t.Desk.Store.View(ctx, func(s *store.Snapshot) error {
			look := *t
			look.Snap = s
			look.Place()
			w, err := find(&look, t.Rest)
			if err == nil && w.Format == reporting.Text {
				t.Prepared, err = gather(&look, w)
				return err
			}
			return nil // Run says what is wrong
		})
	}
	c.Run = func(t *chat.Request, rest string) (string, error) {
		w := store.Must(find(t, rest))
		return report(t, w), nil
	}
	return c
}

// summary finds how far the whole plan is: 进度汇总, 进度汇总 图片.
func summary(t *chat.Request, _ string) (wish, error) {
	p, ok := reporting.Parse(words(t), t.Local())
	if !ok || p.About != "" { // asked for in other words
		p = reporting.Phrase{Order: reporting.Order{Kind: reporting.Progress}, Format: formatIn(t)}
	}
	return wish{Phrase: p}, nil
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

// stale finds the measures of which nothing was heard for 30 days.
func stale(t *chat.Request, rest string) (wish, error) {
	p, ok := reporting.Parse("30天未更新 "+rest, t.Local())
	if !ok {
		return wish{}, chat.Complaint("请这样写：30天未更新，或“30天未更新 图片”。")
	}
	return wish{Phrase: p}, nil
}

// answered finds who has answered a notice: 谁回复了 3, 谁回复了 3 图片. A group sees
// the counts only.
func answered(t *chat.Request, rest string) (w wish, err error) {
	p, ok := reporting.Parse("谁回复了 "+rest, t.Local())
	if !ok {
		return w, chat.Complaint("请写通知的编号，例如：谁回复了 3 图片。")
	}
	if p.Notice == 0 {
		n, ok := notices.MeantNotice(t)
		if !ok {
			return w, chat.Complaint("目前没有需要回复的通知。请写编号，例如：谁回复了 3 图片。")
		}
		p.Notice = n.Number
	}
	return wish{Phrase: p}, exists(t, p.Notice)
}

// exists complains if there is no notice of a number.
func exists(t *chat.Request, number int) error {
	if _, ok := notice.Find(t.Snap, number); !ok {
		return chat.Complain("没有通知%d。", number)
	}
	return nil
}

// report answers with a report as text, or has it made as a file.
func report(t *chat.Request, w wish) string {
	switch w.Format {
	case reporting.Text:
		doc, ok := t.Prepared.(reporting.Document)
		if !ok {
			return "刚才的数据有变动，请再发一次。"
		}
		head, blocks := doc.Say()
		if w.Kind == reporting.Progress {
			head = chat.Lines(head, chat.OnPage(t, "/plan"))
		}
		return t.Page(head, blocks)
	case reporting.Picture:
		if t.Full {
			return chat.FullText
		}
		want(t, w, "")
		return ""
	case reporting.Sheet, reporting.CSV, reporting.Draft:
	}
	if t.Full {
		return chat.FullText
	}
	if !t.May(chat.Export) {
		return "导出表格需要" + chat.WhoMay(chat.Export) + "来办，文字和图片可以直接看。"
	}
	if t.Msg.Group {
		return "导出请私聊我发，群里不办理。"
	}
	return takeOut(t, w, "")
}

// gather collects what a report says.
func gather(t *chat.Request, w wish) (reporting.Document, error) {
	o := w.Order
	o.Zone, o.Person, o.Viewer = t.Desk.Options.Zone, w.about.ID, viewer(t)
	if w.about.ID == "" {
		o.College = w.About
	}
	return reporting.Gather(t.Snap, o)
}

// viewer says which names the asker may see here; the rule is that of [chat.MaySee].
func viewer(t *chat.Request) reporting.Viewer {
	if t.Msg.Group && t.Chat() == t.Msg.Chat {
		return reporting.Viewer{}
	}
	return reporting.ViewerOf(t.Person)
}

// want has a report made for the chat in which the answer belongs. It counts as an
// answer: asking for pictures again and again must not flood a group.
func want(t *chat.Request, w wish, why string) {
	chat := t.Chat()
	if chat == "" {
		return
	}
	ok, _ := outbox.Speak(t.Tx, t.Msg.Account, chat)
	if !ok {
		return
	}
	reporting.PutWant(t.Tx, reporting.Want{
		Reason: t.Reason(), What: w.String(), Person: w.about.ID, Notice: w.Notice, By: t.Person.ID,
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
	if m := monthIn.FindStringSubmatch(what); m != nil {
		store.Check(checkMonth(t, m))
	}
	p, ok := reporting.Parse(what, t.Local())
	if !ok {
		p, ok = reporting.Parse("进度汇总 "+what, t.Local())
	}
	if !ok || what == "" {
		return exportUsage, nil
	}
	w := wish{Phrase: p}
	switch {
	case p.About != "":
		w = store.Must(about(t, p))
	case p.Kind == reporting.Answers && p.Notice == 0:
		return "请写通知的编号，例如：导出 通知3。", nil
	case p.Kind == reporting.Answers:
		store.Check(exists(t, p.Notice))
	}
	if w.Format == reporting.Text {
		w.Format = reporting.Sheet
	}
	return takeOut(t, w, Why(why)), nil
}

// monthIn is a month behind 月报: 10月, 2026年10月.
var monthIn = regexp.MustCompile(`月报\s*(?:(\d{1,4})年)?\s*(\d+)月`)

// checkMonth complains of a month that does not exist or has not begun.
func checkMonth(t *chat.Request, said []string) error {
	month, _ := strconv.Atoi(said[2])
	year, err := strconv.Atoi(said[1])
	if err != nil {
		year = t.Local().Year()
	}
	switch first := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, t.Local().Location()); {
	case month < 1 || month > 12:
		return chat.Complain("没有%s月，没有导出。请写1月到12月，例如：导出 月报 10月。", said[2])
	case err == nil && first.After(t.Now()):
		return chat.Complain("%s还没有到，没有导出。", zh.Month(first))
	}
	return nil
}

// takeOut has a table made for the asker, writes down that they took it out, and
// bounds how often: what leaves this way is beyond the office's reach.
func takeOut(t *chat.Request, w wish, why string) string {
	if complaint := Count(t, w.Order, w.Format, why); complaint != "" {
		return complaint
	}
	want(t, w, why)
	return ""
}

// Count notes that the person takes a table out, and what for, or says why they cannot any
// more today.
func Count(t *chat.Request, o reporting.Order, f reporting.Format, why string) (complaint string) {
	if reporting.CountExport(t.Tx, t.Person.ID, t.Local().Format(time.DateOnly)) > MaxExports {
		return fmt.Sprintf("今天已经导出%d次，到上限了，请明天再导。", MaxExports)
	}
	t.Tx.Audit(store.Audit{
		Account: t.Msg.Account, Actor: t.Person.ID, Source: t.Source, Action: "export", Object: fmt.Sprintf("%s %d %s", o.Kind, o.Notice, f), Result: why,
	})
	return ""
}

// Why is what somebody says a table is taken out for, as it may be kept.
func Why(said string) string { return zh.Quote(zh.Keep(strings.TrimLeft(said, " ：:　"), 60), 60) }

// unknownCollege is how a college is called that the roster does not have.
var unknownCollege = regexp.MustCompile(`^\p{Han}{2,12}学院$`)

// AsView finds the question for one college's or one person's progress: 计算机学院
// 进度, 王雪晴 进度 图片.
func AsView(t *chat.Request) (chat.Command, bool) {
	if !t.Addressed() {
		return chat.Command{}, false
	}
	p, ok := reporting.Parse(words(t), t.Local())
	if !ok || p.About == "" {
		return chat.Command{}, false
	}
	c := chat.Command{Name: "view", Right: chat.Reply}
	if len(collegesIn(t.Roster, p.About)) == 0 && !unknownCollege.MatchString(p.About) {
		c.Place = chat.Aside // it is about a person
		if len(t.Roster.Called(p.About)) == 0 {
			return c, false
		}
	}
	return reported(c, func(t *chat.Request, _ string) (wish, error) { return about(t, p) }), true
}

// collegesIn are the colleges that a word names: in full, or shortly, 机械学院.
func collegesIn(r *roster.Roster, word string) (found []string) {
	for _, p := range r.People {
		switch {
		case p.College == word && word != "":
			return []string{word}
		case strings.HasSuffix(word, "学院") && roster.IsCollege(word, p.College) && !slices.Contains(found, p.College):
			found = append(found, p.College)
		}
	}
	return found
}

// about finds whom a report is about, if the asker may see it.
func about(t *chat.Request, p reporting.Phrase) (wish, error) {
	colleges := collegesIn(t.Roster, p.About)
	if len(colleges) == 1 {
		p.About = colleges[0]
	}
	w := wish{Phrase: p}
	switch {
	case len(colleges) > 1:
		return w, chat.Complain("“%s”可以是%s，请写全名。", zh.Quote(p.About, 20), strings.Join(colleges, "、"))
	case len(colleges) == 1:
		if !t.Person.Is(roster.Admin, roster.Office) && t.Person.College != p.About {
			return w, chat.Complaint("只能看本学院的进度。")
		}
		return w, nil
	}
	found := t.Roster.Called(p.About)
	switch {
	case len(found) == 0:
		return w, chat.Complain("名单上没有“%s”。", zh.Quote(p.About, 20))
	case len(found) > 1:
		return w, chat.Complain("有%d位%s，请写是哪一位，例如：%s 进度。", len(found), found[0].Name, t.Roster.Label(found[0]))
	case !chat.MaySee(t.Person, found[0]):
		return w, chat.Complaint("只能看本人或本学院老师的进度。")
	}
	w.about = found[0]
	return w, nil
}

// words are what was said to the bot, without its name and what it quotes.
func words(t *chat.Request) string {
	if t.Read.Body != "" {
		return t.Read.Body
	}
	return t.Msg.Text
}

// TryJob returns what a job would post whose text is filled in, for the asker alone. A
// report comes by itself, as the group would see it: then it returns "".
func TryJob(t *chat.Request, j schedule.Job, text string) string {
	p, ok := reporting.Parse(j.Report, t.Local())
	if !ok {
		return notice.Notice{Number: notice.Last(t.Snap) + 1, Class: j.Class, Text: text}.Post()
	}
	reporting.PutWant(t.Tx, reporting.Want{
		Reason: t.Reason(), What: p.String(), By: t.Person.ID, Group: true,
		To: []roster.Target{{Account: t.Msg.Account, Chat: t.Chat()}},
	})
	return ""
}
