package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A FileInfo is a picture or a document that goes with a message.
type FileInfo struct {
	Name string `json:"name"` // as people see it: a base name, never a path
	Type string `json:"type"` // its media type, such as image/png
	Size int64  `json:"size"` // in bytes; 0 if the network does not say
	Hash string `json:"hash"` // SHA-256 of the bytes in hex, by which they are kept; "" until they are

	// Open returns the bytes. For a message that came in it asks the network,
	// and may fail later although it worked before; nil says that only the name
	// is known. A Name that is "" may be known when they are. For one that goes
	// out, the outbox sets it.
	Open func(ctx context.Context) (io.ReadCloser, error) `json:"-"`
}

// Bytes returns the bytes, of a file that has more than most only one more than
// that.
func (f *FileInfo) Bytes(ctx context.Context, most int64) ([]byte, error) {
	r, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	return data, errors.Join(err, r.Close())
}

// ErrNoFile means that a network does not take a file. What stands in for it can be said.
var ErrNoFile = fmt.Errorf("%w: the network does not take the file", ErrRefused)

// Whole returns all bytes of a file that goes out. The error wraps [ErrNoFile] if
// there are none, or more than most.
func (f *FileInfo) Whole(ctx context.Context, most int64) ([]byte, error) {
	if f.Open == nil {
		return nil, fmt.Errorf("%w: a file without bytes", ErrNoFile)
	}
	data, err := f.Bytes(ctx, most)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read file: %w", err)
	case len(data) == 0, int64(len(data)) > most:
		return nil, fmt.Errorf("%w: a file of %d bytes", ErrNoFile, len(data))
	}
	return data, nil
}

// WithFiles returns what is brought of a message that has n files: the text as it is,
// and each file as a message of its own with an ID that follows from m's. A message
// without a text is its first file.
func WithFiles(m Message, n int, file func(i int) *FileInfo) (all []Message) {
	if n == 0 || m.Kind == Text && m.Text != "" {
		all = append(all, m)
		m.Kind, m.Text, m.Quote = Picture, "", nil
	} else if m.Kind == Text {
		m.Kind = Picture
	}
	id := m.ID
	for i := range n {
		m.File = file(i)
		if len(all) > 0 {
			m.ID = id + "/" + strconv.Itoa(len(all))
		}
		all = append(all, m)
	}
	return all
}

// Opener makes of what gets bytes a [FileInfo.Open].
func Opener(get func(context.Context) ([]byte, error)) func(context.Context) (io.ReadCloser, error) {
	return func(ctx context.Context) (io.ReadCloser, error) {
		data, err := get(ctx)
		if err != nil {
			return nil, err
		}
		return io.NopCloser(bytes.NewReader(data)), nil
	}
}

// Ending returns how the name of a picture with these bytes ends, ".png", and "" for
// what networks do not show as one.
func Ending(data []byte) string {
	return map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}[http.DetectContentType(data)]
}

// BaseName returns the name of a file that came from outside as people and file
// systems may see it: at most 100 characters, without folders and without what is
// not to be seen. It is "" if nothing is left.
func BaseName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if r := []rune(name); len(r) > 100 {
		ext := []rune(path.Ext(name))
		if len(ext) > 10 {
			ext = nil
		}
		name = string(r[:100-len(ext)]) + string(ext)
	}
	return name
}
