package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"duban/bot"
	"duban/bot/alarm"
	"duban/handlers"
	"duban/handlers/chat"
	"duban/handlers/people"
	"duban/notice"
	"duban/outbox"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/store/bolt"
)

// errStore means that the store failed for good.
var errStore = errors.New("store failed")

// runBot is `duban run`.
func runBot(ctx context.Context, args []string, s streams) error {
	c, missing, err := setup("run", args, s)
	if err != nil {
		return err
	}
	log := newLog(c.Log, s.err)
	if missing {
		log.Info("no config.yaml here: running with the defaults, a simulated chat with a sample plan")
	}
	p, err := newProgram(c, log, s)
	if err != nil {
		return err
	}
	return p.serve(ctx)
}

// setup reads the flags that every command that opens the store has, and the
// configuration.
func setup(name string, args []string, s streams) (c Config, missing bool, err error) {
	f := flags(name, s)
	path := f.String("config", defaultConfig, "the configuration `file`")
	data := f.String("data", "", "the `folder` of the store; overrides the configuration")
	if err := parse(f, args); err != nil {
		return c, false, err
	}
	if f.NArg() > 0 {
		return c, false, fmt.Errorf("%s takes no argument %q: %w", name, f.Arg(0), errUsage)
	}
	return chosenConfig(*path, *data)
}

// chosenConfig reads the configuration that a command line names, with its folder
// of the store if it names one.
func chosenConfig(path, data string) (c Config, missing bool, err error) {
	c, missing, err = readConfig(path, path != defaultConfig)
	if err == nil && data != "" {
		c.Data, err = filepath.Abs(data)
	}
	return c, missing, err
}

func newLog(c LogConfig, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// openBolt opens the engine that needs nothing else, in a folder.
func openBolt(dir string) (store.Engine, error) { return bolt.Open(filepath.Join(dir, "duban.db")) }

// openStore opens the store in the configuration's data folder, on the engine
// that open finds there.
func openStore(ctx context.Context, c Config, open func(dir string) (store.Engine, error), o store.Options) (*store.Store, func() error, error) {
	dir := c.near(c.Data)
	engine, err := open(dir)
	switch {
	case errors.Is(err, store.ErrLocked):
		return nil, nil, fmt.Errorf("the store in %s is in use: stop the duban that runs on it, then try again: %w", dir, err)
	case err != nil:
		return nil, nil, fmt.Errorf("%w: open %s: %w", errStore, dir, err)
	}
	o.Files = filepath.Join(dir, "files")
	st, err := notice.OpenStore(ctx, engine, o, people.TellParked)
	if err != nil {
		return nil, nil, errors.Join(err, engine.Close())
	}
	return st, engine.Close, nil
}

// A program is duban while it runs: a configuration, and what it is built of.
type program struct {
	config  Config
	zone    *time.Location
	log     *slog.Logger
	streams streams

	kinds  map[string]kind                        // of accounts, by what config.yaml calls them
	engine func(dir string) (store.Engine, error) // of the store

	network http.RoundTripper // of WeChat; nil is the real one
	now     func() time.Time  // by which jobs are due

	store *store.Store
	bot   atomic.Pointer[bot.Bot] // nil until the accounts are there

	calendar atomic.Pointer[CalendarConfig] // as the configuration file says it now

	fan    chan struct{} // a notice asks many people
	wanted chan struct{} // a report is wanted
	duty   chan struct{} // people are to be asked again
	tidy   chan struct{} // somebody wants something deleted

	templates []notice.Template // of notices
	broken    chan error        // the store can no longer be trusted
}

func newProgram(c Config, log *slog.Logger, s streams) (*program, error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, err
	}
	p := &program{config: c, zone: zone, log: log, streams: s, engine: openBolt, now: time.Now, fan: make(chan struct{}, 1), wanted: make(chan struct{}, 1), duty: make(chan struct{}, 1), tidy: make(chan struct{}, 1), broken: make(chan error, 1)}
	p.calendar.Store(&p.config.Calendar)
	if p.templates, err = noticeTemplates(); err != nil {
		return nil, err
	}
	p.kinds = map[string]kind{kindWebchat: p.openWebchat, kindConsole: p.openConsole, kindWeChat: p.openWeChat}
	for _, k := range alarm.Kinds() {
		p.kinds[string(k)] = p.openAlarm
	}
	return p, nil
}

// serve opens everything, wires it, and runs it until ctx ends. That is no error,
// also when it ends while things are still being opened.
func (p *program) serve(ctx context.Context) (err error) {
	defer func() {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = nil
		}
	}()
	open := func(dir string) (store.Engine, error) {
		e, err := p.engine(dir)
		if err != nil {
			return nil, err
		}
		return watched{e, p.broken}, nil
	}
	st, closeStore, err := openStore(ctx, p.config, open, store.Options{Log: p.log, Enqueued: p.wake, Values: []any{p.loadLimits()}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	p.store = st
	people, err := p.seed(ctx)
	if err != nil {
		return err
	}
	accounts, addresses, err := p.open(people)
	defer func() { err = errors.Join(err, closeAll(accounts)) }()
	if err != nil {
		return err
	}
	if err := errors.Join(p.enrol(ctx, accounts, people), p.announceChannels(ctx)); err != nil {
		return err
	}
	if err := p.noteAbsence(ctx); err != nil {
		return err
	}
	clock, err := p.startClock(ctx)
	if err != nil {
		return err
	}
	b := bot.New(bot.Options{
		Accounts: accounts, Outbox: outbox.Delivery{Store: st}, Log: p.log, Pace: p.paces(ctx), Zone: p.zone, Handler: p.router(ctx, clock, accounts),
	})
	p.bot.Store(b)
	for _, a := range addresses {
		fmt.Fprintln(p.streams.out, a)
	}
	return p.runAll(ctx, b, clock)
}

// runAll runs the parts side by side. When the accounts have come to their end,
// or one part fails, the others stop too.
func (p *program) runAll(ctx context.Context, b *bot.Bot, clock *schedule.Scheduler) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer stop()
		return b.Run(ctx)
	})
	g.Go(func() error { return tick(ctx, clock) })
	g.Go(func() error { return p.watch(ctx, clock) })
	g.Go(func() error { return p.sweep(ctx) })
	g.Go(func() error { return p.fanOut(ctx) })
	g.Go(func() error { return p.makeReports(ctx) })
	g.Go(func() error { return p.attend(ctx, clock) })
	g.Go(func() error { return p.obeySwitch(ctx) })
	g.Go(func() error { return p.tellStatus(ctx) })
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case err := <-p.broken:
			return err
		}
	})
	return g.Wait()
}

// A watched engine says when a commit failed in a way that leaves its outcome
// open. Nothing may be assumed then: the program ends, and whoever supervises it
// starts it anew on what is really there.
type watched struct {
	store.Engine
	failed chan<- error // holds one
}

func (w watched) Update(ctx context.Context, fn func(store.Writer) error) error {
	err := w.Engine.Update(ctx, fn)
	if errors.Is(err, store.ErrUnknown) {
		select {
		case w.failed <- fmt.Errorf("%w: %w", errStore, err):
		default: // it is known already
		}
	}
	return err
}

// Compact writes the engine anew, if it can be; see [store.Compacter].
func (w watched) Compact(ctx context.Context) error {
	if c, ok := w.Engine.(store.Compacter); ok {
		return c.Compact(ctx)
	}
	return nil
}

// closeAll releases what accounts hold: a port, a file.
func closeAll(accounts []bot.Account) (err error) {
	for _, a := range accounts {
		if c := bot.AbilitiesOf(a).Closer; c != nil {
			err = errors.Join(err, c.Close())
		}
	}
	return err
}

// fanOut continues notices that ask many people, until ctx ends.
func (p *program) fanOut(ctx context.Context) error {
	for {
		more, err := notice.FanOut(ctx, p.store)
		if err != nil && ctx.Err() == nil {
			p.log.Error("fan out", "err", err)
		}
		if more && err == nil {
			continue
		}
		retry := time.NewTimer(time.Minute)
		select {
		case <-ctx.Done():
			retry.Stop()
			return nil
		case <-p.fan:
		case <-retry.C:
		}
		retry.Stop()
	}
}

// wake tells the delivery loop of an account that there is something to send, or
// if the name is empty that a notice asks many people, or a report is wanted.
func (p *program) wake(account string) {
	if account == "" {
		for _, loop := range []chan struct{}{p.fan, p.duty, p.wanted, p.tidy} {
			select {
			case loop <- struct{}{}:
			default: // it is awake already
			}
		}
	}
	if b := p.bot.Load(); b != nil {
		b.Wake(account)
	}
}

func (p *program) router(ctx context.Context, s *schedule.Scheduler, accounts []bot.Account) *handlers.Router {
	c := p.config
	changed := func() {
		s.Wake()
		if err := p.recalendar(ctx, s); err != nil {
			p.log.Error("calendar", "err", err)
		}
	}
	school := func() when.School { return p.calendar.Load().School }
	desk := newDesk(s, c, p.zone, school)
	desk.CheckDays = p.checkDays
	return handlers.New(p.store, desk, chat.Options{
		Names: append([]string{c.Name}, c.Aliases...), Bots: c.Answers.Bots, PerMinute: c.Answers.PerMinute, Cards: c.Cards, Groups: groupsOf(accounts), Cost: p.cost,
		Quiet: time.Duration(c.Answers.Quiet), Zone: p.zone, Document: p.document, Changed: changed, Log: p.log,
		Rules: func() notice.Rules { return p.rules(s) }, Templates: p.templates, Inform: c.inform(),
	})
}
