package wecomtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"duban/bot/bottest"
)

const mostText = 2048 // bytes, of an app or a robot

// A posted is the body of what an app or a robot says.
type posted struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	AgentID int    `json:"agentid"`
	Image   *named `json:"image"`
	File    *named `json:"file"`
	Text    struct {
		Content string `json:"content"`
	} `json:"text"`
}

// failed answers a call that was told to fail.
func (s *Server) failed(w http.ResponseWriter) bool {
	body := s.rest.Next()
	if strings.HasPrefix(body, "<") {
		w.WriteHeader(http.StatusBadGateway)
	}
	_, _ = w.Write([]byte(body))
	return body != ""
}

// read reads a text or a file that a call says, or answers with why it is none.
func read(w http.ResponseWriter, r *http.Request) (p posted, ok bool) {
	switch err := json.NewDecoder(r.Body).Decode(&p); {
	case err != nil:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 47001, "errmsg": "data format error"})
	case p.MsgType == "image" && p.Image != nil, p.MsgType == "file" && p.File != nil:
		return p, true
	case p.MsgType != "text":
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40008, "errmsg": "invalid message type"})
	case p.Text.Content == "" || len(p.Text.Content) > mostText:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40058, "errmsg": "text.content exceed max length 2048"})
	default:
		return p, true
	}
	return p, false
}

// showPosted shows what a call says; it tells whether there is a file, if it names one. The
// caller holds the lock.
func (s *Server) showPosted(chat string, p posted, way Way) bool {
	if p.MsgType == "text" {
		s.show(chat, p.Text.Content, way)
		return true
	}
	f, ok := s.enclosed(p.MsgType, p.Image, p.File)
	if ok {
		s.showFile(chat, f, way)
	}
	return ok
}

func (s *Server) robotSend(w http.ResponseWriter, r *http.Request) {
	p, ok := read(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.URL.Query().Get("key")
	group, known := s.robots[key]
	switch {
	case s.failed(w):
	case !known:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 93000, "errmsg": "invalid webhook url"})
	case s.often(key, s.o.PerRobot):
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 45009, "errmsg": "api freq out of limit"})
	case !s.showPosted(group, p, ByRobot):
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40007, "errmsg": "invalid media_id"})
	default:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok"})
	}
}

func (s *Server) gettoken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	app := map[string]*string{s.o.AppSecret: &s.token, s.o.CallSecret: &s.calling}[q.Get("corpsecret")]
	if q.Get("corpid") != s.o.Corp || app == nil {
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40001, "errmsg": "invalid credential"})
		return
	}
	s.ids++
	*app = fmt.Sprint("token-", s.ids)
	bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok", "access_token": *app, "expires_in": 7200})
}

// call calls people on the phone. Only the app that is made for it may.
func (s *Server) call(w http.ResponseWriter, r *http.Request) {
	var in struct {
		People []string `json:"callee_userid"`
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	states := []any{}
	switch err := json.NewDecoder(r.Body).Decode(&in); {
	case s.calling == "" || r.URL.Query().Get("access_token") != s.calling:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 42001, "errmsg": "access_token expired"})
		return
	case err != nil || len(in.People) == 0:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40058, "errmsg": "callee_userid missing"})
		return
	}
	for _, p := range in.People {
		code := 0
		if s.app[p] {
			s.rung[p]++
		} else {
			code = 60111
		}
		states = append(states, map[string]any{"userid": p, "code": code, "callid": fmt.Sprint("call-", s.ids)})
	}
	bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok", "states": states})
}

// Rung returns how often somebody's phone rang.
func (s *Server) Rung(person string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rung[person]
}

func (s *Server) appSend(w http.ResponseWriter, r *http.Request) {
	p, ok := read(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.failed(w):
	case s.token == "" || r.URL.Query().Get("access_token") != s.token:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 42001, "errmsg": "access_token expired"})
	case p.AgentID != s.o.Agent:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40056, "errmsg": "invalid agentid"})
	case !s.app[p.ToUser]:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok", "invaliduser": p.ToUser})
	default:
		if !s.often("app/"+p.ToUser, 30) && !s.showPosted(p.ToUser, p, ByApp) { // the network says nothing of what it drops
			bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40007, "errmsg": "invalid media_id"})
			return
		}
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok", "msgid": fmt.Sprint("app-", len(s.sent))})
	}
}
