package faults_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A plant is a bug in duban's own safety code. The form must show it.
type plant struct {
	name       string
	edits      []sourceEdit
	test, only string
	shows      string // among what the form counts
}

// A sourceEdit replaces a text in a file.
type sourceEdit struct{ file, from, to string }

var plants = []plant{
	{
		"a store that cannot be looked at counts as missing",
		[]sourceEdit{
			{"store/bolt/open.go", "case errors.Is(err, fs.ErrNotExist):\n\t\terr = create(path)", "case err != nil:\n\t\terr = create(path)"},
			{"store/bolt/open.go", "if _, err := os.Lstat(markerOf(path)); err == nil {\n\t\treturn ErrLost\n\t} else if", "if _, err := os.Lstat(markerOf(path)); err != nil &&"},
		},
		"TestInject", "^start: .*inject=newfstatat", lost + "|" + anew,
	},
	{
		"a commit that failed counts as done",
		[]sourceEdit{{"store/bolt/bolt.go", "err := guarded(tx.Commit)\n\tif err == nil {", "err := guarded(tx.Commit)\n\tif true {"}},
		"TestInject", "^start: .*inject=pwrite64:error", untrue,
	},
	{
		"nothing is synced",
		[]sourceEdit{{"store/bolt/open.go", "lockWait,\n", "lockWait,\n\t\t\tNoSync: true,\n"}},
		"TestPowerLoss", "^start$", lost,
	},
	{
		"the name of a new store is not synced",
		[]sourceEdit{
			{"store/bolt/open.go", "\treturn bot.SyncDir(filepath.Dir(path))\n}\n\n// create", "\treturn nil\n}\n\n// create"},
			{"store/bolt/open.go", "\treturn bot.SyncDir(filepath.Dir(path))\n}\n\n// inspect", "\treturn nil\n}\n\n// inspect"},
		},
		"TestPowerLoss", "^first start$", lost,
	},
	{
		"a compacted store is not synced",
		[]sourceEdit{{"store/bolt/compact.go", "err = fresh.db.Sync()", "err = nil"}},
		"TestPowerLoss", "^compact$", lost,
	},
	{
		"checksums of records are not compared",
		[]sourceEdit{{"store/bolt/call.go", "n < 0 || binary.BigEndian.Uint32(sealed[n:]) != sum(key, sealed[:n])", "n < 0"}},
		"TestDamage", "", believed,
	},
	{
		"pages are not checked before the store is opened",
		[]sourceEdit{{"store/bolt/open.go", "if behind, err = e.check(); err != nil {", "if false {"}},
		"TestDamage", "", crashed + "|" + believed + "|fault",
	},
	{
		"a full disk counts as a broken one",
		[]sourceEdit{{"store/bolt/bolt.go", "readable && store.NoRoom(err)", "readable && err == nil"}},
		"TestFullDisk", "^start ", untrue,
	},
	{
		"what deletes and closes follows any clock",
		[]sourceEdit{
			{"store/clock.go", "case wall.After(ranOn.Add(mostAhead)):", "case false:"},
			{"store/clock.go", "s.Settled = s.Settled.Add(catchUp * ran)", "s.Settled = wall"},
		},
		"TestClocks", "set by 17520h", deleted,
	},
}

// TestPlanted lets the tests of this package run with each of the bugs, in the long
// form. The short one sees that they can still be planted.
func TestPlanted(t *testing.T) {
	for _, p := range plants {
		if *sources != "" {
			break // one of them is
		}
		t.Run(p.name, func(t *testing.T) {
			path := overlay(t, p.edits)
			if !*long {
				return
			}
			out, err := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-vet=off", "-overlay", path, "-run", "^"+p.test+"$", ".",
				"-sources", path, "-only", p.only).CombinedOutput()
			if shown := regexp.MustCompile(`(?m)^found .*  (` + p.shows + `) [1-9]|^fatal error: (` + p.shows + `)`); err == nil || !shown.Match(out) {
				t.Errorf("not caught as %s: %v\n%s", p.shows, err, out)
				return
			}
		})
	}
}

// overlay writes which files a build replaces, and what with.
func overlay(t *testing.T, edits []sourceEdit) (path string) {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for _, e := range edits {
		source, err := filepath.Abs(filepath.Join("../..", e.file))
		if err != nil {
			t.Fatal(err)
		}
		from := source
		if replace[source] != "" {
			from = replace[source]
		}
		raw, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(raw), e.from) != 1 {
			t.Fatalf("%s: %q does not stand there once", e.file, e.from)
		}
		replace[source] = filepath.Join(dir, filepath.Base(e.file))
		if err := os.WriteFile(replace[source], []byte(strings.Replace(string(raw), e.from, e.to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
