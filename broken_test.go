package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

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
			c := defaults()
			c.Data = t.TempDir()
			c.Accounts = []AccountConfig{{Name: "console", Kind: "console"}}
			in, say := io.Pipe()
			defer say.Close()
			go func() { _, _ = io.WriteString(say, strings.Repeat("王雪晴: 第3条\n", 20)) }()
			p, err := newProgram(c, slog.New(slog.DiscardHandler), streams{in, io.Discard, io.Discard})
			if err != nil {
				t.Fatal(err)
			}
			p.engine = func(string) (store.Engine, error) {
				f := &flaky{Engine: mem.New()}
				f.n.Store(int64(n))
				return f, nil
			}
			err = p.serve(t.Context())
			if !errors.Is(err, store.ErrUnknown) {
				t.Fatalf("got %v, want the failure of the store", err)
			}
			if exitCode(err) != exitStore {
				t.Errorf("got exit status %d from %v, want %d", exitCode(err), err, exitStore)
			}
		})
	}
}
