package backup_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"duban/backup"
	"duban/bot"
	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/bolt"
)

// fill stores records and a file that is held.
func (o *office) fill() {
	o.Helper()
	f, err := o.Keep([]byte("证明材料"), bot.FileInfo{Name: "x.txt", Type: "text/plain"})
	o.Must(err)
	o.Change(func(tx *store.Tx) {
		for i := range 2500 {
			store.Save(tx, store.Work+store.Key("n", fmt.Sprintf("%06d", i)), map[string]any{"text": "a<b>&\u2028\"c\"", "n": i})
		}
		tx.HoldFile(store.Work, f.Hash, "x")
	})
	o.Say("群", "一", "二")
	o.Must(os.MkdirAll(filepath.Join(o.Data, "web"), 0o700))
	for name, text := range map[string]string{"transcript.jsonl": "说过的话\n", "web.session": "登录", "code.png": "二维码", "web.uin": "1"} {
		o.Must(os.WriteFile(filepath.Join(o.Data, "web", name), []byte(text), 0o600))
	}
}

func noKey() (age.Identity, error) { return nil, errors.New("asked for a key") }

func keyOf(secret string) func() (age.Identity, error) {
	return func() (age.Identity, error) { return backup.ParseKey(secret) }
}

func (o *office) export() string {
	o.Helper()
	var b bytes.Buffer
	o.Must(backup.Export(o.Context(), o.Source, &b))
	return b.String()
}

// opened opens a data folder.
func opened(t *testing.T, data string) *office {
	t.Helper()
	e, err := bolt.Open(filepath.Join(data, "duban.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	o := &office{Office: outboxtest.On(t, e), engine: e}
	o.Configure(store.Options{Files: filepath.Join(data, "files")})
	o.Source = backup.Source{Store: o.Office.Store, Data: data, Version: "test"}
	return o
}

// A copy, an export and a copied folder each bring back the same: what is exported
// from it is what was exported from the office. No login is among it.
func TestUnpack(t *testing.T) {
	o := newOffice(t)
	secret := o.key()
	o.fill()
	want := o.export()
	lines := filepath.Join(t.TempDir(), "all.jsonl")
	o.Must(os.WriteFile(lines, []byte(want), 0o600))
	archive := o.copy().Path
	o.Must(o.engine.Close())
	for from, ask := range map[string]func() (age.Identity, error){archive: keyOf(secret), lines: noKey, o.Data: noKey} {
		t.Run(filepath.Ext(from), func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			if _, err := backup.Unpack(t.Context(), from, data, ask); err != nil {
				t.Fatal(err)
			}
			aside, err := backup.Replace(data, time.Now())
			if aside != "" || err != nil {
				t.Errorf("got %q, %v, want nothing moved aside", aside, err)
			}
			for name, there := range map[string]bool{"transcript.jsonl": true, "web.uin": true, "web.session": false, "code.png": false} {
				if _, err := os.Stat(filepath.Join(data, "web", name)); (err == nil) != there {
					t.Errorf("%s: got %v, want it there: %v", name, err, there)
				}
			}
			if got := opened(t, data).export(); got != want {
				t.Errorf("got other lines than were exported: %d bytes, want %d", len(got), len(want))
			}
		})
	}
}

// A copy or an export in which a byte was changed, or that was cut off, is refused, and
// what is in the data folder stays as it is.
func TestUnpack_damaged(t *testing.T) {
	o := newOffice(t)
	secret := o.key()
	o.fill()
	lines := filepath.Join(t.TempDir(), "all.jsonl")
	o.Must(os.WriteFile(lines, []byte(o.export()), 0o600))
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	bad, accepted := filepath.Join(t.TempDir(), "bad"), 0
	for _, from := range []string{o.copy().Path, lines} {
		whole, err := os.ReadFile(from)
		o.Must(err)
		for i := range 60 {
			damaged := bytes.Clone(whole)
			at := r.IntN(len(damaged))
			if i%3 == 0 {
				damaged = damaged[:at]
			} else {
				damaged[at] ^= byte(1 + r.IntN(255))
			}
			o.Must(os.WriteFile(bad, damaged, 0o600))
			data := filepath.Join(t.TempDir(), "data")
			if _, err := backup.Unpack(t.Context(), bad, data, keyOf(secret)); err == nil {
				accepted++
				t.Errorf("%s: got no error with damage at %d of %d, want one", filepath.Ext(from), at, len(whole))
			}
			if _, err := os.Stat(filepath.Join(data, "duban.db")); err == nil {
				t.Error("a damaged copy reached the data folder")
			}
		}
	}
}

// An entry that leads out of the data folder, or that is no part of a copy, is refused.
func TestUnpack_strange(t *testing.T) {
	o := newOffice(t)
	o.fill()
	text := o.export()
	for _, name := range []string{"../duban.key", "/etc/passwd", "web/web.session", "duban.key"} {
		bad := filepath.Join(t.TempDir(), "bad.jsonl")
		o.Must(os.WriteFile(bad, []byte(strings.Replace(text, "web/transcript.jsonl", name, 1)), 0o600))
		if _, err := backup.Unpack(t.Context(), bad, filepath.Join(t.TempDir(), "data"), noKey); err == nil {
			t.Errorf("%s: got no error, want one", name)
		}
	}
}

// A picture that is damaged is left out of a copied folder, or of a copy that was made of
// one, and counted; the others are there.
func TestUnpack_damagedFile(t *testing.T) {
	o := newOffice(t)
	secret := o.key()
	o.fill()
	other, err := o.Keep([]byte("另一份材料"), bot.FileInfo{})
	o.Must(err)
	bad := filepath.Join(o.Data, "files", other.Hash[:2], other.Hash)
	o.Must(os.WriteFile(bad, []byte("另一份林料"), 0o600))
	archive := o.copy().Path
	o.Must(o.engine.Close())
	for from, ask := range map[string]func() (age.Identity, error){archive: keyOf(secret), o.Data: noKey} {
		data := filepath.Join(t.TempDir(), "data")
		m, err := backup.Unpack(t.Context(), from, data, ask)
		files, globErr := filepath.Glob(filepath.Join(backup.Stage(data), "files", "*", "*"))
		if m.Lost != 1 || len(files) != 1 || err != nil || globErr != nil {
			t.Errorf("%s: got %d lost, %d files, %v, want one of each", filepath.Ext(from), m.Lost, len(files), err)
		}
	}
}

// A restore that cannot move something names the folder in which the old store lies.
func TestReplace_fails(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a path has at most 4096 bytes on Linux")
	}
	o := newOffice(t)
	secret := o.key()
	archive := o.copy().Path
	data, long := t.TempDir(), strings.Repeat("x", 200)
	for len(data) < 4096-len(long)-2 { // the long name fits here, and not further below
		data = filepath.Join(data, strings.Repeat("d", min(200, 4096-len(long)-3-len(data))))
	}
	o.Must(os.MkdirAll(data, 0o700))
	for _, name := range []string{"duban.db", long} {
		o.Must(os.WriteFile(filepath.Join(data, name), []byte("old"), 0o600))
	}
	_, err := backup.Unpack(t.Context(), archive, data, keyOf(secret))
	o.Must(err)
	aside, err := backup.Replace(data, time.Now())
	if err == nil || aside == "" || !strings.Contains(err.Error(), aside) {
		t.Fatalf("got error %v, want one that names the folder %q", err, aside)
	}
	if raw, err := os.ReadFile(filepath.Join(aside, "duban.db")); string(raw) != "old" {
		t.Errorf("got %q, %v in the folder, want the old store", raw, err)
	}
}

// TestExport_without: what is left out of an export is not missed when it is put back.
func TestExport_without(t *testing.T) {
	o := newOffice(t)
	o.fill()
	o.Must(o.Source.Store.Write(o.Context(), func(tx *store.Tx) { store.Save(tx, store.Work+"secret/1", "opens everything") }))
	path := filepath.Join(t.TempDir(), "export.jsonl")
	f, err := os.Create(path)
	o.Must(err)
	o.Must(backup.Export(o.Context(), o.Source, f, store.Work+"secret/"))
	o.Must(f.Close())
	raw, err := os.ReadFile(path)
	o.Must(err)
	if strings.Contains(string(raw), "opens everything") {
		t.Error("what was to be left out is in the export")
	}
	m, err := backup.Unpack(o.Context(), path, t.TempDir(), noKey)
	o.Must(err)
	if m.Lost > 0 {
		t.Errorf("got %d records lost, want none", m.Lost)
	}
}
