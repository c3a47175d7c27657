// Package ilink is WeChat's own interface for bots (微信ClawBot, iLink): a bot that one
// person has made by scanning a code, and that this person alone can talk to.
//
// It is a side door. A text can only be said within a day of that person's last word,
// and about ten of them, so an [Account] says nothing that nobody asked for: it brings
// questions and takes answers.
//
// The network's cursor is kept when what came is durable, and not before.
package ilink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"duban/bot"
)

// Domain is where the network is, if nothing else is configured.
const Domain = "https://ilinkai.weixin.qq.com"

// Options say which bot an [Account] is. Nothing of it is ever logged or part of an error.
type Options struct {
	Name    string // of the account
	BotName string // to whom a quote of the bot's words is ascribed

	User   string // the network's id of the person whose bot it is
	Token  string // which it gave when they scanned
	Domain string // "" is [Domain]
	Dir    string // where it keeps how far it has heard; "" is nowhere
	Log    *slog.Logger
	// Transport leads to the network; nil is the real one.
	Transport http.RoundTripper
}

// userChat is what the name of the only chat begins with.
const userChat = "user/"

// mostSaid is how many texts are known again when they are quoted.
const mostSaid = 500

// An Account is one person's bot.
type Account struct {
	*bot.Status
	o      Options
	log    *slog.Logger
	client *http.Client

	said *bot.Recent[string, said] // by the network's id

	mu     sync.Mutex
	kept   memory
	closed string // the context in which the network takes nothing more; "" is none
}

// A said is what is known of a message.
type said struct {
	text string
	self bool // the bot said it
}

// New returns an account that has not connected, or says which option is missing or
// wrong.
func New(o Options) (*Account, error) {
	o.Domain, o.BotName = cmp.Or(o.Domain, Domain), cmp.Or(o.BotName, o.Name)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Name == "" || o.User == "" || o.Token == "" {
		return nil, errors.New("ilink: a name, user and secret are needed")
	}
	var err error
	if o.Domain, err = bot.Origin(o.Domain); err != nil {
		return nil, fmt.Errorf("ilink: domain: %w", err)
	}
	a := &Account{
		Status: bot.NewStatus(), o: o, log: o.Log.With("account", o.Name), client: bot.NewClient(o.Transport),
		said: bot.NewRecent[string, said](mostSaid),
	}
	if a.kept, err = openMemory(o.Dir); err != nil {
		return nil, fmt.Errorf("ilink: %w", err)
	}
	return a, nil
}

// Name implements [bot.Account].
func (a *Account) Name() string { return a.o.Name }

// Limits implements [bot.Limited]. The network takes about ten texts for each word of
// the person.
func (*Account) Limits() bot.Limits {
	return bot.Limits{Pace: bot.Pace{PerMinute: 20, Burst: 5, ChatGap: time.Second, PrivateGap: time.Second}}
}

// Can implements [bot.Capable].
func (*Account) Can() bot.Capabilities { return bot.Capabilities{Answers: true} }

const (
	firstPause = time.Second
	mostPause  = 30 * time.Second
	leaveTime  = 3 * time.Second // for saying that the bot is not there any more
)

// Run asks for what is said until ctx ends or receive fails. Nothing but a person can
// help when the network wants the code scanned anew: then Run asks no more.
func (a *Account) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	defer a.leave(ctx)
	pause, here := firstPause, false
	for ctx.Err() == nil {
		var err error
		if !here {
			err = a.call(ctx, "msg/notifystart", 0, nil, nil)
		}
		if here = err == nil; here {
			a.Set(bot.Online, "")
			err = a.poll(ctx, receive)
		}
		switch unheard, failed := errors.AsType[*notTaken](err); {
		case failed:
			return unheard.error
		case err == nil:
			pause = firstPause
		case ctx.Err() != nil:
		case errors.Is(err, errExpired):
			a.log.Error("the code must be scanned anew")
			a.Set(bot.Restricted, "微信ClawBot的登录失效了：请运行duban setup ilink，由本人重新扫码，再重启duban")
			<-ctx.Done()
		default:
			here = false
			a.Set(bot.Offline, "连不上微信ClawBot，正在重试；请检查网络")
			wait := bot.Between(pause/2, pause)
			a.log.Warn("not connected", "err", err, "again", wait)
			bot.Sleep(ctx, wait)
			pause = min(2*pause, mostPause)
		}
	}
	a.Set(bot.Offline, "")
	return nil
}

// A notTaken is the error with which receive did not take what came: it comes again.
type notTaken struct{ error }

// poll waits for what is said, and keeps the cursor behind it when it is durable.
func (a *Account) poll(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	a.mu.Lock()
	next := a.kept
	a.mu.Unlock()
	got, err := a.updates(ctx, next.Cursor)
	if err != nil {
		return err
	}
	var all []bot.Message
	for _, m := range got.Messages {
		if heard, ok := a.message(m); ok {
			all = append(all, heard)
			next.Context = cmp.Or(m.Context, next.Context)
		}
	}
	a.open(next.Context) // the answer may leave before receive returns
	if len(all) > 0 {
		if err := receive(ctx, all); err != nil {
			return &notTaken{err}
		}
	}
	if next.Cursor = cmp.Or(got.Cursor, next.Cursor); len(all) == 0 && next == a.kept {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept = next
	if err := a.kept.save(a.o.Dir); err != nil {
		a.log.Warn("how far was heard is not saved", "err", err)
	}
	return nil
}

// open notes in which context the person can be answered.
func (a *Account) open(context string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept.Context != context {
		a.kept.Context, a.closed = context, ""
		a.Resume()
	}
}

// leave tells the network that the bot is not there any more.
func (a *Account) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	if err := a.call(ctx, "msg/notifystop", 0, nil, nil); err != nil {
		a.log.Debug("the network was not told that the bot leaves", "err", err)
	}
}

// Doctor implements [bot.Doctor].
func (a *Account) Doctor(ctx context.Context) []bot.Finding {
	err := a.call(ctx, "getconfig", 0, map[string]any{"ilink_user_id": a.o.User}, nil)
	switch e, answered := errors.AsType[*Error](err); {
	case err == nil:
		return []bot.Finding{{Text: "微信ClawBot的登录有效；它只能和扫码的本人私聊，只回答，不发提醒"}}
	case errors.Is(err, errExpired):
		return []bot.Finding{{Bad: true, Text: "微信ClawBot的登录失效了：请运行duban setup ilink，由本人重新扫码"}}
	case answered:
		return []bot.Finding{{Bad: true, Text: "微信ClawBot不能用（" + e.Error() + "）：请由本人在手机微信里看ClawBot是否还开着"}}
	}
	return []bot.Finding{{Bad: true, Text: "连不上微信ClawBot，请看网络"}}
}
