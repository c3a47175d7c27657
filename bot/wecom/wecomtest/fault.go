package wecomtest

import (
	"slices"

	"duban/bot/bottest"
)

// A fault is what goes wrong with one thing that is said.
type fault struct {
	code int  // it is not taken
	cut  bool // it is taken, and the connection ends before the answer
	mute bool // it is taken, and the answer does not come
}

// Fail lets the next things that are said be answered with these codes.
func (s *Server) Fail(codes ...int) {
	for _, code := range codes {
		s.Faults.Fail(fault{code: code})
	}
}

// CutAnswers lets the connection end behind the next n things that are said, after
// they are taken and before they are answered.
func (s *Server) CutAnswers(n int) { s.Faults.Fail(slices.Repeat([]fault{{cut: true}}, n)...) }

// MuteAnswers lets the next n things that are said be taken and not answered.
func (s *Server) MuteAnswers(n int) { s.Faults.Fail(slices.Repeat([]fault{{mute: true}}, n)...) }

// Cut ends the connection. What was brought before is read by a client that reads
// to the end.
func (s *Server) Cut() {
	s.mu.Lock()
	l := s.link
	s.link = nil
	s.mu.Unlock()
	if l != nil {
		l.Cut()
	}
}

// Silence makes the connection half-open: it stays, and nothing comes any more. What
// is said then is lost.
func (s *Server) Silence() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link != nil {
		s.link.Silent.Store(true)
	}
}

// Noise sends what no client knows: frames that are none, frames in bytes, unknown
// commands and events, a callback whose body is none.
func (s *Server) Noise() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link == nil {
		return
	}
	for _, data := range []string{
		"", "{", "[]", "null", "ping", `{"cmd":7}`, `{"cmd":"aibot_new_callback","headers":{"req_id":"r"},"body":{}}`,
		`{"cmd":"aibot_msg_callback","headers":{"req_id":"r"},"body":"text"}`, `{"cmd":"aibot_msg_callback","headers":{},"body":{}}`,
		`{"cmd":"aibot_event_callback","headers":{"req_id":"r"},"body":{"msgid":"e","from":{"userid":"x"},"event":{"eventtype":"enter_chat"}}}`,
		`{"headers":{"req_id":"nobody-asked"},"errcode":0}`,
	} {
		if data != "" {
			s.link.Put(bottest.Frame{Data: []byte(data)})
		}
	}
	s.link.Put(bottest.Frame{Data: []byte{0xff, 0}, Binary: true})
}

// Again brings a message once more, under the same id.
func (s *Server) Again(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.said {
		if m.ID != id {
			continue
		}
		body := map[string]any{
			"msgid": id, "aibotid": s.o.Bot, "chattype": "single", "from": map[string]string{"userid": m.Person},
			"msgtype": "text", "text": map[string]string{"content": m.Text},
		}
		if _, group := s.groups[m.Chat]; group {
			body["chattype"], body["chatid"] = "group", m.Chat
		}
		s.bring("aibot_msg_callback", id, body)
	}
}

// FailCalls lets the next calls of an app or a robot be answered with these bodies:
// HTML, JSON that is cut off, a code. They are not taken.
func (s *Server) FailCalls(bodies ...string) { s.rest.Fail(bodies...) }

// ExpireToken makes the app's token one that is not accepted any more.
func (s *Server) ExpireToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = ""
}
