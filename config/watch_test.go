package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"duban/config"
)

func TestWatcher_halfWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("name: 助手\n")
	c, _, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	w := c.Watch()
	for _, look := range []struct{ text, want string }{
		{"name: 助手\n", ""},
		{"", ""}, // an editor has emptied it
		{"name: 小", ""},
		{"name: 小助手\n", ""},
		{"name: 小助手\n", "name: 小助手\n"},
		{"name: 小助手\n", ""},
		{"", ""},
	} {
		write(look.text)
		if got, _ := w.Changed(); string(got) != look.want {
			t.Errorf("file with %q: got %q, want %q", look.text, got, look.want)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, changed := w.Changed(); changed {
		t.Error("a file that is away has changed")
	}
}
