package e2e_test

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
)

// A desk is duban in a process of its own, with people who report at its console.
type desk struct {
	testing.TB
	dir string
	cmd *exec.Cmd
	in  io.WriteCloser

	mu    sync.Mutex
	heard map[string]int // answers to each person that say what was taken
	lines []string
	fed   map[string]int
}

// sitDown starts duban in a folder.
func sitDown(t testing.TB, dir string) *desk {
	t.Helper()
	d := &desk{TB: t, dir: dir, heard: map[string]int{}, fed: map[string]int{}}
	d.cmd = exec.CommandContext(t.Context(), "duban", "run")
	d.cmd.Dir = dir
	var err error
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := d.cmd.StdoutPipe()
	if err == nil {
		err = d.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for in := bufio.NewScanner(out); in.Scan(); {
			who, what, _ := strings.Cut(in.Text(), " ← ")
			d.mu.Lock()
			d.lines = append(d.lines, in.Text())
			if strings.HasPrefix(what, "已记") {
				d.heard[who]++
			}
			d.mu.Unlock()
		}
	}()
	return d
}

// await waits until a line holds a text, and returns it.
func (d *desk) await(text string) string {
	d.Helper()
	for range 1200 {
		d.mu.Lock()
		for _, l := range d.lines {
			if strings.Contains(l, text) {
				d.mu.Unlock()
				return l
			}
		}
		d.mu.Unlock()
		<-time.After(25 * time.Millisecond)
	}
	d.Fatalf("got no %q within 30 seconds", text)
	return ""
}

// report lets people report for a while, each under a number of their own.
func (d *desk) report(r *rand.Rand, names []string, until <-chan time.Time) {
	for {
		select {
		case <-until:
			return
		case <-time.After(time.Duration(r.IntN(8)) * time.Millisecond):
		}
		who := names[r.IntN(len(names))]
		d.fed[who]++
		if _, err := fmt.Fprintf(d.in, "%s: 第%d条完成%d%%，还差%s\n", who, 1+r.IntN(30), r.IntN(100), lacks(who, d.fed[who])); err != nil {
			d.Fatal(err)
		}
	}
}

// lacks is what somebody's report of a number says, in letters: digits would be asked about.
func lacks(who string, n int) string {
	letter := func(digit rune) rune { return digit - '0' + 'a' }
	return who + "的材料" + strings.Map(letter, fmt.Sprintf("%05d", n))
}

// answered returns how many reports of each were answered by now.
func (d *desk) answered() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.heard)
}

// duban runs a command line in a folder.
func (d *desk) duban(dir, in string, args ...string) string {
	d.Helper()
	cmd := exec.CommandContext(d.Context(), "duban", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.Fatalf("duban %v: got error %v, want none: %s", args, err, out)
	}
	return string(out)
}

// TestRestoreDrill loses a machine at a random moment of a busy day and restores the
// newest copy on another. What was answered before the copy is there; what is missing
// came after it, and is listed. It logs how long it took until duban answered again.
func TestRestoreDrill(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	first, second, backups := t.TempDir(), t.TempDir(), t.TempDir()
	config := "accounts: [{name: console, kind: console}]\nanswers: {per_minute: 1000000}\nbackup: {folder: " + backups + "}\n"
	write(t, first, "config.yaml", config)
	write(t, second, "config.yaml", config)
	names := []string{"王雪晴", "刘畅", "孙静怡", "赵文博"}

	d := sitDown(t, first)
	key := secretIn(d.await("AGE-SECRET-KEY-1"))
	d.report(r, names, time.After(2*time.Second))
	before := d.answered()
	copied := make(chan string)
	go func() { copied <- d.duban(first, "", "backup") }()
	d.report(r, names, time.After(time.Second))
	t.Log(<-copied)
	d.report(r, names, time.After(time.Duration(r.IntN(2000))*time.Millisecond))
	if err := d.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = d.cmd.Wait()
	lost := d.answered()
	if err := os.RemoveAll(first); err != nil {
		t.Fatal(err)
	}

	began := time.Now()
	said := d.duban(second, key+"\n", "restore", newestIn(t, backups))
	if t.Log(said); strings.Contains(said, "damaged") {
		t.Error("got damaged records in a copy of a store that has none")
	}
	restored := time.Since(began)
	again := sitDown(t, second)
	fmt.Fprintln(again.in, "刘畅: 第3条")
	again.await("刘畅 ← ")
	t.Logf("restored in %v, answered again after %v", restored.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	lines := d.duban(second, "", "export")
	all, missing := 0, 0
	for _, who := range names {
		there := 0
		for n := 1; n <= d.fed[who]; n++ {
			found := strings.Contains(lines, lacks(who, n))
			switch {
			case found && n != there+1:
				t.Errorf("%s: number %d is there, and one before it is not", who, n)
			case found:
				there = n
			}
		}
		if there < before[who] {
			t.Errorf("%s: got %d reports, want at least the %d that were answered before the copy was begun", who, there, before[who])
		}
		all, missing = all+lost[who], missing+max(lost[who]-there, 0)
		t.Logf("%s: answered %d, restored up to %d, missing since the copy: %d", who, lost[who], there, max(lost[who]-there, 0))
	}
	t.Logf("of %d reports that were answered, %d came after the copy and are missing", all, missing)
	if d.duban(second, "", "audit", "verify"); all == 0 {
		t.Error("nothing was answered: the drill shows nothing")
	}
	_ = again.in.Close()
	if err := again.cmd.Wait(); err != nil {
		t.Errorf("the restored duban ended with %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(second, "data", ".restore")); left != nil {
		t.Errorf("got %v left", left)
	}
}

// altered writes a copy anew after its store was changed, as by a bad disk before it was
// encrypted, and returns where.
func altered(t testing.TB, from, secret string, change func([]byte)) string {
	t.Helper()
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(from)
	identity, badKey := age.ParseX25519Identity(secret)
	must(err, badKey)
	opened, err := age.Decrypt(bytes.NewReader(raw), identity)
	must(err)
	unzipped, err := gzip.NewReader(opened)
	must(err)
	var out bytes.Buffer
	sealed, err := age.Encrypt(&out, identity.Recipient())
	must(err)
	zipped := gzip.NewWriter(sealed)
	to := tar.NewWriter(zipped)
	for in := tar.NewReader(unzipped); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(err)
		data, err := io.ReadAll(in)
		must(err)
		if h.Name == "duban.db" {
			change(data)
		}
		must(to.WriteHeader(h))
		_, err = to.Write(data)
		must(err)
	}
	must(to.Close(), zipped.Close(), sealed.Close())
	return write(t, t.TempDir(), filepath.Base(from), out.String())
}

// put restores a copy into a new folder, and returns what is said and the records there.
func (o *lostOffice) put(from string) (said string, records map[string]string, err error) {
	o.Helper()
	dir := o.TempDir()
	path := write(o, dir, "config.yaml", o.config)
	if said, err = command(o, o.line.outside(), strings.NewReader(o.secret), "restore", "-config", path, from); err != nil {
		return said, nil, err
	}
	lines, err := command(o, o.line.outside(), nil, "export", "-config", path)
	if err != nil {
		o.Fatal(err)
	}
	records = map[string]string{}
	number := regexp.MustCompile(`,"number":\d+`)
	for l := range strings.Lines(lines) {
		var r struct {
			Key   string
			Value json.RawMessage
		}
		if err := json.Unmarshal([]byte(l), &r); err != nil {
			o.Fatal(err)
		}
		records[r.Key] = string(r.Value)
		if strings.Contains(r.Key, "/out/") { // held rows are numbered without those that are lost
			records[r.Key] = number.ReplaceAllString(records[r.Key], "")
		}
	}
	for key := range records { // what the restore itself says and notes
		if key == "" || strings.Contains(key, "/alarm/restored/") || slices.Contains([]string{"w/chain", "w/restored"}, key) {
			delete(records, key)
		}
	}
	return said, records, nil
}

// A copy in which bits turned before it was encrypted is restored as it was, or without
// what was damaged, and says so, or is refused. A row of the outbox that waits, and to
// which others point, is such a record.
func TestRestore_turnedBits(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	backups := t.TempDir()
	tell(t, t.TempDir(), busyDay(backups), func(s *story) {
		o, r := &lostOffice{story: s, config: busyDay(backups)}, rand.New(rand.NewPCG(seed, 0))
		o.work(r, 6*time.Hour)
		o.want(o.say("周明远: 暂停发送"), "已暂停发送")
		o.work(r, 3*time.Hour)
		o.secret = secretIn(o.text())
		o.end()
		from := newestIn(o, backups)
		_, want, err := o.put(from)
		if err != nil {
			o.Fatal(err)
		}
		try := func(change func(db []byte)) error {
			said, got, err := o.put(altered(o, from, o.secret, change))
			if err == nil && !strings.Contains(said, "damaged or missing") && !maps.Equal(got, want) {
				o.Error("got other records than were copied, and not a word of it")
			}
			for key, value := range got {
				if was, there := want[key]; there && was != value {
					o.Errorf("got another record under %s than was copied:\n%s\nwant\n%s", key, value, was)
				}
			}
			return err
		}
		waiting := regexp.MustCompile(`out/job/[^{}]*\{[^{}]*"state":"waiting"`)
		err = try(func(db []byte) { db[waiting.FindIndex(db)[1]-1] ^= 1 })
		if err != nil {
			o.Errorf("a row of the outbox: got error %v, want none", err)
		}
		refused := 0
		for i := range 12 {
			err := try(func(db []byte) {
				for range []int{1, 2, 5}[i%3] {
					db[r.IntN(len(db))] ^= 1 << r.IntN(8)
				}
			})
			if err != nil {
				refused++
			}
		}
		o.Logf("%d records; 12 copies with turned bits, %d refused", len(want), refused)
	})
}
