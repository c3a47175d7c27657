//go:build !windows

package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// errWindows means that only the service manager of Windows starts that.
var errWindows = errors.New("only Windows starts a service this way")

// File returns what tells this system of the service.
func (s Service) File() (File, error) {
	if runtime.GOOS == "darwin" {
		return s.Launchd(strconv.Itoa(os.Getuid()))
	}
	return s.Systemd()
}

// Install installs the service and starts it.
func (s Service) Install(ctx context.Context, w io.Writer) error {
	f, err := s.File()
	if err != nil {
		return err
	}
	return f.install(ctx, w)
}

// Uninstall stops the service and removes it.
func (s Service) Uninstall(ctx context.Context, w io.Writer) error {
	f, err := s.File()
	if err != nil {
		return err
	}
	return f.uninstall(ctx, w)
}

// install writes the file and starts the service. What another wrote there before is
// kept beside it.
func (f File) install(ctx context.Context, w io.Writer) error {
	switch was, err := os.ReadFile(f.Path); {
	case err == nil && !strings.Contains(string(was), mark):
		if err := os.Rename(f.Path, f.Path+".before-duban"); err != nil {
			return err
		}
		fmt.Fprintf(w, "%s was there already and is now %s.before-duban\n", f.Path, filepath.Base(f.Path))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil { //nolint:gosec // as systems have it
		return err
	}
	fresh := f.Path + ".new"
	if err := os.WriteFile(fresh, []byte(f.Text), 0o644); err != nil { //nolint:gosec // everybody may read it
		return err
	}
	if err := os.Rename(fresh, f.Path); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	fmt.Fprintln(w, "wrote", f.Path)
	if err := runAll(ctx, w, f.Start); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "installed and started; see how it is:", f.Look)
	return err
}

// uninstall stops the service and removes the file.
func (f File) uninstall(ctx context.Context, w io.Writer) error {
	was, err := os.ReadFile(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("no service is installed in %s", f.Path)
	case err != nil:
		return err
	case !strings.Contains(string(was), mark):
		return fmt.Errorf("%s stays: %w", f.Path, ErrForeign)
	}
	if err := runAll(ctx, w, f.Stop); err != nil {
		return err
	}
	if err := os.Remove(f.Path); err != nil {
		return err
	}
	if err := runAll(ctx, w, f.Gone); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, "stopped and removed; the data folder stays as it is")
	return err
}

// Run is for Windows.
func (Service) Run(context.Context, func(context.Context, io.Writer) error, func(error) int) error {
	return errWindows
}

// Of returns a service that has only a name: of the system for root, otherwise of the
// person who asks.
func Of(name string) (s Service, err error) {
	s = Service{Name: name, System: os.Getuid() == 0}
	switch {
	case s.System:
	case runtime.GOOS == "darwin":
		s.Home, err = os.UserHomeDir()
	default:
		s.Home, err = os.UserConfigDir()
	}
	return s, err
}

// RunAs has a service of the system run as an account; "" is the one that owns the
// data folder. It is never root.
func (s *Service) RunAs(account, data string) error {
	if account == "" && !s.System {
		return nil
	}
	s.System = true
	owner, err := ownerOf(data)
	if err != nil {
		return err
	}
	u, err := lookup(cmp.Or(account, owner))
	switch {
	case account == "" && owner == "":
		return fmt.Errorf("say as which account with -as: there is no %s whose owner it could be", data)
	case err != nil:
		return fmt.Errorf("there is no account %s: %s", cmp.Or(account, owner), s.newAccount())
	case u.Uid == "0":
		return fmt.Errorf("duban should not run as root: %s", s.newAccount())
	case owner != "" && owner != u.Uid:
		return fmt.Errorf("%s is not of %s: chown -R %s %[1]q", data, u.Username, u.Username)
	}
	s.User = u.Username
	return nil
}

// lookup finds an account by its name or number.
func lookup(account string) (*user.User, error) {
	if u, err := user.LookupId(account); err == nil {
		return u, nil
	}
	return user.Lookup(account)
}

// ownerOf returns the number of the account that owns a folder; "" if there is no
// such folder.
func ownerOf(folder string) (string, error) {
	info, err := os.Stat(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if own, ok := info.Sys().(*syscall.Stat_t); ok {
		return strconv.FormatUint(uint64(own.Uid), 10), nil
	}
	return "", nil
}

// newAccount says how to make an account that owns the folder.
func (s Service) newAccount() string {
	return fmt.Sprintf("make one and give it the folder: useradd --system --home-dir %[1]q --shell /usr/sbin/nologin duban && chown -R duban %[1]q", s.Folder)
}
