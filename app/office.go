package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"duban/app/control"
	"duban/app/monitor"
	"duban/bot"
	"duban/config"
	"duban/handlers/people"
	"duban/notice"
	"duban/outbox"
	"duban/schedule"
	"duban/store"
	"duban/store/bolt"
	"duban/store/postgres"
	"duban/web/page"
)

var (
	// ErrStore means that the store failed in a way that only a restart can mend.
	ErrStore = errors.New("store failed")
	// ErrConfig means that the configuration is refused.
	ErrConfig = errors.New("duban does not start with this configuration")
)

// Lasts tells whether an office that does not open for this reason will not open after
// a restart either: a person must see to it.
func Lasts(err error) bool {
	lasting := []error{bolt.ErrLost, bolt.ErrDamaged, store.ErrSchema, store.ErrNoSchema, config.ErrOpen, config.ErrNoKey, config.ErrBadKey}
	return slices.ContainsFunc(lasting, func(l error) bool { return errors.Is(err, l) })
}

// An Office is an open store with its schedule and what the configuration says of
// them.
type Office struct {
	Config   config.Config
	Zone     *time.Location
	Store    *store.Store
	Schedule *schedule.Scheduler

	readers    map[string]bot.Reader // the accounts whose networks tell who has read what; set as erasers are
	erasers    []bot.Eraser          // the accounts that keep what people say; set before anything runs
	reseat     func(context.Context) (more bool, err error)
	stoodBy    bool // another process owned the office when this one began
	opts       Options
	log        *slog.Logger
	monitor    *monitor.Monitor
	pinger     *monitor.Pinger // nil if nobody is to be called
	engine     store.Engine
	closed     chan struct{}
	once       sync.Once               // closes it
	key        []byte                  // of the office: it signs the audit logs and encrypts sessions
	bot        atomic.Pointer[bot.Bot] // nil until the accounts are there
	changed    page.Bell               // rings after each commit, for who looks at the page
	bell       bell                    // rings when there is something new to do
	copying    sync.Mutex              // held while a copy is made
	noted      atomic.Bool             // the ledger beside the copies has a wish that was not handed on
	readsAsked atomic.Int64            // when somebody last made it ask who has read what, in nanoseconds since 1970
	room       room
	settings   settings
	failed     context.Context // ends when the store can no longer be trusted, with the reason as its cause
}

// Open opens the store in the configuration's data folder. The error is
// [store.ErrLocked] if another process has it open.
func Open(ctx context.Context, c config.Config, opts Options) (*Office, error) {
	opts.fill()
	o := &Office{readers: map[string]bot.Reader{}, Config: c, Zone: c.Location(), opts: opts, log: opts.Log}
	version, _ := Version()
	o.monitor = monitor.New(version)
	o.settings.Office = o
	o.settings.calendar.Store(&o.Config.Calendar)
	limits := c.OutboxLimits(o.Zone)
	limits.Accounts = map[string]bot.Limits{}
	for _, a := range c.Accounts {
		limits.Accounts[a.Name] = LimitsOf(a)
	}
	dir := c.Near(c.Data)
	if err := config.CheckData(dir); err != nil {
		return nil, err
	}
	engine, err := opts.engine(ctx, c, dir)
	switch {
	case errors.Is(err, store.ErrLocked):
		if owned, ok := errors.AsType[*store.OwnedError](err); ok {
			return nil, fmt.Errorf("the office is in use by %s: %w", owned.Owner, err)
		}
		return nil, fmt.Errorf("the store in %s is in use: stop the duban that runs on it, then try again: %w", dir, err)
	case errors.Is(err, ErrConfig), ctx.Err() != nil && errors.Is(err, ctx.Err()), Lasts(err):
		return nil, err
	case store.NoRoom(err):
		return nil, fmt.Errorf("nothing was begun in %s, make room and start again: %w", dir, err)
	case err != nil:
		return nil, fmt.Errorf("%w: open %s: %w", ErrStore, dir, err)
	}
	failed, fail := context.WithCancelCause(context.WithoutCancel(ctx))
	owner := store.OwnerOf(engine)
	o.closed = make(chan struct{})
	if lost := owner.Lost(); lost != nil {
		go func() {
			select {
			case <-lost:
				fail(store.ErrFenced)
			case <-o.closed:
			}
		}()
	}
	o.room.Office = o
	o.engine, o.failed = watched{engine, owner, fail, &o.room}, failed
	o.Store, err = notice.OpenStore(ctx, o.engine, store.Options{
		Now: opts.Now, Log: opts.Log, Files: filepath.Join(dir, "files"), Key: o.keyring, Enqueued: o.wake, Ended: o.ended,
		Upgrade: func(schema int) error { return o.keepOlder(ctx, schema) }, Values: []any{limits, direct(o)},
	}, people.TellParked)
	if err == nil {
		_, built := Version()
		err = o.Store.Guard(ctx, built)
	}
	if err == nil {
		o.Schedule, err = o.newScheduler(ctx)
	}
	if err != nil {
		return nil, errors.Join(moved(ctx, o.engine, err), o.Close())
	}
	return o, nil
}

// ended notes how an update of the store ended.
func (o *Office) ended(took time.Duration, err error) {
	o.monitor.Ended(took, err)
	o.changed.Ring()
}

// keyring reads the key of the office, and makes it where no office stands yet.
func (o *Office) keyring(stands bool) (key []byte, err error) {
	o.key, err = config.LoadKey(o.Config.KeyFile(), stands)
	return o.key, err
}

// fill puts what is real where nothing else is wanted.
func (x *Outside) fill() {
	if x.Account == nil {
		x.Account = func(_ config.Account, open func() (bot.Account, error)) (bot.Account, error) { return open() }
	}
	if x.Now == nil {
		x.Now = time.Now
	}
	if x.Listen == nil {
		x.Listen = control.Listen
	}
	if x.Space == nil {
		x.Space = DiskSpace
	}
	if x.Dial == nil {
		x.Dial = control.Dial
	}
}

// Reach connects with the bot that runs on a data folder. An error means that none
// answers.
func (x Outside) Reach(ctx context.Context, data string) (net.Conn, error) {
	x.fill()
	return x.Dial(ctx, data)
}

// engine opens the engine of the store in a folder, or in a database.
func (o Options) engine(ctx context.Context, c config.Config, dir string) (store.Engine, error) {
	switch {
	case o.Engine != nil:
		return o.Engine(dir)
	case c.Store.Postgres == "":
		return openBolt(dir, c.KeyFile())
	}
	database, err := inPostgres(c)
	if err != nil {
		return nil, err
	}
	if err := bot.MakeFolder(dir); err != nil { // for what is not of the office, but of this machine
		return nil, err
	}
	database.StandBy, database.Log = o.standBy, o.Log
	return postgres.Open(ctx, database)
}

// inPostgres says where in a database the office is.
func inPostgres(c config.Config) (postgres.Options, error) {
	password, err := c.Secret(c.Store.Password)
	if err != nil {
		return postgres.Options{}, fmt.Errorf("%w: store.password: %w", ErrConfig, err)
	}
	return postgres.Options{URL: c.Store.Postgres, Schema: c.Store.Schema, Password: password, Process: processName()}, nil
}

// Call connects with the duban that owns an office in a database, on whatever machine it
// runs.
func Call(ctx context.Context, c config.Config) (net.Conn, error) {
	database, err := inPostgres(c)
	if err != nil {
		return nil, err
	}
	return postgres.Call(ctx, database)
}

// processName names this process among all that may own an office.
var processName = sync.OnceValue(func() string {
	return fmt.Sprintf("%s/%d/%s", hostName(), os.Getpid(), rand.Text()[:8])
})

func hostName() string {
	name, _ := os.Hostname()
	return name
}

// openBolt opens the store in a data folder. A new one is made only where nothing of
// an office is: neither in the folder, nor the key. The key is made after the store,
// so that one that stands alone had a store, which is lost or on a drive that is not
// there.
func openBolt(dir, key string) (store.Engine, error) {
	if err := trace(dir, key); err != nil {
		return nil, err
	}
	return bolt.Open(StoreFile(dir))
}

// Trace returns an error if the store of an office is missing, but something is left
// of it, so that no new one is made.
func Trace(c config.Config) error { return trace(c.Near(c.Data), c.KeyFile()) }

func trace(dir, key string) error {
	path := StoreFile(dir)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil // whether it can be read, who opens it says
	}
	left, err := traceOf(dir, key)
	switch {
	case err != nil:
		return err
	case left == key:
		return fmt.Errorf("%w: %s is there, but %s is not; bring it back, or run duban restore for the copies there are, or for a new office move the key away",
			bolt.ErrLost, key, path)
	case left != "":
		return fmt.Errorf("%w: %s is there, but %s is not; bring it back, or run duban restore for the copies there are, or let data: name an empty folder for a new office",
			bolt.ErrLost, left, filepath.Base(path))
	}
	return nil
}

// traceOf returns the name of something that an office has left, "" if there is
// nothing.
func traceOf(dir, key string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, e := range entries {
		if !slices.Contains(passing, e.Name()) {
			return e.Name(), nil
		}
	}
	if _, err := os.Lstat(key); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	return key, nil
}

// passing are the entries of a data folder that may stand there without a store:
// what a dead first start leaves, the control socket, a killed doctor's [Probe], and
// what file systems and their windows make.
var passing = []string{"duban.db.new", "control", control.BirthName, Probe, "lost+found", ".DS_Store", "desktop.ini", "Thumbs.db"}

// Probe is a file that the doctor writes into the data folder and removes again.
const Probe = ".doctor"

// StoreFile is the file of the store in a data folder.
func StoreFile(data string) string { return filepath.Join(data, "duban.db") }

// Writes returns the folders that a bot of this configuration writes to, without those
// that lie in another. One that is not there yet and that duban cannot make is an error.
func Writes(c config.Config) ([]string, error) {
	folders := []string{c.Near("."), c.Near(c.Data), c.Backups(), filepath.Dir(c.KeyFile())}
	for _, a := range c.Accounts {
		if Abilities(a).Scanner != nil {
			folders = append(folders, filepath.Dir(KeyFile(c, a)))
		}
	}
	var apart []string
	for _, f := range folders {
		f, err := filepath.Abs(f)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(apart, func(other string) bool { return within(f, other) }) {
			continue
		}
		apart = slices.DeleteFunc(apart, func(other string) bool { return within(other, f) })
		if _, err := os.Stat(f); err != nil {
			return nil, fmt.Errorf("duban writes to this folder, which it must own: %w", err)
		}
		apart = append(apart, f)
	}
	return apart, nil
}

// within tells whether a path is a folder or lies in it.
func within(path, folder string) bool {
	below, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(below)
}

// Close closes the store.
func (o *Office) Close() error {
	o.once.Do(func() { close(o.closed) })
	return o.engine.Close()
}

// direct lets answers leave through the bot that runs, as the monitor sees.
func direct(o *Office) outbox.Direct {
	return outbox.Direct{Reserve: func(account string) (lease time.Duration, ended func(*bot.Outgoing)) {
		b := o.bot.Load()
		if b == nil {
			return 0, nil
		}
		lease, hand := b.Reserve(account)
		if hand == nil {
			return 0, nil
		}
		return lease, func(m *bot.Outgoing) {
			if m != nil {
				o.monitor.Exchanged(account, nil, []bot.Outgoing{*m})
			}
			hand(m)
		}
	}}
}

// wake tells the delivery loop of an account that there is something to send, or
// if the name is empty the office's loops that there is something to do.
func (o *Office) wake(account string) {
	if account == "" {
		o.bell.ring()
	}
	if b := o.bot.Load(); b != nil {
		b.Wake(account)
	}
}
