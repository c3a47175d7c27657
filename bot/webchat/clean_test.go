package webchat_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"duban/bot/webchat"
)

func FuzzClean(f *testing.F) {
	f.Add("第3条\u202e 加强\x07心理健康教育\r\n\u200b")
	f.Fuzz(func(t *testing.T, text string) {
		got := webchat.Clean(text)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\r\u202e\u2066\u200b") || webchat.Clean(got) != got {
			t.Errorf("clean(%q): got %q", text, got)
		}
	})
}
