package progress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/proof"
	"duban/progress"
	"duban/store"
	"duban/zh"
)

const (
	maxProof   = 10 << 20         // bytes of one piece of evidence
	fetchLimit = 30 * time.Second // for fetching it from the network
)

// A proofFile is what became of a picture or a document that a message brought.
type proofFile struct {
	bot.FileInfo
	refusal string // why it was not kept, for the person
	note    string // what else they are told of it
}

// fetch fetches a picture or a document that may be evidence, and keeps it without
// what nobody meant to send. What is not allowed is refused.
func fetch(ctx context.Context, t *chat.Request) (err error) {
	f := t.Msg.File
	if t.Msg.Kind == bot.File && (f == nil || f.Open == nil) && !proof.Named(t.Msg.Text) {
		t.Prepared = unwanted()
		return nil
	}
	if f == nil || f.Open == nil || t.Msg.Kind != bot.Picture && t.Msg.Kind != bot.File {
		return nil
	}
	if t.Full {
		t.Prepared = withoutRoom()
		return nil
	}
	var data []byte
	if f.Size <= maxProof {
		within, stop := context.WithTimeout(ctx, fetchLimit)
		defer stop()
		data, err = f.Bytes(within, maxProof)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil: // the picture is lost, and the report must not be
		t.Desk.Options.Log.Warn("evidence not fetched", "account", t.Msg.Account, "cause", fmt.Sprintf("%T", err))
		t.Prepared = proofFile{note: "（没取到附件的内容，只记了有这份附件）"}
		return nil
	case f.Size > maxProof || len(data) > maxProof:
		t.Prepared = proofFile{refusal: "附件超过10MB，没有保存，请压缩或截图后再发。"}
		return nil
	}
	kept, err := keep(t.Desk.Store, data, f.Name)
	if errors.Is(err, store.ErrNoFiles) {
		return nil // there is no folder for it: its name is recorded
	}
	if store.NoRoom(err) {
		kept, err = withoutRoom(), nil
	}
	t.Prepared = kept
	return err
}

// unwanted is a file of a kind that is not taken.
func unwanted() proofFile {
	return proofFile{refusal: "这种附件没有保存。可以发图片（jpg、png、gif、webp）、PDF、Word（docx）、Excel（xlsx）、zip或txt。"}
}

// withoutRoom is a file that the disk has no room for. The report must not be lost
// with it.
func withoutRoom() proofFile {
	return proofFile{note: "（磁盘快满了，附件的内容没有保存，只记了有这份附件）"}
}

// keep keeps a file without what nobody meant to send, under a name of its own.
func keep(s *store.Store, data []byte, name string) (kept proofFile, err error) {
	k, ok := proof.Sniff(data, name)
	if !ok {
		return unwanted(), nil
	}
	clean, ok := proof.Strip(data, k)
	if !ok {
		return proofFile{refusal: "图片不完整，没有保存，请重新发一次。"}, nil
	}
	sum := sha256.Sum256(clean)
	kept.FileInfo, err = s.Keep(clean, bot.FileInfo{Name: "附件" + hex.EncodeToString(sum[:4]) + k.Ext, Type: k.Type})
	return kept, err
}

// broughtBy returns the file that the message brought, the zero value if none.
func broughtBy(t *chat.Request) proofFile {
	f, _ := t.Prepared.(proofFile)
	return f
}

// evidenceWithin is how long after a report a picture or a file is taken for its
// evidence.
const evidenceWithin = 10 * time.Minute

// AsEvidence leads a picture or a file to the report that it belongs to. In a
// group nobody can address the bot with a picture: it counts if the sender
// reported there a moment ago.
func AsEvidence(t *chat.Request) (chat.Command, bool) {
	c := chat.Command{Name: "evidence", Right: chat.Reply, Echo: true, Quiet: true, Prepare: fetch, Run: evidence}
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
	brought := broughtBy(t)
	var e progress.Effect
	hint := ""
	if len(t.Read.Measures()) > 0 {
		if brought.refusal == "" {
			e, hint = proven(t)
		}
	} else if last := lastReport(t); last.Message != "" {
		e.Evidence = last.Updates
	} else {
		return "请先写是哪一条的进度，再发图片或文件（10分钟内），例如：第3条完成80%。", nil
	}
	if brought.refusal != "" {
		return brought.refusal, nil
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
	return fmt.Sprintf("已附到第%s条的填报。%s%s", strings.Join(numbers, "、"), brought.note, hint), nil
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
	f := broughtBy(t)
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
