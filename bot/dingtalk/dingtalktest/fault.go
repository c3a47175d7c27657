package dingtalktest

import (
	"time"

	"duban/bot/bottest"
)

// A Fault is what goes wrong with one call that sends.
type Fault int

// The faults.
const (
	Fine      Fault = iota
	LostReply       // taken, and the answer is lost
	CutReply        // taken, and the answer is cut off
	Busy            // not taken: HTTP 502 with a page
	Often           // not taken: too many calls in a second
	Flooded         // not taken: this person has had enough
	Expired         // not taken: the token is refused
	Denied          // not taken: the app lacks the permission
	Odd             // not taken: the code repeats what was to be said
)

// Cut ends all links.
func (s *Server) Cut() {
	s.mu.Lock()
	links := s.links
	s.links = nil
	s.mu.Unlock()
	for _, l := range links {
		l.Cut()
	}
}

// Silence makes the links half-open: they stay, and nothing comes any more. What is
// said then is lost.
func (s *Server) Silence() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links {
		l.Silent.Store(true)
	}
}

// Move tells the links that they end, as when the network is repaired. From then on
// nothing is brought on them.
func (s *Server) Move() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links {
		l.ending = true
		l.Put(bottest.Frame{Data: system("disconnect", "move", `{"reason":"persistent connection is timeout"}`)})
		time.AfterFunc(lingers, l.Cut)
	}
}

// Noise sends what no client knows.
func (s *Server) Noise() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links {
		for _, data := range []string{
			"{", "[]", "null", "ping", `{"type":7}`, `{"type":"CALLBACK","headers":{"topic":"/v1.0/graph/api/invoke","messageId":"n1"},"data":"{}"}`,
			`{"type":"CALLBACK","headers":{"topic":"` + topicRobot + `","messageId":"n2"},"data":"text"}`,
			`{"type":"CALLBACK","headers":{"topic":"` + topicRobot + `","messageId":"n3"},"data":"{}"}`,
			`{"type":"CALLBACK","headers":{"topic":"` + topicCard + `","messageId":"n4"},"data":"{\"content\":\"{}\"}"}`,
			`{"type":"EVENT","headers":{"topic":"*","eventType":"chat_quit","messageId":"n5"},"data":"{\"ChatId\":\"c\"}"}`,
			`{"type":"SYSTEM","headers":{"topic":"KEEPALIVE"},"data":""}`, `{"type":"SYSTEM","headers":{"topic":"REGISTERED"}}`,
		} {
			l.Put(bottest.Frame{Data: []byte(data)})
		}
		l.Put(bottest.Frame{Data: []byte{0xff, 0}, Binary: true})
	}
}

// Again brings a message once more, under the same id.
func (s *Server) Again(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.said {
		if m.ID == id {
			s.bring(topicRobot, map[string]string{"topic": topicRobot}, map[string]any{
				"conversationId": m.Chat, "conversationType": map[bool]string{true: "2", false: "1"}[s.groups[m.Chat] != nil], "msgId": m.ID,
				"senderStaffId": m.Person, "msgtype": "text", "text": map[string]string{"content": m.Text},
			}, nil)
		}
	}
}

// ExpireTokens makes all tokens ones that are not accepted any more.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}
