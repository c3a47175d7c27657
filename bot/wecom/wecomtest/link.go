package wecomtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// A frame is what a client sends.
type frame struct {
	Cmd     string `json:"cmd"`
	Headers struct {
		ReqID string `json:"req_id"`
	} `json:"headers"`
	Body json.RawMessage `json:"body"`
}

// A link is one connection.
type link struct {
	bottest.Link
	subscribed bool
	asked      map[string]question // by req_id
}

// A question is a message that can be answered for a while.
type question struct {
	chat string
	at   time.Time
}

// connect serves one connection.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	if s.Refused(w) {
		return
	}
	l := &link{asked: map[string]question{}}
	l.Serve(w, r, func() {}, func(data []byte) { s.frame(l, data) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link == l {
		s.link = nil
		s.Change()
	}
}

// put queues a value for a link. The caller holds the lock.
func (l *link) put(v any, last bool, written func()) {
	l.Put(bottest.Frame{Data: bot.JSON(v), Written: written, Last: last})
}

// answer answers a frame. The caller holds the lock.
func (l *link) answer(id string, code int, message string) {
	l.put(map[string]any{"headers": map[string]string{"req_id": id}, "errcode": code, "errmsg": message}, false, nil)
}

// bring brings a callback to the link that is subscribed, if there is one. The caller
// holds the lock.
func (s *Server) bring(cmd, id string, body map[string]any) {
	l := s.link
	if l == nil {
		return
	}
	request := "req-" + id
	if group, ok := body["chatid"].(string); ok {
		l.asked[request] = question{group, time.Now()}
	} else if from, ok := body["from"].(map[string]string); ok {
		l.asked[request] = question{from["userid"], time.Now()}
	}
	l.put(map[string]any{"cmd": cmd, "headers": map[string]string{"req_id": request}, "body": body}, false, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		i := slices.IndexFunc(s.said, func(m bottest.Said) bool { return m.ID == id })
		if i >= 0 {
			s.said[i].Brought = true
		}
		s.Change()
	})
}

// frame does what a client's frame asks for.
func (s *Server) frame(l *link, data []byte) {
	var f frame
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := json.Unmarshal(data, &f); err != nil || f.Headers.ReqID == "" {
		l.answer(f.Headers.ReqID, 40008, "invalid frame")
		return
	}
	switch {
	case f.Cmd == "aibot_subscribe":
		s.subscribe(l, f)
	case !l.subscribed:
		l.answer(f.Headers.ReqID, 846609, "not subscribed")
	case f.Cmd == "ping":
		l.answer(f.Headers.ReqID, 0, "ok")
	case f.Cmd == "aibot_send_msg", f.Cmd == "aibot_respond_msg", f.Cmd == "aibot_respond_update_msg":
		s.take(l, f)
	case strings.HasPrefix(f.Cmd, "aibot_upload_media_"):
		out, code := s.receive(f)
		l.put(map[string]any{"headers": map[string]string{"req_id": f.Headers.ReqID}, "errcode": code, "errmsg": "", "body": out}, false, nil)
	default:
		l.answer(f.Headers.ReqID, 40008, "unknown cmd")
	}
}

// subscribe makes a link the bot's, and tells the one that was that it is not any
// more. The caller holds the lock.
func (s *Server) subscribe(l *link, f frame) {
	var login struct {
		Bot    string `json:"bot_id"`
		Secret string `json:"secret"`
	}
	if json.Unmarshal(f.Body, &login) != nil || login.Bot != s.o.Bot || login.Secret != s.o.Secret {
		l.answer(f.Headers.ReqID, s.o.WrongSecret, "invalid bot_id or secret")
		l.Put(bottest.Frame{Last: true})
		return
	}
	if old := s.link; old != nil && old != l {
		old.put(map[string]any{"cmd": "aibot_event_callback", "headers": map[string]string{"req_id": "req-gone"}, "body": map[string]any{
			"msgid": "gone", "aibotid": s.o.Bot, "create_time": time.Now().Unix(), "msgtype": "event",
			"event": map[string]string{"eventtype": "disconnected_event"},
		}}, true, nil)
	}
	l.subscribed, s.link = true, l
	s.links++
	l.answer(f.Headers.ReqID, 0, "ok")
	s.Change()
}
