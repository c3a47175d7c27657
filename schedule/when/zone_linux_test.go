package when_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// hidden runs the test binary in a mount namespace in which the machine's zone
// files are covered by an empty folder.
const hidden = `for d in /usr/share/zoneinfo /usr/lib/zoneinfo /usr/share/lib/zoneinfo /etc/zoneinfo; do
	if [ -d $d ]; then mount -t tmpfs none $d || exit 99; fi
done
test ! -e /usr/share/zoneinfo/Asia/Shanghai || exit 99
exec "$0" "$@"`

// TestParse_noZoneFiles runs the phrases in a process that finds no zone files:
// those in the binary must do.
func TestParse_noZoneFiles(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may hide the machine's zone files from a process")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", hidden, self, "-test.run=^(TestParse|TestNext_sequence)$")
	cmd.Env = []string{"TZ=America/New_York", "GOROOT=/nonexistent", "DUBAN_TEST_CHILD=1", "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	out, err := cmd.CombinedOutput()
	if os.IsPermission(err) || cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 99 {
		t.Skipf("this machine does not let files be hidden: %v %s", err, out)
	}
	if err != nil || !strings.Contains(string(out), "PASS") {
		t.Errorf("without zone files: %v\n%s", err, out)
	}
}
