package source

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
)

// Bounds on the packed streams of a PDF, pictures aside: no plan has so many
// letters, and the converter would unpack whatever there is.
const (
	maxStreams  = 64 << 20 // bytes of all streams, unpacked
	longestDict = 2 << 10  // bytes before a stream that describe it
)

// modestPDF reports whether the streams of a PDF unpack to a bounded size. It
// unpacks them without keeping anything.
func modestPDF(data []byte) bool {
	left := int64(maxStreams)
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("stream"))
		if i < 0 {
			return true
		}
		i += at
		at = i + len("stream")
		if bytes.HasSuffix(data[:i], []byte("end")) {
			continue
		}
		dict := data[max(0, i-longestDict):i]
		if open := bytes.LastIndex(dict, []byte(" obj")); open >= 0 {
			dict = dict[open:]
		}
		switch n := bytes.Count(dict, []byte("/FlateDecode")) + bytes.Count(dict, []byte("/Fl ")); {
		case n == 0, bytes.Contains(dict, []byte("/Image")) && n == 1:
			continue
		case n > 1:
			return false // packed twice: nobody writes that
		}
		size, err := unpacked(bytes.TrimLeft(data[at:min(len(data), at+2)], "\r\n"), data[min(len(data), at+2):], left)
		if left -= size; left <= 0 && !errors.Is(err, zlib.ErrHeader) {
			return false
		}
	}
}

// unpacked counts what a stream unpacks to, up to a limit. Its head may have lost
// a line break.
func unpacked(head, rest []byte, limit int64) (int64, error) {
	r, err := zlib.NewReader(io.MultiReader(bytes.NewReader(head), bytes.NewReader(rest)))
	if err != nil {
		return 0, err
	}
	return io.CopyN(io.Discard, r, limit)
}
