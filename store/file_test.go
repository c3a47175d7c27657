package store_test

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
)

func TestKeep(t *testing.T) {
	o := outboxtest.On(t, enginetest.New(t))
	o.Configure(store.Options{Files: filepath.Join(t.TempDir(), "files")})
	keep := func(content string) bot.FileInfo {
		t.Helper()
		f, err := o.Keep([]byte(content), bot.FileInfo{Name: "图.png", Type: "image/png"})
		o.Must(err)
		return f
	}
	sweep := func(want int, when string) {
		t.Helper()
		_, err := outbox.SweepRows(t.Context(), o.Store, "web", outbox.Sent, o.Now().Add(-30*24*time.Hour))
		o.Must(err)
		if n, err := o.SweepFiles(t.Context()); n != want || err != nil {
			t.Errorf("swept %d files %s, %v, want %d", n, when, err, want)
		}
	}
	sent, loose := keep("sent"), keep("held by nothing")
	if again := keep("sent"); again.Hash != sent.Hash || again.Size != 4 {
		t.Errorf("kept again as %s with %d bytes, want %s with 4", again.Hash, again.Size, sent.Hash)
	}
	o.Enqueue(bot.Outgoing{Key: "report/1", Chat: "学工群", Text: "见图片", File: &sent})
	m := o.Claim("report/1")
	r, err := m.File.Open(t.Context())
	o.Must(err)
	defer r.Close()
	if got, err := io.ReadAll(r); string(got) != "sent" || err != nil {
		t.Errorf("the claimed file holds %q, %v, want %q", got, err, "sent")
	}
	o.Sent(m)
	sweep(0, "within a day")
	o.Pass(25 * time.Hour)
	sweep(1, "after a day: the one that nothing holds")
	if _, err := o.OpenFile(loose.Hash); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open a swept file: %v, want fs.ErrNotExist", err)
	}
	o.Pass(31 * 24 * time.Hour)
	sweep(1, "after the row lost its text")
}

func TestKeep_refuses(t *testing.T) {
	s, err := store.Open(t.Context(), enginetest.New(t), store.Options{Files: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep(make([]byte, 33<<20), bot.FileInfo{}); !errors.Is(err, store.ErrFileTooLarge) {
		t.Errorf("keep 33 MiB: %v, want ErrFileTooLarge", err)
	}
	for _, hash := range []string{"", "../../etc/passwd", strings.Repeat("z", 64)} {
		if _, err := s.OpenFile(hash); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("OpenFile(%q): %v, want fs.ErrNotExist", hash, err)
		}
	}
}

func TestFolder(t *testing.T) {
	f, err := store.Folder(t.TempDir())
	if err != nil {
		t.Fatalf("Folder: got error %v, want none", err)
	}
	storetest.TestFiles(t, f)
}
