// Package feishu is an account on Feishu (飞书): an app of the school's own whose
// robot hears over a long connection and speaks over HTTP.
//
// The network's cursor is the answer to an event: what is not answered within
// three seconds is sent again. So an event is answered when it is durable and not
// before, and what is sent again is known by its id. Events that come while no
// connection is open are not sent again; they are read from the history of the
// chats after each connect.
//
// A group is named by its chat_id (oc_…), and the private chat of a person by
// their open_id (ou_…), under which they can be written to first.
package feishu

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
const Domain = "https://open.feishu.cn"

// Options say which app an [Account] is. Nothing of it is ever logged or part of
// an error.
type Options struct {
	Name   string // of the account
	ID     string // App ID
	Secret string // App Secret
	Domain string // "" is [Domain]
	Urgent bool   // what is urgent and for one person makes their phone ring
	Dir    string // where it keeps how far it has heard
	Log    *slog.Logger
	// Transport leads to the network; nil is the real one.
	Transport http.RoundTripper
}

// An Account is one app. It implements [bot.Account].
type Account struct {
	*bot.Status
	o   Options
	api *api

	running sync.Mutex // held by Run, for the next two
	held    []*event   // receive has not taken them

	mu    sync.Mutex
	known memory
}

// New returns an account that has not connected.
func New(o Options) (*Account, error) {
	o.Domain = cmp.Or(o.Domain, Domain)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Name == "" || o.ID == "" || o.Secret == "" {
		return nil, errors.New("feishu: a name, app and secret are needed")
	}
	var err error
	if o.Domain, err = bot.Origin(o.Domain); err != nil {
		return nil, fmt.Errorf("feishu: domain: %w", err)
	}
	a := &Account{Status: bot.NewStatus(), o: o, api: newAPI(o)}
	if a.known, err = openMemory(o.Dir, time.Now()); err != nil {
		return nil, fmt.Errorf("feishu: %w", err)
	}
	return a, nil
}

// Name returns the account's name.
func (a *Account) Name() string { return a.o.Name }

// Limits implements [bot.Limited]: a fifth of what the network bears.
func (*Account) Limits() bot.Limits {
	return bot.Limits{Pace: bot.Pace{PerMinute: 200, Burst: 20, ChatGap: 300 * time.Millisecond, PrivateGap: 300 * time.Millisecond}, Window: 8}
}

// Can implements [bot.Capable].
func (*Account) Can() bot.Capabilities {
	return bot.Capabilities{HearsAll: true, First: true, Buttons: true, MaxText: maxText, Dedupes: time.Hour}
}

// Run connects, reads what was missed, and brings what comes until ctx ends or the
// connection does. What receive did not take is brought first by the next Run.
func (a *Account) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) (err error) {
	a.running.Lock()
	defer a.running.Unlock()
	if err := a.bring(ctx, receive, nil, nil); err != nil {
		return err
	}
	a.api.hearSelf(ctx)
	c, err := a.connect(ctx)
	if err != nil {
		a.Set(bot.Offline, standing(err))
		return err
	}
	defer c.close()
	a.Set(bot.Online, "")
	events := make(chan *event, 1024)
	ctx, stop := context.WithCancel(ctx)
	var ended error
	var wg sync.WaitGroup
	wg.Go(func() {
		defer stop()
		defer close(events)
		ended = c.read(ctx, events)
	})
	wg.Go(func() { c.pings(ctx) })
	c.settle(ctx)
	missed, err := a.missed(ctx)
	if err == nil {
		err = a.listen(ctx, receive, c, missed, events)
	}
	stop()
	for e := range events {
		// What came and was not taken is held, unless what was said before it is not read
		// yet: then it comes again, and must not hide that.
		if missed != nil {
			a.held = append(a.held, e)
		}
	}
	wg.Wait()
	err = cmp.Or(err, ended)
	if !errors.Is(err, context.Canceled) {
		a.Set(bot.Offline, standing(err))
	}
	return err
}

// listen brings what was missed, and then what comes. What is said while the history is
// read may be brought with it, before a press that was made just before.
func (a *Account) listen(ctx context.Context, receive func(context.Context, []bot.Message) error, c *conn, missed []*event, events <-chan *event) error {
	if err := a.bring(ctx, receive, c, missed); err != nil {
		return err
	}
	for e := range events {
		batch := []*event{e}
		for len(events) > 0 && len(batch) < 256 {
			if e, ok := <-events; ok {
				batch = append(batch, e)
			}
		}
		if err := a.bring(ctx, receive, c, batch); err != nil {
			return err
		}
	}
	return nil
}

// bring hands events to the bot, those that were held before first, and answers them
// when they are durable. What is known is answered at once.
func (a *Account) bring(ctx context.Context, receive func(context.Context, []bot.Message) error, c *conn, batch []*event) error {
	a.held = append(a.held, batch...)
	var ms []bot.Message
	brought := map[string]bool{}
	for _, e := range a.held {
		for _, m := range a.messages(ctx, e) {
			if m.Account = a.o.Name; !a.done(m.ID) && !brought[m.ID] {
				brought[m.ID] = true
				ms = append(ms, m)
			}
		}
	}
	if len(ms) > 0 {
		if err := receive(ctx, ms); err != nil {
			return err
		}
	}
	var acks []*event
	a.mu.Lock()
	for _, m := range ms {
		a.known.take(m)
	}
	acks, a.held = a.held, nil
	saved := a.known.save(false)
	a.mu.Unlock()
	if saved != nil {
		a.o.Log.Warn("how far was heard is not saved", "account", a.o.Name, "err", saved)
	}
	for _, e := range acks {
		if c != nil && e.from == c {
			c.answer(ctx, e)
		}
	}
	return nil
}

func (a *Account) done(id string) bool {
	done, _ := a.known.done.Get(id)
	return done
}

// Close saves how far was heard.
func (a *Account) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known.save(true)
}

// standing says in Chinese why the account is not connected.
func standing(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return fmt.Sprintf("连不上飞书（代码%d）。%s", e.Code, advice(e.Code))
	}
	return "连不上飞书，正在重连。请看网络"
}
