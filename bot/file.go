package bot

import (
	"context"
	"errors"
	"io"
	"path"
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
	// is known. For one that goes out, the outbox sets it.
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
