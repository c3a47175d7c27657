package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"duban/app"
	"duban/cli"
	"duban/config"
	"duban/store"
	"duban/store/mem"
)

// A flaky engine fails its n-th commit as a disk does: nobody knows whether it
// happened.
type flaky struct {
	store.Engine
	n atomic.Int64
}

func (f *flaky) Update(ctx context.Context, fn func(store.Writer) error) error {
	if f.n.Add(-1) == 0 {
		return fmt.Errorf("%w: input/output error", store.ErrUnknown)
	}
	return f.Engine.Update(ctx, fn)
}

func TestServe_endsWhenTheStoreCannotBeTrusted(t *testing.T) {
	for n := 1; n <= 12; n++ {
		t.Run(fmt.Sprint("commit ", n), func(t *testing.T) {
			c := config.Defaults()
			c.Data = t.TempDir()
			c.Accounts = []config.Account{{Name: "console", Kind: "console"}}
			in, say := io.Pipe()
			defer say.Close()
			go func() { _, _ = io.WriteString(say, strings.Repeat("王雪晴: 第3条\n", 20)) }()
			err := app.Run(t.Context(), c, app.Options{
				Log: slog.New(slog.DiscardHandler), In: in, Out: io.Discard,
				Outside: app.Outside{Engine: func(string) (store.Engine, error) {
					f := &flaky{Engine: mem.New()}
					f.n.Store(int64(n))
					return f, nil
				}},
			})
			if !errors.Is(err, store.ErrUnknown) {
				t.Fatalf("got %v, want the failure of the store", err)
			}
			if got := cli.ExitStatus(err); got != 74 {
				t.Errorf("got exit status %d from %v, want 74", got, err)
			}
		})
	}
}
