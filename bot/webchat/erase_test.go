package webchat_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"duban/bot"
)

// inFolder tells whether a text stands in some file of a folder.
func inFolder(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found = found || bytes.Contains(data, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

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
	for range 2 { // once more after a death in between
		if err := b.Erase("p1", time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"独有甲", "独有乙", "独有丁"} {
		if inFolder(t, dir, text) {
			t.Errorf("%s is still there", text)
		}
	}
	if !inFolder(t, dir, "别人丙") {
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
