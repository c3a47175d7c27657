package app_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"duban/app"
	"duban/backup"
	"duban/bot"
	"duban/config"
	"duban/outbox"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/store/postgres"
	"duban/store/postgres/pgtest"
)

// inFolder is the configuration of an office in a file of its folder.
func inFolder(t *testing.T) config.Config {
	t.Helper()
	c := config.Defaults()
	c.Path, c.Data = filepath.Join(t.TempDir(), "config.yaml"), t.TempDir()
	return c
}

// inDatabase is the configuration of an office in a database.
func inDatabase(t *testing.T) config.Config {
	t.Helper()
	cluster := pgtest.Start(t)
	c := inFolder(t)
	c.Store.Postgres, c.Store.Schema = cluster.URL(), cluster.Schema()
	return c
}

func quiet() app.Options { return app.Options{Log: slog.New(slog.DiscardHandler), Out: io.Discard} }

// TestBackup_inDatabase copies an office in a database as any other.
func TestBackup_inDatabase(t *testing.T) {
	c := inDatabase(t)
	o := keptOlder(t, c)
	checkOlder(t, filepath.Join(c.Data, "duban.db.schema1"))
	if _, err := backup.NewKey(c.Data); err != nil {
		t.Fatal(err)
	}
	if made, err := o.Backup(t.Context(), true); err != nil || made.Size == 0 {
		t.Errorf("Backup: got %d bytes, %v, want a copy", made.Size, err)
	}
}

// TestMove takes an office into a database and back, with a picture in it, of which a
// backup is made on the way.
func TestMove(t *testing.T) {
	c := inDatabase(t)
	folder := c
	folder.Store = config.Store{}
	picture := bytes.Repeat([]byte("照片"), 200_000)
	o := opened(t, folder)
	kept, err := o.Store.Keep(picture, bot.FileInfo{Name: "照片.jpg"})
	if err == nil {
		err = o.Store.Write(t.Context(), func(tx *store.Tx) { tx.HoldFile(store.Work, kept.Hash, "test") })
	}
	if err := errors.Join(err, o.Close()); err != nil {
		t.Fatal(err)
	}
	in, err := app.Move(t.Context(), c, quiet(), true)
	if err != nil || in.Files != 1 || in.Records == 0 {
		t.Fatalf("Move: got %d files and %d records, %v, want all there are", in.Files, in.Records, err)
	}
	// It ended before it had set the other one aside.
	rename(t, filepath.Join(in.Aside, "duban.db"), app.StoreFile(c.Data))
	rename(t, filepath.Join(in.Aside, "files"), filepath.Join(c.Data, "files"))
	if again, err := app.Move(t.Context(), c, quiet(), true); err != nil || again.Sum != in.Sum {
		t.Fatalf("Move again: got %x, %v, want the same %x", again.Sum, err, in.Sum)
	}
	o = opened(t, c)
	if got := content(t, o.Store, kept.Hash); !bytes.Equal(got, picture) {
		t.Errorf("the picture in the database: got %d bytes, want the %d that were kept", len(got), len(picture))
	}
	if exists(filepath.Join(c.Data, "files")) {
		t.Error("the folder of files is there, want that it is gone")
	}
	secret, err := backup.NewKey(c.Data)
	if err != nil {
		t.Fatal(err)
	}
	made, err := o.Backup(t.Context(), true)
	if err := errors.Join(err, o.Close()); err != nil {
		t.Fatal(err)
	}
	ask := func() (age.Identity, error) { return backup.ParseKey(secret) }
	put, err := app.Restore(t.Context(), c, quiet(), made.Path, ask)
	if err != nil {
		t.Fatalf("Restore into the database: got error %v, want none", err)
	}
	if got, err := os.ReadFile(filepath.Join(put.Aside, store.FileName(kept.Hash))); !bytes.Equal(got, picture) {
		t.Errorf("the picture that was in the database: got %d bytes aside, %v, want the %d that were kept", len(got), err, len(picture))
	}
	if _, err := app.Restore(t.Context(), c, quiet(), app.StoreFile(put.Aside), ask); err == nil || exists(app.StoreFile(c.Data)) {
		t.Errorf("Restore of no copy: got error %v, want one, and no store in the data folder", err)
	}
	if _, err := backup.NewKey(c.Data); err != nil { // it is of this machine
		t.Fatal(err)
	}
	out, err := app.Move(t.Context(), c, quiet(), false)
	if err != nil || out.Files != 1 {
		t.Fatalf("Move back: got %d files, %v, want 1", out.Files, err)
	}
	// It ended before the store had taken its place.
	if err := os.Mkdir(backup.Stage(c.Data), 0o700); err != nil {
		t.Fatal(err)
	}
	rename(t, app.StoreFile(c.Data), app.StoreFile(backup.Stage(c.Data)))
	if again, err := app.Move(t.Context(), c, quiet(), false); err != nil || again.Sum != out.Sum {
		t.Fatalf("Move back again: got %x, %v, want the same %x", again.Sum, err, out.Sum)
	}
	o = opened(t, folder)
	if made, err := o.Backup(t.Context(), true); err != nil || made.Size == 0 {
		t.Errorf("Backup after the move: got %d bytes, %v, want one for the same recovery key", made.Size, err)
	}
	if got := content(t, o.Store, kept.Hash); !bytes.Equal(got, picture) {
		t.Errorf("the picture in the folder: got %d bytes, want the %d that were kept", len(got), len(picture))
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	restored := inFolder(t)
	restored.Key = c.KeyFile()
	if _, err := app.Restore(t.Context(), restored, quiet(), made.Path, ask); err != nil {
		t.Fatalf("Restore: got error %v, want none", err)
	}
	o = opened(t, restored)
	defer o.Close()
	if got := content(t, o.Store, kept.Hash); !bytes.Equal(got, picture) {
		t.Errorf("the picture in the copy: got %d bytes, want the %d that were kept", len(got), len(picture))
	}
}

// TestOpen_filesInFolder opens an office in a database whose evidence lies in the data
// folder, as it once did.
func TestOpen_filesInFolder(t *testing.T) {
	c := inDatabase(t)
	if err := opened(t, c).Close(); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(c.Data, "files")
	files, err := store.Folder(folder)
	hash := strings.Repeat("0a", 32)
	if err == nil {
		err = files.Put(hash, []byte("照片"), time.Now())
	}
	if err != nil {
		t.Fatal(err)
	}
	o := opened(t, c)
	defer o.Close()
	if got := content(t, o.Store, hash); string(got) != "照片" || exists(folder) {
		t.Errorf("got %q, the folder is there: %v; want the picture in the database only", got, exists(folder))
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, c config.Config) *app.Office {
	t.Helper()
	o, err := app.Open(t.Context(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func content(t *testing.T, s *store.Store, hash string) []byte {
	t.Helper()
	r, err := s.OpenFile(hash)
	if err != nil {
		t.Fatalf("OpenFile: got error %v, want none", err)
	}
	raw, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestRun_standsBy looks at the page of a process that stands by.
func TestRun_standsBy(t *testing.T) {
	c := inDatabase(t)
	owner, err := postgres.Open(t.Context(), postgres.Options{URL: c.Store.Postgres, Schema: c.Store.Schema, Process: "another"})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	other := c
	other.Key, other.Data, other.Web.Listen = c.KeyFile(), t.TempDir(), l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	opts := quiet()
	opts.Web = true
	go func() { ended <- app.Run(ctx, other, opts) }()
	status, said := 0, ""
	for range 100 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+other.Web.Listen+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := http.DefaultClient.Do(r); err == nil {
			raw, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			status, said = answer.StatusCode, string(raw)
			break
		}
		<-time.After(100 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run: got error %v, want none", err)
	}
	if status != http.StatusServiceUnavailable || !strings.Contains(said, "待命") {
		t.Errorf("the page: got %d %q, want 503 and that it stands by", status, said)
	}
}

// TestRun_otherFile lets a machine take over whose files are others: jobs and people
// stay as they were, and the admins are told, until a person starts it there.
func TestRun_otherFile(t *testing.T) {
	c := inDatabase(t)
	dir := filepath.Dir(c.Path)
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const people = "工号,姓名,学院/部门,角色,群,只看\nA1,周主任,学工处,管理员,学工群,\n"
	file("roster.csv", people+"G1,赵一鸣,文学院,辅导员,学工群,\n")
	file("older.csv", people+"G1,赵一鸣,文学院,辅导员,学工群,\nG2,钱二宝,文学院,辅导员,学工群,\n")
	conf := func(name, roster, when string) config.Config {
		text := "data: " + name + "\nroster: " + roster + "\naccounts: [{name: web, kind: webchat, listen: 127.0.0.1:0}]\nbackup: {every: 0s}\n" +
			"jobs:\n  - {id: weekly, name: 周报, when: " + when + ", groups: [学工群], text: 请填报}\n"
		conf, _, err := config.Load(file(name+".yaml", text))
		if err != nil {
			t.Fatal(err)
		}
		conf.Store, conf.Operate.Listen = c.Store, "127.0.0.1:0"
		return conf
	}
	a := conf("a", "roster.csv", "每周一10:00")
	run := func(c config.Config) (log *lines, stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		log = &lines{}
		opts := quiet()
		opts.Log = slog.New(slog.NewTextHandler(log, nil))
		go func() { ended <- app.Run(ctx, c, opts) }()
		return log, func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("Run: got error %v, want none", err)
			}
		}
	}
	state := func() (when string, people, told int) {
		o := opened(t, a)
		defer o.Close()
		err := o.Store.View(t.Context(), func(s *store.Snapshot) error {
			for _, j := range schedule.Jobs(s) {
				when += j.When
			}
			people = len(roster.Current(s).People)
			for _, state := range []outbox.State{outbox.Waiting, outbox.Sent, outbox.Unknown} {
				for r := range outbox.Rows(s, "web", state) {
					told += strings.Count(r.Text, "与原来那台的不同")
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return when, people, told
	}
	log, stop := run(a)
	log.await(t, "metrics are served")
	stop()
	owner, err := postgres.Open(t.Context(), postgres.Options{URL: c.Store.Postgres, Schema: c.Store.Schema, Process: "another"})
	if err != nil {
		t.Fatal(err)
	}
	b := conf("b", "older.csv", "每周五10:00")
	log, stop = run(b)
	log.await(t, "standing by")
	if err := owner.Close(); err != nil {
		t.Fatal(err)
	}
	log.await(t, "these go on until the file is changed")
	log.await(t, "metrics are served")
	stop()
	if when, people, told := state(); when != "每周一 10:00" || people != 2 || told != 2 {
		t.Errorf("after the take-over: got a job %s, %d people and %d words to the admins, want those of before and 2", when, people, told)
	}
	log, stop = run(b) // a person starts it there
	log.await(t, "metrics are served")
	stop()
	if when, people, _ := state(); when != "每周五 10:00" || people != 3 {
		t.Errorf("after a start: got a job %s and %d people, want those of the files", when, people)
	}
}

// lines are what was logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) await(t *testing.T, what string) {
	t.Helper()
	text := ""
	for range 600 {
		l.mu.Lock()
		text = l.text.String()
		l.mu.Unlock()
		if strings.Contains(text, what) {
			return
		}
		<-time.After(100 * time.Millisecond)
	}
	t.Fatalf("the log does not say %q:\n%s", what, text)
}
