package webchat_test

import (
	"slices"
	"testing"
	"time"

	"duban/bot"
)

// What was before somebody's eyes is known after a restart, and forgotten with them.
func TestReadBy(t *testing.T) {
	dir := t.TempDir()
	b := start(t, options(dir))
	send := func(text string) string {
		t.Helper()
		r, err := b.Send(t.Context(), group, bot.Outgoing{Key: text, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	first := send("一")
	if _, err := b.ReadBy(t.Context(), group, first); err == nil {
		t.Error("where nobody's page has said anything, it is known who has read")
	}
	last := func() uint64 {
		return b.state("p1").chat(group).Messages[len(b.state("p1").chat(group).Messages)-1].Seq
	}
	read := func(as string) {
		t.Helper()
		if code, _ := b.post("/api/read", fields{"as": as, "chat": group, "upto": last()}); code != 200 {
			t.Errorf("read: status %d", code)
		}
	}
	read("p1")
	read("p1") // has no other effect
	second := send("二")
	read("p2")
	readers := func(id string) (who []string) {
		t.Helper()
		all, err := b.ReadBy(t.Context(), group, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			if r.At.IsZero() || time.Since(r.At) > time.Hour {
				t.Errorf("%s read it at %v", r.Sender, r.At)
			}
			who = append(who, r.Sender)
		}
		return who
	}
	for range 2 {
		if got := readers(first); !slices.Equal(got, []string{"p1", "p2"}) {
			t.Errorf("the first was read by %q", got)
		}
		if got := readers(second); !slices.Equal(got, []string{"p2"}) {
			t.Errorf("the second was read by %q", got)
		}
		b.end()
		b = start(t, options(dir))
	}
	if err := b.Erase("p2", time.Now()); err != nil {
		t.Fatal(err)
	}
	if got := slices.Concat(readers(first), readers(second)); !slices.Equal(got, []string{"p1"}) {
		t.Errorf("after somebody was forgotten it was read by %q", got)
	}
	if code, _ := b.post("/api/read", fields{"as": "p9", "chat": group, "upto": 1}); code != 404 {
		t.Errorf("read by nobody: status %d, want 404", code)
	}
}
