//go:build linux

// Package bench_test measures how many reports duban takes and answers, beside what
// one would otherwise write: a hundred lines with one bbolt transaction a message
// ("naive"), the same with bbolt's Batch, and what the disk itself can sync. They run
// alternately, each time in a process of its own.
//
// [TestTable] prints the table: see make bench. Without flags it only looks whether
// everything is answered, once.
package bench_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	rounds = flag.Int("rounds", 1, "how often each program is measured; the table has the medians")
	most   = flag.Int("n", 64, "messages of a measurement")
	only   = flag.String("only", "", "measure the lines whose names hold this")
	crowd  = flag.Int("crowd", 5000, "people of the largest roster")
	stored = flag.Int("stored", 64, "answers that are stored before a later start")
	slow   = flag.Duration("slow", 5*time.Millisecond, "by how much a slow disk is slower")
)

const (
	specVar    = "DUBAN_BENCH_SPEC"    // tells a child what it is to measure
	profileVar = "DUBAN_BENCH_PROFILE" // names a file for the CPU profile of duban
)

// TestMain lets the test binary be a program that is measured.
func TestMain(m *testing.M) {
	raw := os.Getenv(specVar)
	if raw == "" {
		m.Run()
		return
	}
	var s spec
	err := json.Unmarshal([]byte(raw), &s)
	if err == nil {
		var r result
		if r, err = programs()[s.Program](s); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(r)
		}
	}
	if err != nil {
		panic(err)
	}
}

func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }

// A line of the table is one load, with which several programs are measured.
type line struct {
	name     string
	programs []string
	spec
}

// lines are the table.
func lines(n int) []line {
	all := []string{"duban", "naive", "batch", "disk"}
	return []line{
		{"reports, 64 chats, fast disk", all, spec{N: n, Chats: 64, People: 512}},
		{"reports, 64 chats, slow disk", all, spec{N: max(n/10, 64), Chats: 64, People: 512, Fsync: *slow}},
		{"reports, 64 chats, 400 a second", all[:3], spec{N: min(n, 4000), Chats: 64, People: 512, Rate: 400}},
		{"reports, 1 chat", all[:3], spec{N: max(n/5, 1), Chats: 1, People: 8}},
		{"reports, 256 chats", all[:3], spec{N: n, Chats: 256, People: 2048}},
		{"chatter, 300 people", all[:2], spec{N: n, Chats: 64, People: 300, Kind: "chatter"}},
		{"chatter, 5,000 people", all[:1], spec{N: n, Chats: 64, People: 5000, Kind: "chatter"}},
		{"chatter, crowd, later start", all[:1], spec{N: n, Chats: *crowd / 200, People: *crowd, Kind: "chatter", Before: 1}},
		{"acks", all[:1], spec{N: n, Chats: 64, People: n + 64, Kind: "ack", Before: 1}},
		{"reports, later start, stored", all[:1], spec{N: min(n, 2000), Chats: 64, People: 512, Before: *stored}},
		{"idle", all[:1], spec{N: 1, Chats: 1, People: 300, Kind: "chatter"}},
	}
}

func TestTable(t *testing.T) {
	t.Log(loadAverage(t))
	t.Logf("%-34s %-6s %9s %7s %9s %9s %9s %8s %9s %8s %7s %7s %7s", "", "", "taken/s", "ratio", "answers/s", "p50 ms", "p99 ms", "µs CPU", "bytes", "MiB", "start s", "first s", "汇总 ms")
	for _, l := range lines(*most) {
		if !strings.Contains(l.name, *only) {
			continue
		}
		if _, err := exec.LookPath("strace"); err != nil && l.Fsync > 0 {
			t.Log("no strace here, which makes the disk slow")
			continue
		}
		measured := map[string][]result{}
		for range *rounds {
			for _, p := range l.programs {
				measured[p] = append(measured[p], measure(t, l.spec, p))
			}
		}
		naive := median(measured["naive"], func(r result) float64 { return r.Answered })
		for _, p := range l.programs {
			row(t, l.name, p, measured[p], naive)
		}
	}
	t.Log(loadAverage(t))
}

// row prints the medians of what was measured, and the answers as a part of naive's.
func row(t *testing.T, name, program string, all []result, naive float64) {
	m := func(field func(result) float64) float64 { return median(all, field) }
	answered := m(func(r result) float64 { return r.Answered })
	ratio := "-"
	if naive > 0 {
		ratio = fmt.Sprintf("%.2f", answered/naive)
	}
	t.Logf("%-34s %-6s %9.0f %7s %9.0f %9.1f %9.1f %8.1f %9.0f %8.0f %7.2f %7.2f %7.1f", name, program,
		m(func(r result) float64 { return r.Taken }), ratio, answered,
		m(func(r result) float64 { return r.P50 }), m(func(r result) float64 { return r.P99 }), m(func(r result) float64 { return r.CPU }),
		m(func(r result) float64 { return r.File }), m(func(r result) float64 { return r.Resident }), m(func(r result) float64 { return r.Start }),
		m(func(r result) float64 { return r.First }), m(func(r result) float64 { return r.Summary }))
}

func median(all []result, field func(result) float64) float64 {
	var values []float64
	for _, r := range all {
		values = append(values, field(r))
	}
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// measure runs a program in a process of its own.
func measure(t *testing.T, s spec, program string) (r result) {
	t.Helper()
	s.Program, s.Dir = program, t.TempDir()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{os.Args[0]}
	env := append(os.Environ(), specVar+"="+string(raw))
	if s.Fsync > 0 { // strace stops a thread for that long
		args = slices.Concat([]string{
			"strace", "-f", "--seccomp-bpf", "-qq", "-o", os.DevNull, "-e", "signal=none", "-e", "trace=fdatasync,fsync",
			"-e", fmt.Sprintf("inject=fdatasync,fsync:delay_exit=%d", s.Fsync.Microseconds()),
		}, args)
		env = append(env, "GODEBUG=asyncpreemptoff=1") // its signals would stop too
	}
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env, cmd.Stderr = env, os.Stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(out)).Decode(&r)
	}
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	if err := os.RemoveAll(s.Dir); err != nil {
		t.Fatal(err)
	}
	return r
}

func loadAverage(t *testing.T) string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	return "load of the machine: " + strings.TrimSpace(string(raw))
}
