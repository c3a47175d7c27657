package page

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"path/filepath"

	"duban/bot"
)

// Bounds of what is uploaded, in bytes. A preview carries the file back in base64.
const (
	mostFile = 8 << 20
	MostBody = 12 << 20 // [Route.Most] of what takes a file
)

// Upload returns the file that was chosen in the field file, or that a preview has carried
// back in the fields name and data, as [Carried] writes it. Path is where another one is
// chosen, and smaller says how to make one smaller.
func (r *Request) Upload(path, smaller string) (name string, data []byte, err error) {
	tooLarge := &Fault{Status: http.StatusRequestEntityTooLarge, Title: "文件太大了", Text: "最大8兆。" + smaller, Go: []Way{{Words: "再选一次", To: path}}}
	if err = r.ParseMultipartForm(MostBody); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return "", nil, tooLarge
		}
		return "", nil, Refuse("文件没有收完整", "请再选一次文件。", Way{Words: "再选一次", To: path})
	}
	name = filepath.Base(r.Field("name"))
	if text := r.Field("data"); text != "" {
		data, err = base64.StdEncoding.DecodeString(text)
	} else if f, head, none := r.FormFile("file"); none == nil {
		name = filepath.Base(head.Filename)
		data, err = io.ReadAll(f)
		err = errors.Join(err, f.Close())
	}
	if err != nil || len(data) == 0 {
		return "", nil, Refuse("没有收到文件", "请先选一个文件。", Way{Words: "选文件", To: path})
	}
	if len(data) > mostFile {
		return "", nil, tooLarge
	}
	return name, data, nil
}

// Bring gives a file to the notice whose preview waits for the person's confirmation, as
// if they had sent it to the bot alone. Without a Code the file was not taken: Text says
// why, and the preview is what it was.
func (r *Request) Bring(name string, data []byte) (p Proposal, err error) {
	said, err := r.House.Attach(r.Context(), r.Person, bot.FileInfo{Name: name, Size: int64(len(data)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}})
	if err != nil {
		return p, err
	}
	return r.Proposed("announce", said)
}

// Carried writes a file as a preview carries it.
func Carried(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
