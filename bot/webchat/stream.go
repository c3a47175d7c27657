package webchat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	heartbeat  = 15 * time.Second
	streamStep = 200 // entries looked at a time
	maxStream  = 64  // open streams of all browsers
)

// A stream tells one browser what happens in the chats of one person.
type stream struct {
	a      *Account
	w      http.ResponseWriter
	rc     *http.ResponseController
	person string
	seq    uint64 // what the browser has seen
	got    uint64 // what it was told that the bot has
	online bool   // what it was told about the bot
}

// events sends what happened after the event that the browser saw last, and
// then what happens, until the browser or the server leaves. With once=1 it
// ends when there is nothing more.
func (a *Account) events(w http.ResponseWriter, r *http.Request) error {
	p, err := a.visitor(r)
	if err != nil {
		return err
	}
	select {
	case a.streams <- struct{}{}:
		defer func() { <-a.streams }()
	default:
		return refusal{http.StatusServiceUnavailable, "打开的页面太多了，请关掉几个"}
	}
	s := &stream{a: a, w: w, rc: http.NewResponseController(w), person: p.ID}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	_ = s.rc.SetReadDeadline(time.Time{}) // the request was read; only writes have a deadline from here
	if !s.resume(r) {
		return nil
	}
	for {
		m, err := s.step()
		if err != nil || r.URL.Query().Get("once") != "" && s.seq == m.last {
			return nil // the browser has gone, or has what it wanted
		}
		if s.seq < m.last {
			continue
		}
		select {
		case <-r.Context().Done():
			_ = s.send("bye", "", struct{}{})
			return nil
		case <-m.changed:
		case <-time.After(heartbeat):
			if s.send("beat", "", struct{}{}) != nil {
				return nil
			}
		}
	}
}

// resume finds where to go on, and greets. If that place is gone, it tells the
// browser to start anew and returns false.
func (s *stream) resume(r *http.Request) bool {
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.URL.Query().Get("after")
	}
	m := s.a.log.after(0, 0)
	epoch, num, _ := strings.Cut(last, "-")
	seq, err := strconv.ParseUint(num, 10, 64)
	if err != nil || epoch != m.epoch || seq > m.last || seq+1 < m.first {
		_ = s.send("reset", "", struct{}{})
		return false
	}
	s.seq, s.got, s.online = seq, m.got, m.online
	return s.send("hello", "", map[string]any{
		"boot": s.a.boot.UnixMilli(), "now": s.a.o.Now().UnixMilli(), "got": m.got, "online": m.online,
	}) == nil
}

// step sends what is new.
func (s *stream) step() (moment, error) {
	m := s.a.log.after(s.seq, streamStep)
	for _, e := range m.entries {
		if c := s.a.seated.Load().chats[e.Chat]; c != nil && c.has(s.person) {
			if err := s.send(e.Type, fmt.Sprintf("%s-%d", m.epoch, e.Seq), e.line()); err != nil {
				return m, err
			}
		}
		s.seq = e.Seq
	}
	if s.got != m.got || s.online != m.online {
		s.got, s.online = m.got, m.online
		return m, s.send("bot", "", map[string]any{"got": m.got, "online": m.online})
	}
	return m, nil
}

// send writes one event and gives the browser five seconds to take it.
func (s *stream) send(event, id string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	if err := s.rc.SetWriteDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return fmt.Errorf("deadline: %w", err)
	}
	if _, err := fmt.Fprintf(s.w, "%sevent: %s\nretry: 1000\ndata: %s\n\n", id, event, data); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return s.rc.Flush()
}
