package wecom

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/bot"
)

// What a card bears.
const (
	mostTitle   = 26  // characters
	mostUnder   = 112 // characters, with what is added when a button was pressed
	mostButtons = 6
	mostKey     = 1024 // bytes of a button's key
	mostCards   = 1000 // whose titles are known when a button is pressed
)

// A card is a text with buttons.
type card struct {
	CardType string   `json:"card_type"`
	Title    title    `json:"main_title"`
	Under    string   `json:"sub_title_text,omitempty"`
	Buttons  []button `json:"button_list"`
	Task     string   `json:"task_id"`
}

type title struct {
	Title string `json:"title"`
}

type button struct {
	Text string `json:"text"`
	Key  string `json:"key"`
}

// taken is what who has pressed a button sees below the text of the card: the press is
// kept, but what comes of it is said by the answer.
const taken = "已收到，正在登记"

// buttonKey is what the network brings back with a press: what the button says, and the
// key of the text that it stands below.
func buttonKey(says, key string) string {
	if both := string(bot.JSON([]string{says, key})); key != "" && len(both) <= mostKey {
		return both
	}
	return says
}

// readKey undoes [buttonKey].
func readKey(s string) (says, key string) {
	var both []string
	if json.Unmarshal([]byte(s), &both) == nil && len(both) == 2 {
		return both[0], both[1]
	}
	return s, ""
}

// newCard makes a card of m. Whole is false if its text does not fit: then it has to
// be said before.
func newCard(m bot.Outgoing) (c card, whole bool) {
	c = card{CardType: "button_interaction", Task: requestID("card")}
	for _, b := range m.Buttons[:min(len(m.Buttons), mostButtons)] {
		c.Buttons = append(c.Buttons, button{Text: b.Label, Key: buttonKey(b.Says, m.Key)})
	}
	head, rest, _ := strings.Cut(m.Text, "\n")
	if utf8.RuneCountInString(head) > mostTitle || utf8.RuneCountInString(rest+"\n"+taken) > mostUnder || strings.HasSuffix(m.Text, "\n") {
		c.Title.Title = "请按一下回复"
		return c, false
	}
	c.Title.Title, c.Under = head, rest
	return c, true
}

// sendCard says m with its buttons. A text that does not fit on a card is said
// before it, and says itself how to answer without one.
func (s *session) sendCard(ctx context.Context, chat string, m bot.Outgoing) (receipt string, err error) {
	c, whole := newCard(m)
	if !whole {
		if receipt, err = s.push(ctx, chat, markdown(m.Text)); err != nil {
			return "", err
		}
	}
	s.cards.Put(c.Task, c)
	_, err = s.push(ctx, chat, map[string]any{"msgtype": "template_card", "template_card": c})
	if err != nil && !whole {
		s.log.Warn("a text was sent without its buttons", "err", err)
		return receipt, nil
	}
	return c.Task, err
}

// pressed makes a message of a button that was pressed, and notes which request has
// to be answered when it is durable.
func (a *Account) pressed(c callback, request string) (m bot.Message, ok bool) {
	p := c.Event.press
	if c.Event.Card != nil {
		p = *c.Event.Card
	}
	if c.Event.EventType != "template_card_event" || p.Key == "" || p.Task == "" {
		return m, false
	}
	says, key := readKey(p.Key)
	c.Event, c.MsgType, c.Text = nil, "text", &words{says}
	if m, ok = a.message(c); !ok {
		return m, false
	}
	m.Press = &bot.Press{Message: p.Task, Key: key}
	a.mu.Lock()
	a.presses[m.ID] = request
	a.mu.Unlock()
	return m, true
}

// takes changes a card for who has pressed the button with this key: what it says
// stays, and so do its other buttons. A card without any is none to the network.
func (c *card) takes(key string) {
	c.Under = strings.TrimPrefix(c.Under+"\n"+taken, "\n")
	c.Buttons = slices.DeleteFunc(slices.Clone(c.Buttons), func(b button) bool { return b.Key == key })
	if len(c.Buttons) == 0 {
		c.Buttons = []button{{Text: "已收到", Key: key}}
	}
}

// confirm shows those whose presses are durable now that they are. The network takes
// that for five seconds; later it does not matter.
func (a *Account) confirm(ctx context.Context, batch []bot.Message) {
	for _, m := range batch {
		if m.Press == nil {
			continue
		}
		a.mu.Lock()
		request, s := a.presses[m.ID], a.current
		delete(a.presses, m.ID)
		a.mu.Unlock()
		if s == nil || request == "" {
			continue
		}
		c, known := a.cards.Get(m.Press.Message)
		if !known { // of an earlier run
			c = card{CardType: "button_interaction", Title: title{"回复"}, Task: m.Press.Message}
		}
		c.takes(buttonKey(m.Text, m.Press.Key))
		body := bot.JSON(map[string]any{"response_type": "update_template_card", "template_card": c, "userids": []string{m.Sender}})
		if err := s.put(ctx, bot.JSON(frame{Cmd: cmdUpdate, Headers: headers{request}, Body: body})); err != nil {
			a.log.Debug("a card was not changed", "err", err)
		}
	}
}

// markdown is a text as the AI bot says it.
func markdown(text string) map[string]any {
	return map[string]any{"msgtype": "markdown", "markdown": map[string]string{"content": escaped(text)}}
}

// push says something in a chat by itself.
func (s *session) push(ctx context.Context, chat string, what map[string]any) (receipt string, err error) {
	what["chatid"] = chat
	receipt = requestID(cmdSend)
	f, err := s.ask(ctx, cmdSend, receipt, what)
	if err != nil {
		return "", err
	}
	if f.ErrCode == codeNotIn {
		_ = s.conn.CloseNow() // and another one subscribes
	}
	if err := judge(f.ErrCode); err != nil {
		return "", fmt.Errorf("push: %w", err)
	}
	return receipt, nil
}
