package outbox_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/mem"
	"duban/store/storetest"
)

// An answer is claimed by the transaction that says it, and handed over when that is
// committed; what cannot leave at once waits as ever.
func TestDirect(t *testing.T) {
	var handed []bot.Outgoing
	taken, free := 0, true
	o := &office{outboxtest.On(t, storetest.RunTwice(mem.New()), hooks(), outbox.Direct{Reserve: func(string) (time.Duration, func(*bot.Outgoing)) {
		if !free {
			return 0, nil
		}
		taken++
		return time.Minute, func(m *bot.Outgoing) {
			taken--
			if m != nil {
				handed = append(handed, *m)
			}
		}
	}})}
	given := func(want ...string) {
		t.Helper()
		var got []string
		for _, m := range handed {
			got = append(got, m.Key)
		}
		if handed = nil; !slices.Equal(got, want) || taken != 0 {
			t.Fatalf("handed over %q, want %q; %d seats are still taken", got, want, taken)
		}
	}
	answer := bot.Outgoing{Key: "a", Account: "web", Chat: "c", Text: "text", Answer: true}
	failed := errors.New("no")
	err := o.Update(t.Context(), func(tx *store.Tx) error {
		outbox.Enqueue(tx, answer)
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatalf("got %v, want %v", err, failed)
	}
	given()

	o.Enqueue(answer)
	a := handed[0]
	given("a")
	if row := o.Row(outbox.Sending, "a"); row.Attempt != 1 || a.Attempt != 1 {
		t.Errorf("got attempts %d and %d, want 1", row.Attempt, a.Attempt)
	}
	o.Enqueue(bot.Outgoing{Key: "b", Chat: "c", Text: "text", Answer: true}) // the lane is busy
	o.Enqueue(bot.Outgoing{Key: "n", Chat: "d", Text: "text"})               // no answer
	o.Enqueue(bot.Outgoing{Key: "p", Person: "X", Text: "text", Answer: true})
	o.Enqueue(bot.Outgoing{Key: "l", Chat: "e", Text: "text", Answer: true, Due: o.Now().Add(time.Hour)})
	free = false
	o.Enqueue(bot.Outgoing{Key: "f", Chat: "f", Text: "text", Answer: true})
	given()
	o.Settle(a, bot.Result{Receipt: bot.Receipt{ID: "1"}})
	o.Row(outbox.Sent, "a")
	o.Row(outbox.Waiting, "b")

	free = true
	o.Enqueue(bot.Outgoing{Key: "g", Chat: "g", Text: "text", Answer: true})
	given("g")
	o.Pass(2 * time.Minute) // nobody said how it ended
	free = false
	if !slices.ContainsFunc(o.Drain(), func(m bot.Outgoing) bool { return m.Key == "g" && m.Repeat && m.Answer }) {
		t.Error("it is not claimed again as a repeat of an answer")
	}
}
