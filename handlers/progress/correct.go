package progress

import (
	"slices"
	"strconv"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/handlers/reading"
	"duban/progress"
	"duban/zh"
)

// correct replaces what the sender said before: the newest report of the last
// seven days, or the one on the measure that is named.
func correct(t *chat.Request, _ string) (string, error) {
	settleMove(t)
	var reports []resolved
	if len(t.Read.Measures()) == 0 && len(t.Read.Items) > 0 && len(t.Picks) == 0 {
		reports = []resolved{renewed(t)}
	} else {
		reports, _ = resolveItems(t)
	}
	old := map[string]progress.Latest{}
	for _, r := range reports {
		if last, ok := own(t, r.node.ID, r.person.ID); ok {
			old[r.key()] = last
		}
	}
	wrong := renumbered(t, reports)
	answer := book(t, reports, old)
	if len(wrong) == 1 && len(reports) == 1 {
		moveEvidence(t, wrong[0], reports[0])
	}
	for _, w := range wrong {
		for k := w.Key; k != ""; { // with what it corrected itself
			u, _ := progress.FindUpdate(t.Snap, k)
			takeBack(t, k)
			k = u.Corrects
		}
	}
	return chat.Lines(changedLine(answer, reports, old, wrong), alsoAsked(t), leftOut(t)), nil
}

// renewed resolves a correction that names no measure: it is of the sender's
// newest report, whose measure and person it keeps.
func renewed(t *chat.Request) resolved {
	if t.Read.Behalf != "" {
		chat.Decline("没有改动：请写明编号，例如：代李老师把第3条改成60%%。")
	}
	last, ok := lastUpdate(t)
	if !ok {
		chat.Decline("7天内没有您的填报可以改。请直接发，例如：第3条完成60%%。")
	}
	r := reportLike(t, last.Update)
	r.item = t.Read.Items[0]
	return r
}

// reportLike makes a report that says again what an update says.
func reportLike(t *chat.Request, u progress.Update) (r resolved) {
	r.node = t.Plan.NodeByID(u.Measure)
	person, known := t.Roster.Person(u.Person)
	if r.node == nil || !known {
		chat.Decline("没有改动：要点或名单已经换了新的版本，请写明编号再报一次。")
	}
	r.person, r.item = person, reading.Item{Status: reading.Status(u.Status), Reason: u.Note}
	if u.Percent != nil {
		r.item.Percent, r.item.Stated = *u.Percent, true
	}
	return r
}

// changedLine puts what was there before in front of what is there now.
func changedLine(answer string, reports []resolved, old map[string]progress.Latest, wrong []progress.Latest) string {
	var before []string
	for _, r := range reports {
		if o, ok := old[r.key()]; ok {
			before = append(before, plans.Ordinal(r.node)+"原为"+o.Update.Line())
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

// settleMove tells, of two numbers without a sign, 不是30，是29, by the sender's last
// report whether they are measures or percents. If it is neither, or both, the sender must
// say it in full.
func settleMove(t *chat.Request) {
	m := t.Read.Move
	if m == nil {
		return
	}
	last := lastUpdates(t)
	if m.Wrong == 0 {
		near := func(l progress.Latest) bool {
			const slip = 3
			n, _ := zh.ParseInt(l.Update.Number)
			return n-m.Right <= slip && m.Right-n <= slip && n != m.Right
		}
		if slices.ContainsFunc(last, near) {
			chat.Decline("没有改动：没看出%d是编号还是进度。请写全，例如：不对，是第%d条；或：改成%d%%%%。", m.Right, m.Right, m.Right)
		}
		return
	}
	named := slices.ContainsFunc(last, func(l progress.Latest) bool { return l.Update.Number == strconv.Itoa(m.Wrong) })
	valued := slices.ContainsFunc(last, func(l progress.Latest) bool { return l.Update.Percent != nil && *l.Update.Percent == m.Wrong })
	switch {
	case named == valued && len(last) > 0:
		said := zh.List(last, func(l progress.Latest) string { return "第" + l.Update.Number + "条 " + l.Update.Line() })
		chat.Decline("没有改动：您上次报的是%s，没看出要改的是编号还是进度。请写全，例如：第%d条60%%。", said, m.Wrong)
	case named:
		t.Read.From, t.Read.Items = []int{m.Wrong}, []reading.Item{{Measure: m.Right}}
	}
}

// misnamed returns the reports on measures that were named by mistake, 上面的5应该是6: the
// sender's own, or those of others that they made last.
func misnamed(t *chat.Request) []progress.Latest {
	var all []progress.Latest
	for _, number := range t.Read.From {
		for _, n := range plans.Numbered(t.Plan, number) {
			if last, ok := own(t, n.ID, t.Person.ID); ok {
				all = append(all, last)
			}
		}
	}
	if len(all) > 0 {
		return all
	}
	return slices.DeleteFunc(lastUpdates(t), func(l progress.Latest) bool {
		number, size := zh.ParseInt(l.Update.Number)
		return size == 0 || !slices.Contains(t.Read.From, number)
	})
}

// renumbered returns the reports on measures that were named by mistake, and gives their
// value to the right one if nothing else is said of it: 不对，是第4条. Who corrects what
// they never reported means the report that they have just made.
func renumbered(t *chat.Request, reports []resolved) (wrong []progress.Latest) {
	wrong = misnamed(t)
	if len(reports) != 1 || reports[0].person.ID != t.Person.ID {
		return wrong
	}
	r := &reports[0]
	moves := !r.item.Stated && r.item.Status == reading.NoStatus
	if _, there := own(t, r.node.ID, r.person.ID); there && !moves {
		return wrong
	}
	if last := lastUpdates(t); len(wrong) == 0 && len(last) == 1 && last[0].Update.Measure != r.node.ID &&
		(moves && len(t.Read.From) == 0 || !moves && len(lastReport(t).Updates) == 1 && last[0].Update.Person == t.Person.ID) {
		wrong = last
	}
	if !moves {
		return wrong
	}
	if len(wrong) != 1 {
		chat.Decline("没有改动：没找到要换成第%s条的是哪一条填报。请写全，例如：第%s条80%%。", r.node.Number, r.node.Number)
	}
	t.Read.Note = "" // it says what was wrong
	like := reportLike(t, wrong[0].Update)
	r.item, r.person = like.item, like.person
	return wrong
}

// own returns a person's newest report on a measure, if it can still be changed.
func own(t *chat.Request, measure, person string) (progress.Latest, bool) {
	last, ok := progress.LatestOf(t.Snap, measure, person)
	return last, ok && t.Said().Sub(last.Update.At) <= chat.OwnWithin
}

// lastUpdate returns the newest report that the sender made, for anybody and on
// any measure, if it can still be changed.
func lastUpdate(t *chat.Request) (progress.Latest, bool) {
	all := lastUpdates(t)
	if len(all) == 0 {
		return progress.Latest{}, false
	}
	return all[len(all)-1], true
}

// lastUpdates returns what still stands of the sender's newest report, for anybody and on
// any measure, if it can still be changed.
func lastUpdates(t *chat.Request) (all []progress.Latest) {
	for _, e := range slices.Backward(progress.Effects(t.Snap, t.Person.ID, t.Said().Add(-chat.OwnWithin))) {
		for _, k := range e.Updates {
			if u, ok := progress.FindUpdate(t.Snap, k); ok && u.Retracted.IsZero() {
				all = append(all, progress.Latest{Key: k, Update: u})
			}
		}
		if len(all) > 0 {
			return all
		}
	}
	return nil
}
