package webchat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"duban/bot"
	"duban/lobby"
	"duban/zh"
)

const (
	batchSize = 64              // messages brought to the bot at a time
	firstWait = time.Second / 4 // after the bot did not take them; doubles up to
	longWait  = 5 * time.Second
)

var errRunning = errors.New("webchat: already running")

// Run serves the page and brings what is said in it to the bot, until ctx
// ends. It can run again after it returned.
func (a *Account) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	if !a.running.TryLock() {
		return errRunning
	}
	defer a.running.Unlock()
	ln, err := a.takeListener(ctx)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	srv := a.server(ctx)
	a.log.setOnline(true)
	served := make(chan error, 1)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer stop()
		served <- srv.Serve(lobby.New(ln))
	})
	wg.Go(func() { a.bring(ctx, receive) })
	<-ctx.Done()
	a.log.setOnline(false)
	a.shutdown(ctx, srv)
	wg.Wait()
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("webchat: serve: %w", err)
	}
	return nil
}

// takeListener returns what New listened on, or listens there again.
func (a *Account) takeListener(ctx context.Context) (net.Listener, error) {
	a.mu.Lock()
	ln, addr := a.ln, a.addr.String()
	a.ln = nil
	a.mu.Unlock()
	if ln != nil {
		return ln, nil
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("webchat: listen again: %w", err)
	}
	return ln, nil
}

func (a *Account) server(ctx context.Context) *http.Server {
	return &http.Server{
		Handler:           lobby.Attended(a.routes()),
		ConnContext:       lobby.Known,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      20 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(a.o.Log.Handler(), slog.LevelDebug),
	}
}

// shutdown lets the requests that have begun end, unless ctx says to end at once.
func (a *Account) shutdown(ctx context.Context, srv *http.Server) {
	grace := 5 * time.Second
	if errors.Is(context.Cause(ctx), bot.ErrBroken) {
		grace = 0
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		a.o.Log.Warn("page did not end in time", "account", a.o.Name, "err", err)
		_ = srv.Close()
	}
}

// bring takes what is said to the bot, in order, again and again until the bot
// has it. While the bot does not take it, the page says so.
func (a *Account) bring(ctx context.Context, receive func(context.Context, []bot.Message) error) {
	wait := firstWait
	for ctx.Err() == nil {
		seq, ms, changed := a.pending()
		if seq == 0 {
			bot.Await(ctx, changed, time.Hour)
			continue
		}
		var err error
		if len(ms) > 0 {
			err = receive(ctx, ms)
		}
		if err == nil {
			wait = firstWait
			a.took(seq)
			continue
		}
		if ctx.Err() != nil {
			return
		}
		a.o.Log.Warn("bot did not take messages", "account", a.o.Name, "count", len(ms), "err", err)
		a.log.setOnline(false)
		bot.Sleep(ctx, wait)
		wait = min(2*wait, longWait)
	}
}

// took notes that the bot has everything up to seq and is there.
func (a *Account) took(seq uint64) {
	if err := a.log.took(seq); err != nil {
		a.o.Log.Warn("cursor not written; messages will be brought again", "account", a.o.Name, "err", err)
	}
	a.log.setOnline(true)
}

// pending returns the oldest messages that the bot does not have, and the
// number up to which it will have everything then; 0 if it has everything.
func (a *Account) pending() (seq uint64, ms []bot.Message, changed <-chan struct{}) {
	m := a.log.after(a.log.after(0, 0).got, batchSize)
	seated := a.seated.Load()
	for _, e := range m.entries {
		seq = e.Seq
		if e.From != "" && e.Type != typeRead && seated.chats[e.Chat] != nil {
			ms = append(ms, a.message(seated, e))
		}
	}
	return seq, ms, m.changed
}

// message is what the bot is told of an entry.
func (a *Account) message(seated *seating, e entry) bot.Message {
	c := seated.chats[e.Chat]
	m := bot.Message{
		Account: a.o.Name, ID: e.ID, Chat: e.Chat, Group: c.group, Sender: e.From, Name: e.Name,
		Kind: e.Kind, Text: e.Text, Quote: e.Quote, Sent: e.At,
		Mention: !c.group || bot.Mentions(zh.WithoutQuote(e.Text), slices.Concat([]string{a.o.BotName}, a.o.Aliases), seated.names),
	}
	if e.Kind == bot.Picture || e.Kind == bot.File {
		m.File = a.log.disk.info(e)
	}
	switch e.Type {
	case typeRecall:
		m.Kind, m.Recall = bot.Recall, e.Recall
	case typePress:
		m.Press = &bot.Press{Message: e.Of, Key: e.Key}
	}
	return m
}
