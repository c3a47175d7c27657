package wecomtest

import (
	"github.com/coder/websocket"
)

// faults are what goes wrong next.
type faults struct {
	sends   []fault
	refused int // connections that get a 502
	rest    []string
}

// A fault is what goes wrong with one thing that is said.
type fault struct {
	code int  // it is not taken
	cut  bool // it is taken, and the connection ends before the answer
	mute bool // it is taken, and the answer does not come
}

// fault returns the next one. The caller holds the lock.
func (s *Server) fault() (f fault) {
	if len(s.faults.sends) > 0 {
		f, s.faults.sends = s.faults.sends[0], s.faults.sends[1:]
	}
	return f
}

func (s *Server) add(f fault, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.faults.sends = append(s.faults.sends, f)
	}
}

// Fail lets the next things that are said be answered with these codes.
func (s *Server) Fail(codes ...int) {
	for _, code := range codes {
		s.add(fault{code: code}, 1)
	}
}

// CutAnswers lets the connection end behind the next n things that are said, after
// they are taken and before they are answered.
func (s *Server) CutAnswers(n int) { s.add(fault{cut: true}, n) }

// MuteAnswers lets the next n things that are said be taken and not answered.
func (s *Server) MuteAnswers(n int) { s.add(fault{mute: true}, n) }

// Refuse lets the next n connections be refused with a page in HTML.
func (s *Server) Refuse(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.refused += n
}

func (s *Server) refusal() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.refused == 0 {
		return false
	}
	s.faults.refused--
	return true
}

// Cut ends the connection. What was brought before is read by a client that reads
// to the end.
func (s *Server) Cut() {
	s.mu.Lock()
	l := s.link
	s.link = nil
	s.mu.Unlock()
	if l != nil {
		_ = l.conn.CloseNow()
	}
}

// Silence makes the connection half-open: it stays, and nothing comes any more. What
// is said then is lost.
func (s *Server) Silence() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link != nil {
		s.link.silent = true
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
			s.link.out <- outgoing{kind: websocket.MessageText, data: []byte(data)}
		}
	}
	s.link.out <- outgoing{kind: websocket.MessageBinary, data: []byte{0xff, 0}}
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
			"msgid": id, "aibotid": s.o.Bot, "chattype": "single", "from": map[string]string{"userid": m.From},
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
func (s *Server) FailCalls(bodies ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.rest = append(s.faults.rest, bodies...)
}

// ExpireToken makes the app's token one that is not accepted any more.
func (s *Server) ExpireToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = ""
}
