package handlers

import (
	"fmt"
	"slices"
	"strings"

	"duban/handlers/reading"
	"duban/plan"
	"duban/store"
)

// correct replaces what the sender said before: the newest report of the last
// seven days, or the one on the measure that is named.
func (t *turn) correct(string) (string, error) {
	if t.read.Is(reading.OutOfRange) {
		return "进度应在0到100之间，没有改动。", nil
	}
	if len(t.read.Items) > 0 && t.read.Items[0].Measure == 0 {
		last, ok, err := t.lastUpdate()
		if err != nil {
			return "", err
		}
		if !ok {
			return "7天内没有您的填报可以改。请直接发，例如：第3条完成60%。", nil
		}
		return t.replace([]store.Latest{last}, nil)
	}
	reports, complaint, err := t.reports()
	if err != nil || complaint != "" {
		return complaint, err
	}
	old := map[string]store.Latest{}
	for _, r := range reports {
		last, ok, err := t.own(r.node.ID, r.person.ID)
		if err != nil {
			return "", err
		}
		if ok {
			old[r.node.ID] = last
		}
	}
	wrong, err := t.misnamed()
	if err != nil {
		return "", err
	}
	for _, w := range wrong {
		if _, _, err := t.takeBack(w.Key); err != nil {
			return "", err
		}
	}
	answer, err := t.book(reports, old)
	return changedLine(answer, reports, old, wrong), err
}

// replace corrects reports whose measure the sender did not name again.
func (t *turn) replace(old []store.Latest, _ []int) (string, error) {
	p, err := t.snap.Plan()
	if err != nil {
		return "", err
	}
	was := map[string]store.Latest{}
	var reports []report
	for _, o := range old {
		n := p.NodeByID(o.Update.Measure)
		if n == nil {
			return "要点已经换了新的版本，请写明编号再改。", nil
		}
		was[n.ID] = o
		reports = append(reports, report{t.person, n, t.read.Items[0]})
	}
	answer, err := t.book(reports, was)
	return changedLine(answer, reports, was, nil), err
}

// changedLine puts what was there before in front of what is there now.
func changedLine(answer string, reports []report, old map[string]store.Latest, wrong []store.Latest) string {
	var before []string
	for _, r := range reports {
		if o, ok := old[r.node.ID]; ok {
			before = append(before, ordinal(r.node)+"原为"+o.Update.Line())
		}
	}
	for _, w := range wrong {
		before = append(before, w.Update.Number+"的"+w.Update.Line()+"已撤")
	}
	if len(before) == 0 {
		return answer
	}
	return strings.Replace(answer, "。有误", "（"+strings.Join(before, "、")+"）。有误", 1)
}

// misnamed returns the sender's reports on measures that were named by mistake:
// 上面的5应该是6.
func (t *turn) misnamed() ([]store.Latest, error) {
	p, err := t.snap.Plan()
	if err != nil {
		return nil, err
	}
	var all []store.Latest
	for _, number := range t.read.From {
		for _, n := range numbered(p, number) {
			last, ok, err := t.own(n.ID, t.person.ID)
			if err != nil {
				return nil, err
			}
			if ok {
				all = append(all, last)
			}
		}
	}
	return all, nil
}

// own returns a person's newest report on a measure, if it can still be changed.
func (t *turn) own(measure, person string) (store.Latest, bool, error) {
	last, ok, err := t.snap.Latest(measure, person)
	return last, ok && t.said().Sub(last.Update.At) <= ownWithin, err
}

// lastUpdate returns the sender's newest report on any measure, if it can still
// be changed.
func (t *turn) lastUpdate() (store.Latest, bool, error) {
	effects, err := t.snap.Effects(t.person.ID, t.said().Add(-ownWithin))
	if err != nil {
		return store.Latest{}, false, err
	}
	for _, e := range slices.Backward(effects) {
		for _, k := range slices.Backward(e.Updates) {
			u, ok, err := t.snap.Update(k)
			if err != nil {
				return store.Latest{}, false, err
			}
			if ok && u.Retracted.IsZero() {
				return store.Latest{Key: k, Update: u}, true, nil
			}
		}
	}
	return store.Latest{}, false, nil
}

// retract takes back what the sender said: on the named measures, or the last
// thing that has not been taken back.
func (t *turn) retract(string) (string, error) {
	if numbers := t.read.Measures(); len(numbers) > 0 {
		return t.retractMeasures(numbers)
	}
	effects, err := t.snap.Effects(t.person.ID, t.said().Add(-ownWithin))
	if err != nil {
		return "", err
	}
	for _, e := range slices.Backward(effects) {
		done, err := t.undo(e)
		if err != nil || done != "" {
			return done, err
		}
	}
	return "7天内没有您的填报或回执可以撤回。", nil
}

func (t *turn) retractMeasures(numbers []int) (string, error) {
	p, err := t.snap.Plan()
	if err != nil {
		return "", err
	}
	var nodes []*plan.Node
	for _, number := range numbers {
		nodes = append(nodes, numbered(p, number)...)
	}
	var done []string
	for _, n := range nodes {
		last, ok, err := t.own(n.ID, t.person.ID)
		if err != nil {
			return "", err
		}
		if !ok {
			continue
		}
		if _, _, err := t.takeBack(last.Key); err != nil {
			return "", err
		}
		done = append(done, "第"+ordinal(n)+"条 "+last.Update.Line())
	}
	if len(done) == 0 {
		return "7天内没有您在这一条的填报，没有改动。", nil
	}
	return "已撤回：" + strings.Join(done, "、") + "。", t.audit("retract", "")
}

// recall takes back what a message changed that its sender has recalled.
func (t *turn) recall(string) (string, error) {
	e, _, err := t.snap.EffectOf(t.m.Account, t.m.Recall)
	if err != nil {
		return "", err
	}
	return t.undo(e)
}

// undo takes back everything that one message changed and says what that was,
// "" if nothing was left of it. An item that it closed is open again.
func (t *turn) undo(e store.Effect) (string, error) {
	var done []string
	for _, k := range e.Updates {
		line, ok, err := t.takeBack(k)
		if err != nil {
			return "", err
		}
		if ok {
			done = append(done, line)
		}
	}
	for _, number := range e.Items {
		item, ok, err := t.snap.Item(number, t.person.ID)
		if err != nil {
			return "", err
		}
		if !ok || item.Message != e.Account+"/"+e.Message {
			continue
		}
		item.Reopen()
		if err := t.tx.PutItem(item); err != nil {
			return "", err
		}
		done = append(done, fmt.Sprintf("通知%d的回复", number))
	}
	if len(done) == 0 {
		return "", nil
	}
	return "已撤回：" + strings.Join(done, "、") + "。", t.audit("retract", e.Message)
}

// takeBack marks an update as retracted.
func (t *turn) takeBack(k string) (line string, ok bool, err error) {
	u, ok, err := t.snap.Update(k)
	if err != nil || !ok || !u.Retracted.IsZero() {
		return "", false, err
	}
	u.Retracted = t.now()
	return fmt.Sprintf("第%s条 %s", u.Number, u.Line()), true, t.tx.ChangeUpdate(k, u)
}
