package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"duban/bot"
	"duban/zh"
)

// obey does what a line says. If somebody says something in it, that waits to
// be received. The errors are for the person who wrote the line.
func (a *Account) obey(ctx context.Context, line string) error {
	line = strings.TrimSuffix(line, "\r")
	if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	i := strings.IndexAny(line, ":：←")
	if i < 0 {
		return errors.New("看不懂。请写成“群 人: 文字”或“人: 文字”")
	}
	sign, size := utf8.DecodeRuneInString(line[i:])
	head, rest := strings.TrimSpace(line[:i]), line[i+size:]
	if sign == '←' {
		return a.await(ctx, head, strings.TrimSpace(rest))
	}
	group, person, err := a.speaker(head)
	if err != nil {
		return err
	}
	if part, ok := strings.CutPrefix(strings.TrimSpace(rest)+" ", "/已读 "); ok {
		return a.read(cmp.Or(group, a.PrivateChat(person.ID)), person, unescape(strings.TrimSpace(part)))
	}
	m, err := a.message(group, person, strings.TrimPrefix(rest, " "))
	if err != nil {
		return err
	}
	a.waiting = &m
	return nil
}

// speaker finds out from what stands before the colon who speaks, and in which
// group; it is "" if to the bot alone.
func (a *Account) speaker(head string) (group string, p Person, err error) {
	if p, ok := a.people[head]; ok {
		return "", p, nil
	}
	for _, g := range a.o.Groups {
		rest, ok := strings.CutPrefix(head, g+" ")
		if !ok {
			continue
		}
		if p, ok := a.people[strings.TrimSpace(rest)]; ok {
			return g, p, nil
		}
	}
	return "", p, fmt.Errorf("不认识“%s”。群有：%s", head, strings.Join(a.o.Groups, "、"))
}

// message makes the message out of what stands after the colon.
func (a *Account) message(group string, p Person, text string) (bot.Message, error) {
	m := bot.Message{
		Account: a.o.Name, Chat: group, Group: group != "", Sender: p.ID, Name: p.Name,
		Mention: group == "", Sent: time.Now(),
	}
	if group == "" {
		m.Chat = a.PrivateChat(p.ID)
	}
	switch word, rest, _ := strings.Cut(text, " "); {
	case strings.HasPrefix(text, "//"):
		m.Text = unescape(text[1:])
	case !strings.HasPrefix(text, "/"):
		m.Text = unescape(text)
	default:
		if err := a.special(&m, word, strings.TrimSpace(rest)); err != nil {
			return m, err
		}
	}
	if strings.TrimSpace(m.Text) == "" && m.Kind == bot.Text {
		return m, errors.New("没有文字")
	}
	m.Mention = m.Mention || bot.Mentions(zh.WithoutQuote(m.Text), []string{a.o.BotName}, a.names)
	a.mu.Lock()
	defer a.mu.Unlock()
	m.ID = a.nextID()
	if m.Kind != bot.Recall {
		a.remember(remark{id: m.ID, chat: m.Chat, name: m.Name, sender: m.Sender, text: m.Text})
	}
	return m, nil
}

// special fills in a message that is no plain text.
func (a *Account) special(m *bot.Message, word, rest string) error {
	switch word {
	case "/图片":
		m.Kind, m.Text = bot.Picture, unescape(rest)
	case "/文件":
		m.Kind, m.Text = bot.File, unescape(rest)
	case "/引用":
		part, text, ok := strings.Cut(rest, " | ")
		if !ok {
			return errors.New("请写成“/引用 原话里的几个字 | 文字”")
		}
		r, ok := a.find(unescape(part), func(r remark) bool { return r.chat == m.Chat })
		if !ok {
			return fmt.Errorf("这里没有人说过“%s”", part)
		}
		m.Quote = &bot.Quote{ID: r.id, Name: r.name, Text: r.text, Self: r.self}
		m.Text = unescape(text)
	case "/撤回":
		r, ok := a.find(unescape(rest), func(r remark) bool { return r.chat == m.Chat && r.sender == m.Sender && !r.self })
		if !ok {
			return fmt.Errorf("%s在这里没有说过“%s”", m.Name, rest)
		}
		m.Kind, m.Recall = bot.Recall, r.id
	case "/按":
		return a.press(m, unescape(rest))
	default:
		return fmt.Errorf("没有“%s”。可以写 /引用、/撤回、/按、/已读、/图片、/文件；要说以斜线开头的话，请写两条斜线", word)
	}
	return nil
}

func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(s)
}

func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(s)
}
