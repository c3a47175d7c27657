package dingtalktest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

const (
	topicRobot = "/v1.0/im/bot/messages/get"
	topicCard  = "/v1.0/card/instances/callback"

	pingEvery  = 25 * time.Second
	answerTime = time.Minute      // then it comes again, or never
	lingers    = 10 * time.Second // a link that was told that it ends
)

// A link is one connection.
type link struct {
	bottest.Link
	hears  []string // topics, and EVENT
	ending bool     // nothing is brought any more
}

// A delivery is a frame that waits for its answer.
type delivery struct {
	topic string
	frame map[string]any
	said  *bottest.Said // nil is none
	times int
	timer *time.Timer
}

// open gives a ticket for a link.
func (s *Server) open(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Client string `json:"clientId"`
		Secret string `json:"clientSecret"`
		Topics []struct {
			Type  string `json:"type"`
			Topic string `json:"topic"`
		} `json:"subscriptions"`
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	switch {
	case s.Refused(w):
	case json.NewDecoder(r.Body).Decode(&in) != nil || in.Client != Client || in.Secret != Secret:
		bottest.Answer(w, http.StatusUnauthorized, map[string]any{"code": "authFailed", "message": "鉴权失败"})
	default:
		ticket := fmt.Sprint("ticket-geheim-", rand.Int()) // clients do not escape it
		s.tickets[ticket] = []string{}
		for _, t := range in.Topics {
			topic := t.Topic
			if t.Type == "EVENT" {
				topic = "EVENT"
			}
			s.tickets[ticket] = append(s.tickets[ticket], topic)
		}
		scheme := "wss" // as the network's; a client on loopback cannot have that
		if r.Host != "api.dingtalk.com" {
			scheme = "ws"
		}
		bottest.Answer(w, http.StatusOK, map[string]any{"endpoint": scheme + "://" + r.Host + "/connect", "ticket": ticket})
	}
}

// connect serves one link. A ticket is good for one.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	topics, ok := s.tickets[ticket]
	delete(s.tickets, ticket)
	s.mu.Unlock()
	if !ok {
		http.Error(w, "ticket", http.StatusForbidden)
		return
	}
	l := &link{hears: topics}
	l.Every, l.Ping = pingEvery, func() []byte { return system("ping", fmt.Sprint("ping-", rand.Int()), `{"opaque":"0"}`) }
	l.Serve(w, r, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.links = append(s.links, l)
		s.opened++
		s.Change()
	}, s.answered)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links = slices.DeleteFunc(s.links, func(x *link) bool { return x == l })
	s.Change()
}

// system is a frame of the network itself.
func system(topic, id, data string) []byte {
	return bot.JSON(map[string]any{
		"specVersion": "1.0", "type": "SYSTEM", "data": data,
		"headers": map[string]string{"topic": topic, "messageId": id, "contentType": "application/json"},
	})
}

// bring brings data to one of the links that hear the topic, at random. The caller
// holds the lock.
func (s *Server) bring(topic string, headers map[string]string, data map[string]any, said *bottest.Said) {
	s.ids++
	kind := "CALLBACK"
	if topic == "EVENT" {
		kind = "EVENT"
	}
	headers["messageId"], headers["contentType"] = fmt.Sprintf("frame-%d", s.ids), "application/json"
	headers["time"], headers["connectionId"], headers["appId"] = fmt.Sprint(time.Now().UnixMilli()), "link", Client
	s.deliver(&delivery{topic: topic, said: said, frame: map[string]any{
		"specVersion": "1.0", "type": kind, "headers": headers, "data": string(bot.JSON(data)),
	}})
}

func (s *Server) deliver(d *delivery) {
	var able []*link
	for _, l := range s.links {
		if !l.ending && slices.Contains(l.hears, d.topic) {
			able = append(able, l)
		}
	}
	if len(able) == 0 {
		return // and that is lost
	}
	headers, _ := d.frame["headers"].(map[string]string)
	id := headers["messageId"]
	d.times++
	able[rand.IntN(len(able))].Put(bottest.Frame{Data: bot.JSON(d.frame), Written: func() {
		s.mu.Lock()
		if d.said != nil {
			d.said.Brought = true
		}
		s.mu.Unlock()
		s.Change()
	}})
	s.waits[id] = d
	d.timer = time.AfterFunc(answerTime, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.waits[id] != d {
			return
		}
		delete(s.waits, id)
		if d.times <= s.o.Repeats {
			if d.said != nil {
				d.said.Late = true
			}
			s.deliver(d)
		}
	})
}

// answered takes an answer to a frame.
func (s *Server) answered(data []byte) {
	var a struct {
		Code    int `json:"code"`
		Headers struct {
			ID   string `json:"messageId"`
			Type string `json:"contentType"`
		} `json:"headers"`
		Data string `json:"data"` // JSON
	}
	if json.Unmarshal(data, &a) != nil || a.Code != http.StatusOK || a.Headers.Type != "application/json" || !json.Valid([]byte(a.Data)) {
		return
	}
	s.mu.Lock()
	if d := s.waits[a.Headers.ID]; d != nil {
		d.timer.Stop()
		delete(s.waits, a.Headers.ID)
		if d.said != nil {
			d.said.Answered = true
		}
	}
	s.mu.Unlock()
	s.Change()
}
