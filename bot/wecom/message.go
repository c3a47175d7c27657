package wecom

import (
	"cmp"
	"strings"
	"time"
	"unicode"

	"duban/bot"
)

// brought makes messages of what a request brought: of a text with pictures, the text
// and then each of them.
func (a *Account) brought(c callback, request string) []bot.Message {
	if c.Event != nil {
		if m, ok := a.pressed(c, request); ok {
			return []bot.Message{m}
		}
		return nil
	}
	m, ok := a.message(c)
	if !ok {
		return nil
	}
	a.asks(m, request)
	files := c.files()
	return bot.WithFiles(m, len(files), func(i int) *bot.FileInfo { return a.info(files[i]) })
}

// message makes a message of a callback. Ok is false for what nobody said.
func (a *Account) message(c callback) (m bot.Message, ok bool) {
	if c.MsgID == "" || c.From.UserID == "" || c.Event != nil {
		return m, false
	}
	m = bot.Message{
		Account: a.o.Name, ID: c.MsgID, Sender: c.From.UserID, Name: c.From.UserID, Mention: true, // of a group, only mentions come
		Chat: userChat + c.From.UserID, Text: c.plain(), Sent: time.Now(),
	}
	if c.CreateTime > 0 {
		m.Sent = time.Unix(c.CreateTime, 0)
	}
	if c.ChatType == "group" {
		m.Chat, m.Group = groupChat+c.ChatID, true
		a.heard(m.Chat)
	}
	switch c.MsgType {
	case "text", "voice", "mixed":
	case "image":
		m.Kind = bot.Picture
	case "file", "video":
		m.Kind = bot.File
	default:
		m.Kind = bot.System
	}
	if c.Quote != nil {
		m.Quote = a.quote(m.Chat, c.Quote.plain())
	}
	a.said.Put(printOf(m.Chat, m.Text), entry{id: m.ID, name: m.Name})
	return m, true
}

// heard logs a group that is heard for the first time: who adds its robot needs its id.
func (a *Account) heard(group string) {
	a.mu.Lock()
	known := a.groups[group]
	a.groups[group] = true
	a.mu.Unlock()
	if !known {
		a.log.Info("group heard", "chat", group)
	}
}

// quote says whose text was quoted, as far as that is known: the network gives the
// text alone.
func (a *Account) quote(chat, text string) *bot.Quote {
	e, _ := a.said.Get(printOf(chat, text))
	q := &bot.Quote{ID: e.id, Name: e.name, Text: text, Self: e.self}
	if q.Self {
		q.Name = cmp.Or(a.o.BotName, a.o.Name)
	}
	q.Name = cmp.Or(q.Name, "？")
	return q
}

// mostAsked bounds for how many messages the request is known that an answer may name.
const mostAsked = 1000

// An asked is a request that brought a message, and where that was said.
type asked struct{ request, chat string }

// asks notes the request that brought a message.
func (a *Account) asks(m bot.Message, request string) {
	if _, again := a.replies.Get(m.ID); !again {
		a.replies.Put(m.ID, asked{request, m.Chat})
	}
}

// request returns the request that brought the message which m answers, once. What is
// said to a request is shown where it came from, so it is none for an answer that goes
// elsewhere, from a group to one person.
func (a *Account) request(chat string, m bot.Outgoing) (id string, ok bool) {
	message, ok := strings.CutPrefix(m.Key, "answer/"+a.o.Name+"/")
	if !ok || !m.Answer {
		return "", false
	}
	if by, known := a.replies.Get(message); !known || by.chat != chat {
		return "", false
	}
	by, ok := a.replies.Take(message)
	return by.request, ok
}

// squeezed returns what of a text a quote keeps, whatever the phone makes of its
// marks and spaces.
func squeezed(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\\' {
			return -1
		}
		return r
	}, text)
}
