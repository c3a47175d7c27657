package cli

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"duban/app"
	"duban/app/control"
	"duban/config"
	"duban/store"
)

// An order works on an office, in this process or in the bot that runs on it. Words
// are what stands behind the flags.
type order func(ctx context.Context, o *app.Office, words []string, s streams) error

// streams are what an order reads and writes, on the side of who gave it.
type streams struct {
	control.Streams
	read func(name string) ([]byte, error) // a file
}

// plain is an order without flags or words of its own.
func plain(do func(context.Context, *app.Office, streams) error) func(*flag.FlagSet) order {
	return func(f *flag.FlagSet) order {
		return func(ctx context.Context, o *app.Office, words []string, s streams) error {
			if len(words) > 0 {
				return fmt.Errorf("%s takes no argument %q: %w", strings.TrimPrefix(f.Name(), "duban "), words[0], errUsage)
			}
			return do(ctx, o, s)
		}
	}
}

// place has the flags that say where the configuration and the store are, and
// returns how to read what they name.
func (e Env) place(f *flag.FlagSet) func() (c config.Config, missing bool, err error) {
	path := f.String("config", config.DefaultFile, "the configuration `file`")
	data := f.String("data", "", "the `folder` of the store; overrides the configuration")
	return func() (c config.Config, missing bool, err error) {
		if c, missing, err = config.Load(*path); err == nil {
			err = app.Check(c)
		}
		if err == nil && *data != "" {
			c.Data, err = filepath.Abs(*data)
		}
		if err == nil && e.Store != nil && c.Store.Postgres == "" {
			c.Store = e.Store(c.Near(c.Data))
		}
		return c, missing, err
	}
}

// order has an order carried out.
func (e Env) order(ctx context.Context, c command, args []string) error {
	f := flags(c.name, e.usage())
	load, do := e.place(f), c.order(f)
	words, err := parse(f, args, c.mixed)
	if err != nil {
		return err
	}
	conf, _, err := load()
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	if c.reads && len(words) > 0 {
		if files[words[0]], err = os.ReadFile(words[0]); err != nil {
			return err
		}
	}
	own := e.streams(outOf(f))
	conn, o, err := e.reach(ctx, conf)
	switch {
	case err != nil:
		return err
	case conn != nil:
		return ask(ctx, conn, control.Request{Args: append(strings.Fields(c.name), args...), Files: files}, own)
	}
	err = c.room(o)
	if err == nil {
		err = do(ctx, o, words, streams{own, reader(files)})
	}
	return errors.Join(err, o.Close())
}

// room is an error if the command needs more room on the disk than there is.
func (c command) room(o *app.Office) error {
	if c.grows && o.NearlyFull() {
		return errors.New("the disk is nearly full (least_free_mb): nothing was changed; make room and try again")
	}
	return nil
}

// reach connects with the bot that runs on the data folder, or that owns the office on
// another machine, or opens the office if none does.
func (e Env) reach(ctx context.Context, c config.Config) (net.Conn, *app.Office, error) {
	for tried := false; ; tried = true {
		if conn, err := e.Reach(ctx, c.Near(c.Data)); err == nil {
			return conn, nil, nil
		}
		o, err := app.Open(ctx, c, e.options(c))
		if _, elsewhere := errors.AsType[*store.OwnedError](err); elsewhere {
			conn, err := app.Call(ctx, c)
			return conn, nil, err
		}
		if tried || !errors.Is(err, store.ErrLocked) {
			return nil, o, err
		}
	}
}

// options are those of an office that this process opens.
func (e Env) options(c config.Config) app.Options {
	return app.Options{Log: app.NewLog(c, e.Err), In: e.In, Out: e.Out, Terminal: e.terminal, Outside: e.Outside}
}

// ask has a running bot carry out a request.
func ask(ctx context.Context, conn net.Conn, r control.Request, s control.Streams) error {
	end, err := control.Ask(ctx, conn, r, s)
	if err == nil && end != (control.End{}) {
		return answer{end}
	}
	return err
}

// streams are those of an order that is given here. Of files it writes what was asked
// for and no other, whoever carries it out.
func (e Env) streams(out string) control.Streams {
	return control.Streams{In: e.In, Out: e.Out, Err: e.Err, Put: func(name string, data []byte) error {
		if !askedFor(name, out) {
			return fmt.Errorf("%s was not asked for and is not written", name)
		}
		return os.WriteFile(name, data, 0o600)
	}}
}

// outOf returns what stands behind the flag -o.
func outOf(f *flag.FlagSet) string {
	if o := f.Lookup("o"); o != nil {
		return o.Value.String()
	}
	return ""
}

// askedFor reports whether name is the file out or one of its numbered pictures;
// without out, whether it lies in the working folder and is not hidden.
func askedFor(name, out string) bool {
	if out == "" {
		return filepath.Base(name) == name && !strings.HasPrefix(name, ".")
	}
	stem := strings.TrimSuffix(out, filepath.Ext(out))
	return filepath.Dir(name) == filepath.Dir(out) && strings.HasPrefix(name, stem)
}

func reader(files map[string][]byte) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if data, ok := files[name]; ok {
			return data, nil
		}
		return nil, fmt.Errorf("%s was not sent along", name)
	}
}

// An answer is the error by which an order ended in a running bot.
type answer struct{ control.End }

// Error returns the sentence that the running bot answered.
func (a answer) Error() string { return a.Text }

// obey carries out, in a running bot, what another process asks for.
func obey(log *slog.Logger) func(context.Context, *app.Office, control.Request, control.Streams) control.End {
	return func(ctx context.Context, o *app.Office, r control.Request, s control.Streams) control.End {
		c, args, ok := commandNamed(r.Args)
		if !ok || c.order == nil {
			return control.End{Text: "the running duban does not know this command", Exit: exitUsage}
		}
		f := flags(c.name, io.Discard)
		Env{}.place(f)
		do := c.order(f)
		words, err := parse(f, args, c.mixed)
		if err == nil {
			err = c.room(o)
		}
		if err == nil {
			err = do(ctx, o, words, streams{s, reader(r.Files)})
		}
		status := ExitStatus(err)
		log.Info("order of the command line", "command", c.name, "status", status)
		if err == nil {
			return control.End{}
		}
		return control.End{Text: err.Error(), Exit: status}
	}
}

// agreed asks on the terminal.
func agreed(s streams, verb string) bool {
	fmt.Fprintf(s.Out, "%s? [y/N] ", verb)
	line, _ := bufio.NewReader(s.In).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "是":
		return true
	}
	return false
}

// runBot is `duban run`.
func runBot(ctx context.Context, args []string, e Env) error {
	f := flags("run", e.usage())
	load := e.place(f)
	words, err := parse(f, args, false)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return fmt.Errorf("run takes no argument %q: %w", words[0], errUsage)
	}
	c, missing, err := load()
	var io *fs.PathError
	switch {
	case errors.As(err, &io) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission):
		return err // the disk failed, which a restart may mend
	case err != nil:
		return fmt.Errorf("%w: %w", err, app.ErrConfig)
	}
	opts := e.options(c)
	opts.Order, opts.Doctor, opts.Web = obey(opts.Log), findings, true
	if missing {
		opts.Log.Info("no config.yaml here: running with the defaults, a simulated chat with a sample plan")
	}
	return app.Run(ctx, c, opts)
}
