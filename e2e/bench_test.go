//go:build linux

package e2e_test

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/app"
	"duban/bot"
	"duban/bot/bottest"
	"duban/config"
)

// BenchmarkAnswer is the time from a question in a group to its answer there,
// through everything that `duban run` wires, one question at a time.
func BenchmarkAnswer(b *testing.B) {
	net := bottest.NewNetwork(login)
	net.Group(group, "XG003")
	stop := serveOn(b, net)
	defer stop()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		net.Say(group, "XG003", fmt.Sprintf("@%s 第%d条", login, 1+len(took)%34))
		if err := net.Await(b.Context(), func() bool { return len(net.Sent()) > len(took) }); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	percentiles(b, took)
}

// serveOn runs the program with its samples on a network, and returns how to end
// it.
func serveOn(b *testing.B, net *bottest.Network) (stop func()) {
	b.Helper()
	c := config.Defaults()
	c.Data, c.QuietHours, c.Answers.PerMinute = b.TempDir(), "", 1<<30
	c.Key = filepath.Join(b.TempDir(), c.Key)
	c.Accounts = []config.Account{{Name: login, Kind: "console"}}
	return serve(b, c, slog.New(slog.DiscardHandler), app.Outside{
		Account: func(config.Account, func() (bot.Account, error)) (bot.Account, error) {
			return seated{Account: net.Account()}, nil
		},
	})
}

func percentiles(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	ms := func(share int) float64 { return float64(took[len(took)*share/100].Microseconds()) / 1000 }
	b.ReportMetric(ms(50), "p50-ms")
	b.ReportMetric(ms(99), "p99-ms")
}

// BenchmarkStart is the time from the start of the built program to the line that
// says where its page is, first with an empty folder and then with a store, and
// the memory that it has in use a second later.
func BenchmarkStart(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "duban")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", bin, "..").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	for _, fresh := range []bool{true, false} {
		b.Run(map[bool]string{true: "empty", false: "again"}[fresh], func(b *testing.B) {
			dir := b.TempDir()
			var took []time.Duration
			memory := 0
			for b.Loop() {
				if fresh {
					dir = b.TempDir()
				}
				ready, kb := startOnce(b, bin, dir)
				took = append(took, ready)
				memory = max(memory, kb)
			}
			percentiles(b, took)
			b.ReportMetric(float64(memory)/1024, "MiB-resident")
		})
	}
}

// startOnce starts the program in dir and ends it after a second.
func startOnce(b *testing.B, bin, dir string) (ready time.Duration, residentKiB int) {
	b.Helper()
	config := write(b, dir, "config.yaml", "accounts:\n  - {name: webchat, kind: webchat, listen: 127.0.0.1:0}\n")
	p := &process{Cmd: exec.CommandContext(b.Context(), bin, "run", "-config", config)}
	began := time.Now()
	p.page(b)
	ready = time.Since(began)
	<-time.After(time.Second)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	if _, rest, ok := strings.Cut(string(status), "VmRSS:"); ok {
		_, _ = fmt.Sscan(rest, &residentKiB)
	}
	p.end(b)
	return ready, residentKiB
}
