//go:build linux

package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"duban/bot"
	"duban/handlers"
	"duban/handlers/chat"
	"duban/notice"
	"duban/outbox"
	"duban/plan/outline"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/store/bolt"
	"duban/store/mem"
)

const (
	benchAccount = "web"
	benchGroup   = "学工群"
)

// A single is the engine that duban would have without shared commits: plain
// bbolt, one transaction for each update.
type single struct{ db *bbolt.DB }

func bucket(tx *bbolt.Tx) pairs { return pairs{tx.Bucket([]byte("duban"))} }

func (s single) View(_ context.Context, fn func(store.Reader) error) error {
	return s.db.View(func(tx *bbolt.Tx) error { return fn(bucket(tx)) })
}

func (s single) Update(_ context.Context, fn func(store.Writer) error) error {
	return s.db.Update(func(tx *bbolt.Tx) error { return store.Guarded(fn)(bucket(tx)) })
}

func (s single) Close() error { return s.db.Close() }

// pairs are a bucket as store wants it.
type pairs struct{ b *bbolt.Bucket }

func (p pairs) Get(key []byte) ([]byte, error) { return p.b.Get(key), nil }

func (p pairs) Put(key, value []byte) error { return p.b.Put(bytes.Clone(key), bytes.Clone(value)) }

func (p pairs) Delete(key []byte) error { return p.b.Delete(key) }

func (p pairs) Scan(from, to []byte, limit int) iter.Seq2[store.Pair, error] {
	return func(yield func(store.Pair, error) bool) {
		var found []store.Pair // the bucket may be written meanwhile
		c := p.b.Cursor()
		for k, v := c.Seek(from); k != nil && (len(to) == 0 || bytes.Compare(k, to) < 0); k, v = c.Next() {
			if found = append(found, store.Pair{Key: k, Value: v}); len(found) == limit {
				break
			}
		}
		for _, pair := range found {
			if !yield(pair, nil) {
				return
			}
		}
	}
}

// engines are those that the benchmarks compare.
func engines() map[string]func(path string) (store.Engine, error) {
	return map[string]func(path string) (store.Engine, error){
		"memory": func(string) (store.Engine, error) { return mem.New(), nil },
		"shared": func(path string) (store.Engine, error) { return bolt.Open(path) },
		"single": func(path string) (store.Engine, error) {
			db, err := bbolt.Open(path, 0o600, nil)
			if err != nil {
				return nil, err
			}
			return single{db}, db.Update(func(tx *bbolt.Tx) error {
				_, err := tx.CreateBucketIfNotExists([]byte("duban"))
				return err
			})
		},
	}
}

// benchOffice opens a store with a plan, people who are bound, and a group, and
// returns a router on it.
func benchOffice(b testing.TB, open func(string) (store.Engine, error), people int) (*store.Store, *handlers.Router) {
	b.Helper()
	e, err := open(filepath.Join(b.TempDir(), "duban.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = e.Close() })
	s, err := notice.OpenStore(b.Context(), e, store.Options{Values: []any{outbox.Limits{Answers: outbox.Answers{PerMinute: 1 << 30, Pause: time.Minute}}}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile("../examples/plan.txt")
	if err != nil {
		b.Fatal(err)
	}
	var r roster.Roster
	for i := range people {
		id := fmt.Sprintf("p%d", i)
		r.People = append(r.People, roster.Person{
			ID: id, Name: "老师" + id, College: "计算机学院", Roles: []roster.Role{roster.Counselor}, Groups: []string{benchGroup},
		})
	}
	err = s.Update(b.Context(), func(tx *store.Tx) error {
		err := errors.Join(progress.SetPlan(tx, outline.Parse(string(text)), "plan.txt", ""), roster.Replace(tx, &r),
			roster.BindGroup(tx, roster.Target{Account: benchAccount, Chat: benchGroup, Group: benchGroup}))
		for _, p := range r.People {
			err = errors.Join(err, roster.Bind(tx, benchAccount, p.ID, roster.Binding{Person: p.ID, Chat: "private/" + p.ID, How: "code"}))
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return s, route(s, chat.Options{Names: []string{"学工小助手"}})
}

// fdatasync returns how many times a second the disk makes 4 KiB durable. A
// commit of bbolt does it twice.
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

// processor returns the processor time that this process has used. Unlike the
// time on the clock it hardly depends on what else runs on the machine.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// side lets so many chats share b.N messages, each chat one after the other, and
// reports how many were durable in a second.
func side(b *testing.B, chats int, say func(chat, i int) error) {
	b.Helper()
	disk := fdatasync(b)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	start, cpu := time.Now(), processor(b)
	for chat := range chats {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := say(chat, int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "msg/s")
	b.ReportMetric(disk, "fdatasync/s")
	b.ReportMetric(float64((processor(b)-cpu).Microseconds())/float64(b.N), "cpu-µs/msg")
}

// BenchmarkHandle is one message from the call of Handle to the moment at which
// everything that it changes is durable: a report of progress, in private or in
// the group, and an answer to a notice.
func BenchmarkHandle(b *testing.B) {
	for _, kind := range []string{"report", "group", "ack"} {
		for _, chats := range []int{1, 8, 64, 256} {
			for _, name := range []string{"shared", "single", "memory"} {
				b.Run(fmt.Sprintf("%s/chats=%d/%s", kind, chats, name), func(b *testing.B) {
					benchHandle(b, kind, chats, engines()[name])
				})
			}
		}
	}
}

func benchHandle(b *testing.B, kind string, chats int, open func(string) (store.Engine, error)) {
	s, r := benchOffice(b, open, max(chats, 300))
	if kind == "ack" {
		post(b, s)
	}
	side(b, chats, func(chat, i int) error {
		who := fmt.Sprintf("p%d", chat)
		m := bot.Message{
			Account: benchAccount, ID: fmt.Sprint("m", i), Sender: who, Name: who, Chat: "private/" + who, Mention: true,
			Text: fmt.Sprintf("第%d条完成%d%%，还差经费", 1+i%34, i%100), Sent: time.Now(),
		}
		switch kind {
		case "group": // as many groups; the bot is not addressed
			m.Chat, m.Group = fmt.Sprint("group", chat), true
			m.Text = "@学工小助手 " + m.Text
		case "ack": // of a second one only the time is looked at
			m.Text = "收到"
		}
		return r.Handle(b.Context(), m)
	})
}

// post asks everybody for 收到.
func post(b *testing.B, s *store.Store) {
	b.Helper()
	err := s.Update(b.Context(), func(tx *store.Tx) error {
		to, err := roster.Targets(tx.Snapshot, []string{benchGroup})
		if err != nil {
			return err
		}
		_, err = notice.Post(tx, "bench", notice.Notice{Class: notice.Receipt, Text: "请检查宿舍。"}, to)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}
