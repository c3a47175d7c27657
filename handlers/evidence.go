package handlers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/progress"
	"duban/store"
)

// evidenceWithin is how long after a report a picture or a file is taken for its
// evidence.
const evidenceWithin = 10 * time.Minute

// asEvidence leads a picture or a file to the report that it belongs to. In a
// group nobody can address the bot with a picture: it counts if the sender
// reported there a moment ago.
func (t *turn) asEvidence() (capability, bool, error) {
	c := capability{name: "evidence", right: Reply, echo: true, quiet: true, run: (*turn).evidence}
	if !t.known {
		return c, false, nil
	}
	e, err := t.lastReport()
	return c, err == nil && e.Message != "" && e.Account == t.m.Account && e.Chat == t.m.Chat, err
}

// lastReport returns the sender's last report within the time for evidence, the
// zero Effect if there is none.
func (t *turn) lastReport() (progress.Effect, error) {
	effects, err := progress.Effects(t.snap, t.person.ID, t.said().Add(-evidenceWithin))
	if err != nil {
		return progress.Effect{}, err
	}
	for _, e := range slices.Backward(effects) {
		if len(e.Updates) == 0 || e.At.After(t.said()) {
			continue
		}
		for _, k := range e.Updates {
			if u, ok, err := progress.FindUpdate(t.snap, k); err != nil || ok && u.Retracted.IsZero() {
				return e, err
			}
		}
	}
	return progress.Effect{}, nil
}

// evidence attaches a picture or a file to the sender's last report.
func (t *turn) evidence(string) (string, error) {
	e, err := t.lastReport()
	if err != nil {
		return "", err
	}
	if e.Message == "" {
		return "请先写是哪一条的进度，再发图片或文件（10分钟内），例如：第3条完成80%。", nil
	}
	own := t.look.brought
	if own != nil && own.refusal != "" {
		return own.refusal, nil
	}
	var numbers, keys []string
	for _, k := range e.Updates {
		u, ok, err := progress.FindUpdate(t.snap, k)
		if err != nil {
			return "", err
		}
		if !ok || !u.Retracted.IsZero() {
			continue
		}
		u.Evidence = append(u.Evidence, t.attachment())
		if err := t.attach(&u, k); err != nil {
			return "", err
		}
		if err := progress.ChangeUpdate(t.tx, k, u); err != nil {
			return "", err
		}
		numbers, keys = append(numbers, u.Number), append(keys, k)
	}
	if err := t.changed(progress.Effect{Evidence: keys}, "evidence", ""); err != nil {
		return "", err
	}
	answer := fmt.Sprintf("已附到第%s条的填报。", strings.Join(numbers, "、"))
	if own != nil {
		answer += own.note
	}
	return answer, nil
}

// attach adds the file that was fetched, if one was, to the update under a key.
func (t *turn) attach(u *progress.Update, k string) error {
	if t.look.brought == nil || t.look.brought.file.Hash == "" {
		return nil
	}
	f := t.look.brought.file
	u.Files = append(u.Files, progress.File{Name: f.Name, Type: f.Type, Size: f.Size, Hash: f.Hash, Message: t.message()})
	return t.tx.HoldFile(store.Work, f.Hash, k)
}

// release takes the files off an update under a key that a message brought, all if
// message is "".
func (t *turn) release(u *progress.Update, k, message string) error {
	var left []progress.File
	for _, f := range u.Files {
		if message != "" && f.Message != message {
			left = append(left, f)
			continue
		}
		if err := t.tx.ReleaseFile(store.Work, f.Hash, k); err != nil {
			return err
		}
	}
	u.Files = left
	return nil
}

// attachment names what was sent by the message that brought it, with its name
// where it was said to the bot.
func (t *turn) attachment() string {
	name := "图片"
	if t.m.Kind == bot.File {
		name = "文件"
	}
	if t.addressed() && t.read.Body != "" {
		name = oneLine(t.read.Body, 60)
	}
	return name + "（" + t.message() + "）"
}
