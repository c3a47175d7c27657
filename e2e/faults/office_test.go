package faults_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A program is duban, sound or with a planted bug.
type program struct{ path string }

// A result is what a run of a program left to see.
type result struct {
	status   int
	out, err string
	hung     bool
}

// patience is how long a run may take.
const patience = time.Minute

// run runs the program in a folder, in front of it what wraps it.
func (p program) run(dir, in string, wrap []string, args ...string) result {
	return p.start(dir, in, func(*exec.Cmd) {}, wrap, args...)
}

// start is run with a command that was changed.
func (p program) start(dir, in string, change func(*exec.Cmd), wrap []string, args ...string) result {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	line := append(append(append([]string{}, wrap...), p.path), args...)
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(in)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	change(cmd)
	err := cmd.Run()
	r := result{out: out.String(), err: errs.String(), hung: ctx.Err() != nil}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		r.status = exit.ExitCode()
	case err != nil:
		r.status, r.err = -1, r.err+err.Error()
	}
	return r
}

// faulty tells of a result that no fault excuses.
func (r result) faulty() (all []finding) {
	if r.hung {
		all = append(all, finding{hung, "did not end: " + r.err})
	}
	if strings.Contains(r.err, "\ngoroutine ") {
		all = append(all, finding{crashed, r.err})
	}
	return all
}

// speaker says everything in these offices.
const speaker = "王雪晴"

// A saying is a report on a measure.
type saying struct{ measure, percent int }

func (s saying) String() string {
	return fmt.Sprintf("%s: 第%d条完成%d%%\n", speaker, s.measure, s.percent)
}

// speech is what is said, line by line.
func speech(all []saying) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(s.String())
	}
	return b.String()
}

var (
	answer  = regexp.MustCompile(`已记：(\d+)→(\d+)%`)
	percent = regexp.MustCompile(`(\d+) (\d+)%`)
)

// acked returns what was acknowledged in an output.
func acked(out string) map[saying]bool {
	all := map[saying]bool{}
	for _, m := range answer.FindAllStringSubmatch(out, -1) {
		all[saying{atoi(m[1]), atoi(m[2])}] = true
	}
	return all
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// config is that of every office here.
const config = `data: data
accounts: [{name: console, kind: console}]
quiet_hours: ""
answers: {per_minute: 100000}
`

// What is said on the first day and on the second.
var (
	firstDay  = []saying{{1, 11}, {2, 12}, {3, 13}, {4, 14}, {5, 15}, {6, 16}}
	secondDay = []saying{{3, 33}, {7, 37}, {3, 63}, {8, 38}}
)

// newFolder returns a folder with a configuration.
func newFolder(t testing.TB) string {
	t.Helper()
	dir := memory(t)
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// template makes an office after its first day, with a copy of it and the key of
// that, and three messages after the copy if later.
func template(t testing.TB, p program, later bool) string {
	t.Helper()
	dir := newFolder(t)
	must := func(r result) result {
		if r.status != 0 {
			t.Fatalf("without a fault: status %d\n%s%s", r.status, r.out, r.err)
		}
		return r
	}
	r := must(p.run(dir, speech(firstDay), nil, "run"))
	key := regexp.MustCompile(`AGE-SECRET-KEY-1[A-Z0-9]+`).FindString(r.out)
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte(key+"\n"), 0o600); err != nil || key == "" {
		t.Fatalf("no recovery key: %v\n%s", err, r.out)
	}
	if got := acked(r.out); len(got) != len(firstDay) {
		t.Fatalf("got %v acknowledged, want all of %v\n%s", got, firstDay, r.out)
	}
	must(p.run(dir, "", nil, "backup"))
	if later {
		must(p.run(dir, speech(secondDay), nil, "run"))
	}
	return dir
}

// copyOf copies a folder.
func copyOf(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(memory(t), "office")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	// os.CopyFS leaves the modes wider than duban likes them.
	err := filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// state reads how far each measure is from a report.
func state(out string) map[int]int {
	all := map[int]int{}
	for _, m := range percent.FindAllStringSubmatch(out, -1) {
		all[atoi(m[1])] = atoi(m[2])
	}
	return all
}

// held is what a store must hold: of each measure the newest report that was
// acknowledged, or one that was said later and not.
func held(t map[int]int, said []saying, acks map[saying]bool) map[int][]int {
	may := map[int][]int{}
	for m, p := range t {
		may[m] = []int{p}
	}
	for _, s := range said {
		if may[s.measure] == nil {
			may[s.measure] = []int{0}
		}
		if acks[s] {
			may[s.measure] = nil
		}
		may[s.measure] = append(may[s.measure], s.percent)
	}
	return may
}

// after returns the last of several sayings by measure.
func after(all ...[]saying) map[int]int {
	last := map[int]int{}
	for _, day := range all {
		for _, s := range day {
			last[s.measure] = s.percent
		}
	}
	return last
}

// compare compares what a report says with what the store may hold.
func compare(got map[int]int, may map[int][]int) (all []finding) {
	for m := 1; m <= 34; m++ {
		allowed := may[m]
		if allowed == nil {
			allowed = []int{0}
		}
		ok := false
		for _, p := range allowed {
			ok = ok || got[m] == p
		}
		switch {
		case ok:
		case got[m] == 0:
			all = append(all, finding{lost, fmt.Sprintf("measure %d has no report, want one of %v", m, allowed)})
		default:
			all = append(all, finding{believed, fmt.Sprintf("measure %d is at %d%%, want one of %v", m, got[m], allowed)})
		}
	}
	return all
}
