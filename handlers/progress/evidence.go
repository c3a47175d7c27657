package progress

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/progress"
	"duban/store"
	"duban/zh"
)

// evidenceWithin is how long after a report a picture or a file is taken for its
// evidence.
const evidenceWithin = 10 * time.Minute

// AsEvidence leads a picture or a file to the report that it belongs to. In a
// group nobody can address the bot with a picture: it counts if the sender
// reported there a moment ago.
func AsEvidence(t *chat.Request) (chat.Command, bool) {
	c := chat.Command{Name: "evidence", Right: chat.Reply, Echo: true, Quiet: true, Prepare: chat.Fetch, Run: evidence}
	if !t.Known {
		return c, false
	}
	e := lastReport(t)
	return c, e.Message != "" && e.Account == t.Msg.Account && e.Chat == t.Msg.Chat
}

// lastReport returns the sender's last report within the time for evidence, the
// zero Effect if there is none.
func lastReport(t *chat.Request) progress.Effect {
	for _, e := range slices.Backward(progress.Effects(t.Snap, t.Person.ID, t.Said().Add(-evidenceWithin))) {
		if e.At.After(t.Said()) {
			continue
		}
		if live(t, e) {
			return e
		}
	}
	return progress.Effect{}
}

// evidence attaches a picture or a file to the sender's reports on the measures that its
// name or caption names, or to the last report. It changes no state: what a name says of
// how far something is may be the name of an older file.
func evidence(t *chat.Request, _ string) (string, error) {
	brought := chat.BroughtBy(t)
	var e progress.Effect
	hint := ""
	if len(t.Read.Measures()) > 0 {
		if brought.Refusal == "" {
			e, hint = proven(t)
		}
	} else if last := lastReport(t); last.Message != "" {
		e.Evidence = last.Updates
	} else {
		how := "请先写是哪一条的进度，再发图片或文件（10分钟内），例如：第3条完成80%。"
		if t.May(chat.Announce) {
			how += "要随通知发出的，请先发“发通知…”，看到预览后再发它。"
		}
		return how, nil
	}
	if brought.Refusal != "" {
		return brought.Refusal, nil
	}
	var numbers []string
	for _, k := range slices.Concat(e.Updates, e.Evidence) {
		u, ok := progress.FindUpdate(t.Tx.Snapshot, k)
		if !ok || !u.Retracted.IsZero() {
			continue
		}
		u.Evidence = append(u.Evidence, attachment(t))
		attach(t, &u, k)
		progress.ChangeUpdate(t.Tx, k, u)
		numbers = append(numbers, u.Number)
	}
	t.Changed(e, "evidence", "")
	return fmt.Sprintf("已附到第%s条的填报。%s%s", strings.Join(numbers, "、"), brought.Note, hint), nil
}

// proven finds the reports to which evidence belongs that names its measures, and makes
// one without a state where the sender has none. Hint says which state the name had.
func proven(t *chat.Request) (e progress.Effect, hint string) {
	reports, _ := resolveItems(t)
	for _, r := range reports {
		u := update(t, r)
		if u.Percent != nil || u.Status != "" {
			hint = fmt.Sprintf("附件名里的进度没有记，要记请发文字：第%s条%s。", r.node.Number, u.Line())
		}
		if last, ok := own(t, r.node.ID, r.person.ID); ok {
			e.Evidence = append(e.Evidence, last.Key)
			continue
		}
		u.Percent, u.Status, u.Note = nil, "", ""
		e.Updates = append(e.Updates, progress.AddUpdate(t.Tx, u))
	}
	return e, hint
}

// attach adds the file that was fetched, if one was, to the update under a key.
func attach(t *chat.Request, u *progress.Update, k string) {
	f := chat.BroughtBy(t)
	if f.Hash == "" {
		return
	}
	u.Files = append(u.Files, progress.File{Name: f.Name, Type: f.Type, Size: f.Size, Hash: f.Hash, Message: t.Message()})
	t.Tx.HoldFile(store.Work, f.Hash, k)
}

// release takes the files off an update under a key that a message brought, all if
// message is "".
func release(t *chat.Request, u *progress.Update, k, message string) {
	var left []progress.File
	for _, f := range u.Files {
		if message != "" && f.Message != message {
			left = append(left, f)
			continue
		}
		t.Tx.ReleaseFile(store.Work, f.Hash, k)
	}
	u.Files = left
}

// moveEvidence moves what was attached to a report under the wrong number to the one that
// takes its place, so that its sender can still take it back.
func moveEvidence(t *chat.Request, wrong progress.Latest, right resolved) {
	to, ok := progress.LatestOf(t.Snap, right.node.ID, right.person.ID)
	if !ok || len(wrong.Update.Evidence) == 0 {
		return
	}
	to.Update.Evidence = append(to.Update.Evidence, wrong.Update.Evidence...)
	to.Update.Files = append(to.Update.Files, wrong.Update.Files...)
	for _, f := range wrong.Update.Files {
		t.Tx.HoldFile(store.Work, f.Hash, to.Key)
		t.Tx.ReleaseFile(store.Work, f.Hash, wrong.Key)
	}
	wrong.Update.Evidence, wrong.Update.Files = nil, nil
	progress.ChangeUpdate(t.Tx, wrong.Key, wrong.Update)
	progress.ChangeUpdate(t.Tx, to.Key, to.Update)
	for _, e := range progress.Effects(t.Snap, t.Person.ID, t.Said().Add(-chat.OwnWithin)) {
		if at := slices.Index(e.Evidence, wrong.Key); at >= 0 {
			e.Evidence = slices.Clone(e.Evidence)
			e.Evidence[at] = to.Key
			progress.PutEffect(t.Tx, e)
		}
	}
}

// attachment names what was sent by the message that brought it, with its name
// where it was said to the bot.
func attachment(t *chat.Request) string {
	name := "图片"
	if t.Msg.Kind == bot.File {
		name = "文件"
	}
	if t.Addressed() && t.Read.Body != "" {
		name = zh.Quote(t.Read.Body, 60)
	}
	return name + "（" + t.Message() + "）"
}
