package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/reading"
	"duban/notice"
	"duban/plan"
	"duban/progress"
	"duban/roster"
)

// A report is one item of what was read, resolved to a person and a measure.
type resolved struct {
	person roster.Person
	node   *plan.Node
	item   reading.Item
}

// progress books what somebody reports on measures. What is out of range or has
// two meanings is asked about, and nothing of the message is stored.
func (t *turn) progress(string) (string, error) {
	switch {
	case t.read.Is(reading.Evidence) && len(t.read.Measures()) == 0:
		return t.evidence("")
	case t.read.Is(reading.OutOfRange):
		return "没有记录：进度应在0到100之间。请再发一次，例如：第3条完成80%。", nil
	case t.read.Is(reading.NoChange):
		return t.unchanged()
	}
	reports, names, complaint, err := t.reports()
	if err != nil || complaint != "" {
		return complaint, err
	}
	if len(t.read.Entries) > 0 {
		if reports, err = t.fresh(reports); err != nil {
			return "", err
		}
		if len(reports) == 0 {
			return lines("接龙里没有新的进度。", names.strangers()), nil
		}
	}
	answer, err := t.book(reports, nil)
	return lines(answer, names.strangers()), err
}

// reports resolves what was read to people and measures, or says what is wrong.
func (t *turn) reports() (all []resolved, names listing, complaint string, err error) {
	who, complaint, err := t.subject()
	if err != nil || complaint != "" {
		return nil, names, complaint, err
	}
	p, err := progress.Current(t.snap)
	if err != nil {
		return nil, names, "", err
	}
	if names, err = t.listed(); err != nil {
		return nil, names, "", err
	}
	if len(t.read.Items) == 0 {
		complaint, err = t.whichMeasure(p)
		return nil, names, complaint, err
	}
	for _, it := range t.read.Items {
		node, complaint, err := t.node(p, it.Measure)
		if err != nil || node == nil {
			return nil, names, complaint, err
		}
		person := who
		if it.Name != "" {
			named, ok := names.found[it.Name]
			if !ok {
				continue // the echo says who is not on the roster
			}
			person = named
		}
		if slices.ContainsFunc(all, func(r resolved) bool { return r.node == node && r.person.ID == person.ID && r.item != it }) {
			return nil, names, fmt.Sprintf("没有记录：第%s条写了两个进度。请只写一个再发一次。", node.Number), nil
		}
		all = append(all, resolved{person, node, it})
	}
	return all, names, "", nil
}

// node finds the measure of a number, 0 if none was named. If there is not
// exactly one, node is nil and the question or the reason is said.
func (t *turn) node(p *progress.Plan, number int) (node *plan.Node, said string, err error) {
	if id, picked := t.picks[number]; picked {
		if node = p.NodeByID(id); node == nil {
			said = "没有记录：要点已经换了新的版本，请再报一次。"
		}
		return node, said, nil
	}
	if number == 0 {
		said, err = t.whichMeasure(p)
		return nil, said, err
	}
	switch nodes := numbered(p, number); len(nodes) {
	case 1:
		return nodes[0], "", nil
	case 0:
		return nil, fmt.Sprintf("要点里没有第%d条（%s），没有记录。请看一下编号再报。", number, extent(p)), nil
	default:
		said, err = t.whichNode(p, number, nodes)
		return nil, said, err
	}
}

// fresh drops what an earlier posting of the same 接龙 has booked: others' lines,
// and the sender's own, that say what is on record already.
func (t *turn) fresh(reports []resolved) (left []resolved, err error) {
	for _, r := range reports {
		said, err := progress.History(t.snap, r.node.ID, r.person.ID)
		if err != nil {
			return nil, err
		}
		u := t.update(r)
		if !slices.ContainsFunc(said, func(old progress.Update) bool { return old.Same(u) && t.said().Sub(old.At) <= ownWithin }) {
			left = append(left, r)
		}
	}
	return left, nil
}

// book stores reports and says in one line what was stored. The updates in
// corrects, by [report.key], are those that these replace.
func (t *turn) book(reports []resolved, corrects map[string]progress.Latest) (string, error) {
	if len(reports) == 0 {
		return "没有记录：接龙里的名字都不在名单上。", nil
	}
	var keys []string
	for i, r := range reports {
		u := t.update(r)
		u.Corrects = corrects[r.key()].Key
		k, err := progress.AddUpdate(t.tx, u, fmt.Sprintf("%s-%d", t.m.ID, i))
		if err != nil {
			return "", err
		}
		keys = append(keys, k)
		if err := t.withProof(k, u); err != nil {
			return "", err
		}
	}
	items, err := t.closeReports(reports)
	if err != nil {
		return "", err
	}
	also, err := t.alsoAcknowledge()
	if err != nil {
		return "", err
	}
	effect := progress.Effect{Updates: keys, Items: append(items, also...)}
	if err := t.changed(effect, "progress", ""); err != nil {
		return "", err
	}
	return t.echo(reports) + t.proofNote(), nil
}

// withProof adds the picture or the file that came with a report: 第3条完成 as its
// caption or its name.
func (t *turn) withProof(k string, u progress.Update) error {
	if t.m.Kind != bot.Picture && t.m.Kind != bot.File || t.look.brought != nil && t.look.brought.refusal != "" {
		return nil
	}
	u.Evidence = append(u.Evidence, t.attachment())
	if err := t.attach(&u, k); err != nil {
		return err
	}
	return progress.ChangeUpdate(t.tx, k, u)
}

// proofNote says what is the matter with the file that came with a report.
func (t *turn) proofNote() string {
	if t.look.brought == nil {
		return ""
	}
	return t.look.brought.refusal + t.look.brought.note
}

// key names whose report on what it is.
func (r resolved) key() string { return r.node.ID + "/" + r.person.ID }

// update makes the stored form of a report.
func (t *turn) update(r resolved) progress.Update {
	note := r.item.Reason
	if note == "" && len(t.read.Entries) == 0 {
		note = t.read.Note
	}
	if r.person.ID != t.person.ID && strings.Contains(note, r.person.Name) && strings.ContainsAny(note[:3], "代帮替") {
		note = "" // 代张伟报一下 says who, and nothing of the measure
	}
	u := progress.Update{
		Measure: r.node.ID, Number: r.node.Number, Person: r.person.ID, At: t.said(),
		Status: progress.Status(r.item.Status), Message: t.message(), Note: note,
	}
	if r.item.Stated {
		u.Percent = &r.item.Percent
	}
	if r.person.ID != t.person.ID {
		u.By = t.person.ID
	}
	return u
}

// closeReports closes what the newest notice that asks for progress asks of those
// who are reported for.
func (t *turn) closeReports(reports []resolved) (closed []progress.ItemRef, err error) {
	for _, r := range reports {
		n, ok, err := t.checkin(r.person)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		refs, err := t.answer(n, r.person)
		if err != nil {
			return nil, err
		}
		closed = append(closed, refs...)
	}
	return closed, nil
}

// checkin finds the notice that p's progress answers: the one that is quoted or
// named, or else the newest that p owes and that asks for progress. Unlike 收到,
// progress fits no other notice, so that its age does not matter.
func (t *turn) checkin(p roster.Person) (n notice.Notice, ok bool, err error) {
	if _, named := t.namedNotice(); named || t.bound > 0 {
		n, ok, err = t.boundNotice(p)
		return n, ok && n.Class == notice.Report, err
	}
	owed, err := notice.OwedBy(t.snap, p.ID)
	if err != nil {
		return n, false, err
	}
	for _, number := range slices.Backward(owed) {
		n, ok, err = notice.Find(t.snap, number)
		if err != nil || ok && n.Class == notice.Report && n.OpenAt(t.said()) {
			return n, ok, err
		}
	}
	return n, false, nil
}

// echo is the one line that says what was stored: 已记：3→80%；5、7→办结. Reports of
// the same value share an arrow.
func (t *turn) echo(reports []resolved) string {
	var values []string
	numbers := map[string][]string{}
	for _, r := range reports {
		u := t.update(r)
		v := u.Line()
		if u.Status == progress.Blocked && r.item.Reason != "" {
			v += "（" + oneLine(r.item.Reason, 20) + "）"
		}
		if _, seen := numbers[v]; !seen {
			values = append(values, v)
		}
		name := ordinal(r.node)
		if r.person.ID != cmp.Or(t.whose, t.person.ID) {
			name = r.person.Name + name
		}
		numbers[v] = append(numbers[v], name)
	}
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = strings.Join(numbers[v], "、") + "→" + v
	}
	return t.noted() + strings.Join(parts, "；") + "。有误回“改…”或“撤回”"
}
