package e2e_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"duban/app"
	"duban/app/control"
	"duban/cli"
	"duban/store"
	"duban/store/enginetest"
)

// A pause is what happens while a command waits for an answer, and the answer.
type pause func() string

// Read lets it happen.
func (p pause) Read(b []byte) (int, error) { return copy(b, p()), io.EOF }

func TestPlanImport_changedMeanwhile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	conf := write(t, dir, "config.yaml", "data: data\n")
	one, two := write(t, dir, "one.txt", "一、学风\n1.查课堂。\n"), write(t, dir, "two.txt", "一、安全\n1.查宿舍。\n2.查电器。\n")
	kept := &lasting{Engine: enginetest.New(t)}
	run := func(in io.Reader, args ...string) (string, error) {
		return command(t, app.Outside{Engine: func(string) (store.Engine, error) { return kept, nil }}, in, args...)
	}
	_, err := run(pause(func() string {
		if out, err := run(nil, "plan", "import", "-config", conf, "-yes", two); err != nil || !strings.Contains(out, "imported") {
			t.Errorf("import meanwhile: got %q, %v", out, err)
		}
		return "y\n"
	}), "plan", "import", "-config", conf, one)
	if err == nil || !strings.Contains(err.Error(), "nothing was imported") {
		t.Errorf("got error %v, want a refusal: another plan is in force now", err)
	}
	if out, err := run(nil, "plan", "import", "-config", conf, "-yes", two); err != nil || !strings.Contains(out, "nothing was imported") {
		t.Errorf("got %q, %v, want that the second plan is in force", out, err)
	}
}

// Whoever answers at the control socket may have no other file written than the one
// that was asked for.
func TestOrder_fileNotAskedFor(t *testing.T) {
	t.Chdir(t.TempDir())
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	for _, c := range []struct{ out, put, written string }{
		{"r.csv", "r.csv", "r.csv"},
		{"r.png", "r-2.png", "r-2.png"},
		{"", "汇总.xlsx", "汇总.xlsx"},
		{"r.csv", elsewhere, ""},
		{"r.csv", "other.csv", ""},
		{"", elsewhere, ""},
		{"", filepath.Join("..", "other.csv"), ""},
		{"", ".profile", ""},
	} {
		ctx, stop := context.WithCancel(t.Context())
		l := newLine()
		served := make(chan struct{})
		go func() {
			defer close(served)
			control.Serve(ctx, l, slog.New(slog.DiscardHandler), func(_ context.Context, _ control.Request, s control.Streams) control.End {
				_ = s.Put(c.put, []byte("x"))
				return control.End{}
			})
		}()
		args := []string{"report", "-format", "csv", "summary"}
		if c.out != "" {
			args = append(args, "-o", c.out)
		}
		_, err := command(t, l.outside(), nil, args...)
		stop()
		<-served
		_, gone := os.Stat(c.put)
		if asked := c.written != ""; (err == nil) != asked || (gone == nil) != asked {
			t.Errorf("-o %q, file %q: got error %v and %v, want it written: %v", c.out, c.put, err, gone, asked)
		}
	}
}

// A counting engine knows how many views are open.
type counting struct {
	store.Engine
	views atomic.Int64
}

func (c *counting) View(ctx context.Context, fn func(store.Reader) error) error {
	c.views.Add(1)
	defer c.views.Add(-1)
	return c.Engine.View(ctx, fn)
}

func (c *counting) Close() error { return nil } // the next command works on it too

// A slow reader of a command's output may take as long as it likes: no view of the
// store is open meanwhile, which would keep the file from shrinking, growing and
// closing.
func TestOrder_readsFirst(t *testing.T) {
	t.Chdir(t.TempDir())
	conf, doc := write(t, ".", "config.yaml", "data: data\naccounts: [{name: console, kind: console}]\n"), write(t, ".", "plan.txt", "一、学风\n1.查课堂。\n")
	e := &counting{Engine: enginetest.New(t)}
	if _, err := command(t, app.Outside{Engine: func(string) (store.Engine, error) { return e, nil }}, strings.NewReader(""), "run"); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"plan", "import", "-config", conf, "-yes", doc},
		{"schedule", "add", "-config", conf, "-yes", "每周五16:00 学工工作群 填报：请填报"},
		{"schedule", "list", "-config", conf},
		{"schedule", "export", "-config", conf},
		{"schedule", "history", "-config", conf, "1"},
		{"report", "-config", conf, "summary"},
		{"audit", "verify", "-config", conf},
		{"standing", "-config", conf},
		{"pause", "-config", conf},
		{"resume", "-config", conf},
	} {
		wrote := false
		err := cli.Run(t.Context(), args, cli.Env{Err: io.Discard, Out: writerFunc(func(p []byte) {
			wrote = true
			if e.views.Load() > 0 {
				t.Errorf("%q writes %.40q while it has a view open", args, p)
			}
		}), Outside: app.Outside{Engine: func(string) (store.Engine, error) { return e, nil }}})
		if err != nil || !wrote {
			t.Errorf("%q: got %v, wrote %v", args, err, wrote)
		}
	}
}

type writerFunc func([]byte)

func (w writerFunc) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}
