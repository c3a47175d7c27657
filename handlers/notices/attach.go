package notices

import (
	"duban/bot"
	"duban/handlers/chat"
	"duban/notice"
	"duban/store"
)

// announced is the name of the command that previews a new notice.
const announced = "announce"

// Waiting returns the notice that waits for the asker's confirmation, and the preview of
// it without how to confirm it in chat; ok is false if none waits.
func Waiting(t *chat.Request) (n notice.Notice, shown string, ok bool) {
	kept := t.Kept()
	if kept == nil || kept.Of != announced {
		return n, "", false
	}
	n = store.Decode[draft](t.Snap, kept.Data).Notice
	return n, preview(t, n, countAudience(t, n)), n.Text != ""
}

// AsAttached leads a picture or a document to the notice whose preview waits for the
// sender's confirmation: it goes out with it.
func AsAttached(t *chat.Request) (c chat.Command, ok bool) {
	_, _, ok = Waiting(t)
	if t.Msg.Group || !ok || t.Msg.Kind != bot.Picture && t.Msg.Kind != bot.File {
		return c, false
	}
	// It is named as what has shown the draft, so that the new one is confirmed alike.
	return chat.Command{Name: announced, Right: chat.Announce, Place: chat.InPrivate, Prepare: chat.Fetch, Run: attach}, true
}

// attach shows the notice again, with the file that was sent; a later one takes its place.
func attach(t *chat.Request, _ string) (string, error) {
	brought := chat.BroughtBy(t)
	switch {
	case brought.Refusal != "":
		return brought.Refusal + "通知的预览不变。", nil
	case brought.Hash == "":
		return "没取到这个文件，通知的预览不变。请重新发一次，或“确认”不带附件发出。", nil
	}
	d := store.Decode[draft](t.Snap, t.Kept().Data)
	f := brought.FileInfo
	if brought.Called != "" {
		f.Name = brought.Called
	}
	d.Notice.File = &f
	return show(t, d), nil
}
