package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// BirthName is the folder beside the socket in which it is made.
const BirthName = ".socket"

const (
	socketName = "control"
	longest    = 100 // bytes of a socket's address that every system takes, also while it lies in its folder
	prefix     = "duban-"
)

// Listen listens on the socket of a data folder, which only its owner may use. Who
// listens must have the store open: no other process serves the folder then, and a
// socket that lies there was left by one that was killed.
//
// If the address is longer than a socket's may be, the socket is in a temporary
// folder, and its address is in a file in its place.
func Listen(data string) (net.Listener, error) {
	path, err := filepath.Abs(filepath.Join(data, socketName))
	if err != nil {
		return nil, err
	}
	s := &socket{path: path, address: path}
	if left, moved := addressOf(path); moved && ours(left) {
		s.address = left
	}
	if err := s.remove(); err != nil {
		return nil, err
	}
	s.address = path
	if len(path) > longest {
		dir, err := os.MkdirTemp("", prefix)
		if err != nil {
			return nil, err
		}
		s.address = filepath.Join(dir, socketName)
		if err := os.WriteFile(path, []byte(s.address), 0o600); err != nil {
			return nil, errors.Join(err, s.remove())
		}
	}
	l, err := listen(s.address)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("control socket: %w", err), s.remove())
	}
	s.Listener = l
	return s, nil
}

// listen makes a socket at address. It is born in a folder that only its owner can
// enter, and moved when its mode is set: nobody else can ever connect.
func listen(address string) (net.Listener, error) {
	ctx := context.Background()
	if runtime.GOOS == "windows" { // the rights of the data folder protect it
		return new(net.ListenConfig).Listen(ctx, "unix", address)
	}
	dir := filepath.Join(filepath.Dir(address), BirthName)
	born := filepath.Join(dir, "s")
	if err := os.RemoveAll(dir); err != nil { // of a process that was killed
		return nil, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", born)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false) // it lies elsewhere then, and its socket removes it
	}
	if err := errors.Join(os.Chmod(born, 0o600), os.Rename(born, address), os.RemoveAll(dir)); err != nil {
		return nil, errors.Join(err, l.Close(), os.RemoveAll(dir))
	}
	return l, nil
}

// A socket is a listener that leaves nothing behind.
type socket struct {
	net.Listener
	path    string // in the data folder
	address string // path, or in a folder of its own
	once    sync.Once
	closed  error
}

// Close stops listening and removes the socket's files. Nothing is removed after it
// has returned, also if another call did the work: the next bot may listen then.
func (s *socket) Close() error {
	s.once.Do(func() { s.closed = errors.Join(s.Listener.Close(), s.remove()) })
	return s.closed
}

func (s *socket) remove() error {
	if s.address != s.path {
		_ = os.Remove(s.address)
		_ = os.Remove(filepath.Dir(s.address)) // what is not empty is not its own
	}
	if err := os.Remove(s.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// ours reports whether address is that of a socket that [Listen] has moved.
func ours(address string) bool {
	info, err := os.Lstat(address)
	return filepath.Base(address) == socketName && strings.HasPrefix(filepath.Base(filepath.Dir(address)), prefix) &&
		(errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() && !info.IsDir())
}

// addressOf returns the address of the socket at path; moved means that it is
// elsewhere.
func addressOf(path string) (address string, moved bool) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return path, false
	}
	text, err := os.ReadFile(path)
	return string(text), err == nil
}

// Dial connects with the bot that runs on a data folder. An error means that none
// answers. A moved socket must belong to who owns the data folder's note of it, so
// that nobody can take the place of one that is gone.
func Dial(ctx context.Context, data string) (net.Conn, error) {
	path, err := filepath.Abs(filepath.Join(data, socketName))
	if err != nil {
		return nil, err
	}
	address, moved := addressOf(path)
	if moved && (!ours(address) || !sameOwner(path, address)) {
		return nil, fmt.Errorf("control socket: %w", fs.ErrPermission)
	}
	return new(net.Dialer).DialContext(ctx, "unix", address)
}
