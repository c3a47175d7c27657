// Package app builds a running bot from a configuration: its store, its schedule,
// its accounts and the loops that look after them.
//
// An [Office] is the store with what the configuration says of it. The command
// line opens one for a moment; [Run] keeps it open, lets its accounts talk and
// does what is due, until its context ends.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"duban/app/control"
	"duban/bot"
	"duban/config"
	"duban/handlers"
	"duban/handlers/chat"
	"duban/handlers/jobs"
	"duban/notice"
	"duban/outbox"
	"duban/plan"
	"duban/roster"
	"duban/schedule/when"
	"duban/store"
	"duban/web/page"
)

// Options are what an office needs beside its configuration.
type Options struct {
	Log *slog.Logger
	In  io.Reader // what is typed on the terminal
	Out io.Writer // where addresses and codes to scan are shown

	// Web says that the admin page is served where the configuration wants it.
	Web bool

	// Terminal says that somebody reads Out on a terminal, so that it can show what must
	// be in no file.
	Terminal bool

	Outside

	// Order carries out what the command line asks of a running bot; nil has no
	// control socket.
	Order func(context.Context, *Office, control.Request, control.Streams) control.End

	// Doctor says what is well and what is not, as duban doctor does; nil says nothing.
	Doctor func(context.Context, *Office) ([]page.Finding, error)

	// standBy is called when another process owns the office, before Open waits for it;
	// nil does not wait.
	standBy func(owner string)
}

// Outside is what a bot meets outside of itself. The zero value is the real one.
type Outside struct {
	// Engine opens the engine of the store in a folder; nil opens bbolt.
	Engine func(dir string) (store.Engine, error)

	// Store says where the office of a data folder is kept if the configuration does not;
	// nil is in the folder.
	Store func(data string) config.Store

	// Account may return something else than the account that open makes; nil
	// returns just that.
	Account func(c config.Account, open func() (bot.Account, error)) (bot.Account, error)

	// Transport leads to WeChat; nil is the real one.
	Transport http.RoundTripper

	// Now is the machine's clock; nil is the system's.
	Now func() time.Time

	// Space says how many bytes of a disk are free, and how many it has, if that is
	// known; nil is [DiskSpace].
	Space func(path string) (free, total uint64, known bool)

	// Listen and Dial are the two ends of the control socket of a data folder; nil
	// are those of package control.
	Listen func(data string) (net.Listener, error)
	Dial   func(ctx context.Context, data string) (net.Conn, error)
}

// Run opens an office and lets its bot work until ctx ends. That is no error, also
// when it ends while things are still being opened. If another process owns the office,
// or takes it over, Run stands by until it is free.
func Run(ctx context.Context, c config.Config, opts Options) (err error) {
	for {
		err = runOnce(ctx, c, opts)
		switch {
		case ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, store.ErrFenced)):
			return nil
		case !errors.Is(err, store.ErrFenced):
			return err
		}
		opts.Log.Warn("this process stands by again", "err", err)
	}
}

// runOnce is [Run] until the office is lost.
func runOnce(ctx context.Context, c config.Config, opts Options) (err error) {
	o, err := openOrStandBy(ctx, c, opts)
	if err != nil {
		return err
	}
	whole, half, err := o.whole(ctx, c)
	if err != nil {
		return errors.Join(err, o.Close())
	}
	if half {
		if err := o.Close(); err != nil {
			return err
		}
		if o, err = openOrStandBy(ctx, whole, opts); err != nil {
			return halfRefused(c, err)
		}
	}
	file := c
	if o.stoodBy && !half {
		if file, err = o.settings.asBefore(ctx, c); err != nil {
			return errors.Join(err, o.Close())
		}
	}
	err = o.trusted(func() error { return o.serve(ctx, file) })
	if half {
		return halfRefused(c, err)
	}
	return err
}

// openOrStandBy is [Open], which waits if another process owns the office.
func openOrStandBy(ctx context.Context, c config.Config, opts Options) (*Office, error) {
	waiting, owned := context.WithCancel(ctx)
	var answering sync.WaitGroup
	stoodBy := false
	opts.standBy = func(owner string) {
		stoodBy = true
		opts.Log.Info("standing by: another process owns the office", "owner", owner)
		answering.Go(func() { standBy(waiting, c, owner, opts.Log) })
		answering.Go(func() { site{&Office{Config: c, opts: opts, log: opts.Log}}.standBy(waiting) })
	}
	defer answering.Wait() // the office answers at the same address
	defer owned()
	o, err := Open(ctx, c, opts)
	if err == nil {
		o.stoodBy = stoodBy
	}
	return o, err
}

// halfRefused says what to do if the last whole configuration, which holds because the
// file is only its beginning, is refused.
func halfRefused(file config.Config, err error) error {
	if !errors.Is(err, ErrConfig) {
		return err
	}
	return fmt.Errorf("%s is only the beginning of the last whole one, so that one holds, and it is refused: %w; "+
		"complete the file, or if it is meant so add a line to its end that begins with #", filepath.Base(file.Path), err)
}

// serve lets the bot of an open office work until ctx ends, and closes the office. The
// file may say less than what the office was opened with, if it is half of one.
func (o *Office) serve(ctx context.Context, file config.Config) (err error) {
	c := o.Config
	warnRenamed(o.log, file)
	defer func() { err = errors.Join(err, o.Close()) }()
	a := accounts{Office: o}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := o.room.patient(ctx, func() error { return a.prepare(ctx) }); err != nil {
		return err
	}
	o.reseat = a.reseat()
	put := func() error { _, err := o.settings.put(ctx, file); return err }
	if err := o.room.patient(ctx, put); err != nil {
		if isRefused(err) {
			return fmt.Errorf("%w: %s: %w", ErrConfig, filepath.Base(c.Path), err)
		}
		return err
	}
	router, err := o.router(ctx, &a)
	if err != nil {
		return err
	}
	b := bot.New(bot.Options{
		Accounts: a.all, Outbox: countedOutbox{outbox.Delivery{Store: o.Store}, o.monitor}, Log: o.log, Pace: a.paces(ctx), Zone: o.Zone, Owned: store.OwnerOf(o.engine).Lease,
		Handler: a.witnessed(countedRouter{router, o.monitor}),
	})
	o.bot.Store(b)
	if o.pinger, err = OpenPinger(c, o.log); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if err := o.announceKey(); err != nil {
		return err
	}
	var socket net.Listener
	if o.opts.Order != nil {
		if socket, err = o.opts.Listen(c.Near(c.Data)); err != nil { // on some network drives
			o.log.Warn("no control socket: the command line must wait until duban has stopped", "err", err)
			socket = nil
		}
	}
	for _, line := range a.lines {
		fmt.Fprintln(o.opts.Out, line)
	}
	serveWeb, err := site{o}.open(ctx, router)
	if err != nil {
		if socket != nil {
			err = errors.Join(err, socket.Close())
		}
		return err
	}
	return o.run(ctx, b, socket, serveWeb)
}

// run lets the parts work side by side. When the accounts have come to their end,
// or one part fails, the others stop too; at once if the store can no longer be
// trusted.
func (o *Office) run(ctx context.Context, b *bot.Bot, socket net.Listener, serveWeb func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer context.AfterFunc(o.failed, func() { stop(bot.ErrBroken) })() //nolint:contextcheck // it ends for another reason than ctx
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer stop(nil)
		return b.Run(ctx)
	})
	o.monitor.Schedule()
	g.Go(func() error {
		if err := o.Schedule.Run(ctx); ctx.Err() == nil {
			return err
		}
		return nil
	})
	sockets := []net.Listener{socket}
	if c, ok := o.engine.(store.Called); ok && o.opts.Order != nil {
		sockets = append(sockets, c.Calls())
	}
	for _, socket := range sockets {
		if socket == nil {
			continue
		}
		g.Go(func() error {
			control.Serve(ctx, socket, o.log, func(ctx context.Context, r control.Request, s control.Streams) control.End {
				return o.opts.Order(ctx, o, r, s)
			})
			return nil
		})
	}
	if serveWeb != nil {
		g.Go(func() error {
			if err := serveWeb(ctx); err != nil {
				o.log.Error("no more admin page", "err", err)
			}
			return nil
		})
	}
	g.Go(func() error {
		o.serveMonitor(ctx)
		return nil
	})
	for _, l := range o.loops() {
		g.Go(func() error {
			o.every(ctx, l)
			return nil
		})
	}
	return g.Wait()
}

// router wires what answers people.
func (o *Office) router(ctx context.Context, a *accounts) (*handlers.Router, error) {
	c := o.Config
	templates, err := noticeTemplates()
	if err != nil {
		return nil, err
	}
	return handlers.New(o.Store, o.Desk(), chat.Options{
		Names: append([]string{c.Name}, c.Aliases...), Bots: c.Answers.Bots, Cards: c.Cards,
		Marks: a.marks, Groups: a, Directory: a, Zone: o.Zone, Log: o.log,
		Rules: o.rules, Templates: templates, Inform: c.Inform(), Full: o.room.full, Reads: o.freshReads,
		Document: func(ctx context.Context, choices ...plan.Choice) chat.Document { return document(ctx, c, choices) },
		Sheet:    func(context.Context) chat.Sheet { return sheet(c) },
		Page:     site{o}.url(), Link: site{o}.link(),
		CrisisWords: c.Crisis.Words, CrisisHelp: c.Crisis.Help,
		Changed: func() {
			o.Schedule.Wake()
			if err := errors.Join(o.settings.recalendar(ctx), o.settings.pruned(ctx)); err != nil {
				o.log.Error("calendar", "err", err)
			}
		},
	}), nil
}

// Desk lets people see and edit the jobs.
func (o *Office) Desk() *jobs.Desk {
	return &jobs.Desk{Schedule: o.Schedule, Zone: o.Zone, Quiet: o.Config.Quiet()}
}

// rules are those of notices by the calendar in force.
func (o *Office) rules() notice.Rules {
	return o.Config.Rules(o.Zone, func(t time.Time) bool {
		return o.Schedule.Calendar().Workday(when.DayOf(t.In(o.Zone)))
	})
}

// alarm says something to every admin in private.
func (o *Office) alarm(ctx context.Context, text string) {
	err := o.Store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) { roster.TellAdmins(tx, text) })
	if err != nil && !errors.Is(err, store.ErrClosed) {
		o.log.Error("admins not told", "err", err)
	}
}
