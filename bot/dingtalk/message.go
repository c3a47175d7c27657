package dingtalk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"duban/bot"
)

// mostPictures is how many pictures of one rich text are brought.
const mostPictures = 9

// A callback is what somebody said to the robot.
type callback struct {
	Conversation string      `json:"conversationId"`
	Type         string      `json:"conversationType"` // 1 is private, 2 a group
	ID           string      `json:"msgId"`
	Staff        string      `json:"senderStaffId"` // "" of strangers, and of all until the app is published
	Sender       string      `json:"senderId"`
	Nick         string      `json:"senderNick"`
	Robot        string      `json:"chatbotUserId"`
	Mentioned    bool        `json:"isInAtList"`
	Created      json.Number `json:"createAt"` // milliseconds
	Kind         string      `json:"msgtype"`
	Text         struct {
		Content string   `json:"content"`
		Replies bool     `json:"isReplyMsg"`
		Replied *replied `json:"repliedMsg"`
	} `json:"text"`
	Content content `json:"content"`

	// Of what the message answers: its id if a person said it, and what sending it was
	// answered with if the robot did.
	Original string `json:"originalMsgId"`
	Query    string `json:"originalProcessQueryKey"`
}

// A content is what was said, where it is not only text.
type content struct {
	Text        string `json:"text"`
	File        string `json:"fileName"`
	Code        string `json:"downloadCode"`
	Recognition string `json:"recognition"` // of a voice
	Rich        []struct {
		Text string `json:"text"`
		Code string `json:"downloadCode"` // of a picture
	} `json:"richText"`
}

// A replied is the message that another one answers.
type replied struct {
	ID      string          `json:"msgId"`
	Sender  string          `json:"senderId"`
	Content json.RawMessage `json:"content"` // mostly a content
}

// heard makes messages of what somebody said: of a rich text with pictures, its text and
// then each of them. Who cannot be known is not heard in private: they could not be
// answered.
func (a *Account) heard(f frame) []bot.Message {
	var c callback
	if json.Unmarshal([]byte(f.Data), &c) != nil || c.ID == "" || c.Conversation == "" {
		a.log.Warn("a message that is none was left out", "bytes", len(f.Data))
		return nil
	}
	m := bot.Message{ID: c.ID, Sender: cmp.Or(c.Staff, c.Sender), Name: c.Nick, Sent: millis(c.Created), Mention: true}
	var codes []string
	m.Kind, m.Text, codes = c.said()
	switch {
	case c.Type == "2":
		m.Chat, m.Group, m.Mention = groupChat+c.Conversation, true, c.Mentioned
		m.Text = strings.TrimLeft(m.Text, " \u2005\u00a0") // what is left of the mention
		a.meet(m.Chat)
	case c.Staff == "":
		a.log.Warn("somebody without an id was not heard")
		a.Warn("钉钉不告诉我是谁在私聊：应用可能还没有发布，或者这个人不在本单位，请到开放平台发布应用")
		return nil
	default:
		m.Chat = userChat + c.Staff
	}
	m.Quote = a.quote(c)
	a.names.Put(m.Sender, m.Name)
	a.said.Put(m.ID, said{m.Name, m.Text})
	if m.Sender == "" {
		return nil
	}
	name := ""
	if m.Kind == bot.File {
		name = m.Text
	}
	return bot.WithFiles(m, len(codes), func(i int) *bot.FileInfo { return a.info(codes[i], name) })
}

// said returns what a message says, and the codes of what is in it.
func (c *callback) said() (_ bot.Kind, text string, codes []string) {
	switch c.Kind {
	case "text":
		return bot.Text, c.Text.Content, nil
	case "audio":
		return bot.Text, c.Content.Recognition, nil
	case "richText":
		for _, part := range c.Content.Rich {
			if part.Code != "" && len(codes) < mostPictures {
				codes = append(codes, part.Code)
			}
		}
		return bot.Text, c.Content.plain(), codes
	case "picture":
		return bot.Picture, "", []string{c.Content.Code}
	case "file":
		return bot.File, bot.BaseName(c.Content.File), []string{c.Content.Code}
	case "video":
		return bot.File, bot.BaseName(c.Content.File), nil
	}
	return bot.System, "", nil
}

func (c *content) plain() string {
	var b strings.Builder
	for _, part := range c.Rich {
		b.WriteString(part.Text)
	}
	return cmp.Or(b.String(), c.Text)
}

// quote returns the message that another one answers, as far as that is known.
func (a *Account) quote(c callback) *bot.Quote {
	if !c.Text.Replies && c.Text.Replied == nil {
		return nil
	}
	r := cmp.Or(c.Text.Replied, &replied{})
	q := &bot.Quote{ID: cmp.Or(c.Query, r.ID, c.Original), Self: c.Query != "" || r.Sender != "" && r.Sender == c.Robot}
	if receipt, ok := a.cards.Get(q.ID); ok {
		q.ID = receipt
	}
	known, _ := a.said.Get(q.ID)
	var words content
	_ = json.Unmarshal(r.Content, &words) // a card has another form, and then it is known or not
	q.Text, q.Name = cmp.Or(words.plain(), known.text), cmp.Or(known.name, "？")
	if q.Self {
		q.Name = a.o.BotName
	}
	return q
}

// meet logs a group that is heard for the first time.
func (a *Account) meet(group string) {
	if _, known := a.groups.Get(group); !known {
		a.groups.Put(group, true)
		a.log.Info("group heard", "chat", group)
	}
}

// A press is what a button brings back.
type press struct {
	Says string `json:"says"`
	Key  string `json:"key"`
	Chat string `json:"chat"`
}

// pressed makes a message of a button that was pressed.
func (a *Account) pressed(ctx context.Context, f frame) (m bot.Message, ok bool) {
	var c struct {
		Card    string `json:"outTrackId"`
		Person  string `json:"userId"`
		Content string `json:"content"` // JSON
	}
	var v struct {
		Private struct {
			Params struct {
				Press string `json:"press"` // JSON
			} `json:"params"`
		} `json:"cardPrivateData"`
	}
	var p press
	if json.Unmarshal([]byte(f.Data), &c) != nil || json.Unmarshal([]byte(c.Content), &v) != nil || json.Unmarshal([]byte(v.Private.Params.Press), &p) != nil {
		a.log.Warn("a press that says nothing was left out: is the template of the cards right?")
		return m, false
	}
	group := strings.HasPrefix(p.Chat, groupChat)
	m = bot.Message{
		ID: "press/" + f.Headers.MessageID, Chat: p.Chat, Group: group, Sender: c.Person, Name: a.name(ctx, c.Person), Mention: !group,
		Text: p.Says, Sent: time.Now(), Press: &bot.Press{Message: c.Card, Key: p.Key},
	}
	if receipt, ok := a.cards.Get(c.Card); ok {
		m.Press.Message = receipt
	}
	return m, m.Text != "" && m.Sender != "" && (group || m.Chat == userChat+m.Sender)
}

// members makes a message of who joined a group, or left it.
func (a *Account) members(f frame) (m bot.Message, ok bool) {
	var e struct {
		Conversation string      `json:"openConversationId"`
		At           json.Number `json:"timeStamp"`
		People       []string    `json:"userId"`
	}
	if !slices.Contains([]string{"chat_add_member", "chat_remove_member", "chat_quit"}, f.Headers.EventType) {
		return m, false
	}
	if json.Unmarshal([]byte(f.Data), &e) != nil || e.Conversation == "" {
		a.log.Debug("members of a group that is not named were left out")
		return m, false
	}
	m = bot.Message{ID: "members/" + cmp.Or(f.Headers.EventID, f.Headers.MessageID), Chat: groupChat + e.Conversation, Group: true, Kind: bot.Left, Sent: millis(e.At)}
	if f.Headers.EventType == "chat_add_member" {
		m.Kind = bot.Joined
	}
	for _, id := range e.People {
		m.People = append(m.People, bot.Member{Sender: id})
	}
	return m, len(m.People) > 0
}

// millis reads a time of the network.
func millis(n json.Number) time.Time {
	at, err := n.Int64()
	if err != nil {
		return time.Now()
	}
	return time.UnixMilli(at)
}
