package progress

import (
	"fmt"
	"strings"

	"duban/handlers/chat"
	"duban/progress"
	"duban/roster"
)

// unchanged takes 没有新进展: with a report to go on it asks for one digit.
func unchanged(t *chat.Request) (string, error) {
	reports := standingReports(t)
	if len(reports) == 0 {
		return "没有记录。", nil
	}
	var parts, ids []string
	for _, r := range reports {
		last, ok := progress.LatestOf(t.Snap, r.node.ID, r.person.ID)
		if !ok {
			return fmt.Sprintf("第%s条还没有填报过，请写进度，例如：第%s条完成30%%。", r.node.Number, r.node.Number), nil
		}
		parts = append(parts, fmt.Sprintf("第%s条仍为%s", r.node.Number, last.Update.Line()))
		ids = append(ids, r.node.ID)
	}
	t.Await(roster.Pending{
		Kind: chat.SameKind, Until: t.Now().Add(chat.AskLife), Options: ids, Text: reports[0].person.ID,
	})
	return strings.Join(parts, "，") + "？回1确认。", nil
}

// standingReports resolves the measures on which nothing is new: those that are
// named, or else the one that the sender reported on last.
func standingReports(t *chat.Request) []resolved {
	if len(t.Read.Measures()) == 0 && len(t.Picks) == 0 {
		if last, ok := lastUpdate(t); ok {
			return []resolved{reportLike(t, last.Update)}
		}
	}
	reports, _ := resolveItems(t)
	return reports
}

// same books that nothing has changed.
func same(t *chat.Request, _ string) (string, error) {
	wait := t.Take(chat.SameKind)
	t.Read.Note = ""
	var reports []resolved
	for _, id := range wait.Options {
		last, ok := progress.LatestOf(t.Snap, id, wait.Text)
		if !ok {
			continue
		}
		reports = append(reports, reportLike(t, last.Update))
	}
	if len(reports) == 0 {
		return "没有记录：之前的填报已经撤回。请写进度，例如：第3条完成30%。", nil
	}
	return book(t, reports, nil), nil
}
