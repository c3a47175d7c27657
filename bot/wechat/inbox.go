package wechat

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"mime"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/bot/wechat/webwx"
	"duban/zh"
)

// unnamed is what a file without a name is called.
const unnamed = "未命名"

// helper is 文件传输助手, where a person writes to himself.
const helper = "filehelper"

// An inbox reads what the wire brings and hands it on.
type inbox struct {
	*Account
	contacts *contacts
	client   *client
	receive  receiver
}

// take hands the messages of one answer on, which came as raw. Nil says that they
// are durable.
func (in *inbox) take(ctx context.Context, list []webwx.Message, raw []json.RawMessage) error {
	var batch []bot.Message
	for i, w := range list {
		if m, ok := in.one(w, raw[i]); ok {
			batch = append(batch, m)
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return in.receive(ctx, batch)
}

// decode returns what raw says, and false if it is for nobody: what the phone
// tells its other devices, and what official accounts write.
func (in *inbox) decode(w webwx.Message) (bot.Message, bool) {
	from, to, content := string(w.FromUserName), string(w.ToUserName), string(w.Content)
	if w.MsgType == webwx.TypeStatus || w.MsgType == webwx.TypeNotice {
		return bot.Message{}, false
	}
	self := in.contacts.book.isMe(from)
	peer := from
	if self {
		peer = to
	}
	if !webwx.IsGroup(peer) && in.contacts.book.service(peer) {
		return bot.Message{}, false
	}
	m := bot.Message{
		Account: in.o.Name, ID: w.ID(), Group: webwx.IsGroup(peer), Self: self, Sent: w.Sent(),
		Chat: in.contacts.chat(peer), Mention: !webwx.IsGroup(peer),
	}
	if w.CreateTime == 0 {
		m.Sent = time.Time{}
	}
	speaker := from
	if m.Group && !self {
		speaker, content = webwx.SplitSender(content)
	}
	how := in.contacts.book.in(peer, speaker)
	if speaker != "" {
		m.Sender, m.Name = in.contacts.book.person(speaker), how.name
	}
	if m.Group {
		m.Card = how.card
	}
	in.fill(&m, w, content, how)
	if m.Kind == bot.Text && m.Group {
		m.Mention = bot.Mentions(m.Text, in.names(how), how.others)
	}
	return m, true
}

// fill adds what was said. Of a kind that the bot has no use for, only the type
// is kept.
func (in *inbox) fill(m *bot.Message, w webwx.Message, content string, how appearance) {
	switch {
	case w.MsgType == webwx.TypeText && w.SubMsgType != webwx.SubLocation && w.URL == "":
		m.Text = webwx.Text(content)
		if q, ok := zh.SplitQuote(m.Text); ok {
			m.Text, m.Quote = strings.TrimSpace(q.Reply), in.quote(bot.Quote{Name: q.Name, Text: q.Text}, how)
		}
	case w.MsgType == webwx.TypeSystem:
		m.Kind, m.Text, m.Mention = bot.System, webwx.Text(content), false
	case w.MsgType == webwx.TypeRecall:
		id, ok := webwx.ParseRecall(content)
		if m.Kind, m.Recall = bot.Recall, id; !ok || id == "" || id == "0" {
			in.unknown(m, w)
		}
	case w.MsgType == webwx.TypePicture:
		m.Kind = bot.Picture
		m.File = &bot.FileInfo{Name: "图片-" + m.ID + ".jpg", Type: "image/jpeg", Open: in.client.opener(w)}
	case w.MsgType == webwx.TypeApp && w.AppMsgType == webwx.AppFile:
		m.Kind, m.Text = bot.File, cmp.Or(bot.BaseName(webwx.Name(w.FileName)), unnamed)
		size, _ := strconv.ParseInt(string(w.FileSize), 10, 64)
		m.File = &bot.FileInfo{Name: m.Text, Type: mime.TypeByExtension(path.Ext(m.Text)), Size: max(size, 0), Open: in.client.opener(w)}
	case w.MsgType == webwx.TypeApp && w.AppMsgType == webwx.AppQuote:
		q, reply, ok := webwx.ParseAppQuote(content)
		if !ok {
			in.unknown(m, w)
			return
		}
		m.Text, m.Quote = reply, in.quote(q, how)
	default:
		in.unknown(m, w)
	}
}

// unknown keeps of a message that there was one.
func (in *inbox) unknown(m *bot.Message, w webwx.Message) {
	m.Kind, m.Text, m.Recall, m.Mention = bot.System, "", "", false
	in.log.Debug("message of a kind that is not read", "message", m.ID, "type", int(w.MsgType), "app", int(w.AppMsgType))
}

func (in *inbox) quote(q bot.Quote, how appearance) *bot.Quote {
	q.Name = strings.TrimSpace(q.Name)
	q.Self = q.Name != "" && slices.Contains(in.names(how), q.Name)
	return &q
}

// names lists what the account is called.
func (in *inbox) names(how appearance) []string { return slices.Concat(how.own, in.o.Aliases) }

// one decodes one message. One that cannot be decoded is kept as a message of
// which nothing is known: it must not keep the others from coming.
func (in *inbox) one(w webwx.Message, raw json.RawMessage) (m bot.Message, ok bool) {
	id, err := w.ID(), errors.New("no id, or from nobody to nobody")
	if id != "" && w.FromUserName+w.ToUserName != "" {
		err = func() (err error) {
			defer bot.Contain(&err)
			m, ok = in.decode(w)
			return nil
		}()
	}
	if err == nil {
		return m, ok
	}
	if id == "" {
		id = "x" + in.vault.hash("message", string(raw))
	}
	in.log.Warn("message not decoded", "message", id, "err", err)
	return bot.Message{Account: in.o.Name, ID: id, Chat: in.contacts.book.once("unknown"), Kind: bot.System}, true
}
