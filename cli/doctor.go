package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"duban/app"
	"duban/app/control"
	"duban/bot"
	"duban/config"
	"duban/handlers/people"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/web/page"
)

// errUnwell means that the doctor found something that must be mended.
var errUnwell = errors.New("something must be mended, see above")

// A doctor says in words how something is.
type doctor struct {
	out    io.Writer
	unwell bool
	deep   bool // every record is read

	found *[]page.Finding // what is said goes there instead, if it is not nil
}

func (d *doctor) good(what, text string, args ...any) { d.say("well", what, text, args) }

func (d *doctor) note(what, text string, args ...any) { d.say("note", what, text, args) }

func (d *doctor) bad(what, text string, args ...any) {
	d.unwell = true
	d.say("bad", what, text, args)
}

func (d *doctor) say(how, what, text string, args []any) {
	said := fmt.Sprintf(text, args...)
	if d.found != nil {
		*d.found = append(*d.found, page.Finding{How: how, What: chinese(what), Text: chinese(said)})
		return
	}
	fmt.Fprintf(d.out, "%-6s%s: %s\n", how, what, said)
}

// verdict is the error by which a command of the doctor ends.
func (d *doctor) verdict() error {
	if d.unwell {
		return errUnwell
	}
	return nil
}

// runDoctor is `duban doctor`. It looks at what duban works with, without using it.
func runDoctor(ctx context.Context, args []string, e Env) error {
	f := flags("doctor", e.usage())
	load := e.place(f)
	deep := f.Bool("deep", false, "read every record, and the audit logs")
	if _, err := parse(f, args, false); err != nil {
		return err
	}
	d := &doctor{out: e.Out, deep: *deep}
	c, missing, err := load()
	switch {
	case err != nil:
		d.bad("configuration", "%v", err)
		return errUnwell
	case missing:
		d.note("configuration", "there is no config.yaml here; the defaults hold, with a simulated chat")
	default:
		d.good("configuration", "%s has no fault", f.Lookup("config").Value.String())
	}
	d.clock(time.Now().In(c.Location()), c.Zone)
	d.folder(c, e.Outside)
	d.key(c)
	scans, tells := false, false
	for _, a := range c.Accounts {
		d.account(ctx, c, a)
		can := app.Abilities(a)
		scans, tells = scans || can.Scanner != nil, tells || can.Alarm != nil
	}
	if p, err := app.OpenPinger(c, nil); err != nil {
		d.bad("ping", "%v", err)
	} else if p != nil {
		d.good("ping", "set up; a running duban calls every minute, and not while sending has stopped")
	}
	if scans && !tells {
		d.bad("alarms", "nothing tells people when WeChat is out: give config.yaml an alarm account (mail, a robot of a group, or ntfy)")
	}
	if err := d.office(ctx, c, e); err != nil {
		return err
	}
	return d.verdict()
}

// findings are what the doctor says of an office that runs, for the page.
func findings(ctx context.Context, o *app.Office) ([]page.Finding, error) {
	all := []page.Finding{}
	d := &doctor{out: io.Discard, found: &all}
	d.clock(o.Store.Time().In(o.Zone), o.Config.Zone)
	d.folder(o.Config, app.Outside{})
	d.key(o.Config)
	for _, a := range o.Config.Accounts {
		d.account(ctx, o.Config, a)
	}
	return all, d.inspect(ctx, o, false)
}

func (d *doctor) clock(now time.Time, zone string) {
	text := now.Format(minute) + " " + zone
	if _, built := app.Version(); now.Before(built) || now.Year() < 2026 {
		d.bad("clock", "the computer says %s, which is plainly wrong: set it; the reminders depend on it", text)
		return
	}
	d.good("clock", "%s", text)
}

// minute is the form of a time to the minute.
const minute = "2006-01-02 15:04"

// leastFree is how much room the disk must have: for the store's growth, and for
// the copy that compacting it takes.
const leastFree = 500 << 20

func (d *doctor) folder(c config.Config, x app.Outside) {
	dir := c.Near(c.Data)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.bad("data folder", "%s cannot be made: look at its rights", c.Data)
		return
	}
	probe := filepath.Join(dir, app.Probe)
	if err := os.WriteFile(probe, []byte("duban"), 0o600); err != nil {
		d.bad("data folder", "%s cannot be written to: look at its rights and at the disk", c.Data)
		return
	}
	if err := os.Remove(probe); err != nil {
		d.bad("data folder", "no file can be removed from %s: look at its rights", c.Data)
		return
	}
	free, low, known := x.Room(c, dir)
	switch {
	case !known:
		d.good("data folder", "%s can be read and written", c.Data)
	case low:
		d.bad("disk", "%d MB are free under the data folder, less than least_free_mb: nothing new is begun; make room", free>>20)
	case free < leastFree:
		d.bad("disk", "%d MB are free under the data folder; at least %d should be", free>>20, leastFree>>20)
	default:
		d.good("data folder", "%s can be read and written, and %.1f GB are free", c.Data, float64(free)/(1<<30))
	}
}

// key reads the office's key, without making one.
func (d *doctor) key(c config.Config) {
	if missing(c.KeyFile()) && (c.Store.Postgres != "" || missing(app.StoreFile(c.Near(c.Data)))) {
		d.note("key", "%s is not there yet: the first start makes it; keep a copy of it then, away from the data", c.Key)
		return
	}
	if _, err := config.LoadKey(c.KeyFile(), true); err != nil {
		d.bad("key", "%v", err)
		return
	}
	d.good("key", "%s can be read, and by nobody else; keep a copy of it elsewhere, away from the data", c.Key)
}

// account checks what an account needs.
func (d *doctor) account(ctx context.Context, c config.Config, a config.Account) {
	what, can := "account "+a.Name, app.Abilities(a)
	switch {
	case can.Alarm != nil:
		if _, err := app.OpenAlarm(c, a); err != nil {
			d.bad(what, "cannot tell of alarms: %v", err)
			return
		}
		d.good(what, "for alarms (%s), set up; 测试报警, said to the bot in private, tries it", a.By)
	case !app.Here(a):
		d.note(what, "runs on %s only (on:), and not here", a.On)
	case can.Doctor != nil:
		d.network(ctx, c, a)
	case can.Scanner == nil:
		d.good(what, "simulated (%s), on no network", a.Kind)
	case missing(app.KeyFile(c, a)):
		d.note(what, "WeChat was never logged in: run duban login first")
	case missing(app.SessionFile(c, a)):
		d.note(what, "no login is kept: run duban login and scan the code")
	case c.Store.Postgres != "" && a.On == "":
		d.bad(what, "its login is kept on this machine only: name it in on:, so that no other one tries to log in")
	default:
		p := app.LimitsOf(a)
		d.good(what, "WeChat, a login is kept; at most %d texts a minute, and %d a day that nobody asked for, a quarter of these in the first 7 days", p.PerMinute, p.PerDay)
	}
}

// network lets the account of an official network look at itself.
func (d *doctor) network(ctx context.Context, c config.Config, a config.Account) {
	what := "account " + a.Name
	account, err := app.OpenDoctor(c, a)
	if err != nil {
		d.bad(what, "not all is set up: %v", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, f := range account.Doctor(ctx) {
		if f.Bad {
			d.bad(what, "%s", f.Text)
		} else {
			d.good(what, "%s", f.Text)
		}
	}
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// patience is how long a running bot may take to say how it is.
const patience = 15 * time.Second

// office lets the bot that runs say how it is, or looks into the store if none does.
func (d *doctor) office(ctx context.Context, c config.Config, e Env) error {
	dir := c.Near(c.Data)
	if conn, err := e.Reach(ctx, dir); err == nil {
		d.good("process", "duban is running")
		d.asks(ctx, conn, e)
		return nil
	}
	if err := config.CheckData(dir); err != nil {
		d.bad("data folder", "%v", err)
		return nil
	}
	inFile := c.Store.Postgres == ""
	if !inFile && missing(c.KeyFile()) || inFile && missing(app.StoreFile(dir)) {
		d.none(ctx, c)
		return nil
	}
	o, err := app.Open(ctx, c, e.options(c))
	owned, elsewhere := errors.AsType[*store.OwnedError](err)
	switch {
	case elsewhere:
		d.good("process", "%s owns the office; a duban that runs here stands by", owned.Owner)
		if conn, err := app.Call(ctx, c); err == nil {
			d.asks(ctx, conn, e, "-jobs", c.JobsSum())
		} else {
			d.bad("process", "it cannot be asked how it is: %v", err)
		}
		return nil
	case errors.Is(err, store.ErrLocked):
		d.good("data", "duban is running; 账号状态, said to the bot in private, tells how its accounts are")
		return nil
	case err != nil:
		line, _, _ := strings.Cut(err.Error(), "\n")
		d.bad("data", "cannot be opened: %s", line)
		return nil
	}
	d.good("data", "can be opened; duban is not running")
	if err = d.start(ctx, o); err == nil {
		err = d.inspect(ctx, o, d.deep)
	}
	return errors.Join(err, o.Close())
}

// asks asks a running duban how it is.
func (d *doctor) asks(ctx context.Context, conn net.Conn, e Env, more ...string) {
	args := append([]string{"standing"}, more...)
	wait := patience
	if d.deep {
		args, wait = append(args, "-deep"), 10*time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := ask(ctx, conn, control.Request{Args: args}, e.streams(""))
	if a, answered := errors.AsType[answer](err); answered && a.Text != errUnwell.Error() {
		d.bad("process", "duban did not say how the accounts are: %s", a.Text)
	} else if err != nil && !answered {
		d.bad("process", "duban is running but does not answer, it may be stuck: look at the log")
	}
	d.unwell = d.unwell || err != nil
}

// none checks what the first start reads, where no data are or none that this machine has
// the key of.
func (d *doctor) none(ctx context.Context, c config.Config) {
	inFile := c.Store.Postgres == ""
	if trace := app.Trace(c); inFile && trace != nil {
		d.bad("data", "%v", trace)
		return
	}
	if people := d.files(ctx, c, false); people != nil {
		d.unmeant(people.Alarming(&roster.Roster{}))
	}
	if !inFile {
		d.note("data", "they are in PostgreSQL and were not looked at without the key: the first start makes it, or copy it from the other machine")
		return
	}
	d.note("data", "there are none yet: the first start makes them")
}

// start checks what a start of an office reads and opens.
func (d *doctor) start(ctx context.Context, o *app.Office) error {
	planned, err := store.Read(ctx, o.Store, func(s *store.Snapshot) bool {
		_, there := progress.HeadOf(s)
		return there
	})
	if err != nil {
		return err
	}
	people := d.files(ctx, o.Config, planned)
	if people == nil {
		return nil
	}
	why, err := store.Read(ctx, o.Store, people.Unmeant)
	d.unmeant(why)
	d.opened(o, people) //nolint:contextcheck // an account gets its context when it runs
	return err
}

// standings says how the configured accounts stand, and which groups they do not
// reach.
func (d *doctor) standings(ctx context.Context, o *app.Office) error {
	var said bytes.Buffer // whoever reads it may be slow, and a view must not be
	to := d.out
	d.out = &said
	err := o.Store.View(ctx, func(sn *store.Snapshot) error {
		said.Reset()
		for _, c := range o.Channels() {
			line := people.Standing(sn, c, o.Zone)
			st, known := outbox.StandingOf(sn, c.Account)
			if known && st.Word != bot.Online && st.Word != bot.Suspect {
				d.bad("account", "%s", line)
			} else {
				d.good("account", "%s", line)
			}
		}
		d.held(sn)
		r := roster.Current(sn)
		known := roster.Groups(sn)
		unreached := slices.DeleteFunc(r.Groups(), func(g string) bool { return slices.Contains(known, g) })
		if len(unreached) > 0 {
			d.note("groups", "not reached yet: %s. Say 绑定群 and its name to the bot in each", strings.Join(unreached, "、"))
		}
		return nil
	})
	d.out = to
	_, wrote := said.WriteTo(to)
	return errors.Join(err, wrote)
}
