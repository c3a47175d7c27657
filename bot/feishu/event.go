package feishu

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
)

// An id is how the network names people.
type id struct {
	Open string `json:"open_id"`
}

// A message is one as events bring it.
type message struct {
	ID       string    `json:"message_id"`
	Parent   string    `json:"parent_id"`
	Created  string    `json:"create_time"` // milliseconds
	Chat     string    `json:"chat_id"`
	ChatType string    `json:"chat_type"` // p2p or group
	Type     string    `json:"message_type"`
	Content  string    `json:"content"` // JSON
	Mentions []mention `json:"mentions"`

	sender string
	app    bool // an app said it
}

// A mention stands for a key in a text.
type mention struct {
	Key  string `json:"key"`
	ID   id     `json:"id"`
	Name string `json:"name"`
}

// An envelope is the payload of an event.
type envelope struct {
	Header struct {
		ID   string `json:"event_id"`
		Type string `json:"event_type"`
		Time string `json:"create_time"`
	} `json:"header"`
	Event struct {
		Sender struct {
			ID   id     `json:"sender_id"`
			Type string `json:"sender_type"`
		} `json:"sender"`
		Message message `json:"message"`

		MessageID string `json:"message_id"` // of a recall
		ChatID    string `json:"chat_id"`    // of a recall, and of who joins
		Users     []struct {
			ID   id     `json:"user_id"`
			Name string `json:"name"`
		} `json:"users"`

		Operator id `json:"operator"` // who pressed
		Action   struct {
			Value value `json:"value"`
		} `json:"action"`
		Context struct {
			Message string `json:"open_message_id"`
		} `json:"context"`
	} `json:"event"`
}

// A value is what a button brings back.
type value struct {
	Key   string `json:"key"`
	Chat  string `json:"chat"`
	Group bool   `json:"group"`
	Says  string `json:"says"`
}

// pressed tells whether the event is the press of a button.
func (e *event) pressed() bool {
	var v envelope
	return json.Unmarshal(e.payload, &v) == nil && v.Header.Type == "card.action.trigger"
}

// messages makes out of an event what the bot is told. What is not for the bot is
// nothing.
func (a *Account) messages(ctx context.Context, e *event) []bot.Message {
	if e.message != nil {
		return a.said(ctx, *e.message, e.chat)
	}
	var v envelope
	if json.Unmarshal(e.payload, &v) != nil {
		return nil
	}
	x := &v.Event
	m, ok := bot.Message{}, false
	switch v.Header.Type {
	case "im.message.receive_v1":
		x.Message.sender, x.Message.app = x.Sender.ID.Open, x.Sender.Type == "app"
		where := heard{Chat: x.Message.Chat, Group: true}
		if x.Message.ChatType == "p2p" {
			where = heard{Chat: x.Message.sender}
		}
		return a.said(ctx, x.Message, where)
	case "im.message.recalled_v1":
		m, ok = a.recall(x.MessageID, x.ChatID, millis(v.Header.Time))
	case "card.action.trigger":
		m = bot.Message{
			ID: "press/" + v.Header.ID, Chat: x.Action.Value.Chat, Group: x.Action.Value.Group, Sender: x.Operator.Open, Name: a.name(ctx, x.Operator.Open),
			Text: x.Action.Value.Says, Mention: !x.Action.Value.Group, Sent: time.Now(),
			Press: &bot.Press{Message: x.Context.Message, Key: x.Action.Value.Key},
		}
		ok = m.Text != "" && m.Chat != "" && (m.Group || m.Chat == m.Sender)
	case "im.chat.member.user.added_v1", "im.chat.member.user.deleted_v1", "im.chat.member.user.withdrawn_v1":
		m = bot.Message{ID: "members/" + v.Header.ID, Chat: x.ChatID, Group: true, Kind: bot.Left, Sent: millis(v.Header.Time)}
		if strings.Contains(v.Header.Type, "added") {
			m.Kind = bot.Joined
		}
		for _, u := range x.Users {
			m.People = append(m.People, bot.Member{Sender: u.ID.Open, Name: u.Name})
		}
		ok = m.Chat != ""
	}
	if !ok {
		return nil
	}
	return []bot.Message{m}
}

// said is what the bot is told of a message: of a rich text with pictures, its text
// and then each of them.
func (a *Account) said(ctx context.Context, in message, where heard) []bot.Message {
	a.mu.Lock()
	a.known.meet(in.Chat, where.Chat, where.Group)
	a.mu.Unlock()
	m := bot.Message{
		ID: in.ID, Chat: where.Chat, Group: where.Group, Sender: in.sender, Sent: millis(in.Created), Mention: !where.Group, Self: in.app,
	}
	if m.ID == "" || m.Chat == "" || m.Self {
		return nil
	}
	m.Name = a.name(ctx, in.sender)
	me := a.api.me()
	var files []attached
	m.Kind, m.Text, files = content(in.Type, in.Content)
	slices.SortFunc(in.Mentions, func(a, b mention) int { return cmp.Compare(len(b.Key), len(a.Key)) })
	for _, at := range in.Mentions {
		m.Text = strings.ReplaceAll(m.Text, at.Key, "@"+at.Name)
		m.Mention = m.Mention || me != "" && at.ID.Open == me
	}
	a.known.said.Put(m.ID, said{where.Chat, m.Sender, m.Name, m.Text})
	if in.Parent != "" {
		m.Quote = a.quote(ctx, in.Parent)
	}
	return bot.WithFiles(m, len(files), func(i int) *bot.FileInfo { return a.info(in.ID, files[i]) })
}

// content reads what a message says, and which files are in it.
func content(kind, text string) (_ bot.Kind, said string, files []attached) {
	var c struct {
		Text    string `json:"text"`
		Image   string `json:"image_key"`
		File    string `json:"file_key"`
		Name    string `json:"file_name"`
		Title   string `json:"title"`
		Content [][]struct {
			Text  string `json:"text"`
			Name  string `json:"user_name"`
			Image string `json:"image_key"`
		} `json:"content"`
	}
	_ = json.Unmarshal([]byte(text), &c) // what is not understood says nothing
	switch kind {
	case "text":
		return bot.Text, c.Text, nil
	case "image":
		return bot.Picture, "", []attached{{c.Image, "image", ""}}
	case "file":
		name := bot.BaseName(c.Name)
		return bot.File, name, []attached{{c.File, "file", name}}
	case "post":
		var lines []string
		if c.Title != "" {
			lines = append(lines, c.Title)
		}
		for _, p := range c.Content {
			var line strings.Builder
			for _, run := range p {
				line.WriteString(run.Text)
				if run.Name != "" {
					line.WriteString("@" + run.Name)
				}
				if run.Image != "" && len(files) < mostPictures {
					files = append(files, attached{run.Image, "image", ""})
				}
			}
			lines = append(lines, line.String())
		}
		return bot.Text, strings.Trim(strings.Join(lines, "\n"), "\n"), files
	}
	return bot.System, "", nil
}

// recall is what the bot is told of a message that was taken back: the network does
// not say by whom.
func (a *Account) recall(message, chat string, at time.Time) (bot.Message, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, _ := a.known.said.Get(message)
	where, known := a.known.chats[chat]
	m := bot.Message{
		ID: "recall/" + message, Chat: cmp.Or(s.chat, where.Chat, chat), Group: !known || where.Group, Sender: s.sender, Name: s.name,
		Kind: bot.Recall, Recall: message, Sent: at,
	}
	return m, message != ""
}

// quote returns the message that another one answers, as far as it is known.
func (a *Account) quote(ctx context.Context, parent string) *bot.Quote {
	s, ok := a.known.said.Get(parent)
	if ok {
		return &bot.Quote{ID: parent, Name: s.name, Text: s.text, Self: s.sender == ""}
	}
	items, _, err := a.stored(ctx, "/open-apis/im/v1/messages/"+url.PathEscape(parent), nil)
	if err != nil || len(items) == 0 {
		return &bot.Quote{ID: parent}
	}
	q := &bot.Quote{ID: parent, Self: items[0].app, Name: "机器人"}
	_, q.Text, _ = content(items[0].Type, items[0].Content)
	if !q.Self {
		q.Name = a.name(ctx, items[0].sender)
	}
	return q
}

// stored reads messages of the history, or one, and where the next ones are.
func (a *Account) stored(ctx context.Context, path string, query url.Values) (all []message, next string, err error) {
	var out struct {
		Data struct {
			More  bool   `json:"has_more"`
			Next  string `json:"page_token"`
			Items []struct {
				ID      string `json:"message_id"`
				Parent  string `json:"parent_id"`
				Type    string `json:"msg_type"`
				Created string `json:"create_time"`
				Deleted bool   `json:"deleted"`
				Chat    string `json:"chat_id"`
				Sender  struct {
					ID   string `json:"id"`
					Type string `json:"sender_type"`
				} `json:"sender"`
				Body struct {
					Content string `json:"content"`
				} `json:"body"`
				Mentions []struct {
					Key  string `json:"key"`
					ID   string `json:"id"`
					Name string `json:"name"`
				} `json:"mentions"`
			} `json:"items"`
		} `json:"data"`
	}
	if err := a.api.call(ctx, http.MethodGet, path, query, nil, &out); err != nil {
		return nil, "", err
	}
	for _, i := range out.Data.Items {
		if i.Deleted {
			continue
		}
		m := message{ID: i.ID, Parent: i.Parent, Type: i.Type, Created: i.Created, Chat: i.Chat, Content: i.Body.Content, sender: i.Sender.ID, app: i.Sender.Type == "app"}
		for _, at := range i.Mentions {
			m.Mentions = append(m.Mentions, mention{Key: at.Key, ID: id{at.ID}, Name: at.Name})
		}
		all = append(all, m)
	}
	if out.Data.More {
		next = out.Data.Next
	}
	return all, next, nil
}

// missed reads what was said while no connection was open, oldest first.
func (a *Account) missed(ctx context.Context) ([]*event, error) {
	if err := a.groups(ctx); err != nil {
		return nil, err
	}
	a.mu.Lock()
	chats := maps.Clone(a.known.chats)
	a.mu.Unlock()
	all := []*event{}
	for id, c := range chats {
		some, err := a.history(ctx, id, c)
		e, answered := err.(*Error) //nolint:errorlint // one that wraps nothing: this chat is closed to the app
		switch {
		case answered && !errors.Is(e, bot.ErrTooOften) && !errors.Is(e, bot.ErrOut):
			a.o.Log.Warn("the history of a chat is not read", "account", a.o.Name, "group", c.Group, "code", e.Code)
		case err != nil:
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(x, y *event) int { return millis(x.message.Created).Compare(millis(y.message.Created)) })
	return all, nil
}

// history reads what people said in a chat since it was heard last. With an error it
// returns what was read before.
func (a *Account) history(ctx context.Context, id string, c heard) (all []*event, err error) {
	query := url.Values{
		"container_id_type": {"chat"}, "container_id": {id}, "sort_type": {"ByCreateTimeAsc"}, "page_size": {"50"},
		"start_time": {strconv.FormatInt(c.Last/1000, 10)},
	}
	for next := "-"; next != ""; {
		var items []message
		if items, next, err = a.stored(ctx, "/open-apis/im/v1/messages", query); err != nil {
			return all, err
		}
		for _, m := range items {
			if sent := millis(m.Created).UnixMilli(); !m.app && sent >= c.Last {
				m.Chat = id
				all = append(all, &event{message: &m, chat: c})
			}
		}
		query.Set("page_token", next)
	}
	return all, nil
}

// groups finds out in which groups the robot is.
func (a *Account) groups(ctx context.Context) error {
	query := url.Values{"page_size": {"100"}}
	for next := "-"; next != ""; {
		var out struct {
			Data struct {
				More  bool   `json:"has_more"`
				Next  string `json:"page_token"`
				Items []struct {
					ID string `json:"chat_id"`
				} `json:"items"`
			} `json:"data"`
		}
		if err := a.api.call(ctx, http.MethodGet, "/open-apis/im/v1/chats", query, nil, &out); err != nil {
			return err
		}
		a.mu.Lock()
		for _, c := range out.Data.Items {
			a.known.meet(c.ID, c.ID, true)
		}
		a.mu.Unlock()
		next = ""
		if out.Data.More {
			next = out.Data.Next
		}
		query.Set("page_token", next)
	}
	return nil
}

func millis(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n)
}
