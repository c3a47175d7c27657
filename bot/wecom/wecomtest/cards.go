package wecomtest

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"duban/bot/bottest"
)

// A templateCard is a text with buttons.
type templateCard struct {
	CardType  string `json:"card_type"`
	MainTitle struct {
		Title string `json:"title"`
	} `json:"main_title"`
	Under   string `json:"sub_title_text"`
	Task    string `json:"task_id"`
	Buttons []struct {
		Text string `json:"text"`
		Key  string `json:"key"`
	} `json:"button_list"`
}

// A shownCard is a card in a chat.
type shownCard struct {
	templateCard
	chat string
}

// wrong tells whether the network would not take a card.
func (c *templateCard) wrong() bool {
	keys := map[string]bool{}
	for _, b := range c.Buttons {
		if b.Text == "" || b.Key == "" || len(b.Key) > 1024 || keys[b.Key] {
			return true
		}
		keys[b.Key] = true
	}
	return c.CardType != "button_interaction" || c.Task == "" || len(c.Task) > 128 || c.MainTitle.Title == "" ||
		utf8.RuneCountInString(c.MainTitle.Title) > 26 || utf8.RuneCountInString(c.Under) > 112 ||
		len(c.Buttons) == 0 || len(c.Buttons) > 6
}

// text is what people see of a card, without its buttons.
func (c *templateCard) text() string {
	if c.Under == "" {
		return c.MainTitle.Title
	}
	return c.MainTitle.Title + "\n" + c.Under
}

// Press lets a person press the last button in a chat that is called so. Its event
// comes in one of the two forms that were seen. It returns the event's id.
func (s *Server) Press(chat, person, label string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range slices.Backward(s.cards) {
		if c.chat != chat {
			continue
		}
		for _, b := range c.Buttons {
			if b.Text == label {
				return s.press(c, person, b.Key)
			}
		}
	}
	panic("no button is called " + label)
}

// PressOn lets a person press a button of a card, which is named as the account's
// receipt names it. It returns the event's id.
func (s *Server) PressOn(card, person, label string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cards {
		for _, b := range c.Buttons {
			if c.Task == card && b.Text == label {
				return s.press(c, person, b.Key)
			}
		}
	}
	panic("no button is called " + label)
}

func (s *Server) press(c shownCard, person, key string) string {
	s.ids++
	id := fmt.Sprintf("msg-%06d", s.ids)
	pressed := map[string]any{"event_key": key, "task_id": c.Task}
	event := map[string]any{"eventtype": "template_card_event"}
	if s.ids%2 == 0 {
		event["template_card_event"] = pressed
	} else {
		event["event_key"], event["task_id"] = key, c.Task
	}
	m := map[string]any{
		"msgid": id, "aibotid": s.o.Bot, "chattype": "single", "from": map[string]string{"userid": person},
		"create_time": time.Now().Unix(), "msgtype": "event", "event": event,
	}
	if _, group := s.groups[c.chat]; group {
		m["chattype"], m["chatid"] = "group", c.chat
	}
	s.said = append(s.said, bottest.Said{ID: id, Chat: c.chat, Person: person, Text: key})
	s.pressed["req-"+id] = press{c.Task, person, time.Now()}
	s.bring("aibot_event_callback", id, m)
	return id
}

// A press is a press that can be answered for five seconds.
type press struct {
	task, person string
	at           time.Time
}

// update changes a card for who has pressed a button of it. The caller holds the lock.
func (s *Server) update(request string, m sending) (code int) {
	p, ok := s.pressed[request]
	switch {
	case !ok || time.Since(p.at) > 5*time.Second:
		return 846605
	case m.Card == nil || m.Card.wrong() || m.Card.Task != p.task || m.Response != "update_template_card":
		return 40008
	}
	delete(s.pressed, request)
	s.seen[p.person+" "+p.task] = m.Card.text()
	for _, b := range m.Card.Buttons {
		s.seen[p.person+" "+p.task] += " [" + b.Text + "]"
	}
	s.Change()
	return 0
}

// Seen returns what a person sees of a card after they have pressed a button of it, as
// in "text [button] [button]";
// "" is what everybody sees. A card is named as the account's receipt names it.
func (s *Server) Seen(person, card string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[person+" "+card]
}
