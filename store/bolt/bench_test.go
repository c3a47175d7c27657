//go:build linux

package bolt_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/store"
	"duban/store/bolt"
)

// writers are the numbers of goroutines that the benchmarks below compare.
func writers() []int { return []int{1, 8, 64, 256} }

// A single is what the engine would be without shared commits: one bbolt
// transaction for each update.
type single struct{ *bolt.Engine }

func (s single) Update(_ context.Context, fn func(store.Writer) error) error {
	return s.BBolt().Update(func(tx *bbolt.Tx) error {
		return store.Guarded(fn)(bolt.Writer(tx.Bucket([]byte("duban"))))
	})
}

// engines are those that the benchmarks below compare.
func engines() map[string]func(*bolt.Engine) store.Engine {
	return map[string]func(*bolt.Engine) store.Engine{
		"shared": func(e *bolt.Engine) store.Engine { return e },
		"single": func(e *bolt.Engine) store.Engine { return single{e} },
	}
}

// fdatasync returns how many times a second the disk makes 4 KiB durable. A bbolt
// commit does it twice.
func fdatasync(b *testing.B) float64 {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "probe"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	page := make([]byte, 4096)
	n, start := 0, time.Now()
	for ; time.Since(start) < 400*time.Millisecond; n++ {
		if _, err := f.WriteAt(page, int64(n%256)*4096); err != nil {
			b.Fatal(err)
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(start).Seconds()
}

// side lets n goroutines share b.N calls of fn and reports the rates.
func side(b *testing.B, n int, fn func(i int) error) {
	b.Helper()
	sync1 := fdatasync(b)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	start := time.Now()
	for range n {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := fn(int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "/s")
	b.ReportMetric(sync1, "fdatasync/s")
}

// BenchmarkUpdate is one durable pair of 24 and 400 bytes an update.
func BenchmarkUpdate(b *testing.B) {
	value := make([]byte, 400)
	for name, wrap := range engines() {
		for _, n := range writers() {
			b.Run(fmt.Sprintf("%s/writers=%d", name, n), func(b *testing.B) {
				e := wrap(open(b))
				side(b, n, func(i int) error {
					return e.Update(b.Context(), func(w store.Writer) error {
						return w.Put(fmt.Appendf(nil, "a/%022d", i), value)
					})
				})
			})
		}
	}
}

// BenchmarkMessage is what an inbound message does at least: its seen mark, an
// answer in the outbox, an audit entry.
func BenchmarkMessage(b *testing.B) {
	for name, wrap := range engines() {
		for _, n := range writers() {
			b.Run(fmt.Sprintf("%s/writers=%d", name, n), func(b *testing.B) {
				s := openStore(b, wrap(open(b)))
				side(b, n, func(i int) error { return message(b, s, i, n) })
			})
		}
	}
}

func message(b *testing.B, s *store.Store, i, chats int) error {
	id := fmt.Sprint(i)
	return s.Update(b.Context(), func(tx *store.Tx) error {
		if first, err := tx.FirstSight("web", id); err != nil || !first {
			return err
		}
		if err := enqueue(tx, i, chats); err != nil {
			return err
		}
		return tx.Audit(store.Audit{Account: "web", Actor: "p17", Source: store.Chat, Action: "query", Object: id})
	})
}

func enqueue(tx *store.Tx, i, chats int) error {
	return outbox.Enqueue(tx, bot.Outgoing{
		Key: fmt.Sprint("answer/web/", i), Account: "web", Chat: fmt.Sprint("group ", i%chats),
		Text: "第3条　开展新生入学教育，落实安全责任，责任单位：学工处，完成时限：9月底前。", Answer: true,
	})
}

func openStore(b *testing.B, e store.Engine) *store.Store {
	b.Helper()
	s, err := notice.OpenStore(b.Context(), e, store.Options{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkEnqueue puts rows into the outbox, each in a durable update.
func BenchmarkEnqueue(b *testing.B) {
	for _, n := range writers() {
		b.Run(fmt.Sprintf("writers=%d", n), func(b *testing.B) {
			s := openStore(b, open(b))
			side(b, n, func(i int) error {
				return s.Update(b.Context(), func(tx *store.Tx) error {
					return enqueue(tx, i, n)
				})
			})
		})
	}
}

// BenchmarkDeliver claims and settles rows, each step durable, with so many rows
// waiting in so many chats.
func BenchmarkDeliver(b *testing.B) {
	for _, bb := range []struct{ senders, rows, chats int }{{1, 100, 100}, {1, 5000, 1}, {1, 5000, 5000}, {8, 5000, 100}, {64, 5000, 5000}} {
		b.Run(fmt.Sprintf("senders=%d/rows=%d/chats=%d", bb.senders, bb.rows, bb.chats), func(b *testing.B) {
			s := openStore(b, open(b))
			fill(b, s, b.N+bb.rows, bb.chats)
			side(b, bb.senders, func(int) error {
				m, err := outbox.Claim(b.Context(), s, "web", time.Minute)
				if err != nil {
					return err
				}
				return outbox.Settle(b.Context(), s, m, bot.Result{Receipt: bot.Receipt{ID: "1"}})
			})
		})
	}
}

func fill(b *testing.B, s *store.Store, rows, chats int) {
	b.Helper()
	for from := 0; from < rows; from += 500 {
		err := s.Update(b.Context(), func(tx *store.Tx) error {
			for i := from; i < min(from+500, rows); i++ {
				if err := enqueue(tx, i, chats); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
