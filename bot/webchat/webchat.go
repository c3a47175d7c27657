// Package webchat is an account in a browser page: a simulated office group
// chat on this computer, in which a visitor plays the people of the roster.
//
// The page is the network. What somebody says is first written to the
// account's own transcript and then brought to the bot until the bot has it,
// so a message outlives a restart of either. Everything that happens in the
// chats has a number in one row; a browser that lost its connection names the
// last number that it saw and gets the rest.
//
// There is no password: whoever opens the page can speak as anybody. That is
// what it is for, and why it listens on loopback only. The transcript holds
// what was said in the chats, as the network of a real account would; it is no
// part of duban's store and may be deleted at any time while duban is down.
package webchat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duban/bot"
)

// Options say who is in the chats and where the page is.
type Options struct {
	Name    string   // of the account; default "webchat"
	Listen  string   // "host:port"; no host means 127.0.0.1, port 0 any free one; default "127.0.0.1:8642"
	BotName string   // how the bot is called and mentioned; default 学工小助手
	Aliases []string // further names by which it can be mentioned
	People  []Person // whom a visitor can be
	Groups  []Group
	Dir     string         // where the transcript and the files are kept
	Zone    *time.Location // of the times in the page; default time.Local

	Now func() time.Time // default time.Now
	Log *slog.Logger     // default discards
}

// A Person is somebody a visitor can be.
type Person struct {
	ID    string `json:"id"`    // stays the same; becomes the Sender of their messages
	Name  string `json:"name"`  // two people may have one name
	Label string `json:"label"` // place and role, for example 计算机学院 · 辅导员
	Admin bool   `json:"admin"` // is shown; grants nothing
	Spelt string `json:"spelt"` // the name in pinyin; set by [New]
}

// A Group is a chat of several people and the bot.
type Group struct {
	Name    string   // becomes the Chat of its messages
	Members []string // ids of people; nil is everybody
}

// An Account is the simulated chat. It implements [bot.Account].
type Account struct {
	o      Options
	log    *transcript
	seated atomic.Pointer[seating]
	boot   time.Time

	running sync.Mutex // held by Run
	mu      sync.Mutex
	ln      net.Listener // listens until Run takes it
	addr    net.Addr
	full    map[string]time.Time // by person: when they may say a burst again
	streams chan struct{}        // holds one for each that is open
}

// New opens the transcript and listens, so that [Account.URL] is known; the
// page answers once Run runs. If the port is taken, one of the next nine is
// used and the log says so.
func New(o Options) (*Account, error) {
	o = o.withDefaults()
	a := &Account{o: o, boot: o.Now(), full: map[string]time.Time{}, streams: make(chan struct{}, maxStream)}
	if err := a.Seat(o.People, o.Groups); err != nil {
		return nil, fmt.Errorf("webchat: %w", err)
	}
	if err := a.listen(o.Listen); err != nil {
		return nil, fmt.Errorf("webchat: %w", err)
	}
	log, err := openTranscript(o.Dir, o.Now)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("webchat: transcript in %q: %w", o.Dir, err), a.ln.Close())
	}
	a.log = log
	return a, nil
}

func (o Options) withDefaults() Options {
	o.Name = cmp.Or(o.Name, "webchat")
	o.Listen = cmp.Or(o.Listen, "127.0.0.1:8642")
	o.BotName = cmp.Or(o.BotName, "学工小助手")
	o.Zone = cmp.Or(o.Zone, time.Local)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Name returns the name of the account.
func (a *Account) Name() string { return a.o.Name }

// Addr returns where the page listens, or last listened.
func (a *Account) Addr() net.Addr {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.addr
}

// URL returns the address of the page, to be opened in a browser.
func (a *Account) URL() string { return "http://" + a.Addr().String() + "/" }

// PrivateChat returns the chat of a person with the bot, whether or not they
// have said anything in it. No group's id starts so.
func (*Account) PrivateChat(person string) string { return "@" + person }

// Close releases the port and the transcript. It is called after Run returned,
// or instead of it.
func (a *Account) Close() error {
	a.mu.Lock()
	ln := a.ln
	a.ln = nil
	a.mu.Unlock()
	err := a.log.close()
	if ln != nil {
		err = errors.Join(err, ln.Close())
	}
	return err
}

// Limits implements [bot.Limited]: the texts of many chats can be on their way at once.
func (*Account) Limits() bot.Limits { return bot.Limits{Window: 64} }

// Send puts m into chat. A message whose key is already there is not put there
// again: its receipt is returned. It needs no running page.
func (a *Account) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return bot.Receipt{}, fmt.Errorf("webchat: %w", err)
	}
	if a.seated.Load().chats[chat] == nil {
		return bot.Receipt{}, fmt.Errorf("webchat: no such chat: %w", bot.ErrRefused)
	}
	e := entry{Type: typeSay, ID: sentID(chat, m.Key), Chat: chat, Name: a.o.BotName, Text: clean(m.Text), Buttons: m.Buttons}
	if len(m.Buttons) > 0 {
		e.Key = m.Key
	}
	if m.File != nil {
		if err := a.enclose(ctx, &e, m.File); err != nil {
			return bot.Receipt{}, err
		}
	} else if strings.TrimSpace(e.Text) == "" {
		return bot.Receipt{}, fmt.Errorf("webchat: empty text: %w", bot.ErrRefused)
	}
	e, err := a.log.append(e)
	if err != nil {
		return bot.Receipt{}, fmt.Errorf("webchat: %w", err)
	}
	return bot.Receipt{ID: e.ID, Sent: e.At}, nil
}

// Mark implements [bot.Marker].
func (a *Account) Mark(_ context.Context, chat, message string) error {
	e, ok := a.log.find(message)
	if !ok || e.Chat != chat || e.Type != typeSay {
		return fmt.Errorf("webchat: no such message: %w", bot.ErrRefused)
	}
	if _, err := a.log.append(entry{Type: typeMark, ID: digest("mark", message), Chat: chat, Marks: message}); err != nil {
		return fmt.Errorf("webchat: %w", err)
	}
	return nil
}

// listen claims the address, or one of the next nine ports.
func (a *Account) listen(addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen address %q: %w", addr, err)
	}
	host = cmp.Or(host, "127.0.0.1")
	if !bot.Loopback(host) {
		return fmt.Errorf("listen address %q is not loopback: whoever reaches the page can speak as anybody; use 127.0.0.1", addr)
	}
	first, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return fmt.Errorf("listen address %q: port: %w", addr, err)
	}
	for i := range uint64(10) {
		port := strconv.FormatUint(first+i, 10)
		a.ln, err = new(net.ListenConfig).Listen(context.Background(), "tcp", net.JoinHostPort(host, port))
		if err == nil {
			a.addr = a.ln.Addr()
			if i > 0 {
				a.o.Log.Warn("port is taken, using another", "account", a.o.Name, "wanted", first, "port", port)
			}
			return nil
		}
		if first == 0 {
			break
		}
	}
	return fmt.Errorf("no port to listen on: %w", err)
}
