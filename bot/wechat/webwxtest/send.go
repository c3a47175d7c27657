package webwxtest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Kinds of what a client sent.
const (
	SentText  = "text"
	SentImage = "image"
	SentFile  = "file"
)

// Sent is something that the client sent and that was delivered.
type Sent struct {
	// To is the id of the friend or group.
	To   string `json:"to"`
	Kind string `json:"kind"`
	// Text is a text as it was written, or the XML around a file.
	Text     string `json:"text"`
	FileName string `json:"file_name"`
	Bytes    []byte `json:"bytes"`
	// ClientMsgID is the client's id and MsgID the server's.
	ClientMsgID string    `json:"client_msg_id"`
	MsgID       string    `json:"msg_id"`
	At          time.Time `json:"at"`
	Login       int       `json:"login"` // the session's generation
}

// Sent returns what was delivered so far, oldest first.
func (s *Server) Sent() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// AwaitSent waits until n messages were delivered and returns all there are.
func (s *Server) AwaitSent(ctx context.Context, n int) ([]Sent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.until(ctx, nil, func() bool { return len(s.sent) >= n }) {
		return slices.Clone(s.sent), ctx.Err()
	}
	return slices.Clone(s.sent), nil
}

// word is an id that browsers write as text and other clients as a number.
type word string

// UnmarshalJSON reads either.
func (w *word) UnmarshalJSON(data []byte) error {
	*w = word(strings.Trim(string(data), `"`))
	return nil
}

type sendRequest struct {
	Msg struct {
		Type         int
		Content      string
		FromUserName string
		ToUserName   string
		LocalID      word
		ClientMsgID  word   `json:"ClientMsgId"`
		MediaID      string `json:"MediaId"`
	}
}

type sendAnswer struct {
	BaseResponse baseResponse
	MsgID        string
	LocalID      string
}

const (
	retParameter = 1
	retNoFriend  = 1204
)

// send is the endpoint of one kind of message.
func (s *Server) send(kind string, wantType int) endpoint {
	return func(c *call) reply {
		var in sendRequest
		ret := s.refusal(c)
		if ret == 0 && (json.Unmarshal(c.body, &in) != nil || wantType != 0 && in.Msg.Type != wantType) {
			ret = retParameter
		}
		var out sendAnswer
		if ret == 0 {
			out.MsgID, ret = s.deliver(kind, &in)
		}
		out.BaseResponse.Ret = ret
		if ret == 0 {
			out.LocalID = string(in.Msg.LocalID)
		}
		return answerJSON(out)
	}
}

// deliver records what was sent, or says why it is refused.
func (s *Server) deliver(kind string, in *sendRequest) (string, int) {
	n, m := s.session, &in.Msg
	if m.FromUserName != s.name(n, Self) || kind == SentText && m.Content == "" {
		return "", retParameter
	}
	to, ok := s.id(n, m.ToUserName)
	if !ok || !s.reachable(to) {
		return "", retNoFriend
	}
	clientID := string(m.ClientMsgID)
	record := Sent{
		To: to, Kind: kind, Text: m.Content, ClientMsgID: clientID,
		At: time.Now(), Login: n.login,
	}
	if !s.attach(&record, m.MediaID) {
		return "", retParameter
	}
	id := s.messageID()
	if s.exceeded(time.Now()) {
		s.push(s.warning(to))
		return decimal(id), 0
	}
	record.MsgID = decimal(id)
	s.sent = append(s.sent, record)
	s.world.touch(to)
	s.wake()
	return record.MsgID, 0
}

func (s *Server) warning(to string) Msg {
	if s.world.group(to) != nil {
		return System10000(to, tooOften)
	}
	return SystemFrom(to, tooOften)
}

// reachable says whether the account may write to an id.
func (s *Server) reachable(id string) bool {
	return id == FileHelper || s.world.friend(id) != nil || s.world.group(id) != nil
}
