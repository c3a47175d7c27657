package bot_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/notice"
	"duban/outbox"
	"duban/store"
	"duban/store/mem"
)

const login = "duban"

// A handlerFunc is a handler without a quarantine.
type handlerFunc func(context.Context, bot.Message) error

func (f handlerFunc) Handle(ctx context.Context, m bot.Message) error { return f(ctx, m) }

// ignore is a handler for tests that only send.
var ignore handlerFunc = func(context.Context, bot.Message) error { return nil }

// An office is a network, a store and a bot between them.
type office struct {
	*testing.T
	net     *bottest.Network
	store   *store.Store
	outbox  bot.Outbox
	options bot.Options

	running *bot.Bot
	cancel  context.CancelFunc
	result  chan error
}

// inOffice lets f see a new office while time passes as in [synctest].
func inOffice(t *testing.T, h bot.Handler, f func(t *testing.T, o *office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, newOffice(t, h)) })
}

// newOffice returns an office with a group and two people, and an empty store.
func newOffice(t *testing.T, h bot.Handler) *office {
	t.Helper()
	o := &office{T: t, net: bottest.NewNetwork(login)}
	o.net.Group("学工群", "张三", "李四")
	o.net.Group("学院群", "张三", "李四")
	s, err := notice.OpenStore(t.Context(), mem.New(), store.Options{Enqueued: func(account string) {
		if o.running != nil {
			o.running.Wake(account)
		}
	}, Values: []any{outbox.Direct{Reserve: func(account string) (time.Duration, func(*bot.Outgoing)) {
		if o.running == nil {
			return 0, nil
		}
		return o.running.Reserve(account)
	}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.store, o.outbox = s, outbox.Delivery{Store: s}
	o.options = bot.Options{Accounts: []bot.Account{o.net.Account()}, Handler: h, Zone: time.UTC}
	return o
}

// start runs the bot until stop, or until the test ends.
func (o *office) start() {
	o.Helper()
	ctx, cancel := context.WithCancel(o.Context())
	o.options.Outbox = o.outbox
	o.running, o.cancel, o.result = bot.New(o.options), cancel, make(chan error, 1)
	b, result := o.running, o.result
	go func() {
		defer close(result)
		result <- b.Run(ctx)
	}()
	o.Cleanup(func() { o.stop() })
}

// stop tells the bot to stop, unless it has, and returns how long that took.
func (o *office) stop() time.Duration {
	o.Helper()
	began := time.Now()
	o.cancel()
	if err := <-o.result; err != nil {
		o.Errorf("Run: %v", err)
	}
	return time.Since(began)
}

// say puts a text into the outbox.
func (o *office) say(out bot.Outgoing) {
	o.Helper()
	if out.Key == "" {
		out.Key = out.Text
	}
	out.Account = login
	err := o.store.Update(o.Context(), func(tx *store.Tx) error {
		outbox.Enqueue(tx, out)
		return nil
	})
	if err != nil {
		o.Fatal(err)
	}
}

// shows fails the test unless chat shows these texts and nothing else.
func (o *office) shows(chat string, want ...string) {
	o.Helper()
	if got := o.net.Shown(chat); !slices.Equal(got, want) {
		o.Errorf("%s shows %q, want %q", chat, got, want)
	}
}

// A diary is an outbox that notes what it was asked and told.
type diary struct {
	bot.Outbox
	mu     sync.Mutex
	claims []time.Time // of rows that were given out
	ends   []end
}

// An end is how an attempt ended.
type end struct {
	bot.Result
	row bot.Outgoing
	at  time.Time
}

func (d *diary) Exchange(ctx context.Context, account string, ended []bot.Attempt, most int, lease time.Duration) ([]bot.Outgoing, error) {
	rows, err := d.Outbox.Exchange(ctx, account, ended, most, lease)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range ended {
		d.ends = append(d.ends, end{a.Result, a.Outgoing, time.Now()})
	}
	for range rows {
		d.claims = append(d.claims, time.Now())
	}
	return rows, err
}

// keep lets the office note what its outbox is told.
func (o *office) keep() *diary {
	d := &diary{Outbox: outbox.Delivery{Store: o.store}}
	o.outbox = d
	return d
}

// near reports whether got is want, give or take a fifth.
func near(got, want time.Duration) bool {
	return got >= want*8/10 && got <= want*12/10
}

// count returns n texts with numbers.
func count(prefix string, n int) []string {
	var texts []string
	for i := range n {
		texts = append(texts, fmt.Sprint(prefix, i))
	}
	return texts
}

// pass lets time pass in a synctest bubble.
func pass(d time.Duration) { <-time.After(d) }
