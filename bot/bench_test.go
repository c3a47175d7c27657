package bot_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/notice"
	"duban/outbox"
	"duban/store"
	"duban/store/bolt"
)

// openBolt returns a store in a file, which wakes the bot that b points to.
func openBolt(t testing.TB, b **bot.Bot) *store.Store {
	t.Helper()
	e, err := bolt.Open(filepath.Join(t.TempDir(), "duban.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := notice.OpenStore(context.WithoutCancel(t.Context()), e, store.Options{Enqueued: func(name string) {
		if *b != nil {
			(*b).Wake(name)
		}
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answering returns a small handler: it knows a message again, notes it in the
// audit log and answers it after a while.
func answering(s *store.Store, after time.Duration) bot.Handler {
	return handlerFunc(func(ctx context.Context, m bot.Message) error {
		return s.Update(ctx, func(tx *store.Tx) error {
			if !tx.FirstSight(m.Account, m.ID) {
				return nil
			}
			tx.Audit(store.Audit{Account: login, Actor: m.Sender, Source: store.Chat, Action: "said", Object: m.ID})
			outbox.Enqueue(tx, bot.Outgoing{
				Key: "answer/" + m.ID, Account: login, Chat: m.Chat, Text: "第3条 ……", Answer: true, Due: tx.Now().Add(after),
			})
			return nil
		})
	})
}

// BenchmarkReceive measures how many messages a second become durable when
// that many chats have one waiting all the time. One fsync is the time that the
// disk takes for a commit.
func BenchmarkReceive(b *testing.B) {
	for _, chats := range []int{1, 8, 64, 256} {
		b.Run(fmt.Sprintf("chats=%d", chats), func(b *testing.B) {
			var batch []bot.Message
			for i := range b.N {
				batch = append(batch, bot.Message{
					ID: fmt.Sprint("m", i), Chat: fmt.Sprint("群", i%chats), Group: true, Sender: "zs", Name: "张三", Text: "收到", Sent: time.Now(),
				})
			}
			var none *bot.Bot
			s := openBolt(b, &none)
			b.ResetTimer()
			account := odd{run: func(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
				return receive(ctx, batch)
			}}
			o := bot.Options{Accounts: []bot.Account{account}, Handler: answering(s, time.Hour), Outbox: outbox.Delivery{Store: s}}
			if err := bot.New(o).Run(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
	b.Run("fsync", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "f"))
		if err != nil {
			b.Fatal(err)
		}
		page := make([]byte, 16<<10) // about what a small commit writes
		for b.Loop() {
			if _, err := f.WriteAt(page, 0); err != nil {
				b.Fatal(err)
			}
			if err := f.Sync(); err != nil {
				b.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkAnswer measures the time from a question to its answer in the chat,
// one question at a time, through receive, store and delivery.
func BenchmarkAnswer(b *testing.B) {
	var running *bot.Bot
	s := openBolt(b, &running)
	net := bottest.NewNetwork(login)
	net.Group("学工群", "张三")
	running = bot.New(bot.Options{Accounts: []bot.Account{net.Account()}, Handler: answering(s, 0), Outbox: outbox.Delivery{Store: s}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- running.Run(ctx) }()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		net.Say("学工群", "张三", "第3条")
		if err := net.Await(b.Context(), func() bool { return len(net.Sent()) > len(took) }); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
