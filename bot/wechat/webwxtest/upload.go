package webwxtest

import (
	"encoding/xml"
	"strings"
)

// upload is a medium that a client brings.
type upload struct {
	name  string
	data  []byte
	total int64
	next  int // chunk
	done  bool
}

// attach finds the bytes of what is sent; false if they were never brought.
func (s *Server) attach(record *Sent, media, md5 string) bool {
	switch record.Kind {
	case SentImage, SentVideo:
	case SentEmoji:
		if media == "" {
			return md5 != ""
		}
	case SentFile:
		var app struct {
			Title string `xml:"title"`
			ID    string `xml:"appattach>attachid"`
		}
		if xml.NewDecoder(strings.NewReader(record.Text)).Decode(&app) != nil {
			return false
		}
		media, record.FileName = app.ID, app.Title
	default:
		return true
	}
	u, ok := s.uploads[media]
	if !ok || !u.done {
		return false
	}
	record.Bytes = u.data
	if record.FileName == "" {
		record.FileName = u.name
	}
	return true
}
