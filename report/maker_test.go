package report_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"duban/notice"
	"duban/outbox"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/store/mem"
)

// A fault makes one commit fail: before it, or after it, when nobody can tell.
type fault struct {
	store.Engine
	before, after bool
}

var errFault = errors.New("the disk is away")

func (f *fault) Update(ctx context.Context, fn func(store.Writer) error) error {
	if f.before {
		f.before = false
		return errFault
	}
	err := f.Engine.Update(ctx, fn)
	if f.after {
		f.after = false
		return fmt.Errorf("%w: %w", store.ErrUnknown, errFault)
	}
	return err
}

// maker returns a maker with one want on an engine. Without a folder files cannot
// be made.
func maker(t *testing.T, e store.Engine, files string, w report.Want) report.Maker {
	t.Helper()
	s, err := notice.OpenStore(t.Context(), e, store.Options{Files: files}, nil)
	if err == nil {
		err = s.Update(t.Context(), func(tx *store.Tx) error { return report.PutWant(tx, w) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return report.Maker{Store: s, Zone: time.UTC, Log: slog.New(slog.DiscardHandler)}
}

func waiting(t *testing.T, m report.Maker) (n int) {
	t.Helper()
	err := m.Store.View(t.Context(), func(s *store.Snapshot) error {
		n = 0
		for _, err := range outbox.Rows(s, "a", outbox.Waiting) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A report is enqueued once, whenever the store fails and the report is made again.
func TestMaker_faults(t *testing.T) {
	for name, f := range map[string]fault{"before the commit": {before: true}, "after the commit": {after: true}} {
		t.Run(name, func(t *testing.T) {
			e := &fault{Engine: mem.New()}
			m := maker(t, e, t.TempDir(), report.Want{
				Reason: "job/x/1", What: "进度汇总 图片", Group: true, To: []roster.Target{{Account: "a", Chat: "c", Group: "g"}},
			})
			e.before, e.after = f.before, f.after
			for range 3 {
				if err := m.All(t.Context()); err != nil {
					t.Errorf("got error %v, want none", err)
				}
			}
			if e.before || e.after {
				t.Error("the fault did not happen")
			}
			if n := waiting(t, m); n != 1 {
				t.Errorf("got %d rows, want one", n)
			}
		})
	}
}

// A report that cannot be made is given up after some attempts, and whoever waits
// for it is told.
func TestMaker_givesUp(t *testing.T) {
	m := maker(t, mem.New(), "", report.Want{Reason: "answer/a/1", What: "进度汇总 图片", By: "x", To: []roster.Target{{Account: "a", Chat: "c"}}})
	for i := range 3 {
		if n := waiting(t, m); n > 0 {
			t.Errorf("got %d rows after %d attempts, want none yet", n, i)
		}
		if err := m.All(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := waiting(t, m); n != 1 {
		t.Errorf("got %d rows, want the one that says so", n)
	}
}
