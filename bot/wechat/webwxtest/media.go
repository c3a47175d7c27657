package webwxtest

import (
	"encoding/base64"
	"net/http"
)

// nothing is the answer for what cannot be fetched: an empty one, as it seems.
func nothing(kind string) reply { return reply{status: http.StatusOK, kind: kind} }

func picture() reply {
	// It is a constant, so that it decodes.
	data, _ := base64.StdEncoding.DecodeString(avatar)
	return reply{status: http.StatusOK, kind: "image/jpeg", body: data}
}

// getImage is a picture.
func (s *Server) getImage(c *call) reply {
	q := c.r.URL.Query()
	m := s.media[q.Get("MsgID")]
	if c.fault.Ret != 0 || s.cookieVerdict(c.r) != 0 || q.Get("skey") != s.session.skey || m == nil || m.Type != TypeImage {
		return nothing("")
	}
	return reply{status: http.StatusOK, kind: http.DetectContentType(m.Data), body: m.Data}
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
