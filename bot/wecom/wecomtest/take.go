package wecomtest

import (
	"encoding/json"
	"slices"
	"time"
)

const mostMarkdown = 20480 // bytes

// A sending is the body of what a client says.
type sending struct {
	ChatID   string `json:"chatid"`
	MsgType  string `json:"msgtype"`
	Markdown *struct {
		Content string `json:"content"`
	} `json:"markdown"`
	Image    *named        `json:"image"`
	File     *named        `json:"file"`
	Card     *templateCard `json:"template_card"`
	Response string        `json:"response_type"`
	Stream   *struct {
		ID      string `json:"id"`
		Finish  bool   `json:"finish"`
		Content string `json:"content"`
	} `json:"stream"`
}

// take takes what a client says, or says with which code it does not. The caller
// holds the lock.
func (s *Server) take(l *link, f frame) {
	var m sending
	if json.Unmarshal(f.Body, &m) != nil {
		l.answer(f.Headers.ReqID, 40008, "invalid body")
		return
	}
	var fault fault
	if f.Cmd != "aibot_respond_update_msg" {
		fault = s.Next()
	}
	if fault.code != 0 {
		l.answer(f.Headers.ReqID, fault.code, "told to")
		return
	}
	code := 0
	switch f.Cmd {
	case "aibot_send_msg":
		code = s.push(m)
	case "aibot_respond_msg":
		code = s.reply(l, f.Headers.ReqID, m)
	default:
		code = s.update(f.Headers.ReqID, m)
	}
	switch {
	case code == 0 && fault.cut:
		l.Cut()
	case code == 0 && fault.mute:
	default:
		l.answer(f.Headers.ReqID, code, map[bool]string{true: "ok", false: "not taken"}[code == 0])
	}
}

// push is what the bot says by itself.
func (s *Server) push(m sending) (code int) {
	file, enclosed := s.enclosed(m.MsgType, m.Image, m.File)
	card := m.MsgType == "template_card" && m.Card != nil
	switch {
	case card && (m.Card.wrong() || slices.ContainsFunc(s.cards, func(c shownCard) bool { return c.Task == m.Card.Task })):
		return 40058
	case card, enclosed:
	case m.MsgType != "markdown" || m.Markdown == nil:
		return 40008
	case m.Markdown.Content == "" || len(m.Markdown.Content) > mostMarkdown:
		return 40058
	}
	switch {
	case !s.opened[m.ChatID]:
		return 93006
	case s.often(m.ChatID, s.o.PerMinute):
		return 45009
	}
	if card {
		s.cards = append(s.cards, shownCard{*m.Card, m.ChatID})
		s.show(m.ChatID, m.Card.text(), ByBot)
		return 0
	}
	if enclosed {
		s.showFile(m.ChatID, file, ByBot)
		return 0
	}
	s.show(m.ChatID, rendered(m.Markdown.Content), ByBot)
	return 0
}

// reply is the answer to a message. What is not finished is not shown.
func (s *Server) reply(l *link, request string, m sending) (code int) {
	q, ok := l.asked[request]
	switch {
	case !ok || time.Since(q.at) > s.o.AnswerTime:
		return 846605
	case m.MsgType != "stream" || m.Stream == nil || m.Stream.ID == "":
		return 40008
	case len(m.Stream.Content) > mostMarkdown:
		return 40058
	case !m.Stream.Finish:
		return 0
	case s.often(q.chat, s.o.PerMinute):
		return 45009
	}
	delete(l.asked, request)
	s.show(q.chat, rendered(m.Stream.Content), ByReply)
	return 0
}
