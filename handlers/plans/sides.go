package plans

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/outbox"
	"duban/plan"
	"duban/progress"
	"duban/report"
	"duban/store"
	"duban/zh"
)

// AsSides finds the question what everybody says of a measure, 第3条 各方, what was said
// of it so far, 第3条 历次, or what was sent as evidence of it, 第3条 佐证.
func AsSides(t *chat.Request) (c chat.Command, ok bool) {
	numbers := t.Read.Measures()
	if !t.Addressed() || t.Msg.Kind != bot.Text || len(numbers) != 1 {
		return c, false
	}
	nodes := Numbered(t.Plan, numbers[0])
	if len(nodes) != 1 {
		return c, false
	}
	about := func(name string, says func(*chat.Request, *plan.Node) string) chat.Command {
		return chat.Command{Name: name, Right: chat.Reply, Place: chat.Aside, Run: func(t *chat.Request, _ string) (string, error) {
			return says(t, nodes[0]), nil
		}}
	}
	body := strings.Trim(zh.Fold(t.Read.Body), " 。.?!")
	if strings.HasSuffix(body, "佐证") || strings.HasSuffix(body, "附件") {
		return about("proofs", proofs), true
	}
	for _, more := range []string{"情况", "进度", "填报", "的"} {
		body = strings.TrimSuffix(body, more)
	}
	if strings.HasSuffix(body, "历次") || strings.HasSuffix(body, "历史") {
		return about("course", course), true
	}
	return about("sides", sides), strings.HasSuffix(body, "各方") || strings.HasSuffix(body, "各学院")
}

// A Side is something that somebody said of a measure, as the asker may read it.
type Side struct {
	progress.Latest

	Who  string // by name, or by college if the asker may not see who it is
	Seen bool   // the asker sees who it is
}

// newestFirst makes sides of words.
func newestFirst(t *chat.Request, words []progress.Latest) []Side {
	slices.SortStableFunc(words, func(a, b progress.Latest) int { return cmp.Compare(b.Update.Seq, a.Update.Seq) })
	all := make([]Side, len(words))
	for i, l := range words {
		all[i] = sideOf(t, l)
	}
	return all
}

func sideOf(t *chat.Request, l progress.Latest) Side {
	p, known := t.Roster.Person(l.Update.Person)
	switch {
	case !known:
		return Side{l, "不在名单上的人", false}
	case report.ViewerOf(t.Person).Sees(p):
		return Side{l, t.Roster.Label(p), true}
	}
	return Side{l, cmp.Or(p.College, "学工处") + "一位老师", false}
}

// Sides returns what everybody says of a measure, the newest first.
func Sides(t *chat.Request, n *plan.Node) []Side { return newestFirst(t, progress.Words(t.Snap, n.ID)) }

// Course returns where a measure stood by each word that was said of it so far and was
// not taken back, the newest first: of whom the asker may not see only what [Sides] has.
func Course(t *chat.Request, n *plan.Node) []Side {
	var all []progress.Latest
	for l := range progress.Said(t.Snap, n.ID) {
		if !l.Update.Retracted.IsZero() || !sideOf(t, l).Seen {
			continue
		}
		if k := len(all) - 1; k >= 0 && all[k].Update.Person == l.Update.Person {
			l.Update = l.Update.After(all[k].Update)
		}
		all = append(all, l)
	}
	for _, l := range progress.Words(t.Snap, n.ID) {
		if !sideOf(t, l).Seen {
			all = append(all, l)
		}
	}
	return newestFirst(t, all)
}

// sides says what everybody says of a measure.
func sides(t *chat.Request, n *plan.Node) string {
	all := Sides(t, n)
	head := fmt.Sprintf("%s，%d人填报：\n（%s）", NameOf(t.Plan, n), len(all), progress.Rule)
	return t.List(head, lines(t, all), NameOf(t.Plan, n)+"：还没有人填报。")
}

// course says what was said of a measure so far.
func course(t *chat.Request, n *plan.Node) string {
	all := Course(t, n)
	return t.List(fmt.Sprintf("%s，历次填报%d次：", NameOf(t.Plan, n), len(all)), lines(t, all), NameOf(t.Plan, n)+"：还没有人填报。")
}

func lines(t *chat.Request, all []Side) []string {
	blocks := make([]string, len(all))
	for i, x := range all {
		line := x.Update.Line()
		if x.Update.Note != "" {
			line += "，" + zh.Quote(x.Update.Note, 60)
		}
		blocks[i] = fmt.Sprintf("%s：%s（%s）", x.Who, line, t.Desk.When(x.Update.At))
	}
	return blocks
}

// A Proof is what was sent as evidence with one report.
type Proof struct {
	Side

	Names []string // as its sender called it
	Files []Kept
	Gone  bool // there were more of them
}

// A Kept is a piece of evidence whose bytes are still there.
type Kept struct {
	progress.File

	Since time.Time
}

// Proofs returns what was sent as evidence of a measure by those whom the asker may see,
// and how many pieces others have sent.
func Proofs(t *chat.Request, n *plan.Node) (all []Proof, hidden int) {
	for _, l := range progress.Proofs(t.Snap, n.ID) {
		x := Proof{Side: sideOf(t, l)}
		if !x.Seen {
			hidden += len(l.Update.Evidence)
			continue
		}
		for _, name := range l.Update.Evidence {
			if i := strings.LastIndex(name, "（"); i > 0 { // the message that brought it
				name = name[:i]
			}
			x.Names = append(x.Names, zh.Quote(name, 40))
		}
		for _, f := range l.Update.Files {
			if at, ok := t.Snap.HeldSince(store.Work, f.Hash, l.Key); ok {
				x.Files = append(x.Files, Kept{f, at})
			} else {
				x.Gone = true
			}
		}
		all = append(all, x)
	}
	return all, hidden
}

// mostProofs is how many files are sent for one question.
const mostProofs = 9

// proofs lists what was sent as evidence of a measure, and sends what was kept of it.
func proofs(t *chat.Request, n *plan.Node) string {
	var blocks []string
	all, hidden := Proofs(t, n)
	sent := 0
	for _, x := range all {
		for _, f := range x.Files {
			if sent++; sent > mostProofs {
				break
			}
			outbox.Enqueue(t.Tx, bot.Outgoing{
				Key: fmt.Sprint(t.Reason(), "/", sent), Account: t.Msg.Account, Chat: t.Chat(), Answer: true,
				Text: f.Name + "：这个账号不能发文件，请换一个能发文件的账号问。", File: &bot.FileInfo{Name: f.Name, Type: f.Type, Size: f.Size, Hash: f.Hash},
			})
		}
		gone := ""
		if x.Gone {
			gone = "（已过保存期，只留了名字）"
		}
		blocks = append(blocks, fmt.Sprintf("%s（%s）：%s%s", x.Who, t.Desk.When(x.Update.At), strings.Join(x.Names, "、"), gone))
	}
	head := fmt.Sprintf("%s的佐证：", NameOf(t.Plan, n))
	none := head + "没有。"
	if hidden > 0 {
		none = fmt.Sprintf("%s有%d份，只有本人、本学院负责人和学工处能看。", head, hidden)
	}
	return t.List(head, blocks, none)
}
