// Package wechat is a personal WeChat account as a [bot.Account], over web
// WeChat and the openwechat library.
//
// The library logs in, keeps the session and its heartbeat, and makes the
// requests that send. Nothing else is left to it: a guard between it and the
// network hands every message on before the library sees the answer, and lets no
// answer through on which the library would panic, spin or lose something. What
// is said and who says it is read here, from what is on the wire.
//
// User names on the wire are new after each login by scan. Outside of this
// package people and groups are called by handles: remark/F012 for the contact
// whose remark, typed once on the account's phone, ends in #F012; the exact name
// of a group; s/… for anybody else, good for one login. A handle that does not
// stand for exactly one contact is sent nothing.
//
// Since 2025 accounts that use web WeChat are restricted in waves. Losing the
// account is a normal state here: see [bot.State].
package wechat

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duban/bot"
)

// Options is what an [Account] works with. Name, Dir and Key are needed.
type Options struct {
	Name    string   // of the account in stored keys; never changes
	Aliases []string // what people call the bot, beside its name in WeChat

	Dir string // a folder for the encrypted session and the QR code
	Key []byte // with which the session is encrypted: 32 bytes

	// Uin is the account that may log in; any other is logged out again. 0 pins
	// the first one that logs in.
	Uin int64

	// Terminal is shown the QR code in characters; nil shows it nowhere but in
	// the file <name>.png in Dir. Whoever scans the code owns the bot's session.
	Terminal io.Writer

	// Working says when people are expected to write, so that silence means
	// something. Nil is Monday to Friday, 8 to 18 o'clock in Zone.
	Working func(time.Time) bool
	Zone    *time.Location // nil is time.Local

	// Apart is how long must be between two messages that the bot's pace does not
	// see; it is asked often. Nil is six seconds, and so is less.
	Apart func() time.Duration

	Transport http.RoundTripper // nil is the real network
	Log       *slog.Logger      // nil logs nothing
}

// An Account is one login on WeChat.
type Account struct {
	*bot.Status
	o     Options
	vault *vault
	log   *slog.Logger
	again chan struct{} // a person wants the account to try again

	current atomic.Pointer[session] // nil while it cannot send
	air     chan struct{}           // holds something while the account writes to somebody, or to itself

	mu     sync.Mutex
	often  time.Time // nothing is sent before this
	probed time.Time // when the account last wrote to itself, and that had arrived
	sentAt time.Time // when the last text had left
}

// New returns an account that has not logged in. It fails if the session's
// folder or key cannot be used.
func New(o Options) (*Account, error) {
	if o.Name == "" {
		return nil, errors.New("a WeChat account needs a name")
	}
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.Zone = cmp.Or(o.Zone, time.Local)
	if o.Working == nil {
		o.Working = office(o.Zone)
	}
	if o.Apart == nil {
		o.Apart = func() time.Duration { return partGap }
	}
	if o.Transport == nil {
		o.Transport = network()
	}
	v, err := openVault(o.Dir, o.Name, o.Key, o.Log)
	if err != nil {
		return nil, err
	}
	return &Account{
		o: o, vault: v, log: o.Log, Status: bot.NewStatus(), again: make(chan struct{}, 1), air: make(chan struct{}, 1),
	}, nil
}

func office(zone *time.Location) func(time.Time) bool {
	return func(t time.Time) bool {
		t = t.In(zone)
		return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && t.Hour() >= 8 && t.Hour() < 18
	}
}

// Name implements [bot.Account].
func (a *Account) Name() string { return a.o.Name }

// Limits implements [bot.Limited]. The numbers are those at which people report
// restrictions of web clients, with a margin.
func (*Account) Limits() bot.Limits {
	return bot.Limits{
		Pace: bot.Pace{
			PerMinute: 12, Burst: 1, Gap: 3 * time.Second, ChatGap: 10 * time.Second, Jitter: 0.66,
			PrivateGap: 2 * time.Second, Private: private,
		},
		PerDay: 300, PerHour: 20, Most: 40, Young: 7 * 24 * time.Hour,
		Longest: 3 * time.Minute, // five parts of a long text, at a quarter of the pace
	}
}

// private tells the handles of people from the names of groups.
func private(chat string) bool {
	return strings.HasPrefix(chat, byRemark) || strings.HasPrefix(chat, byLogin)
}

// TryAgain makes a restricted account try to log in again. Only a person may
// ask for it: each attempt may make the restriction worse.
func (a *Account) TryAgain() error {
	err := a.vault.change(func(m *memory) { m.Barred, m.Attempts, m.Ended = "", nil, false })
	select {
	case a.again <- struct{}{}:
	default:
	}
	return err
}

// Run implements [bot.Account]. While the account is restricted it waits for
// [Account.TryAgain]; while nobody scans it shows one QR code after the other.
func (a *Account) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	a.hideCode() // of a process that died
	for ctx.Err() == nil {
		if !a.admitted(ctx) {
			return nil
		}
		s, err := a.connect(ctx, receive)
		if err == nil {
			err = s.run()
		}
		if ctx.Err() == nil && !errors.Is(err, errBarred) && !a.lost(s, err) {
			detail := "连不上微信服务器，正在重试；请检查网络"
			if errors.Is(err, errNotDurable) {
				detail = "收到的消息存不下来，正在重试；请检查磁盘"
			}
			a.Set(bot.Offline, detail)
			return plain(err)
		}
	}
	return nil
}

// hush stops sending for a while: the server takes what is sent and does not
// deliver it.
func (a *Account) hush() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.often = time.Now().Add(tooOften)
}
