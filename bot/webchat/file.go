package webchat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"time"

	"duban/bot"
)

const (
	maxPicture  = 5 << 20
	maxDocument = 10 << 20
	maxFiles    = 200 << 20 // all together
	fileDir     = "files"
)

// postFile takes the bytes of a picture, or of a document with a name, which stay
// here: the bot gets a way to open them.
func (a *Account) postFile(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p, c, err := a.speaker(q.Get("as"), q.Get("chat"), q.Get("client"))
	if err != nil {
		return err
	}
	e := entry{Type: typeSay, Chat: c.id, From: p.ID, Name: p.Name, Kind: bot.Picture, Client: q.Get("client")}
	limit := int64(maxPicture)
	if name := bot.BaseName(q.Get("name")); name != "" {
		e.Kind, e.Text, limit = bot.File, name, maxDocument
	}
	known, err := a.admit(&e)
	if err != nil {
		return err
	}
	if known { // an answer was lost; the bytes are here
		return a.accept(w, r, e)
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return unread(err)
	}
	ending := bot.Ending(data)
	switch {
	case e.Kind == bot.Picture && ending == "":
		return refusal{http.StatusUnsupportedMediaType, "只能发 PNG、JPEG、GIF 或 WebP 图片"}
	case len(data) == 0:
		return refusal{http.StatusUnsupportedMediaType, "这个文件是空的"}
	}
	e.File, e.Size = e.ID+ending, int64(len(data))
	if err := a.log.disk.keepFile(e.File, data); err != nil {
		return err
	}
	return a.accept(w, r, e)
}

// keepFile makes the bytes durable before the message that shows them.
func (d *disk) keepFile(name string, data []byte) error {
	if err := d.root.Mkdir(fileDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make folder: %w", err)
	}
	var total int64
	files, err := fs.ReadDir(d.root.FS(), fileDir)
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			total += info.Size()
		}
	}
	if total+int64(len(data)) > maxFiles {
		return refusal{http.StatusInsufficientStorage, "图片和文件存满了，请清理数据目录里的 files 文件夹"}
	}
	return d.write(path.Join(fileDir, name), data)
}

// showFile gives the bytes to those who see the message: a picture to look at, a
// document to save.
func (a *Account) showFile(w http.ResponseWriter, r *http.Request) error {
	p, err := a.visitor(r)
	if err != nil {
		return err
	}
	e, ok := a.log.find(r.PathValue("id"))
	if !ok || e.File == "" || e.Recalled {
		return errNoMessage
	}
	if _, err := a.conversation(p.ID, e.Chat); err != nil {
		return err
	}
	f, err := a.log.disk.root.Open(path.Join(fileDir, e.File))
	if errors.Is(err, fs.ErrNotExist) {
		return refusal{http.StatusNotFound, "文件已经被清理"}
	}
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	defer f.Close()
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	if e.Kind == bot.File {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.Text}))
	}
	http.ServeContent(w, r, e.File, time.Time{}, f)
	return nil
}

// forgetFile removes the bytes of a message that was taken back.
func (a *Account) forgetFile(e entry) {
	if e.File == "" {
		return
	}
	err := a.log.disk.root.Remove(path.Join(fileDir, e.File))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		a.o.Log.Warn("file not removed", "account", a.o.Name, "err", err)
	}
}

// Erase implements [bot.Eraser].
func (a *Account) Erase(person string, until time.Time) error {
	gone, err := a.log.erase(person, func(e entry) bool {
		return !e.At.After(until) && (e.From == person || e.Chat == a.PrivateChat(person))
	})
	for _, e := range gone {
		a.forgetFile(e)
	}
	return err
}

// info is what the bot is told of a file whose bytes are here.
func (d *disk) info(e entry) *bot.FileInfo {
	if e.File == "" || e.Recalled {
		return nil
	}
	f := &bot.FileInfo{Name: e.Text, Type: mime.TypeByExtension(filepath.Ext(e.File)), Size: e.Size}
	if f.Name == "" {
		f.Name = "图片" + filepath.Ext(e.File)
	}
	f.Open = func(context.Context) (io.ReadCloser, error) {
		r, err := d.root.Open(path.Join(fileDir, e.File))
		if err != nil {
			return nil, fmt.Errorf("webchat: file: %w", err)
		}
		return r, nil
	}
	return f
}

// enclose keeps a copy of the file that the bot sends and puts it into the entry,
// instead of its text.
func (a *Account) enclose(ctx context.Context, e *entry, f *bot.FileInfo) error {
	data, err := f.Bytes(ctx, maxFiles)
	if err != nil {
		return fmt.Errorf("webchat: %w", err)
	}
	e.Kind, e.Text, e.Size = bot.File, bot.BaseName(f.Name), int64(len(data))
	ending := bot.Ending(data)
	if ending != "" {
		e.Kind, e.Text = bot.Picture, ""
	}
	e.File = e.ID + ending
	if err := a.log.disk.keepFile(e.File, data); err != nil {
		return fmt.Errorf("webchat: %w", err)
	}
	return nil
}
