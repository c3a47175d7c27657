package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"duban/app"
	"duban/backup"
	"duban/config"
	"duban/service"
)

// aService reads the command line of a service that belongs to a configuration.
func aService(f *flag.FlagSet, args []string) (c config.Config, s service.Service, err error) {
	load, name := Env{}.place(f), nameFlag(f)
	as := f.String("as", "", "the `account` that a service of the system runs as; default: who owns the data folder")
	if err := parseAlone(f, args); err != nil {
		return c, s, err
	}
	c, missing, err := load()
	switch {
	case err != nil:
		return c, s, err
	case missing:
		return c, s, errors.New("there is no config.yaml here: a service needs one, so that it is clear which office it is")
	}
	if s, err = service.Of(*name); err != nil {
		return c, s, err
	}
	s.Lasting = lasting()
	if s.Program, err = os.Executable(); err != nil {
		return c, s, err
	}
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return c, s, err
	}
	s.Folder, s.Args = filepath.Dir(path), []string{"-config", path}
	if data := f.Lookup("data").Value.String(); data != "" {
		s.Args = append(s.Args, "-data", c.Data)
	}
	if s.Writes, err = app.Writes(c); err != nil {
		return c, s, err
	}
	return c, s, s.RunAs(*as, c.Near(c.Data))
}

func nameFlag(f *flag.FlagSet) *string {
	return f.String("name", "duban", "the `name` of the service, if there are several offices")
}

// parseAlone parses args, which are flags only.
func parseAlone(f *flag.FlagSet, args []string) error {
	words, err := parse(f, args, false)
	if err == nil && len(words) > 0 {
		err = fmt.Errorf("%s takes no argument %q: %w", strings.TrimPrefix(f.Name(), "duban "), words[0], errUsage)
	}
	return err
}

// errNoKey means that the recovery key would be printed into a service's log.
var errNoKey = errors.New("run duban backup key first, as the account that duban will run as, and write down what it prints: " +
	"a service would print the recovery key of the backups into its log")

// installService is `duban service install`.
func installService(ctx context.Context, args []string, e Env) error {
	f := flags("service install", e.usage())
	show := f.Bool("print", false, "only print what would be written, and install nothing")
	c, s, err := aService(f, args)
	if err != nil {
		return err
	}
	if *show {
		file, err := s.File()
		if err == nil {
			_, err = io.WriteString(e.Out, file.Text)
		}
		return err
	}
	there, err := backup.HasKey(c.Near(c.Data))
	switch {
	case err != nil:
		return err
	case !there && c.Backup.Every != 0:
		return errNoKey
	}
	return s.Install(ctx, e.Out)
}

// uninstallService is `duban service uninstall`.
func uninstallService(ctx context.Context, args []string, e Env) error {
	f := flags("service uninstall", e.usage())
	name := nameFlag(f)
	if err := parseAlone(f, args); err != nil {
		return err
	}
	s, err := service.Of(*name)
	if err != nil {
		return err
	}
	return s.Uninstall(ctx, e.Out)
}

// runService is `duban service run`, which only the service manager of Windows calls.
func runService(ctx context.Context, args []string, e Env) error {
	f := flags("service run", e.usage())
	_, s, err := aService(f, args)
	if err != nil {
		return err
	}
	return s.Run(ctx, func(ctx context.Context, log io.Writer) error {
		e.Out, e.Err = log, log
		return runBot(ctx, s.Args, e)
	}, ExitStatus)
}
