package handlers

import (
	"fmt"
	"strings"

	"duban/progress"
	"duban/roster"
)

// unchanged takes 没有新进展: with a report to go on it asks for one digit.
func (t *turn) unchanged() (string, error) {
	reports, complaint, err := t.standingReports()
	if err != nil || complaint != "" {
		return complaint, err
	}
	if len(reports) == 0 {
		return "没有记录。", nil
	}
	var parts, ids []string
	for _, r := range reports {
		last, ok, err := progress.LatestOf(t.snap, r.node.ID, r.person.ID)
		if err != nil {
			return "", err
		}
		if !ok {
			return fmt.Sprintf("第%s条还没有填报过，请写进度，例如：第%s条完成30%%。", r.node.Number, r.node.Number), nil
		}
		parts = append(parts, fmt.Sprintf("第%s条仍为%s", r.node.Number, last.Update.Line()))
		ids = append(ids, r.node.ID)
	}
	return strings.Join(parts, "，") + "？回1确认。", t.await(roster.Pending{
		Kind: sameKind, Until: t.now().Add(askLife), Options: ids, Text: reports[0].person.ID,
	})
}

// standingReports resolves the measures on which nothing is new: those that are
// named, or else the one that the sender reported on last.
func (t *turn) standingReports() ([]resolved, string, error) {
	if len(t.read.Measures()) == 0 && len(t.picks) == 0 {
		last, ok, err := t.lastUpdate()
		if err != nil {
			return nil, "", err
		}
		if ok {
			r, complaint, err := t.reportLike(last.Update)
			return []resolved{r}, complaint, err
		}
	}
	reports, _, complaint, err := t.reports()
	return reports, complaint, err
}

// same books that nothing has changed.
func (t *turn) same(string) (string, error) {
	wait, _, err := t.pending(sameKind)
	if err != nil {
		return "", err
	}
	t.read.Note = ""
	var reports []resolved
	for _, id := range wait.Options {
		last, ok, err := progress.LatestOf(t.snap, id, wait.Text)
		if err != nil {
			return "", err
		}
		if !ok {
			continue
		}
		r, complaint, err := t.reportLike(last.Update)
		if err != nil || complaint != "" {
			return complaint, err
		}
		reports = append(reports, r)
	}
	if len(reports) == 0 {
		return "没有记录：之前的填报已经撤回。请写进度，例如：第3条完成30%。", t.settled(sameKind)
	}
	if err := t.settled(sameKind); err != nil {
		return "", err
	}
	return t.book(reports, nil)
}
