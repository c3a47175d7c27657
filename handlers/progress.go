package handlers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/handlers/reading"
	"duban/notice"
	"duban/plan"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

const (
	sameKind = "same" // 仍为60%？

	// evidenceWithin is how long after a report a picture or a file is taken
	// for its evidence.
	evidenceWithin = 10 * time.Minute
)

// A report is one item of what was read, resolved to a person and a measure.
type report struct {
	person roster.Person
	node   *plan.Node
	item   reading.Item
}

// progress books what somebody reports on measures. What is out of range or has
// two meanings is asked about, and nothing of the message is stored.
func (t *turn) progress(string) (string, error) {
	switch {
	case t.read.Is(reading.Evidence) && len(t.read.Measures()) == 0:
		return t.evidence()
	case t.read.Is(reading.OutOfRange):
		return "进度应在0到100之间，没有记录。请再发一次，例如：第3条完成80%。", nil
	}
	reports, complaint, err := t.reports()
	if err != nil || complaint != "" {
		return complaint, err
	}
	if t.read.Is(reading.NoChange) {
		return t.unchanged(reports)
	}
	return t.book(reports, nil)
}

// progressOn is progress on the measure that was picked from a list.
func (t *turn) progressOn(id string) (string, error) {
	p, err := t.snap.Plan()
	if err != nil {
		return "", err
	}
	n := p.NodeByID(id)
	if n == nil {
		return "要点已经换了新的版本，请重新填报。", nil
	}
	who, complaint, err := t.subject()
	if err != nil || complaint != "" {
		return complaint, err
	}
	var reports []report
	for _, it := range t.read.Items {
		reports = append(reports, report{who, n, it})
	}
	return t.book(reports, nil)
}

// reports resolves what was read to people and measures, or says what is wrong.
func (t *turn) reports() (all []report, complaint string, err error) {
	who, complaint, err := t.subject()
	if err != nil || complaint != "" {
		return nil, complaint, err
	}
	p, err := t.snap.Plan()
	if err != nil {
		return nil, "", err
	}
	r, err := t.snap.Roster()
	if err != nil {
		return nil, "", err
	}
	if len(t.read.Items) == 0 || t.read.Items[0].Measure == 0 {
		complaint, err := t.whichMeasure(p)
		return nil, complaint, err
	}
	for _, it := range t.read.Items {
		nodes := numbered(p, it.Measure)
		switch len(nodes) {
		case 0:
			return nil, fmt.Sprintf("要点里没有第%d条（%s），没有记录。", it.Measure, extent(p)), nil
		case 1:
		default:
			complaint, err := t.whichNode(p, nodes)
			return nil, complaint, err
		}
		person := who
		if it.Name != "" {
			named, ok := t.listed(r, it.Name)
			if !ok {
				continue // a name outside the roster; the list says who was booked
			}
			person = named
		}
		all = append(all, report{person, nodes[0], it})
	}
	return all, "", nil
}

// whichMeasure asks on which measure a report is, or offers those that its words
// are about.
func (t *turn) whichMeasure(p *store.Plan) (string, error) {
	if _, again, err := t.pending(whichKind); err != nil {
		return "", err
	} else if again {
		// It was asked once and is still not clear: a person looks at it.
		number, err := t.ask("uncertain", t.read.Body)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("还是没看懂是哪一条，已转给学工处老师看（问题%d）。", number), t.settled(whichKind)
	}
	if t.read.Topic != "" {
		var nodes []*plan.Node
		for _, h := range p.Index.Find(t.read.Topic).Hits {
			if reportable(h.Node) && len(nodes) < 3 {
				nodes = append(nodes, h.Node)
			}
		}
		if len(nodes) > 0 {
			return t.whichNode(p, nodes)
		}
	}
	return "这是哪一条的进度？请回编号，例如：3。", t.await(store.Pending{
		Kind: whichKind, Until: t.now().Add(whichLife), Text: zh.Mask(t.read.Body),
	})
}

// whichNode asks which of several measures is meant.
func (t *turn) whichNode(p *store.Plan, nodes []*plan.Node) (string, error) {
	var b strings.Builder
	b.WriteString("是哪一条？请回序号（还没有记录）：")
	options := make([]string, len(nodes))
	for i, n := range nodes {
		fmt.Fprintf(&b, "\n%d. %s（%s）", i+1, nameOf(p, n), headOf(partOf(p, n)))
		options[i] = "node/" + n.ID
	}
	return b.String(), t.await(store.Pending{
		Kind: whichKind, Until: t.now().Add(whichLife), Options: options, Text: zh.Mask(t.read.Body),
	})
}

// book stores reports and says in one line what was stored. The keys in
// corrects, by measure, are the updates that these replace.
func (t *turn) book(reports []report, corrects map[string]store.Latest) (string, error) {
	if len(reports) == 0 {
		return "没有一个名字在名单上，没有记录。", nil
	}
	var keys []string
	for i, r := range reports {
		u := t.update(r)
		u.Corrects = corrects[r.node.ID].Key
		k, err := t.tx.AddUpdate(u, fmt.Sprintf("%s-%d", t.m.ID, i))
		if err != nil {
			return "", err
		}
		keys = append(keys, k)
	}
	items, err := t.closeReports(reports)
	if err != nil {
		return "", err
	}
	if err := t.changed(store.Effect{Updates: keys, Items: items}, "progress", ""); err != nil {
		return "", err
	}
	return echo(reports, t), nil
}

// update makes the stored form of a report.
func (t *turn) update(r report) notice.Update {
	u := notice.Update{
		Measure: r.node.ID, Number: r.node.Number, Person: r.person.ID, At: t.said(),
		Status: notice.Status(r.item.Status), Message: t.message(), Note: zh.Mask(cmpOr(r.item.Reason, t.read.Note)),
	}
	if r.item.Stated {
		u.Percent = &r.item.Percent
	}
	if r.person.ID != t.person.ID {
		u.By = t.person.ID
	}
	return u
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// closeReports closes the sender's item of the notice that asked for progress,
// if this answers one.
func (t *turn) closeReports(reports []report) ([]int, error) {
	n, ok, err := t.boundNotice()
	if err != nil || !ok || n.Class != notice.Report {
		return nil, err
	}
	var closed []int
	for _, r := range reports {
		item, asked, err := t.snap.Item(n.Number, r.person.ID)
		if err != nil {
			return nil, err
		}
		if !asked || !item.Answer(t.said(), n.Due, t.message(), "") {
			continue
		}
		if err := t.tx.PutItem(item); err != nil {
			return nil, err
		}
		closed = []int{n.Number}
	}
	return closed, nil
}

// echo is the one line that says what was stored: 已记：3→80%；5、7→办结. Reports of
// the same value share an arrow.
func echo(reports []report, t *turn) string {
	var values []string
	numbers := map[string][]string{}
	for _, r := range reports {
		u := t.update(r)
		v := u.Line()
		if u.Status == notice.Blocked && r.item.Reason != "" {
			v += "（" + oneLine(r.item.Reason, 20) + "）"
		}
		if _, seen := numbers[v]; !seen {
			values = append(values, v)
		}
		name := ordinal(r.node)
		if r.person.ID != t.person.ID {
			name = r.person.Name + " " + name
		}
		numbers[v] = append(numbers[v], name)
	}
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = strings.Join(numbers[v], "、") + "→" + v
	}
	return "已记：" + strings.Join(parts, "；") + "。有误回“改…”或“撤回”"
}

// unchanged takes 没有新进展: with a report to go on it asks for one digit.
func (t *turn) unchanged(reports []report) (string, error) {
	var parts, ids []string
	for _, r := range reports {
		last, ok, err := t.snap.Latest(r.node.ID, r.person.ID)
		if err != nil {
			return "", err
		}
		if !ok {
			return fmt.Sprintf("第%s条还没有填报过，请写进度，例如：第%s条完成30%%。", r.node.Number, r.node.Number), nil
		}
		parts = append(parts, fmt.Sprintf("第%s条仍为%s", r.node.Number, last.Update.Line()))
		ids = append(ids, r.node.ID)
	}
	return strings.Join(parts, "，") + "？回1确认。", t.await(store.Pending{
		Kind: sameKind, Until: t.now().Add(whichLife), Options: ids,
	})
}

// same books that nothing has changed.
func (t *turn) same(string) (string, error) {
	wait, _, err := t.pending(sameKind)
	if err != nil {
		return "", err
	}
	p, err := t.snap.Plan()
	if err != nil {
		return "", err
	}
	var reports []report
	for _, id := range wait.Options {
		n := p.NodeByID(id)
		last, ok, err := t.snap.Latest(id, t.person.ID)
		if err != nil {
			return "", err
		}
		if n == nil || !ok {
			continue
		}
		it := reading.Item{Status: reading.Status(last.Update.Status), Reason: last.Update.Note}
		if last.Update.Percent != nil {
			it.Percent, it.Stated = *last.Update.Percent, true
		}
		reports = append(reports, report{t.person, n, it})
	}
	if err := t.settled(sameKind); err != nil {
		return "", err
	}
	return t.book(reports, nil)
}

// evidence attaches a picture or a file to the sender's last report.
func (t *turn) evidence() (string, error) {
	effects, err := t.snap.Effects(t.person.ID, t.said().Add(-evidenceWithin))
	if err != nil {
		return "", err
	}
	for _, e := range slices.Backward(effects) {
		for _, k := range e.Updates {
			u, ok, err := t.snap.Update(k)
			if err != nil {
				return "", err
			}
			if !ok || !u.Retracted.IsZero() {
				continue
			}
			u.Evidence = append(u.Evidence, zh.Mask(cmpOr(t.read.Body, "图片")))
			if err := t.tx.ChangeUpdate(k, u); err != nil {
				return "", err
			}
			return fmt.Sprintf("已附到第%s条的填报。", u.Number), t.audit("evidence", u.Measure)
		}
	}
	if t.m.Group {
		return "", nil
	}
	return "请先写是哪一条的进度，再发图片或文件（10分钟内），例如：第3条完成80%。", nil
}
