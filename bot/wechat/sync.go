package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/eatmoreapple/openwechat"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

const (
	askAgain   = 5 * time.Minute // before the members of one group are asked for again
	askAtOnce  = 50              // groups in one question
	askSpacing = time.Second     // between two questions
	tooOften   = 10 * time.Minute
)

// sync takes what one answer brought. Nil says that it is durable.
func (l *life) sync(ctx context.Context, s webwx.Sync) error {
	raw := make([]webwx.Message, 0, len(s.AddMsgList))
	for _, r := range s.AddMsgList {
		raw = append(raw, webwx.ParseMessage(r))
	}
	l.hear(raw, len(s.ModContactList) > 0)
	l.meet(ctx, raw)
	var batch []bot.Message
	for i, w := range raw {
		if m, ok := l.take(w, s.AddMsgList[i]); ok {
			batch = append(batch, m)
		}
	}
	if len(batch) > 0 {
		if err := l.receive(ctx, batch); err != nil {
			return err
		}
	}
	l.synced = true
	l.mu.Lock()
	l.beatAt = time.Now() // in a backlog there are no heartbeats
	l.mu.Unlock()
	l.recover()
	return nil
}

// take decodes one message. One that cannot be decoded is kept as a message of
// which nothing is known: it must not keep the others from coming.
func (l *life) take(w webwx.Message, raw json.RawMessage) (m bot.Message, ok bool) {
	id, err := w.ID(), errors.New("no id, or from nobody to nobody")
	if id != "" && w.FromUserName+w.ToUserName != "" {
		err = func() (err error) {
			defer recovered(&err)
			m, ok = l.decode(w)
			return nil
		}()
	}
	if err == nil {
		return m, ok
	}
	if id == "" {
		id = "x" + l.vault.hash("message", string(raw))
	}
	l.log.Warn("message not decoded", "message", id, "err", err)
	return bot.Message{Account: l.name, ID: id, Chat: l.book.once("unknown"), Kind: bot.System, Sent: time.Now()}, true
}

// hear notes signs of life, and what the network says of sending.
func (l *life) hear(raw []webwx.Message, contacts bool) {
	if len(raw) == 0 && !contacts {
		return
	}
	l.mu.Lock()
	l.heard, l.silence = time.Now(), 0
	echo := l.echo
	l.mu.Unlock()
	if l.status.read().Word == bot.Deaf {
		l.status.set(bot.Online, "")
	}
	for _, w := range raw {
		text := webwx.Text(string(w.Content))
		switch {
		case w.MsgType == webwx.TypeSystem && strings.Contains(text, "频繁") && time.Since(w.Sent()) < tooOften:
			l.hush()
		case echo != "" && w.MsgType == webwx.TypeText && string(w.ToUserName) == helper && text == echo:
			l.echoed()
		}
	}
}

// hush stops sending for a while: the server takes what is sent and does not
// deliver it.
func (l *life) hush() {
	l.Account.mu.Lock()
	defer l.Account.mu.Unlock()
	l.often = time.Now().Add(tooOften)
}

func (l *life) echoed() {
	l.mu.Lock()
	l.echo = ""
	l.mu.Unlock()
	if l.vault.read().Echoes {
		return
	}
	if err := l.vault.change(func(m *memory) { m.Echoes = true }); err != nil {
		l.log.Error("session not saved", "err", err)
	}
}

// meet asks for groups that the messages come from if they are not known, or if
// somebody speaks in them, joins or renames them who is not.
func (l *life) meet(ctx context.Context, raw []webwx.Message) {
	var ask []string
	for _, w := range raw {
		if w.MsgType == webwx.TypeStatus {
			ask = append(ask, l.shown(w, ask)...)
			continue
		}
		user := string(w.FromUserName)
		if !webwx.IsGroup(user) {
			user = string(w.ToUserName)
		}
		if !webwx.IsGroup(user) || slices.Contains(ask, user) {
			continue
		}
		again, wanted := askAgain, false
		if w.MsgType == webwx.TypeSystem {
			text := string(w.Content)
			wanted = strings.Contains(text, "群名") || strings.Contains(text, "加入") || strings.Contains(text, "移出")
			again = 10 * time.Second
		} else {
			speaker, _ := webwx.SplitSender(string(w.Content))
			wanted = !l.book.knows(user, speaker)
		}
		if wanted && l.book.ask(user, again) {
			ask = append(ask, user)
		}
	}
	if len(ask) == 0 {
		return
	}
	if err := l.askFor(ctx, ask); err != nil {
		l.log.Warn("groups not read", "groups", len(ask), "err", plain(err))
	}
}

// shown lists groups of a status from the phone that are not known: those that
// are not saved there come in no other list.
func (l *life) shown(w webwx.Message, ask []string) []string {
	var list []string
	for user := range strings.SplitSeq(string(w.StatusNotifyUserName), ",") {
		if webwx.IsGroup(user) && !slices.Contains(ask, user) && !l.book.knows(user, "") && l.book.ask(user, askAgain) {
			list = append(list, user)
		}
	}
	return list
}

// knows reports whether a group and, if there is one, the speaker are known.
func (b *book) knows(groupName, speaker string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.groups[groupName]
	if g == nil || !g.complete {
		return false
	}
	_, ok := g.members[speaker]
	return ok || speaker == ""
}

// askFor asks for groups and their members. The answers go into the book as
// they pass the wire, each by its own name, in whatever order they come.
func (l *life) askFor(ctx context.Context, users []string) (err error) {
	defer recovered(&err)
	for chunk := range slices.Chunk(users, askAtOnce) {
		l.mu.Lock()
		wait := askSpacing - time.Since(l.asked)
		l.asked = time.Now().Add(max(wait, 0))
		l.mu.Unlock()
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
		var members openwechat.Members
		for _, user := range chunk {
			l.book.ask(user, 0)
			members = append(members, &openwechat.User{UserName: user})
		}
		if _, err := l.caller().WebWxBatchGetContact(ctx, members, l.lib.Storage.Request); err != nil {
			return err
		}
	}
	return nil
}

// overhear learns contacts from what the library's requests bring.
func (l *life) overhear(endpoint string, body []byte) {
	if endpoint == "webwxgetcontact" || endpoint == "webwxbatchgetcontact" {
		l.book.learn(webwx.ParseContacts(webwx.Clean(body)), nil)
	}
}

// load reads all contacts, and the members of all groups that are known.
func (l *life) load(ctx context.Context) (err error) {
	defer recovered(&err)
	if _, err := l.caller().WebWxGetContact(ctx, l.lib.Storage.LoginInfo); err != nil {
		return err
	}
	if err := l.askFor(ctx, l.book.incomplete()); err != nil {
		return err
	}
	l.follow()
	return nil
}
