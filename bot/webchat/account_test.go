package webchat_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"duban/bot/bottest"
	"duban/bot/webchat"
)

func TestAccount(t *testing.T) {
	bottest.TestAccount(t, func(t *testing.T) bottest.Scene { return scene(t, options(t.TempDir())) })
}

// scene lets the suite act through the requests that the page makes.
func scene(t *testing.T, o webchat.Options) bottest.Scene {
	a, err := webchat.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &sceneOf{t: t, h: a.Handler(), host: a.Addr().String(), ids: map[string]string{}}
	for _, p := range o.People {
		s.ids[p.Name] = p.ID
	}
	private := func(person string) string { return "@" + s.ids[person] }
	return bottest.Scene{
		Account: a, Group: group, People: [2]string{o.People[1].Name, o.People[2].Name},
		Private: private, Mention: "@学工小助手\u2005",
		Say: func(chat, person, text string) { s.say(chat, person, text, "") },
		Quote: func(chat, person, quoted, text string) {
			s.say(chat, person, text, s.find(chat, quoted))
		},
		Recall: func(chat, person, text string) {
			s.request("POST", "/api/recall", fields{"as": s.ids[person], "id": s.find(chat, text)}, nil)
		},
		Shown: s.shown,
	}
}

type sceneOf struct {
	t    *testing.T
	h    http.Handler
	host string
	ids  map[string]string // of people, by name
	n    atomic.Int64
}

func (s *sceneOf) request(method, path string, in fields, out any) {
	s.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(string(body)))
	r.Host = s.host
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	if w.Code != http.StatusOK && w.Code != http.StatusAccepted {
		s.t.Fatalf("%s %s: status %d, %s", method, path, w.Code, w.Body)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sceneOf) say(chat, person, text, quote string) {
	s.t.Helper()
	s.request("POST", "/api/say", fields{
		"as": s.ids[person], "chat": chat, "text": text, "quote": quote, "client": fmt.Sprintf("client-%d", s.n.Add(1)),
	}, nil)
}

// messages of a chat as somebody in it sees them.
func (s *sceneOf) messages(chat string) []said {
	s.t.Helper()
	var st state
	s.request("GET", "/api/state?as="+strings.TrimPrefix(strings.Replace(chat, group, "@p1", 1), "@"), nil, &st)
	return st.chat(chat).Messages
}

func (s *sceneOf) find(chat, text string) string {
	s.t.Helper()
	for _, m := range s.messages(chat) {
		if m.Text == text {
			return m.ID
		}
	}
	s.t.Fatalf("nobody said %q in %s", text, chat)
	return ""
}

func (s *sceneOf) shown(chat string) []string {
	s.t.Helper()
	var ts []string
	for _, m := range s.messages(chat) {
		if m.From == "" {
			ts = append(ts, m.Text)
		}
	}
	return ts
}
