// Package alarm tells people outside of the office's chats that something needs
// them: by e-mail, through the group robot of WeCom, Feishu or DingTalk, or by
// ntfy.
//
// An [Account] is a [bot.Account] that only sends. So the outbox keeps an alarm
// until it was taken, paces it and tries it again, exactly as it does with what
// is said in a chat, and there is no second mechanism for what matters most when
// the first one fails.
package alarm

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/bot"
	"duban/zh"
)

// Chat is the only chat of an alarm account: whoever reads its e-mail, or is in
// the group of its robot.
const Chat = "alarm"

// A Way is how people are reached.
type Way string

// The ways.
const (
	Email    Way = "email"
	WeCom    Way = "wecom"
	Feishu   Way = "feishu"
	DingTalk Way = "dingtalk"
	Ntfy     Way = "ntfy"
)

// ways are all of them.
func ways() []Way { return []Way{Email, WeCom, Feishu, DingTalk, Ntfy} }

// Options says where an [Account] sends to. Nothing of it is ever logged or part
// of an error.
type Options struct {
	Name string // of the account
	By   Way

	// URL is the robot's webhook, or the topic's address. It must be https,
	// unless it is of this computer. For a robot it is a secret by itself.
	URL string
	// Key signs what DingTalk and Feishu get, or is the access token of ntfy. ""
	// is none.
	Key string

	Mail Mail // for Email

	// Roots is what certificates must lead to; nil is what the computer trusts.
	Roots *x509.CertPool
	// Timeout is how long one attempt may take; 0 is 15 seconds.
	Timeout time.Duration
}

// An Account sends alarms. It receives nothing.
type Account struct {
	o    Options
	tls  *tls.Config
	send func(ctx context.Context, a alarm) (id string, err error)
}

// An alarm is what people get.
type alarm struct {
	id    string // of the reason, the same on every attempt
	title string
	text  string
}

// New returns an account, or says which option is missing or wrong.
func New(o Options) (*Account, error) {
	if o.Name == "" {
		return nil, errors.New("alarm: an account needs a name")
	}
	o.Timeout = cmp.Or(o.Timeout, 15*time.Second)
	a := &Account{o: o, tls: &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12}}
	var err error
	switch o.By {
	case Email:
		a.send, err = a.mailer()
	case WeCom, Feishu, DingTalk, Ntfy:
		a.send, err = a.poster()
	default:
		err = fmt.Errorf("by: %q is not known: write one of %q", o.By, ways())
	}
	if err != nil {
		return nil, fmt.Errorf("alarm: %w", err)
	}
	return a, nil
}

// Name returns the account's name.
func (a *Account) Name() string { return a.o.Name }

// AlarmChat implements [bot.Alarm].
func (a *Account) AlarmChat() string { return Chat }

// Run waits until ctx ends: nobody answers an alarm.
func (a *Account) Run(ctx context.Context, _ func(context.Context, []bot.Message) error) error {
	<-ctx.Done()
	return nil
}

// Send makes one attempt to deliver m, whatever the chat.
func (a *Account) Send(ctx context.Context, _ string, m bot.Outgoing) (bot.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, a.o.Timeout)
	defer cancel()
	id, err := a.send(ctx, newAlarm(m))
	if err != nil {
		return bot.Receipt{}, fmt.Errorf("alarm by %s: %w", a.o.By, err)
	}
	return bot.Receipt{ID: id, Sent: time.Now()}, nil
}

// titleLen is the most characters of a subject.
const titleLen = 40

func newAlarm(m bot.Outgoing) alarm {
	sum := sha256.Sum256([]byte(m.Account + "/" + m.Key))
	first, _, _ := strings.Cut(strings.TrimSpace(m.Text), "\n")
	return alarm{id: hex.EncodeToString(sum[:12]), title: "duban：" + zh.Head(first, titleLen), text: m.Text}
}

// cut shortens text to at most limit bytes, at the end of a character.
func cut(text string, limit int) string {
	const more = "……"
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit-len(more)], "") + more
}

// apart keeps the text of an error that came before anything was said, and not
// its kind: a deadline that passed then leaves nothing in doubt.
func apart(err error) error { return errors.New(err.Error()) }
