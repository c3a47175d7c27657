package webchat_test

import (
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// What a person said, and what was said to them alone, is gone from the folder; what
// others said stays.
func TestErase(t *testing.T) {
	dir := t.TempDir()
	b := start(t, options(dir))
	m := b.say("p1", group, "独有甲")
	b.say("p1", "@p1", "独有乙")
	if code, _ := b.post("/api/say", fields{"as": "p2", "chat": group, "text": "别人丙", "client": "quoting-it", "quote": m.ID}); code != 200 {
		t.Fatalf("quote: status %d", code)
	}
	if _, err := b.Send(t.Context(), "@p1", bot.Outgoing{Key: "k", Text: "独有丁"}); err != nil {
		t.Fatal(err)
	}
	card := bot.Outgoing{Key: "c", Text: "独有戊", Buttons: []bot.Button{{Label: "收到", Says: "独有己"}}}
	r, err := b.Send(t.Context(), "@p1", card)
	if err != nil {
		t.Fatal(err)
	}
	if code, _ := b.press("p1", said{ID: r.ID, Chat: "@p1"}, "收到"); code != 200 {
		t.Fatalf("press: status %d", code)
	}
	card.Text = "独有庚"
	if err := b.Update(t.Context(), "@p1", r.ID, card); err != nil {
		t.Fatal(err)
	}
	for range 2 { // once more after a death in between
		if err := b.Erase("p1", time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"独有甲", "独有乙", "独有丁", "独有戊", "独有己", "独有庚"} {
		if bottest.InFolder(t, dir, text) {
			t.Errorf("%s is still there", text)
		}
	}
	if !bottest.InFolder(t, dir, "别人丙") {
		t.Error("what somebody else said is gone too")
	}
}

// A key that is repeated means two things to two readers.
func TestSay_repeatedKey(t *testing.T) {
	b := start(t, options(t.TempDir()))
	body := `{"as":"p1","chat":"@p1","text":"x","client":"client-id","kind":"text","As":"p2"}`
	if code, _, _ := b.do("POST", "/api/say", "application/json", []byte(body)); code != 400 {
		t.Errorf("status %d, want 400", code)
	}
}
