package e2e_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duban/app"
	"duban/bot/wecom/wecomtest"
	"duban/config"
)

// TestStory_wecom is the whole program on the fake of WeCom: what is asked is answered
// where it was asked, also after the connection was cut.
func TestStory_wecom(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "wecom.secret")
	if err := os.WriteFile(secret, []byte("secret-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := campusConfig(filepath.Join(dir, "data"))
	c.Path = filepath.Join(dir, "config.yaml")
	c.Accounts = []config.Account{{Name: "wecom", Kind: "wecom", WeCom: config.WeCom{Bot: "aib-1", Secret: config.Secret{File: secret}}}}
	s := wecomtest.New(wecomtest.Options{Name: "学工小助手"})
	defer s.Close()
	s.Group("wr1", "JS001", "JS002")
	var logs bytes.Buffer
	stop := serve(t, c, slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug})), app.Outside{Transport: s.Transport()})
	ctx, cancel := context.WithTimeout(t.Context(), 2*slowMachine)
	defer cancel()
	for i, ask := range []string{"@学工小助手 帮助", "@学工小助手 第3条"} {
		if err := s.Subscribed(ctx); err != nil {
			t.Fatalf("the program did not connect: %v", err)
		}
		s.Say("wr1", "JS001", ask)
		if err := s.Await(ctx, func() bool { return len(s.Shown("wr1")) > i }); err != nil {
			t.Fatalf("%q was not answered: %v", ask, err)
		}
		got := s.Sent()[i]
		t.Logf("%q: %s by %s", ask, got.Text, got.Way)
		if got.Way != wecomtest.ByReply || i == 1 && !strings.Contains(got.Text, "第3条") {
			t.Errorf("%q was answered by %s with %q", ask, got.Way, got.Text)
		}
		s.Cut()
	}
	stop()
	for _, bad := range []string{"secret-1", "JS001", "帮助", "第3条", "学工处"} {
		if strings.Contains(logs.String(), bad) {
			t.Errorf("the log holds %q", bad)
		}
	}
}
