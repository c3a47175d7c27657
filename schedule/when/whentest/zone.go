package whentest

import (
	"os"
	"os/exec"
	"testing"
)

// HostZones runs tests of the calling test binary again, in processes whose own
// zone is another one.
func HostZones(t *testing.T, tests string) {
	t.Helper()
	if os.Getenv("DUBAN_TEST_CHILD") != "" {
		t.Skip("runs in the parent only")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, zone := range []string{"", "UTC", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata", "nonsense"} {
		cmd := exec.CommandContext(t.Context(), self, "-test.run="+tests)
		cmd.Env = append(os.Environ(), "TZ="+zone, "DUBAN_TEST_CHILD=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("TZ=%q: %v\n%s", zone, err, out)
		}
	}
}
