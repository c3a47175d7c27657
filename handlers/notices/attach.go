package notices

import (
	"duban/bot"
	"duban/handlers/chat"
	"duban/store"
)

// AsAttached leads a picture or a document to the notice whose preview waits for the
// sender's confirmation: it goes out with it.
func AsAttached(t *chat.Request) (c chat.Command, ok bool) {
	kept := t.Kept()
	if t.Msg.Group || kept == nil || t.Msg.Kind != bot.Picture && t.Msg.Kind != bot.File {
		return c, false
	}
	d := store.Decode[draft](t.Snap, kept.Data)
	// It is named as what has shown the draft, so that the new one is confirmed alike.
	return chat.Command{Name: kept.Of, Right: chat.Announce, Place: chat.InPrivate, Prepare: chat.Fetch, Run: attach}, kept.Of == "announce" && d.Notice.Text != ""
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
