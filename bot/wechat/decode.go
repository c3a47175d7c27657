package wechat

import (
	"mime"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

// helper is 文件传输助手, where a person writes to himself.
const helper = "filehelper"

// decode returns what raw says, and false if it is for nobody: what the phone
// tells its other devices, and what official accounts write.
func (l *life) decode(w webwx.Message) (bot.Message, bool) {
	from, to, content := string(w.FromUserName), string(w.ToUserName), string(w.Content)
	if w.MsgType == webwx.TypeStatus || w.MsgType == webwx.TypeNotice {
		return bot.Message{}, false
	}
	self := l.book.isMe(from)
	peer := from
	if self {
		peer = to
	}
	if !webwx.IsGroup(peer) && l.book.service(peer) {
		return bot.Message{}, false
	}
	m := bot.Message{
		Account: l.name, ID: w.ID(), Group: webwx.IsGroup(peer), Self: self, Sent: w.Sent(),
		Chat: l.chat(peer), Mention: !webwx.IsGroup(peer),
	}
	if w.CreateTime == 0 {
		m.Sent = time.Now()
	}
	speaker := from
	if m.Group && !self {
		speaker, content = webwx.SplitSender(content)
	}
	how := l.book.in(peer, speaker)
	if speaker != "" {
		m.Sender, m.Name = l.book.person(speaker), how.name
	}
	if m.Group {
		m.Card = how.card
	}
	l.fill(&m, w, content, how)
	return m, true
}

// fill adds what was said. Of a kind that the bot has no use for, only the type
// is kept.
func (l *life) fill(m *bot.Message, w webwx.Message, content string, how seen) {
	switch {
	case w.MsgType == webwx.TypeText && w.SubMsgType != webwx.SubLocation && w.URL == "":
		l.fillText(m, webwx.Text(content), how)
	case w.MsgType == webwx.TypeSystem:
		m.Kind, m.Text, m.Mention = bot.System, webwx.Text(content), false
	case w.MsgType == webwx.TypeRecall:
		id, ok := webwx.ParseRecall(content)
		if m.Kind, m.Recall = bot.Recall, id; !ok || id == "" || id == "0" {
			l.unknown(m, w)
		}
	case w.MsgType == webwx.TypePicture:
		m.Kind = bot.Picture
		m.File = &bot.FileInfo{Name: "图片-" + m.ID + ".jpg", Type: "image/jpeg", Open: l.opener(w)}
	case w.MsgType == webwx.TypeApp && w.AppMsgType == webwx.AppFile:
		m.Kind, m.Text = bot.File, baseName(webwx.Name(w.FileName))
		size, _ := strconv.ParseInt(string(w.FileSize), 10, 64)
		m.File = &bot.FileInfo{Name: m.Text, Type: mime.TypeByExtension(path.Ext(m.Text)), Size: max(size, 0), Open: l.opener(w)}
	case w.MsgType == webwx.TypeApp && w.AppMsgType == webwx.AppQuote:
		q, reply, ok := webwx.ParseAppQuote(content)
		if !ok {
			l.unknown(m, w)
			return
		}
		m.Text, m.Quote = reply, l.quote(q, how)
		l.addressed(m, how)
	default:
		l.unknown(m, w)
	}
}

// unknown keeps of a message that there was one.
func (l *life) unknown(m *bot.Message, w webwx.Message) {
	m.Kind, m.Text, m.Recall, m.Mention = bot.System, "", "", false
	l.log.Debug("message of a kind that is not read", "message", m.ID, "type", int(w.MsgType), "app", int(w.AppMsgType))
}

// fillText splits a quote from what was said to it.
func (l *life) fillText(m *bot.Message, text string, how seen) {
	m.Text = text
	if q, reply, ok := webwx.SplitQuote(text); ok {
		m.Text, m.Quote = strings.TrimSpace(reply), l.quote(q, how)
	}
	l.addressed(m, how)
}

func (l *life) quote(q webwx.Quote, how seen) *bot.Quote {
	name := strings.TrimSpace(q.Name)
	return &bot.Quote{ID: q.ID, Name: name, Text: q.Text, Self: name != "" && slices.Contains(l.names(how), name)}
}

// names lists what the account is called.
func (l *life) names(how seen) []string {
	list := slices.Concat(how.own, l.aliases)
	return slices.DeleteFunc(list, func(n string) bool { return n == "" })
}

// addressed says whether the message is for the bot.
func (l *life) addressed(m *bot.Message, how seen) {
	if !m.Group {
		return
	}
	own := l.names(how)
	others := slices.DeleteFunc(slices.Clone(how.others), func(n string) bool { return n == "" || slices.Contains(own, n) })
	for _, name := range own {
		m.Mention = m.Mention || bot.Mentions(m.Text, name, others)
	}
}

// baseName returns a name that is safe for people and file systems, without
// what the sender put before it.
func baseName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if r := []rune(name); len(r) > 100 {
		ext := []rune(path.Ext(name))
		if len(ext) > 10 {
			ext = nil
		}
		name = string(r[:100-len(ext)]) + string(ext)
	}
	if name == "" {
		return "未命名"
	}
	return name
}
