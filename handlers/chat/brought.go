package chat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"duban/bot"
	"duban/handlers/proof"
	"duban/store"
)

const (
	maxFile    = 10 << 20         // bytes of one picture or document
	fetchLimit = 30 * time.Second // for fetching it from the network
)

// Brought is what became of a picture or a document that a message brought.
type Brought struct {
	bot.FileInfo
	Refusal string // why it was not kept, for the person
	Note    string // what else they are told of it
	Called  string // its name as it was sent; it is kept under one of its own
}

// Fetch fetches the picture or the document of a message, and keeps it without what
// nobody meant to send. What is not allowed is refused. [BroughtBy] tells what became of it.
func Fetch(ctx context.Context, t *Request) (err error) {
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
	if f.Size <= maxFile {
		within, stop := context.WithTimeout(ctx, fetchLimit)
		defer stop()
		data, err = f.Bytes(within, maxFile)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil: // the picture is lost, and the report must not be
		t.Desk.Options.Log.Warn("file not fetched", "account", t.Msg.Account, "cause", fmt.Sprintf("%T", err))
		t.Prepared = Brought{Note: "（没取到附件的内容，只记了有这份附件）"}
		return nil
	case f.Size > maxFile || len(data) > maxFile:
		t.Prepared = Brought{Refusal: "附件超过10MB，没有保存，请压缩或截图后再发。"}
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
func unwanted() Brought {
	return Brought{Refusal: "这种附件没有保存。可以发图片（jpg、png、gif、webp）、PDF、Word（docx）、Excel（xlsx）、zip或txt。"}
}

// withoutRoom is a file that the disk has no room for. The report must not be lost
// with it.
func withoutRoom() Brought {
	return Brought{Note: "（磁盘快满了，附件的内容没有保存，只记了有这份附件）"}
}

// keep keeps a file without what nobody meant to send, under a name of its own.
func keep(s *store.Store, data []byte, name string) (kept Brought, err error) {
	k, ok := proof.Sniff(data, name)
	if !ok {
		return unwanted(), nil
	}
	clean, ok := proof.Strip(data, k)
	if !ok {
		return Brought{Refusal: "图片不完整，没有保存，请重新发一次。"}, nil
	}
	sum := sha256.Sum256(clean)
	kept.Called = bot.BaseName(name)
	kept.FileInfo, err = s.Keep(clean, bot.FileInfo{Name: "附件" + hex.EncodeToString(sum[:4]) + k.Ext, Type: k.Type})
	return kept, err
}

// BroughtBy returns the file that the message brought, the zero value if none.
func BroughtBy(t *Request) Brought {
	f, _ := t.Prepared.(Brought)
	return f
}
