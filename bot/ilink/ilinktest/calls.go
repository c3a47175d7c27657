package ilinktest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"duban/bot/bottest"
)

// A body is what a call says: each says a part of it.
type body struct {
	Base struct {
		Version string `json:"channel_version"`
	} `json:"base_info"`
	Cursor string `json:"get_updates_buf"`
	User   string `json:"ilink_user_id"`
	Msg    struct {
		To      string `json:"to_user_id"`
		Client  string `json:"client_id"`
		Type    int    `json:"message_type"`
		State   int    `json:"message_state"`
		Context string `json:"context_token"`
		Items   []struct {
			Type int `json:"type"`
			Text struct {
				Text string `json:"text"`
			} `json:"text_item"`
		} `json:"item_list"`
	} `json:"msg"`
}

// read reads a call and tells whether it has the form that the network wants.
func (b *body) read(r *http.Request) bool {
	uin, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Wechat-Uin"))
	if err != nil || json.NewDecoder(r.Body).Decode(b) != nil {
		return false
	}
	_, err = strconv.ParseUint(string(uin), 10, 32)
	return err == nil && r.Header.Get("Authorizationtype") == "ilink_bot_token" && b.Base.Version != ""
}

func answer(w http.ResponseWriter, v map[string]any) { bottest.Answer(w, http.StatusOK, v) }

// updates brings what is behind the cursor, at most five messages, once there is something.
func (s *Server) updates(w http.ResponseWriter, r *http.Request, b *body) {
	from, _ := strconv.Atoi(b.Cursor)
	s.mu.Lock()
	s.polls++
	s.mu.Unlock()
	s.Change()
	ctx, cancel := context.WithTimeout(r.Context(), holdTime)
	defer cancel()
	_ = s.Await(ctx, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.said) > from || !s.here || s.token == ""
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.polls--
	switch {
	case s.token == "":
		answer(w, map[string]any{"ret": -14, "errmsg": "session timeout"})
		return
	case !s.here:
		panic(http.ErrAbortHandler)
	}
	msgs := []any{}
	for _, m := range s.said[min(from, len(s.said)):min(from+5, len(s.said))] {
		m.Brought = true
		msgs = append(msgs, map[string]any{
			"message_id": json.Number(m.ID), "from_user_id": User, "to_user_id": "bot@im.bot", "message_type": 1, "message_state": 2,
			"create_time_ms": m.at.UnixMilli(), "context_token": m.context, "item_list": []any{m.item},
		})
	}
	for _, m := range s.said[:min(from, len(s.said))] {
		m.Answered = true // the bot asks for what is behind it
	}
	answer(w, map[string]any{"ret": 0, "msgs": msgs, "get_updates_buf": strconv.Itoa(from + len(msgs)), "longpolling_timeout_ms": holdTime.Milliseconds()})
	s.Change()
}

func (s *Server) send(w http.ResponseWriter, _ *http.Request, b *body) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, m := s.Next(), b.Msg
	last := &word{}
	if len(s.said) > 0 {
		last = s.said[len(s.said)-1]
	}
	switch {
	case f == Busy:
		bottest.BadGateway(w)
		return
	case f == Odd:
		answer(w, map[string]any{"ret": -1, "errmsg": m.Items[0].Text.Text})
		return
	case m.To != User, m.Type != 2, m.State != 2, m.Client == "" || s.clients[m.Client], len(m.Items) != 1, m.Items[0].Type != 1, m.Items[0].Text.Text == "":
		answer(w, map[string]any{"ret": -1, "errmsg": "bad message"})
		return
	case f == Closed, s.left == 0, m.Context == "", time.Since(last.at) > window:
		answer(w, map[string]any{"ret": -2, "errmsg": "closed"})
		return
	case f == Dropped:
		answer(w, map[string]any{"ret": 0})
		return
	}
	s.clients[m.Client] = true
	s.left--
	s.ids++
	id := fmt.Sprint(7400000000000000000 + s.ids)
	s.sent = append(s.sent, Sent{id, m.Items[0].Text.Text, time.Now()})
	s.Change()
	switch f {
	case LostReply:
		panic(http.ErrAbortHandler)
	case CutReply:
		_, _ = w.Write([]byte(`{"ret":`))
	default:
		answer(w, map[string]any{"ret": 0, "message_id": json.Number(id)})
	}
}

func (s *Server) config(w http.ResponseWriter, _ *http.Request, b *body) {
	if b.User != User {
		answer(w, map[string]any{"ret": -1, "errmsg": "no such user"})
		return
	}
	answer(w, map[string]any{"ret": 0, "typing_ticket": "geheim-ticket"})
}

func (s *Server) notify(here bool) func(http.ResponseWriter, *http.Request, *body) {
	return func(w http.ResponseWriter, _ *http.Request, _ *body) {
		s.mu.Lock()
		s.here = here
		s.mu.Unlock()
		s.Change()
		answer(w, map[string]any{"ret": 0})
	}
}

// A code is one that a person can scan.
type code struct {
	id     string
	status string
}

func (s *Server) giveCode(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Query().Get("bot_type") != "3" {
		answer(w, map[string]any{"ret": -1})
		return
	}
	s.ids++
	s.code = code{id: fmt.Sprint("geheim-code-", s.ids), status: "wait"}
	answer(w, map[string]any{"qrcode": s.code.id, "qrcode_img_content": "https://liteapp.weixin.qq.com/q/" + s.code.id})
	s.Change()
}

func (s *Server) codeStatus(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]any{"status": s.code.status}
	switch {
	case r.URL.Query().Get("qrcode") != s.code.id:
		out["status"] = "expired"
	case s.code.status == "scaned":
		s.code.status = "scaned_but_redirect"
	case s.code.status == "scaned_but_redirect":
		out["redirect_host"], s.code.status = r.Host, "confirmed"
	case s.code.status == "confirmed":
		s.ids++
		s.token = fmt.Sprint("geheim-token-", s.ids)
		out["bot_token"], out["ilink_bot_id"], out["ilink_user_id"] = s.token, "bot@im.bot", User
	}
	answer(w, out)
}

// Scan lets the person scan the code that is shown, and confirm.
func (s *Server) Scan() { s.turn("scaned") }

// Outdate lets the code that is shown run out.
func (s *Server) Outdate() { s.turn("expired") }

func (s *Server) turn(status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.code.status = status
	s.Change()
}

// Coded waits until a code is shown.
func (s *Server) Coded(ctx context.Context) error {
	return s.Await(ctx, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.code.status == "wait"
	})
}
