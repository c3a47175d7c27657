package webchat

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"time"

	"duban/bot"
)

const (
	maxPicture  = 5 << 20
	maxPictures = 100 << 20 // all together
	pictureDir  = "pictures"
)

// pictureType gives the ending of the kinds of pictures that are taken.
var pictureType = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}

// postPicture takes the bytes of a picture, which stay here: the bot is told
// only that there is one.
func (a *Account) postPicture(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if len(q["as"]) != 1 || len(q["chat"]) != 1 || len(q["client"]) != 1 {
		return errTwice
	}
	p, c, err := a.speaker(q.Get("as"), q.Get("chat"), q.Get("client"))
	if err != nil {
		return err
	}
	if a.log.disk == nil {
		return refusal{http.StatusNotImplemented, "没有存放图片的文件夹，请改发文件名"}
	}
	e := entry{Type: typeSay, Chat: c.id, From: p.ID, Name: p.Name, Kind: bot.Picture, Client: q.Get("client")}
	known, err := a.admit(&e)
	if err != nil {
		return err
	}
	if known { // an answer was lost; the bytes are here
		return a.accept(w, r, e)
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPicture))
	if err != nil {
		return tooLargeOr(err, errForm)
	}
	ending := pictureType[http.DetectContentType(data)]
	if ending == "" {
		return refusal{http.StatusUnsupportedMediaType, "只能发 PNG、JPEG、GIF 或 WebP 图片"}
	}
	e.File, e.Size = e.ID+ending, int64(len(data))
	if err := a.log.disk.keepPicture(e.File, data); err != nil {
		return err
	}
	return a.accept(w, r, e)
}

// keepPicture makes the bytes durable before the message that shows them.
func (d *disk) keepPicture(name string, data []byte) error {
	if err := d.root.Mkdir(pictureDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make folder: %w", err)
	}
	var total int64
	files, err := fs.ReadDir(d.root.FS(), pictureDir)
	if err != nil {
		return fmt.Errorf("list pictures: %w", err)
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			total += info.Size()
		}
	}
	if total+int64(len(data)) > maxPictures {
		return refusal{http.StatusInsufficientStorage, "图片存满了，请清理数据目录里的 pictures 文件夹"}
	}
	return d.write(path.Join(pictureDir, name), data)
}

// showPicture gives the bytes to those who see the message.
func (a *Account) showPicture(w http.ResponseWriter, r *http.Request) error {
	p, err := a.visitor(r)
	if err != nil {
		return err
	}
	e, ok := a.log.find(r.PathValue("id"))
	if !ok || e.File == "" || e.Recalled || a.log.disk == nil {
		return errNoMessage
	}
	if _, err := a.conversation(p.ID, e.Chat); err != nil {
		return err
	}
	f, err := a.log.disk.root.Open(path.Join(pictureDir, e.File))
	if errors.Is(err, fs.ErrNotExist) {
		return refusal{http.StatusNotFound, "图片已经被清理"}
	}
	if err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	defer f.Close()
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, e.File, time.Time{}, f)
	return nil
}

// forgetPicture removes the bytes of a message that was taken back.
func (a *Account) forgetPicture(e entry) {
	if e.File == "" || a.log.disk == nil {
		return
	}
	err := a.log.disk.root.Remove(path.Join(pictureDir, e.File))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		a.o.Log.Warn("picture not removed", "account", a.o.Name, "err", err)
	}
}

// tooLargeOr keeps the error that says that a body was too large.
func tooLargeOr(err, other error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	return other
}
