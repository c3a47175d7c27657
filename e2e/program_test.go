package e2e_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"duban/app"
	"duban/cli"
	"duban/config"
	"duban/notice"
	"duban/outbox"
	"duban/store"
	"duban/store/bolt"
)

// serve runs a bot in this process until the function that it returns is called.
func serve(t testing.TB, c config.Config, log *slog.Logger, x app.Outside) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- app.Run(ctx, c, app.Options{Log: log, In: strings.NewReader(""), Out: io.Discard, Outside: x})
	}()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
	}
}

// command runs a command line and returns what it prints.
func command(t testing.TB, x app.Outside, in io.Reader, args ...string) (said string, err error) {
	t.Helper()
	var out bytes.Buffer
	err = cli.Run(t.Context(), args, cli.Env{In: in, Out: &out, Err: io.Discard, Outside: x})
	return out.String(), err
}

// write writes a file in a folder and returns its path.
func write(t testing.TB, dir, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// view looks into the store that a program left in a folder.
func view(t testing.TB, dir string, fn func(*store.Snapshot)) {
	t.Helper()
	e, err := bolt.Open(app.StoreFile(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	look(t, open(t, e), fn)
}

// open opens a store.
func open(t testing.TB, e store.Engine) *store.Store {
	t.Helper()
	s, err := notice.OpenStore(t.Context(), e, store.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// look looks into a store.
func look(t testing.TB, s *store.Store, fn func(*store.Snapshot)) {
	t.Helper()
	err := s.View(t.Context(), func(sn *store.Snapshot) error {
		fn(sn)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// everyRow returns all rows of an account.
func everyRow(s *store.Snapshot, account string) (all []outbox.Row) {
	for _, state := range []outbox.State{
		outbox.Waiting, outbox.Sending, outbox.Parked, outbox.Sent, outbox.Dead, outbox.Expired, outbox.Cancelled, outbox.Unknown, outbox.Carried,
	} {
		for r := range outbox.Rows(s, account, state) {
			all = append(all, r)
		}
	}
	return all
}

// everyNotice returns all notices, by their numbers.
func everyNotice(s *store.Snapshot) []notice.Notice {
	return store.Collect(store.Scan[notice.Notice](s, store.Work+"notice/", 0))
}

// A line is a control socket in memory. While a goroutine waits for a real one,
// time stands still in a bubble.
type line struct {
	calls chan net.Conn
	hung  chan struct{}
	once  sync.Once
}

func newLine() *line { return &line{calls: make(chan net.Conn), hung: make(chan struct{})} }

// outside is the outside of a program on that line.
func (l *line) outside() app.Outside {
	return app.Outside{
		Listen: func(string) (net.Listener, error) { return l, nil },
		Dial: func(ctx context.Context, _ string) (net.Conn, error) {
			here, there := net.Pipe()
			select {
			case l.calls <- there:
				return here, nil
			case <-l.hung:
				return nil, net.ErrClosed
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
	}
}

func (l *line) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.hung:
		return nil, net.ErrClosed
	}
}

func (l *line) Close() error {
	l.once.Do(func() { close(l.hung) })
	return nil
}

func (*line) Addr() net.Addr { return &net.UnixAddr{Name: "line", Net: "unix"} }
