package progress

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/handlers/plans"
	"duban/handlers/reading"
	"duban/notice"
	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// A resolved report is one item of what was read, resolved to a person and a measure.
type resolved struct {
	person roster.Person
	node   *plan.Node
	item   reading.Item
}

// report books what somebody reports on measures. What is out of range or has
// two meanings is asked about, and nothing of the message is stored.
func report(t *chat.Request, _ string) (string, error) {
	switch {
	case t.Msg.Kind == bot.Picture || t.Msg.Kind == bot.File || t.Read.Is(reading.Evidence) && len(t.Read.Measures()) == 0:
		return evidence(t, "")
	case t.Read.Is(reading.NoChange):
		return unchanged(t)
	}
	reports, names := resolveItems(t)
	if len(t.Read.Entries) > 0 {
		if reports = fresh(t, reports); len(reports) == 0 {
			return chat.Lines("接龙里没有新的进度。", names.Strangers()), nil
		}
	}
	return chat.Lines(book(t, reports, nil), names.Strangers(), alsoAsked(t), leftOut(t)), nil
}

// alsoAsked hands on what a report asks beside what it reports. A single 对吧 asks
// nothing.
func alsoAsked(t *chat.Request) string {
	var asked []string
	t.Read.Unused = slices.DeleteFunc(slices.Clone(t.Read.Unused), func(part string) bool {
		q := reading.Read(reading.Input{Text: part + "？", Bots: t.Desk.Options.Names})
		is := q.Kind == reading.Question && len(q.Measures()) == 0
		if is {
			asked = append(asked, part)
		}
		return is
	})
	if len(asked) == 0 || t.May(chat.Decide) {
		t.Read.Unused = append(t.Read.Unused, asked...)
		return ""
	}
	text := strings.Join(asked, "；")
	return fmt.Sprintf("“%s”已转给学工处老师（问题%d），答复后会告诉您。", zh.Quote(text, 40), t.Ask("question", text))
}

// unsure asks what was meant, by a number where a reading is likely, or has it said again.
// A 收到 at its head counts, whatever the rest means.
func unsure(t *chat.Request, _ string) (string, error) {
	if closed := notices.AlsoAcknowledge(t); len(closed) > 0 {
		t.Changed(progress.Effect{Items: closed}, "ack", "")
	}
	if t.Read.Is(reading.OutOfRange) {
		return "没有记录：进度应在0到100之间。请再说一次，例如：第3条完成80%。", nil
	}
	which := chat.Choice{Text: fmt.Sprintf("还没有记录：%s（%s）。", t.Read.Why, unused(t))}
	for i, c := range t.Read.Choices {
		which.Offer(fmt.Sprint("reading/", i), "记成 %s", readAs(c))
	}
	if len(which.Options) == 0 {
		return which.Text + "请再说一次，例如：第3条完成80%。", nil
	}
	which.Text += "\n回序号确认，不对就请再说一次。"
	return "", t.AskWhich(which)
}

// unused quotes what of a message was not understood.
func unused(t *chat.Request) string {
	return "“" + zh.Quote(strings.Join(t.Read.Unused, "；"), 40) + "”"
}

// leftOut tells the sender which part of a report was not recorded.
func leftOut(t *chat.Request) string {
	if len(t.Read.Unused) == 0 {
		return ""
	}
	return "这里没有记：" + unused(t) + "，要记请另说。"
}

// readAs writes what a reading would store: 第3条→80%.
func readAs(r reading.Reading) string {
	return zh.Join(r.Items, "，", func(it reading.Item) string {
		u := progress.Update{Status: progress.Status(it.Status)}
		if it.Stated {
			u.Percent = &it.Percent
		}
		return fmt.Sprintf("第%d条→%s", it.Measure, u.Line())
	})
}

// resolveItems resolves what was read to people and measures. What cannot be
// resolved ends the command.
func resolveItems(t *chat.Request) (all []resolved, names notices.Listing) {
	who := store.Must(t.Subject())
	if who.Observer {
		chat.Decline("没有记录：%s在名单上是“只看”，不填报进度。确实要报，请管理员改名单。", who.Name)
	}
	names = notices.Listed(t)
	if len(t.Read.Items) == 0 {
		store.Check(whichMeasure(t))
	}
	for _, it := range t.Read.Items {
		if it.Measure == 0 && len(t.Read.Items) == 1 {
			it.Measure = doubted(t)
		}
		node := store.Must(node(t, it.Measure))
		person := who
		if it.Name != "" {
			named, ok := names.Found[it.Name]
			if !ok {
				continue // the echo says who is not on the roster
			}
			person = named
		}
		if slices.ContainsFunc(all, func(r resolved) bool { return r.node == node && r.person.ID == person.ID && r.item != it }) {
			chat.Decline("没有记录：第%s条写了两个进度。请只写一个再发一次。", node.Number)
		}
		all = append(all, resolved{person, node, it})
	}
	return all, names
}

// doubted is the measure of the report that the bot has just asked about, 0 if it asked
// about none: 85% says 第2条0.85 again.
func doubted(t *chat.Request) int {
	wait, waits := t.Pending(chat.WhichKind)
	if !waits || !strings.HasPrefix(strings.Join(wait.Options, " "), "reading/") {
		return 0
	}
	choices := store.Decode[chat.Which](t.Snap, wait.Data).Read.Choices
	if len(choices) != 1 || len(choices[0].Items) != 1 {
		return 0
	}
	t.Settled(chat.WhichKind)
	return choices[0].Items[0].Measure
}

// node finds the measure of a number, 0 if none was named. If there is not
// exactly one, it is asked which.
func node(t *chat.Request, number int) (*plan.Node, error) {
	if id, picked := t.Picks[number]; picked {
		if node := t.Plan.NodeByID(id); node != nil {
			return node, nil
		}
		return nil, chat.Complaint("没有记录：要点已经换了新的版本，请再报一次。")
	}
	if number == 0 {
		return nil, whichMeasure(t)
	}
	nodes := plans.Numbered(t.Plan, number)
	if part := strconv.Itoa(t.Read.Section); len(nodes) > 1 && part != "0" {
		elsewhere := func(n *plan.Node) bool { return plans.PartOf(t.Plan, n).Number != part }
		if in := slices.DeleteFunc(slices.Clone(nodes), elsewhere); len(in) > 0 {
			nodes = in
		}
	}
	if t.Read.Kind == reading.Correction && len(nodes) > 1 { // of what the sender has reported on
		never := func(n *plan.Node) bool { _, ok := own(t, n.ID, t.Person.ID); return !ok }
		if said := slices.DeleteFunc(slices.Clone(nodes), never); len(said) > 0 {
			nodes = said
		}
	}
	switch len(nodes) {
	case 1:
		return nodes[0], nil
	case 0:
		return nil, chat.Complain("要点里没有第%d条（%s），没有记录。请看一下编号再报。", number, plans.Extent(t.Plan))
	default:
		return nil, whichNode(t, number, nodes)
	}
}

// whichMeasure asks on which measure a report is, or offers those that its words
// are about. Who has been asked and is still not understood is passed on.
func whichMeasure(t *chat.Request) error {
	t.AskedAgain()
	if t.Read.Topic != "" {
		var nodes []*plan.Node
		for _, h := range t.Index().Find(t.Read.Topic).Hits {
			if plans.Reportable(h.Node) && len(nodes) < 3 {
				nodes = append(nodes, h.Node)
			}
		}
		if len(nodes) > 0 {
			return whichNode(t, 0, nodes)
		}
	}
	return t.AskWhich(chat.Choice{Text: "还没有记录：这是哪一条的进度？请回编号，例如：3。"})
}

// whichNode asks which of several measures is meant.
func whichNode(t *chat.Request, number int, nodes []*plan.Node) error {
	which := chat.Choice{Text: "还没有记录：是哪一条？请回序号。", Number: number}
	for _, n := range nodes {
		which.Offer("node/"+n.ID, "%s（%s）", plans.NameOf(t.Plan, n), plans.HeadOf(plans.PartOf(t.Plan, n)))
	}
	return t.AskWhich(which)
}

// fresh drops what an earlier posting of the same 接龙 has booked: others' lines,
// and the sender's own, that say what is on record already.
func fresh(t *chat.Request, reports []resolved) (left []resolved) {
	for _, r := range reports {
		said := progress.History(t.Snap, r.node.ID, r.person.ID)
		u := update(t, r)
		if !slices.ContainsFunc(said, func(old progress.Update) bool { return old.Same(u) && t.Said().Sub(old.At) <= chat.OwnWithin }) {
			left = append(left, r)
		}
	}
	return left
}

// book stores reports and says in one line what was stored. The updates in
// corrects, by [report.key], are those that these replace.
func book(t *chat.Request, reports []resolved, corrects map[string]progress.Latest) string {
	if len(reports) == 0 {
		return "没有记录：接龙里的名字都不在名单上。"
	}
	var keys []string
	for _, r := range reports {
		u := update(t, r)
		u.Corrects = corrects[r.key()].Key
		keys = append(keys, progress.AddUpdate(t.Tx, u))
	}
	items := append(closeReports(t, reports), notices.AlsoAcknowledge(t)...)
	t.Changed(progress.Effect{Updates: keys, Items: items}, "progress", "")
	said := echo(t, reports)
	if len(items) > 0 {
		n, _ := notice.Find(t.Snap, items[0].Notice)
		notices.ShowPress(t, n, said)
	}
	return said
}

// key names whose report on what it is.
func (r resolved) key() string { return r.node.ID + "/" + r.person.ID }

// update makes the stored form of a report.
func update(t *chat.Request, r resolved) progress.Update {
	note := noteOf(t, r)
	if r.person.ID != t.Person.ID && strings.Contains(note, r.person.Name) && strings.ContainsAny(note[:3], "代帮替") {
		note = "" // 代张伟报一下 says who, and nothing of the measure
	}
	u := progress.Update{
		Measure: r.node.ID, Number: r.node.Number, Person: r.person.ID, At: t.Said(),
		Status: progress.Status(r.item.Status), Message: t.Message(), Note: note,
	}
	if r.item.Stated {
		u.Percent = &r.item.Percent
	}
	if r.person.ID != t.Person.ID {
		u.By = t.Person.ID
	}
	return u
}

// noteOf is what a report says beside its value. Of somebody in a 接龙 it is what stands
// behind their name.
func noteOf(t *chat.Request, r resolved) string {
	for _, e := range t.Read.Entries {
		if e.Name == r.item.Name {
			line := reading.Read(reading.Input{Text: e.Words, Bots: t.Desk.Options.Names})
			return cmp.Or(r.item.Reason, line.Note)
		}
	}
	if len(t.Read.Entries) > 0 {
		return r.item.Reason
	}
	return cmp.Or(r.item.Reason, t.Read.Note)
}

// closeReports closes what the newest notice that asks for progress asks of those
// who are reported for.
func closeReports(t *chat.Request, reports []resolved) (closed []progress.ItemRef) {
	for _, r := range reports {
		if n, ok := checkin(t, r.person); ok {
			closed = append(closed, notices.Answer(t, n, r.person)...)
		}
	}
	if len(closed) == 0 && len(reports) > 0 && reports[0].person.ID == t.Person.ID {
		return closeEntrusted(t)
	}
	return closed
}

// closeEntrusted closes what the newest such notice asks of the one person for whom
// the sender stands in, if it asked the sender for nothing.
func closeEntrusted(t *chat.Request) []progress.ItemRef {
	leaves := roster.Entrusted(t.Snap, t.Person.ID, t.Said())
	if len(leaves) != 1 {
		return nil
	}
	p, known := t.Roster.Person(leaves[0].Person)
	n, ok := checkin(t, p)
	if _, asked := notice.FindItem(t.Snap, n.Number, t.Person.ID); !known || !ok || asked {
		return nil
	}
	return notices.Answer(t, n, p)
}

// checkin finds the notice that p's progress answers: the one that is quoted or
// named, or else the newest that p owes and that asks for progress. Unlike 收到,
// progress fits no other notice, so that its age does not matter.
func checkin(t *chat.Request, p roster.Person) (n notice.Notice, ok bool) {
	if _, named := t.NamedNotice(); named || t.Bound > 0 {
		n, ok = t.BoundNotice(p)
		return n, ok && n.Class == notice.Report
	}
	owed := notice.OwedBy(t.Snap, p.ID)
	for _, l := range roster.Leaves(t.Snap, p.ID, t.Said()) {
		owed = append(owed, notice.Excused(t.Snap, l)...) // a delegate answers what is asked of nobody else
	}
	slices.Sort(owed)
	for _, number := range slices.Backward(owed) {
		n, ok = notice.Find(t.Snap, number)
		if ok && n.Class == notice.Report && n.OpenAt(t.Said()) {
			return n, ok
		}
	}
	return n, false
}

// echo is the one line that says what was stored: 已记：3→80%；5、7→办结. Reports of
// the same value share an arrow.
func echo(t *chat.Request, reports []resolved) string {
	var values []string
	numbers := map[string][]string{}
	for _, r := range reports {
		u := update(t, r)
		v := u.Line()
		if u.Status == progress.Blocked && r.item.Reason != "" {
			v += "（" + zh.Quote(r.item.Reason, 20) + "）"
		}
		if _, seen := numbers[v]; !seen {
			values = append(values, v)
		}
		name := plans.Ordinal(r.node)
		if n, err := strconv.Atoi(r.node.Number); err == nil && len(plans.Numbered(t.Plan, n)) > 1 { // which of them it is
			name += "（" + zh.Quote(r.node.Title, 12) + "）"
		}
		if r.person.ID != cmp.Or(t.Whose, t.Person.ID) {
			name = r.person.Name + name
		}
		numbers[v] = append(numbers[v], name)
	}
	said := zh.Join(values, "；", func(v string) string { return strings.Join(numbers[v], "、") + "→" + v })
	return t.Noted() + said + "。有误回“改…”或“撤回”"
}
