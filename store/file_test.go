package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/privacy"
	"duban/store"
	"duban/store/mem"
)

func read(t *testing.T, open func(context.Context) (io.ReadCloser, error)) string {
	t.Helper()
	r, err := open(t.Context())
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return string(data)
}

func TestKeep(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s, err := notice.OpenStore(t.Context(), mem.New(), store.Options{Files: dir, Now: func() time.Time { return now }}, nil)
	if err != nil {
		t.Fatal(err)
	}
	keep := func(content string) bot.FileInfo {
		t.Helper()
		f, err := s.Keep(t.Context(), strings.NewReader(content), bot.FileInfo{Name: "图.png", Type: "image/png"})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	sweep := func() int {
		t.Helper()
		swept, err := privacy.Sweep(t.Context(), s, privacy.DefaultRetention())
		if err != nil {
			t.Fatal(err)
		}
		return swept.Files
	}
	sent, loose := keep("sent"), keep("held by nothing")
	if again := keep("sent"); again.Hash != sent.Hash || again.Size != 4 {
		t.Errorf("kept again as %s with %d bytes, want %s with 4", again.Hash, again.Size, sent.Hash)
	}
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		return outbox.Enqueue(tx, bot.Outgoing{Key: "report/1", Account: "web", Chat: "学工群", Text: "见图片", File: &sent})
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := outbox.Claim(t.Context(), s, "web", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, m.File.Open); got != "sent" {
		t.Errorf("the claimed file holds %q, want %q", got, "sent")
	}
	if err := outbox.Settle(t.Context(), s, m, bot.Result{}); err != nil {
		t.Fatal(err)
	}
	if n := sweep(); n != 0 {
		t.Errorf("swept %d files within a day, want 0", n)
	}
	now = now.Add(25 * time.Hour)
	if n := sweep(); n != 1 {
		t.Errorf("swept %d files after a day, want the one that nothing holds", n)
	}
	if _, err := s.OpenFile(loose.Hash); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open a swept file: %v, want fs.ErrNotExist", err)
	}
	now = now.Add(31 * 24 * time.Hour)
	if n := sweep(); n != 1 {
		t.Errorf("swept %d files after the row lost its text, want 1", n)
	}
}

func TestKeep_refuses(t *testing.T) {
	s, err := notice.OpenStore(t.Context(), mem.New(), store.Options{Files: t.TempDir()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep(t.Context(), bytes.NewReader(make([]byte, 33<<20)), bot.FileInfo{}); !errors.Is(err, store.ErrFileTooLarge) {
		t.Errorf("keep 33 MiB: %v, want ErrFileTooLarge", err)
	}
	for _, hash := range []string{"", "../../etc/passwd", strings.Repeat("z", 64)} {
		if _, err := s.OpenFile(hash); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("OpenFile(%q): %v, want fs.ErrNotExist", hash, err)
		}
	}
}
