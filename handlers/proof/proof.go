// Package proof looks at the bytes of pictures and documents that people send as
// evidence: what they are, whatever their name says, and what in them nobody meant
// to send.
//
// Everything here is a pure function of bytes that come from outside: nothing is
// unpacked or drawn, and nothing but what [Sniff] knows is ever kept.
package proof

import (
	"archive/zip"
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Kind is what a file is.
type Kind struct {
	Type string // its media type
	Ext  string // how a name of it ends, with the dot
}

// maxEntries is how many entries of an archive's list are looked at.
const maxEntries = 500

// Sniff says by its first bytes what a file is. The name matters for plain text
// only, which has no such bytes. ok is false for everything that is not one of the
// allowed kinds: pictures, PDF, Word, Excel, ZIP and plain text.
func Sniff(data []byte, name string) (k Kind, ok bool) {
	has := func(magic string) bool { return bytes.HasPrefix(data, []byte(magic)) }
	switch {
	case has("\xff\xd8\xff"):
		return Kind{"image/jpeg", ".jpg"}, true
	case has("\x89PNG\r\n\x1a\n"):
		return Kind{"image/png", ".png"}, true
	case has("GIF87a"), has("GIF89a"):
		return Kind{"image/gif", ".gif"}, true
	case has("RIFF") && len(data) >= 12 && string(data[8:12]) == "WEBP":
		return Kind{"image/webp", ".webp"}, true
	case has("%PDF-"):
		return Kind{"application/pdf", ".pdf"}, true
	case has("PK\x03\x04"):
		return archive(data)
	case strings.HasSuffix(strings.ToLower(name), ".txt") && isText(data):
		return Kind{"text/plain", ".txt"}, true
	}
	return k, false
}

// Named tells whether a file is of an allowed kind by its name, where its bytes are not to
// be had. A name without an ending says nothing against it.
func Named(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return strings.Trim(ext, ".0123456789") == "" || slices.Contains([]string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".pdf", ".docx", ".xlsx", ".zip", ".txt"}, ext)
}

// archive tells documents of Word and Excel from other archives. Those that hold
// macros, or are documents of another program, are refused.
func archive(data []byte) (k Kind, ok bool) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(r.File) > maxEntries {
		return k, false
	}
	k = Kind{"application/zip", ".zip"}
	document := false
	for _, f := range r.File {
		switch name := strings.ToLower(f.Name); {
		case strings.HasSuffix(name, "vbaproject.bin"):
			return Kind{}, false
		case name == "[content_types].xml":
			document = true
		case name == "word/document.xml":
			k = Kind{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"}
		case name == "xl/workbook.xml":
			k = Kind{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"}
		}
	}
	if document && k.Ext == ".zip" || !document && k.Ext != ".zip" {
		return Kind{}, false
	}
	return k, true
}

// isText tells whether bytes are text in UTF-8 or in an encoding of GB that only
// uses bytes above the control characters.
func isText(data []byte) bool {
	if len(data) == 0 || bytes.ContainsFunc(data, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }) {
		return false
	}
	if utf8.Valid(data) {
		return true
	}
	for i := 0; i < len(data); i++ {
		switch {
		case data[i] < 0x80:
		case data[i] == 0x80 || data[i] == 0xff || i+1 == len(data) || data[i+1] < 0x30:
			return false
		default:
			i++
		}
	}
	return true
}

// Strip takes out of a picture what nobody meant to send: where, when, by whom and
// with what it was taken, comments, and what is hidden behind its end. How it is to
// be turned stays. Of what is not a whole picture of its kind, and of everything
// else, the bytes stay as they are; ok is false then for a picture.
func Strip(data []byte, k Kind) (clean []byte, ok bool) {
	switch k.Ext {
	case ".jpg":
		return stripJPEG(data)
	case ".png":
		return stripPNG(data)
	case ".webp":
		return stripWebP(data)
	}
	return data, true
}
