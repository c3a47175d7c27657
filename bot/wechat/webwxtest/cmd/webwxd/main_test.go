package main_test

import (
	"bufio"
	"errors"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// build makes the program.
func build(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the program")
	}
	binary := filepath.Join(t.TempDir(), "webwxd")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
}

func TestWebwxd(t *testing.T) {
	binary := build(t)
	start := func(args ...string) (*exec.Cmd, string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), binary, args...)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return cmd, strings.TrimSpace(line)
	}
	status := func(address, host string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/control/state", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}

	cmd, address := start()
	if got := status(address, ""); got != http.StatusOK {
		t.Errorf("the control: got %d, want 200", got)
	}
	if got := status(address, "evil.example:80"); got != http.StatusNotFound {
		t.Errorf("the control under another name: got %d, want 404", got)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v, want a clean end", err)
	}

	cmd, _ = start("-idle", "50ms")
	if err := cmd.Wait(); err != nil {
		t.Errorf("when nobody asks: %v, want a clean end", err)
	}
}

func TestWebwxd_loopback(t *testing.T) {
	binary := build(t)
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0"} {
		var exit *exec.ExitError
		out, err := exec.CommandContext(t.Context(), binary, "-listen", address).CombinedOutput()
		if !errors.As(err, &exit) || !strings.Contains(string(out), "is not a loopback address") {
			t.Errorf("%s: got %v, %s, want a refusal", address, err, out)
		}
	}
}
