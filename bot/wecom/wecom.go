// Package wecom is WeCom (企业微信) as a network: an AI bot (智能机器人) over its
// long connection, and beside it what the AI bot may not do, a group's robot and
// an app that writes to a person first.
//
// The network has no acknowledgement for what it brings, and brings nothing
// again. So an [Account] keeps what it was brought until it is durable, also while
// the store is away and when [Account.Run] is called anew.
package wecom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"duban/bot"
)

// Where the network is, if nothing else is configured: its long connection, and its calls.
const (
	connection = "wss://openws.work.weixin.qq.com"
	calls      = "https://qyapi.weixin.qq.com"
)

// Options says which bot an [Account] is. No secret of it is ever logged or part
// of an error.
type Options struct {
	Name    string // of the account
	BotName string // to whom a quote of the bot's words is ascribed

	Bot, Secret string // the AI bot's ID and secret

	// Robots are the addresses of the robots of groups, by chat. Such an address
	// is a secret by itself.
	Robots map[string]string
	App    App

	Domain string       // where the network is, for its long connection and its calls; "" is WeCom itself
	Log    *slog.Logger // nil discards
	// Transport leads to the network; nil is the real one.
	Transport http.RoundTripper
}

// An App (自建应用) writes to people who have never written to the AI bot. The zero
// App is none.
type App struct {
	Corp   string // the school's ID in WeCom
	Agent  int    // the app's AgentId
	Secret string
	Urgent string // the secret of the app 紧急通知, which calls who has something urgent; "" calls nobody
}

// What the names of chats begin with.
const (
	userChat  = "user/"
	groupChat = "group/"
)

// An Account is the bot's login.
type Account struct {
	*bot.Status
	o      Options
	log    *slog.Logger
	client *http.Client
	inbox  *bot.Inbox
	said   *bot.Recent[hash, entry] // what the bot and people said lately, to know quotes by
	app    *app
	caller *app // of the app 紧急通知

	address, api string // of the long connection, and of calls

	replies *bot.Recent[string, asked] // by message: the request that an answer may name
	cards   *bot.Recent[string, card]  // by task

	mu      sync.Mutex
	current *session          // nil: not connected
	ready   chan struct{}     // closed while there is one
	groups  map[string]bool   // that were heard
	presses map[string]string // by message: the request that brought it, until it is durable
}

// New returns an account, or says which option is missing or wrong.
func New(o Options) (*Account, error) {
	switch {
	case o.Name == "":
		return nil, errors.New("wecom: an account needs a name")
	case o.Bot == "":
		return nil, errors.New("wecom: the bot's id is missing")
	case o.Secret == "":
		return nil, errors.New("wecom: the bot's secret is missing")
	case o.App != App{} && (o.App.Corp == "" || o.App.Agent == 0 || o.App.Secret == ""):
		return nil, errors.New("wecom: an app needs corp, agent and secret")
	}
	address, api := connection, calls
	if o.Domain != "" {
		at, err := bot.Origin(o.Domain)
		if err != nil {
			return nil, fmt.Errorf("wecom: domain: %w", err)
		}
		address, api = "ws"+strings.TrimPrefix(at, "http"), at
	}
	for _, chat := range slices.Sorted(maps.Keys(o.Robots)) {
		if !strings.HasPrefix(chat, groupChat) {
			return nil, fmt.Errorf("wecom: robots: the chat of a group begins with %s", groupChat)
		}
		if _, err := bot.Address(o.Robots[chat]); err != nil {
			return nil, fmt.Errorf("wecom: robots: %w", err)
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &Account{
		o: o, log: o.Log.With("account", o.Name), ready: make(chan struct{}), Status: bot.NewStatus(), said: bot.NewRecent[hash, entry](mostSaid), groups: map[string]bool{},
		presses: map[string]string{}, replies: bot.NewRecent[string, asked](mostAsked), cards: bot.NewRecent[string, card](mostCards),
		client: bot.NewClient(o.Transport),
	}
	a.inbox = bot.NewInbox(a.log, a.confirm)
	a.address, a.api = address, api
	a.app, a.caller = &app{Account: a, secret: o.App.Secret}, &app{Account: a, secret: o.App.Urgent}
	return a, nil
}

// Name implements [bot.Account].
func (a *Account) Name() string { return a.o.Name }

// Limits implements [bot.Limited]. The network takes 30 texts a minute in one
// chat, answers included, and 20 of a group's robot; an app's are dropped without
// a word beyond 30 a minute and person.
func (*Account) Limits() bot.Limits {
	private := func(chat string) bool { return strings.HasPrefix(chat, userChat) }
	return bot.Limits{Window: 8, Pace: bot.Pace{ChatGap: 3 * time.Second, PrivateGap: 2 * time.Second, Private: private}}
}

const (
	firstPause = time.Second
	mostPause  = 30 * time.Second
	wrongPause = 5 * time.Minute // after the network has refused the bot's secret
	wellAfter  = time.Minute     // a connection that lasted for so long was fine
)

// Run stays connected until ctx ends. Nothing but a person can help if another
// program has taken the bot's connection: then Run does not connect again.
func (a *Account) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	var delivered sync.WaitGroup
	stop := make(chan struct{})
	delivered.Go(func() { a.inbox.Deliver(ctx, stop, receive) })
	defer func() { close(stop); delivered.Wait() }()
	pause := firstPause
	for ctx.Err() == nil {
		began := time.Now()
		err := a.connect(ctx)
		switch {
		case ctx.Err() != nil:
			a.Set(bot.Offline, "")
			return nil
		case errors.Is(err, errReplaced):
			a.log.Error("another program has taken the connection")
			a.Set(bot.Restricted, "机器人的连接被另一个程序占用：请停掉那个程序，再重启duban；一个机器人只能由一个程序使用")
			<-ctx.Done()
			return nil
		case errors.Is(err, errSecret):
			a.Set(bot.Offline, "企业微信不认这个机器人的ID或Secret，请到管理后台核对，改好后重启duban")
			pause = wrongPause
		default:
			a.Set(bot.Offline, "连不上企业微信，正在重试；请检查网络")
			if time.Since(began) > wellAfter {
				pause = firstPause
			}
		}
		wait := bot.Between(pause/2, pause)
		a.log.Warn("not connected", "err", err, "again", wait)
		bot.Sleep(ctx, wait)
		pause = min(2*pause, max(mostPause, pause))
	}
	return nil
}
