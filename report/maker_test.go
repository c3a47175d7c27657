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
	"duban/outbox/outboxtest"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/store/enginetest"
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

// A maker is a report's maker with one want on an engine.
type maker struct {
	*outboxtest.Office
	report.Maker
}

// newMaker returns a maker. Without a folder files cannot be made.
func newMaker(t *testing.T, e store.Engine, files string, w report.Want) maker {
	t.Helper()
	o := outboxtest.On(t, e)
	o.Configure(store.Options{Files: files, Values: []any{notice.Hooks(nil)}})
	o.Change(func(tx *store.Tx) { report.PutWant(tx, w) })
	return maker{o, report.Maker{Store: o.Store, Zone: time.UTC, Log: slog.New(slog.DiscardHandler)}}
}

// A report is enqueued once, whenever the store fails and the report is made again.
func TestMaker_faults(t *testing.T) {
	for name, f := range map[string]fault{"before the commit": {before: true}, "after the commit": {after: true}} {
		t.Run(name, func(t *testing.T) {
			e := &fault{Engine: enginetest.New(t)}
			m := newMaker(t, e, t.TempDir(), report.Want{
				Reason: "job/x/1", What: "进度汇总 图片", Group: true, To: []roster.Target{{Account: "web", Chat: "c", Group: "g"}},
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
			if n := len(m.Rows(outbox.Waiting)); n != 1 {
				t.Errorf("got %d rows, want one", n)
			}
		})
	}
}

// A report that cannot be made is given up after some attempts, and whoever waits
// for it is told.
func TestMaker_givesUp(t *testing.T) {
	m := newMaker(t, enginetest.New(t), "", report.Want{Reason: "answer/a/1", What: "进度汇总 图片", By: "x", To: []roster.Target{{Account: "web", Chat: "c"}}})
	for i := range 3 {
		if n := len(m.Rows(outbox.Waiting)); n > 0 {
			t.Errorf("got %d rows after %d attempts, want none yet", n, i)
		}
		if err := m.All(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(m.Rows(outbox.Waiting)); n != 1 {
		t.Errorf("got %d rows, want the one that says so", n)
	}
}
