package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
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
		if _, err := fmt.Fprintf(d.in, "%s: 第%d条完成%d%%，还差%s的材料%05d\n", who, 1+r.IntN(30), r.IntN(100), who, d.fed[who]); err != nil {
			d.Fatal(err)
		}
	}
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
			found := strings.Contains(lines, fmt.Sprintf("还差%s的材料%05d", who, n))
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
