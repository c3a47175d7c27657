package ilink

import (
	"encoding/json"
	"strings"
	"time"

	"duban/bot"
)

// The kinds of items.
const (
	itemText  = 1
	itemImage = 2
	itemVoice = 3
	itemFile  = 4
	itemVideo = 5
)

// fromBot is the type of messages that the bot said.
const fromBot = 2

// A message is one that the network brings.
type message struct {
	ID      json.Number `json:"message_id"`
	From    string      `json:"from_user_id"`
	Group   string      `json:"group_id"`
	Type    int         `json:"message_type"`
	Created int64       `json:"create_time_ms"`
	Context string      `json:"context_token"` // answers must name the newest
	Items   []item      `json:"item_list"`
}

// An item is a part of a message.
type item struct {
	Type int `json:"type"`
	Text struct {
		Text string `json:"text"`
	} `json:"text_item"`
	Voice struct {
		Text string `json:"text"` // "" if it was not understood
	} `json:"voice_item"`
	File struct {
		Name string `json:"file_name"`
	} `json:"file_item"`
	Quoted *quoted `json:"ref_msg"`
}

// A quoted is the message that another one answers.
type quoted struct {
	ID   string `json:"svr_id"`
	Item *item  `json:"message_item"` // newer phones leave it out
}

// plain is what an item says.
func (i *item) plain() string {
	if i.Type == itemVoice {
		return i.Voice.Text
	}
	return i.Text.Text
}

// message makes a message of what the network brings. Ok is false for what the person
// whose bot it is did not say.
func (a *Account) message(in message) (m bot.Message, ok bool) {
	if in.ID == "" || in.From != a.o.User || in.Group != "" || in.Type == fromBot {
		a.log.Debug("what the person of this account did not say was left out", "type", in.Type)
		return m, false
	}
	m = bot.Message{
		Account: a.o.Name, ID: in.ID.String(), Chat: userChat + in.From, Sender: in.From, Name: personName, Mention: true,
		Kind: bot.System, Sent: time.Now(),
	}
	if in.Created > 0 {
		m.Sent = time.UnixMilli(in.Created)
	}
	var lines []string
	for _, i := range in.Items {
		switch i.Type {
		case itemText, itemVoice:
			m.Kind = bot.Text
			lines = append(lines, i.plain())
		case itemImage:
			m.Kind, m.File = bot.Picture, &bot.FileInfo{}
		case itemFile, itemVideo:
			name := bot.BaseName(i.File.Name)
			m.Kind, m.File = bot.File, &bot.FileInfo{Name: name}
			lines = append(lines, name)
		}
		if i.Quoted != nil {
			m.Quote = a.quote(i.Quoted)
		}
	}
	m.Text = strings.Join(lines, "\n")
	a.said.Put(m.ID, said{text: m.Text})
	return m, true
}

// personName is what the person is called: the network tells no names.
const personName = "本人"

// quote says which message was quoted, as far as that is known.
func (a *Account) quote(in *quoted) *bot.Quote {
	known, _ := a.said.Get(in.ID)
	q := &bot.Quote{ID: in.ID, Name: personName, Text: known.text, Self: known.self}
	if q.Self {
		q.Name = a.o.BotName
	}
	if in.Item != nil && in.Item.plain() != "" {
		q.Text = in.Item.plain()
	}
	return q
}
