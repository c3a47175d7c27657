package plans

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/outbox"
	"duban/plan"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// AsSides finds the question what everybody says of a measure, 第3条 各方, or what was
// sent as evidence of it, 第3条 佐证.
func AsSides(t *chat.Request) (c chat.Command, ok bool) {
	numbers := t.Read.Measures()
	if !t.Addressed() || t.Msg.Kind != bot.Text || len(numbers) != 1 {
		return c, false
	}
	nodes := Numbered(t.Plan, numbers[0])
	if len(nodes) != 1 {
		return c, false
	}
	c = chat.Command{Name: "sides", Right: chat.Reply, Place: chat.Aside, Run: func(t *chat.Request, _ string) (string, error) {
		return sides(t, nodes[0]), nil
	}}
	body := strings.Trim(zh.Fold(t.Read.Body), " 。.?!")
	if strings.HasSuffix(body, "佐证") || strings.HasSuffix(body, "附件") {
		c.Name, c.Run = "proofs", func(t *chat.Request, _ string) (string, error) { return proofs(t, nodes[0]), nil }
		return c, true
	}
	for _, more := range []string{"情况", "进度", "填报", "的"} {
		body = strings.TrimSuffix(body, more)
	}
	return c, strings.HasSuffix(body, "各方") || strings.HasSuffix(body, "各学院")
}

// sides says what everybody says of a measure, the newest first. Of whom the asker may
// not see there is the college.
func sides(t *chat.Request, n *plan.Node) string {
	all := progress.Words(t.Snap, n.ID)
	slices.SortStableFunc(all, func(a, b progress.Latest) int { return cmp.Compare(b.Update.Seq, a.Update.Seq) })
	blocks := make([]string, len(all))
	for i, l := range all {
		u := l.Update
		line := u.Line()
		if u.Note != "" {
			line += "，" + zh.Quote(u.Note, 60)
		}
		blocks[i] = fmt.Sprintf("%s：%s（%s）", author(t, u.Person), line, t.Desk.When(u.At))
	}
	head := fmt.Sprintf("%s，%d人填报：\n（%s）", NameOf(t.Plan, n), len(all), progress.Rule)
	return t.List(head, blocks, NameOf(t.Plan, n)+"：还没有人填报。")
}

// author is how the asker may read who said something.
func author(t *chat.Request, id string) string {
	p, known := t.Roster.Person(id)
	switch {
	case !known:
		return "不在名单上的人"
	case sees(t, p):
		return t.Roster.Label(p)
	}
	return cmp.Or(p.College, "学工处") + "一位老师"
}

func sees(t *chat.Request, p roster.Person) bool {
	return p.ID != "" && report.ViewerOf(t.Person).Sees(p)
}

// mostProofs is how many files are sent for one question.
const mostProofs = 9

// proofs lists what was sent as evidence of a measure, and sends what was kept of it, to
// those who may see who sent it.
func proofs(t *chat.Request, n *plan.Node) string {
	var blocks []string
	hidden, sent := 0, 0
	for _, l := range progress.Proofs(t.Snap, n.ID) {
		u := l.Update
		if p, _ := t.Roster.Person(u.Person); !sees(t, p) {
			hidden += len(u.Evidence)
			continue
		}
		names := zh.List(u.Evidence, func(name string) string {
			if i := strings.LastIndex(name, "（"); i > 0 { // the message that brought it
				name = name[:i]
			}
			return zh.Quote(name, 40)
		})
		gone := ""
		for _, f := range u.Files {
			if !t.Snap.Holds(store.Work, f.Hash, l.Key) {
				gone = "（已过保存期，只留了名字）"
				continue
			}
			if sent++; sent > mostProofs {
				break
			}
			outbox.Enqueue(t.Tx, bot.Outgoing{
				Key: fmt.Sprint(t.Reason(), "/", sent), Account: t.Msg.Account, Chat: t.Chat(), Answer: true,
				Text: f.Name + "：这个账号不能发文件，请换一个能发文件的账号问。", File: &bot.FileInfo{Name: f.Name, Type: f.Type, Size: f.Size, Hash: f.Hash},
			})
		}
		blocks = append(blocks, fmt.Sprintf("%s（%s）：%s%s", author(t, u.Person), t.Desk.When(u.At), names, gone))
	}
	head := fmt.Sprintf("%s的佐证：", NameOf(t.Plan, n))
	none := head + "没有。"
	if hidden > 0 {
		none = fmt.Sprintf("%s有%d份，只有本人、本学院负责人和学工处能看。", head, hidden)
	}
	return t.List(head, blocks, none)
}
