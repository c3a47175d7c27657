//go:build linux

package handlers_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/handlers"
	"duban/notice"
	"duban/store"
	"duban/store/enginetest"
)

// crowd is how many people are asked; DUBAN_CROWD makes it a country's worth.
func crowd(t *testing.T) int {
	t.Helper()
	people := 2000
	if testing.Short() {
		people = 500
	}
	if s := os.Getenv("DUBAN_CROWD"); s != "" {
		var err error
		if people, err = strconv.Atoi(s); err != nil {
			t.Fatalf("DUBAN_CROWD: %v", err)
		}
	}
	return people
}

// TestRow_D9 lets a crowd answer one notice, with replays, strangers, second
// answers and some who stay silent, side by side and out of order. The total is
// exact.
func TestRow_D9(t *testing.T) {
	people := crowd(t)
	s, r := benchOffice(t, func(string) (store.Engine, error) { return enginetest.New(t), nil }, people)
	number := ask(t, s)
	rnd := rand.New(rand.NewPCG(9, 9))
	var said []bot.Message
	answered, strangers, again := 0, 0, 0
	for i := range people {
		if rnd.IntN(100) < 3 { // says nothing
			continue
		}
		answered++
		m := ack(fmt.Sprintf("p%d", i), fmt.Sprint("m", i), []string{"收到", "已收到", "1", "好的", "收到，谢谢"}[rnd.IntN(5)])
		said = append(said, m)
		switch roll := rnd.IntN(100); {
		case roll < 5:
			again++
			said = append(said, m) // the network brings it twice
		case roll < 7:
			again++
			said = append(said, ack(m.Sender, m.ID+"b", "收到")) // a second answer
		case roll < 8:
			strangers++
			said = append(said, ack(fmt.Sprint("stranger", i), m.ID+"s", "收到"))
		}
	}
	for i := range said { // a window of 20 in which anything may overtake
		j := min(i+rnd.IntN(20), len(said)-1)
		said[i], said[j] = said[j], said[i]
	}
	began := time.Now()
	handleAll(t, r, said)
	took := time.Since(began)
	t.Logf("%d people, %d messages (%d replays and second answers, %d strangers) in %.1f s: %.0f a second",
		people, len(said), again, strangers, took.Seconds(), float64(len(said))/took.Seconds())
	err := s.View(t.Context(), func(sn *store.Snapshot) error {
		items := notice.Items(sn, number)
		tally := notice.Circumstances{}.Tally(items)
		if tally.Asked != people || tally.Done != answered || tally.Open != people-answered {
			t.Errorf("asked %d, done %d, open %d; want %d, %d, %d", tally.Asked, tally.Done, tally.Open, people, answered, people-answered)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ack is an answer to the bot alone.
func ack(person, id, text string) bot.Message {
	return bot.Message{
		Account: benchAccount, ID: id, Chat: "private/" + person, Sender: person, Name: person, Text: text, Mention: true, Sent: time.Now(),
	}
}

// handleAll handles messages in many chats side by side.
func handleAll(t *testing.T, r *handlers.Router, said []bot.Message) {
	t.Helper()
	queue := make(chan bot.Message)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for m := range queue {
				if err := r.Handle(t.Context(), m); err != nil {
					t.Errorf("message %s: %v", m.ID, err)
				}
			}
		})
	}
	for _, m := range said {
		queue <- m
	}
	close(queue)
	wg.Wait()
}
