package control_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duban/app/control"
)

// served serves orders on a data folder until the test ends, and returns the log. The
// first connections, so many, cannot be accepted.
func served(t *testing.T, data string, shaking int, do control.Do) *bytes.Buffer {
	t.Helper()
	open, err := control.Listen(data)
	if err != nil {
		t.Fatal(err)
	}
	l := &shaky{open, shaking}
	log := &bytes.Buffer{}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		control.Serve(ctx, l, slog.New(slog.NewTextHandler(log, nil)), do)
	}()
	t.Cleanup(func() {
		stop()
		<-done
		if _, err := os.Lstat(filepath.Join(data, "control")); err == nil {
			t.Error("Serve left its socket behind")
		}
	})
	return log
}

func ask(t *testing.T, data string, in io.Reader) (control.End, string) {
	t.Helper()
	conn, err := control.Dial(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	end, err := control.Ask(t.Context(), conn, control.Request{Args: []string{"x"}}, control.Streams{In: in, Out: &out, Err: &out})
	if err != nil {
		t.Fatalf("Ask: got error %v, want none", err)
	}
	return end, out.String()
}

func TestServe_panic(t *testing.T) {
	data, first := t.TempDir(), true
	log := served(t, data, 0, func(context.Context, control.Request, control.Streams) control.End {
		if first {
			first = false
			panic("王雪晴 said so")
		}
		return control.End{}
	})
	if end, _ := ask(t, data, strings.NewReader("")); end.Exit != 1 || end.Text == "" {
		t.Errorf("got %+v, want a sentence and exit 1", end)
	}
	if end, _ := ask(t, data, strings.NewReader("")); end != (control.End{}) {
		t.Errorf("after a panic: got %+v, want no error", end)
	}
	if strings.Contains(log.String(), "王雪晴") {
		t.Errorf("the log holds what was said: %s", log)
	}
}

// A shaky listener cannot accept its first connections, as when too many files are
// open.
type shaky struct {
	net.Listener
	left int
}

func (s *shaky) Accept() (net.Conn, error) {
	if s.left--; s.left >= 0 {
		return nil, errors.New("too many open files")
	}
	return s.Listener.Accept()
}

func TestServe_acceptFails(t *testing.T) {
	data := t.TempDir()
	served(t, data, 1, func(context.Context, control.Request, control.Streams) control.End { return control.End{} })
	if end, _ := ask(t, data, strings.NewReader("")); end != (control.End{}) {
		t.Errorf("got %+v, want no error", end)
	}
}

func TestAsk_input(t *testing.T) {
	data := t.TempDir()
	reads := false
	served(t, data, 0, func(_ context.Context, _ control.Request, s control.Streams) control.End {
		if reads {
			_, _ = io.Copy(s.Out, s.In)
		}
		return control.End{}
	})
	in := strings.NewReader("for the next command\n")
	if _, _ = ask(t, data, in); in.Len() == 0 {
		t.Error("an order that reads nothing took its caller's input")
	}
	reads = true
	if _, out := ask(t, data, in); out != "for the next command\n" {
		t.Errorf("got %q, want the input", out)
	}
}

func TestListen_note(t *testing.T) {
	for name, dir := range map[string]string{"precious": "files", "control": "files"} {
		data := t.TempDir()
		file := filepath.Join(t.TempDir(), dir, name)
		if err := errors.Join(os.Mkdir(filepath.Dir(file), 0o700), os.WriteFile(file, nil, 0o600),
			os.WriteFile(filepath.Join(data, "control"), []byte(file), 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := control.Dial(t.Context(), data); err == nil {
			t.Errorf("%s: Dial took a file that is no socket of duban's", file)
		}
		l, err := control.Listen(data)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: Listen removed a file that is not its own", file)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
