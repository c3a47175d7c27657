package backup_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/backup"
)

// childVar tells the test binary to be a process that makes a copy or puts one back.
const childVar = "DUBAN_TEST_BACKUP"

// TestChild makes a copy, or puts one back, where it can be watched and killed.
func TestChild(t *testing.T) {
	words := strings.Split(os.Getenv(childVar), "\n")
	if len(words) < 2 {
		t.Skip("runs in a process of its own only")
	}
	runtime.LockOSThread() // strace counts the calls of each thread
	if words[0] == "make" {
		_, err := backup.Make(t.Context(), opened(t, words[1]).Source, backup.Folder{Dir: words[2], Zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	_, err := backup.Unpack(t.Context(), words[1], words[2], keyOf(words[3]))
	if err == nil {
		_, err = backup.Replace(words[2], time.Now())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// child runs that process under strace and returns what strace writes. Killed tells
// whether it was.
func child(t *testing.T, options []string, words ...string) (trace string, killed bool) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("there is no strace")
	}
	to := filepath.Join(t.TempDir(), "trace")
	line := slices.Concat([]string{"-f", "-y", "-o", to}, options, []string{os.Args[0], "-test.run=^TestChild$"})
	cmd := exec.CommandContext(t.Context(), "strace", line...)
	cmd.Env = append(os.Environ(), childVar+"="+strings.Join(words, "\n"))
	out, err := cmd.CombinedOutput()
	raw, readErr := os.ReadFile(to)
	killed = strings.Contains(string(raw), "+++ killed by SIGKILL +++")
	if readErr != nil || err != nil && !killed {
		t.Fatalf("%v: %v, %v\n%s", options, err, readErr, out)
	}
	return string(raw), killed
}

// killedAt are the options that kill a process at its n-th call.
func killedAt(call string, n int) []string {
	return []string{"-e", "trace=" + call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n)}
}

// A copy that is killed at any call leaves nothing that counts but is not whole, and the
// next copy leaves nothing of it, neither in the folder nor in the data folder.
func TestMake_killed(t *testing.T) {
	o := newOffice(t)
	secret := o.key()
	o.fill()
	o.Must(o.engine.Close())
	kills, left := 0, 0
	for _, call := range []string{"renameat", "fsync", "write"} {
		for n := 1; ; n += 1 + n/4 {
			_, killed := child(t, killedAt(call, n), "make", o.Data, o.folder.Dir)
			if !killed {
				break
			}
			kills++
			unfinished, err := filepath.Glob(filepath.Join(o.folder.Dir, "*.new"))
			o.Must(err)
			left += len(unfinished)
			copies, err := o.folder.Copies()
			o.Must(err)
			for _, c := range copies {
				if _, err := backup.Unpack(t.Context(), c.Path, t.TempDir(), keyOf(secret)); err != nil {
					t.Errorf("killed at %s %d: got %v from a copy that counts", call, n, err)
				}
			}
			again := opened(t, o.Data)
			again.folder = o.folder
			again.Pass(time.Hour)
			again.copy()
			o.Must(again.engine.Close())
			unfinished, err = filepath.Glob(filepath.Join(o.folder.Dir, "*.new"))
			o.Must(err)
			if _, err := os.Stat(filepath.Join(o.Data, ".backup")); len(unfinished) > 0 || !errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("killed at %s %d: got %v, %v left after the next copy, want nothing", call, n, unfinished, err)
			}
		}
	}
	t.Logf("%d kills left %d unfinished copies", kills, left)
	if left == 0 {
		t.Error("no kill left an unfinished copy: the test shows nothing")
	}
}

// A restore that is killed at any call of the exchange leaves a folder without a store,
// or with a whole one; the next restore ends well, and what was there is not lost.
func TestReplace_killed(t *testing.T) {
	o := newOffice(t)
	secret := o.key()
	o.fill()
	want := o.export()
	archive := o.copy().Path
	o.Say("群", "三")
	old := o.export()
	o.Must(o.engine.Close())
	holds := func(data string) string {
		if _, err := os.Stat(filepath.Join(data, "duban.db")); err != nil {
			return ""
		}
		o := opened(t, data)
		defer o.engine.Close()
		return o.export()
	}
	recordsOf := func(export string) string {
		return strings.Join(regexp.MustCompile(`(?m)^\{"key":.*$`).FindAllString(export, -1), "\n")
	}
	kills := 0
	for ; ; kills++ {
		data := filepath.Join(t.TempDir(), "data")
		o.Must(os.CopyFS(data, os.DirFS(o.Data)))
		if _, killed := child(t, killedAt("renameat", kills+1), "restore", archive, data, secret); !killed {
			break
		}
		if got := holds(data); !slices.Contains([]string{"", old, want}, got) {
			t.Errorf("killed at %d: got a store that is neither the old one nor the new one", kills+1)
		}
		_, err := backup.Unpack(t.Context(), archive, data, keyOf(secret))
		o.Must(err)
		_, err = backup.Replace(data, time.Now())
		o.Must(err)
		if holds(data) != want {
			t.Errorf("killed at %d: got another store than was copied", kills+1)
		}
		aside, err := filepath.Glob(filepath.Join(data, "replaced", "*"))
		o.Must(err)
		if !slices.ContainsFunc(aside, func(dir string) bool { return recordsOf(holds(dir)) == recordsOf(old) }) {
			t.Errorf("killed at %d: the old store is in none of %v", kills+1, aside)
		}
		if _, err := os.Stat(backup.Stage(data)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("killed at %d: got %v, want no stage left", kills+1, err)
		}
	}
	if kills < 8 {
		t.Errorf("got %d kills, want one at each of five and five entries: the test shows too little", kills)
	}
}

// Everything that a restore puts into a data folder is durable, by name and content,
// before its store is there.
func TestReplace_durable(t *testing.T) {
	o := newOffice(t)
	secret := o.key()
	o.fill()
	archive := o.copy().Path
	data := filepath.Join(t.TempDir(), "data")
	trace, _ := child(t, []string{"-e", "trace=fsync,renameat"}, "restore", archive, data, secret)
	calls := strings.Split(trace, "\n")
	visible := slices.IndexFunc(calls, func(c string) bool {
		return strings.Contains(c, "renameat") && strings.Contains(c, fmt.Sprintf("%q", filepath.Join(data, "duban.db")))
	})
	if visible < 0 {
		t.Fatalf("the store was not renamed:\n%s", trace)
	}
	synced := func(calls []string, path string) bool {
		return slices.ContainsFunc(calls, func(c string) bool { return strings.Contains(c, "fsync") && strings.Contains(c, "<"+path+">") })
	}
	o.Must(filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(data, path)
		if staged := filepath.Join(backup.Stage(data), name); d.Name() != "duban.db" && !synced(calls[:visible], staged) && !synced(calls[:visible], path) {
			t.Errorf("%s is not durable when the store is there", name)
		}
		return err
	}))
	if !synced(calls[visible:], data) {
		t.Error("the name of the store is not durable at the end")
	}
}
