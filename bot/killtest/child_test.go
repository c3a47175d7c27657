// Package killtest_test kills a small bot hundreds of times at random moments,
// while the network that it talks to keeps the truth, and compares what the
// network saw, what people said and what the store believes.
package killtest_test

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/notice"
	"duban/outbox"
	"duban/store"
	"duban/store/bolt"
)

const login = "duban"

// What the child is told through its environment.
const (
	fileVar   = "KILLTEST_FILE"   // the store
	windowVar = "KILLTEST_WINDOW" // how many sends may be in flight
	bugVar    = "KILLTEST_BUG"    // the bug that is planted; "" is none
)

func TestMain(m *testing.M) {
	if address := bottest.Address(); address != "" {
		if err := child(address, os.Getenv(fileVar), bug(os.Getenv(bugVar))); err != nil {
			panic(err)
		}
		return
	}
	m.Run()
}

// child is the program that is killed. It ends when it is interrupted, and when
// its network is gone.
func child(address, file string, planted bug) (err error) {
	ctx, stop := bottest.Life()
	defer stop()
	account, live, err := bottest.Dial(ctx, login, address)
	if ctx.Err() != nil {
		return nil // interrupted before there was anything to end
	}
	if err != nil {
		return err
	}
	ctx = live
	if account.Window, err = strconv.Atoi(os.Getenv(windowVar)); err != nil {
		return err
	}
	engine, err := bolt.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	var b *bot.Bot
	s, err := notice.OpenStore(context.WithoutCancel(ctx), engine, store.Options{
		Enqueued: func(name string) { b.Wake(name) },
		Values:   []any{outbox.Direct{Reserve: func(name string) (time.Duration, func(*bot.Outgoing)) { return b.Reserve(name) }}},
	}, nil)
	if err != nil {
		return err
	}
	b = bot.New(bot.Options{
		Accounts: []bot.Account{planted.account(account)},
		Handler:  planted.handler(s),
		Outbox:   planted.outbox(s),
	})
	return b.Run(ctx)
}

// An echo is the handler: it counts each message once, in the audit log, and
// says its number again in the chat where it was said.
type echo struct{ store *store.Store }

func (e echo) Handle(ctx context.Context, m bot.Message) error {
	return e.store.Update(ctx, func(tx *store.Tx) error {
		if !tx.FirstSight(m.Account, m.ID) {
			return nil
		}
		effect(tx, m)
		return nil
	})
}

// effect is what one message changes. Bugs change its reply.
func effect(tx *store.Tx, m bot.Message, bugs ...func(*bot.Outgoing)) {
	tx.Audit(store.Audit{Account: login, Actor: m.Sender, Source: store.Chat, Action: "said", Object: m.ID})
	o := reply(m)
	for _, change := range bugs {
		change(&o)
	}
	outbox.Enqueue(tx, o)
}

// reply is the answer to a question, or the notice that anything else leads to.
func reply(m bot.Message) bot.Outgoing {
	o := bot.Outgoing{Key: "reply/" + m.ID, Account: login, Chat: m.Chat, Text: "第" + m.Text + "句"}
	if n, ok := strings.CutSuffix(m.Text, "?"); ok {
		o.Answer = true
		return o
	} else if n != "" {
		o.Notice = n
	}
	return o
}

// A bug is a fault of the program that a check must catch.
type bug string

// The bugs.
const (
	none           bug = ""
	cursorFirst    bug = "the cursor is moved before the messages are durable"
	markFirst      bug = "a row is marked as sent before it is sent"
	noFirstSight   bug = "messages are not recognised when they come again"
	seenAlone      bug = "a message is marked as seen in a transaction of its own"
	noMark         bug = "repeats are not marked"
	repeatsAnswers bug = "answers are repeated like notices"
	noLanes        bug = "each row has a lane of its own"
)

// lane divides the chat of a row from what makes its lane its own.
const lane = "\x01"

func (b bug) account(a bot.Account) bot.Account {
	switch b {
	case cursorFirst:
		return hasty{a}
	case noLanes:
		return laneless{a}
	default:
		return a
	}
}

// A hasty account forgets messages when it has passed them on.
type hasty struct{ bot.Account }

func (a hasty) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	return a.Account.Run(ctx, func(ctx context.Context, batch []bot.Message) error {
		go func() { _ = receive(ctx, batch) }()
		return nil
	})
}

// A laneless account sends rows that have a lane of their own into their chat.
type laneless struct{ bot.Account }

func (a laneless) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	chat, _, _ = strings.Cut(chat, lane)
	return a.Account.Send(ctx, chat, m)
}

func (b bug) handler(s *store.Store) bot.Handler {
	if b == none || b == cursorFirst || b == markFirst || b == noMark {
		return echo{s}
	}
	return faulty{s, b}
}

// A faulty handler is an echo with a bug.
type faulty struct {
	store *store.Store
	bug   bug
}

func (f faulty) Handle(ctx context.Context, m bot.Message) error {
	fresh := f.bug == noFirstSight
	see := func(tx *store.Tx) {
		if f.bug != noFirstSight {
			fresh = tx.FirstSight(m.Account, m.ID)
		}
	}
	if f.bug == seenAlone {
		if err := f.store.Write(ctx, see); err != nil {
			return err
		}
		see = func(*store.Tx) {}
	}
	return f.store.Write(ctx, func(tx *store.Tx) {
		see(tx)
		switch {
		case !fresh:
		case f.bug == repeatsAnswers:
			effect(tx, m, func(o *bot.Outgoing) { o.Answer = false })
		case f.bug == noLanes:
			effect(tx, m, func(o *bot.Outgoing) { o.Chat += lane + m.ID })
		default:
			effect(tx, m)
		}
	})
}

func (b bug) outbox(s *store.Store) bot.Outbox {
	switch b {
	case markFirst:
		return boaster{outbox.Delivery{Store: s}}
	case noMark:
		return forgetful{outbox.Delivery{Store: s}}
	default:
		return outbox.Delivery{Store: s}
	}
}

// A boaster says that a row was sent before it was.
type boaster struct{ outbox.Delivery }

func (o boaster) Exchange(ctx context.Context, account string, ended []bot.Attempt, most int, lease time.Duration) ([]bot.Outgoing, error) {
	rows, err := o.Delivery.Exchange(ctx, account, ended, most, lease)
	if err != nil {
		return rows, err
	}
	var sent []bot.Attempt
	for _, m := range rows {
		sent = append(sent, bot.Attempt{Outgoing: m})
	}
	_, err = o.Delivery.Exchange(ctx, account, sent, 0, lease)
	return rows, err
}

// A forgetful outbox does not say that a row may have been sent before.
type forgetful struct{ outbox.Delivery }

func (o forgetful) Exchange(ctx context.Context, account string, ended []bot.Attempt, most int, lease time.Duration) ([]bot.Outgoing, error) {
	rows, err := o.Delivery.Exchange(ctx, account, ended, most, lease)
	for i := range rows {
		rows[i].Repeat = false
	}
	return rows, err
}
