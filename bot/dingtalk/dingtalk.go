// Package dingtalk is an account on DingTalk (钉钉): the robot of an app of the
// school's own, which hears over the network's stream and speaks over HTTP.
//
// Of a group the network brings what mentions the robot. What is said while no stream
// is open is lost, and nothing promises that what was not answered comes again. So an
// [Account] keeps what it was brought until it is durable, answers it then, and opens
// the next stream before the last one ends, when the network says that it will.
package dingtalk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"duban/bot"
)

// Domain is where the network is, if nothing else is configured.
const Domain = "https://api.dingtalk.com"

// Options say which app an [Account] is. No secret of it is ever logged or part of an
// error.
type Options struct {
	Name    string // of the account
	BotName string // to whom a quote of the robot's words is ascribed

	Client, Secret string // the app's Client ID and Client Secret
	Robot          string // the robot's code; "" is Client
	Card           string // the ID of the template of cards; "" leaves buttons out

	Domain string       // "" is [Domain]
	Urgent bool         // what is urgent and for one person is a DING too
	Log    *slog.Logger // nil discards
	// Transport leads to the network; nil is the real one.
	Transport http.RoundTripper
}

// What the names of chats begin with.
const (
	userChat  = "user/"
	groupChat = "group/"
)

// How much of what was said lately is remembered.
const (
	mostSaid  = 5000
	mostCards = 1000 // each under two names
	mostNames = 5000
)

// An Account is one app's robot.
type Account struct {
	*bot.Status
	o      Options
	log    *slog.Logger
	client *http.Client
	token  bot.Token
	inbox  *bot.Inbox

	said   *bot.Recent[string, said]   // by message, or by what the network calls what was sent
	names  *bot.Recent[string, string] // by person
	cards  *bot.Recent[string, string] // receipts of cards, by what presses and quotes call them
	groups *bot.Recent[string, bool]   // that were heard

	mu        sync.Mutex
	unsettled map[string][]request // by message: what is answered when it is durable
}

// A said is what is known of a message.
type said struct{ name, text string }

// New returns an account that has not connected, or says which option is missing or
// wrong.
func New(o Options) (*Account, error) {
	o.Domain, o.Robot, o.BotName = cmp.Or(o.Domain, Domain), cmp.Or(o.Robot, o.Client), cmp.Or(o.BotName, o.Name)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Name == "" || o.Client == "" || o.Secret == "" {
		return nil, errors.New("dingtalk: a name, client and secret are needed")
	}
	var err error
	if o.Domain, err = bot.Origin(o.Domain); err != nil {
		return nil, fmt.Errorf("dingtalk: domain: %w", err)
	}
	a := &Account{
		Status: bot.NewStatus(), o: o, log: o.Log.With("account", o.Name), unsettled: map[string][]request{},
		said: bot.NewRecent[string, said](mostSaid), names: bot.NewRecent[string, string](mostNames),
		cards:  bot.NewRecent[string, string](2 * mostCards),
		groups: bot.NewRecent[string, bool](mostCards),
		client: bot.NewClient(o.Transport),
	}
	a.inbox = bot.NewInbox(a.log, a.settle)
	return a, nil
}

// Name implements [bot.Account].
func (a *Account) Name() string { return a.o.Name }

// Limits implements [bot.Limited]. The network takes 20 calls of a kind in a second,
// and 20 texts a minute in one group.
func (*Account) Limits() bot.Limits {
	private := func(chat string) bool { return strings.HasPrefix(chat, userChat) }
	return bot.Limits{Window: 8, Pace: bot.Pace{PerMinute: 300, Burst: 15, ChatGap: 3 * time.Second, PrivateGap: time.Second, Private: private}}
}

// Can implements [bot.Capable].
func (*Account) Can() bot.Capabilities {
	return bot.Capabilities{First: true, Buttons: true, MaxText: maxText}
}

const (
	firstPause = time.Second
	mostPause  = 30 * time.Second
	wrongPause = 5 * time.Minute  // after the network has refused the app's secret
	wellAfter  = 30 * time.Second // a stream that lasted for so long was fine
)

// Run keeps a stream open until ctx ends.
func (a *Account) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	var delivered, streams sync.WaitGroup
	stop := make(chan struct{})
	delivered.Go(func() { a.inbox.Deliver(ctx, stop, receive) })
	defer func() { streams.Wait(); close(stop); delivered.Wait() }()
	pause := firstPause
	for ctx.Err() == nil {
		began := time.Now()
		s, err := a.open(ctx)
		if err == nil {
			a.log.Info("connected")
			a.Set(bot.Online, "")
			streams.Go(func() { s.read(ctx) })
			<-s.leaving
			err = s.why
		}
		if ctx.Err() != nil {
			break
		}
		wait, moved := bot.Between(pause/2, pause), errors.Is(err, errMoved)
		switch lasted := time.Since(began); {
		case errors.Is(err, errSecret):
			a.Set(bot.Offline, "钉钉不认这个应用的Client ID或Client Secret，请到开放平台核对，改好后重启duban")
			wait = wrongPause
		case moved && lasted > firstPause, lasted > wellAfter: // what is said meanwhile is lost
			pause, wait = firstPause, 0
		case moved: // it is not out, but must not spin either
			pause = min(2*pause, mostPause)
		default:
			a.Set(bot.Offline, "连不上钉钉，正在重试；请检查网络")
			pause = min(2*pause, mostPause)
		}
		a.log.Warn("not connected", "err", err, "again", wait)
		bot.Sleep(ctx, wait)
	}
	a.Set(bot.Offline, "")
	return nil
}
