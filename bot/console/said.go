package console

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
)

// Send writes m as a line.
func (a *Account) Send(_ context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	label, ok := a.labels[chat]
	if !ok {
		return bot.Receipt{}, fmt.Errorf("console: no such chat: %w", bot.ErrRefused)
	}
	text := m.Text
	if m.File != nil { // the terminal shows no pictures, but a script must see that there is one
		text = "[文件：" + m.File.Name + "] " + text
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.show(label, "", text, m.Buttons); err != nil {
		return bot.Receipt{}, err
	}
	r := remark{id: a.nextID(), chat: chat, name: a.o.BotName, text: text, self: true, key: m.Key, buttons: m.Buttons}
	a.remember(r)
	return bot.Receipt{ID: r.id, Sent: time.Now()}, nil
}

// Update implements [bot.Updater].
func (a *Account) Update(_ context.Context, chat, receipt string, m bot.Outgoing) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.said, func(r remark) bool { return r.id == receipt && r.chat == chat && r.self })
	if i < 0 {
		return fmt.Errorf("console: no such message: %w", bot.ErrRefused)
	}
	a.said[i].text, a.said[i].buttons, a.said[i].met = m.Text, m.Buttons, false
	return a.show(a.labels[chat], "（改为）", m.Text, m.Buttons)
}

// ReadBy implements [bot.Reader]. Where nobody has said /已读, it is not known.
func (a *Account) ReadBy(_ context.Context, chat, receipt string) ([]bot.Read, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.said, func(r remark) bool { return r.id == receipt && r.chat == chat && r.self })
	if i < 0 || !a.tells {
		return nil, errors.New("console: it is not known who has read that")
	}
	return slices.Clone(a.said[i].reads), nil
}

// read notes that a person has read the last text of the bot with part in it.
func (a *Account) read(chat string, p Person, part string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, r := range slices.Backward(a.said) {
		if !r.self || r.chat != chat || !strings.Contains(r.text, part) {
			continue
		}
		a.tells = true
		if !slices.ContainsFunc(r.reads, func(r bot.Read) bool { return r.Sender == p.ID }) {
			a.said[i].reads = append(r.reads, bot.Read{Sender: p.ID, At: time.Now()})
			fmt.Fprintf(a.o.Out, "%s · %s已读：%s\n", a.labels[chat], p.Name, escape(r.text))
		}
		return nil
	}
	return fmt.Errorf("我在这里没有说过“%s”", part)
}

// Can implements [bot.Capable].
func (*Account) Can() bot.Capabilities {
	return bot.Capabilities{HearsAll: true, First: true, Buttons: true}
}

// show writes what the bot says, and its buttons behind it. The caller holds the lock.
func (a *Account) show(label, mark, text string, buttons []bot.Button) error {
	for _, b := range buttons {
		text += "【" + b.Label + "】"
	}
	n, err := fmt.Fprintf(a.o.Out, "%s ← %s%s\n", label, mark, escape(text))
	if err != nil {
		kind := bot.ErrOut
		if n > 0 {
			kind = bot.ErrUnknown
		}
		return fmt.Errorf("console: %w: %w", kind, err)
	}
	close(a.news)
	a.news = make(chan struct{})
	return nil
}

// Mark implements [bot.Marker]: it writes which message was counted.
func (a *Account) Mark(_ context.Context, chat, message string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.said, func(r remark) bool { return r.id == message && r.chat == chat })
	if i < 0 {
		return fmt.Errorf("console: no such message: %w", bot.ErrRefused)
	}
	r := a.said[i]
	if _, err := fmt.Fprintf(a.o.Out, "%s ✓ %s：%s\n", a.labels[chat], r.name, escape(r.text)); err != nil {
		return fmt.Errorf("console: %w: %w", bot.ErrOut, err)
	}
	return nil
}

// complain writes what is wrong with the line that was read last.
func (a *Account) complain(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fmt.Fprintf(a.o.Out, "! 第%d行：%v\n", a.line, err)
}

// await waits until the bot has said something with part in it in the chat that
// is called so, for which no line has waited before.
func (a *Account) await(ctx context.Context, called, part string) error {
	chat := called
	if p, ok := a.people[called]; ok {
		chat = a.PrivateChat(p.ID)
	}
	if _, ok := a.labels[chat]; !ok {
		return fmt.Errorf("不认识“%s”", called)
	}
	for late := time.Now().Add(patience); ; {
		met, news := a.meet(chat, unescape(part))
		switch {
		case met:
			return nil
		case !time.Now().Before(late):
			return fmt.Errorf("等了%d秒，没有等到“%s”", int(patience.Seconds()), part)
		case !bot.Await(ctx, news, time.Until(late)):
			return errors.New("没有等到，程序要停了")
		}
	}
}

// meet looks for the first of what await waits for. If it is not there, the
// channel that it returns is closed when the bot says something.
func (a *Account) meet(chat, part string) (bool, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.said, func(r remark) bool {
		return r.self && !r.met && r.chat == chat && strings.Contains(r.text, part)
	})
	if i < 0 {
		return false, a.news
	}
	a.said[i].met = true
	return true, nil
}

// A remark is something that was said.
type remark struct {
	id, chat, sender, name, text string
	self                         bool // by the bot
	key                          string
	buttons                      []bot.Button
	met                          bool // a line has waited for it
	reads                        []bot.Read
}

// remember keeps r for those who want to quote it. The caller holds the lock.
func (a *Account) remember(r remark) {
	if len(a.said) >= keep {
		a.said = slices.Delete(a.said, 0, keep/2)
	}
	a.said = append(a.said, r)
}

// press says what the last button of a chat says that is called so.
func (a *Account) press(m *bot.Message, label string) error {
	_, ok := a.find("", func(r remark) bool {
		i := slices.IndexFunc(r.buttons, func(b bot.Button) bool { return b.Label == label })
		if r.chat != m.Chat || i < 0 {
			return false
		}
		m.Text, m.Press = r.buttons[i].Says, &bot.Press{Message: r.id, Key: r.key}
		return true
	})
	if !ok {
		return fmt.Errorf("这里没有按钮“%s”", label)
	}
	return nil
}

// find returns the last remark with part in it that is fit.
func (a *Account) find(part string, fit func(remark) bool) (remark, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range slices.Backward(a.said) {
		if fit(r) && strings.Contains(r.text, part) {
			return r, true
		}
	}
	return remark{}, false
}

// nextID returns an id that no message has, in this run or another. The caller
// holds the lock.
func (a *Account) nextID() string {
	a.ids++
	return a.boot + "-" + strconv.Itoa(a.ids)
}
