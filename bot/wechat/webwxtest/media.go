package webwxtest

import (
	"encoding/base64"
	"fmt"
	"net/http"
)

// nothing is the answer for what cannot be fetched: an empty one, as it seems.
func nothing(kind string) reply { return reply{status: http.StatusOK, kind: kind} }

func picture() reply {
	// It is a constant, so that it decodes.
	data, _ := base64.StdEncoding.DecodeString(avatar)
	return reply{status: http.StatusOK, kind: "image/jpeg", body: data}
}

// mayFetch says whether a request for bytes is of the living session.
func (s *Server) mayFetch(c *call) bool {
	return c.fault.Ret == 0 && s.cookieVerdict(c.r) == 0 && c.r.URL.Query().Get("skey") == s.session.skey
}

// byMessage is the endpoint of the bytes of pictures, voices or films.
func (s *Server) byMessage(msgType int, field, kind string) endpoint {
	return func(c *call) reply {
		m := s.media[c.r.URL.Query().Get(field)]
		if !s.mayFetch(c) || m == nil || m.Type != msgType {
			return nothing(kind)
		}
		if kind == "" {
			kind = http.DetectContentType(m.Data)
		}
		out := reply{status: http.StatusOK, kind: kind, body: m.Data}
		if msgType == TypeVideo && c.r.Header.Get("Range") == "bytes=0-" {
			out.status = http.StatusPartialContent
			out.header = http.Header{"Content-Range": {fmt.Sprintf("bytes 0-%d/%d", len(m.Data)-1, len(m.Data))}}
		}
		return out
	}
}

// getMedia is a file, from the host for files.
func (s *Server) getMedia(c *call) reply {
	q := c.r.URL.Query()
	m := s.media[q.Get("mediaid")]
	if c.fault.Ret != 0 || s.cookieVerdict(c.r) != 0 || m == nil || m.Type != TypeApp {
		return nothing("text/plain")
	}
	sender := m.From
	if m.Group != "" && m.From != Self {
		sender = m.Group
	}
	if q.Get("webwx_data_ticket") != s.session.dataTicket || q.Get("fromuser") != decimal(s.world.uin) ||
		q.Get("sender") != s.name(s.session, sender) {
		return nothing("text/plain")
	}
	return reply{
		status: http.StatusOK, kind: "application/octet-stream", body: m.Data,
		header: http.Header{"Content-Disposition": {`attachment; filename="` + m.encry + `"`}},
	}
}

// headPicture is the same for everybody.
func (s *Server) headPicture(c *call) reply {
	if c.fault.Ret != 0 || s.cookieVerdict(c.r) != 0 {
		return nothing("image/jpeg")
	}
	return picture()
}
