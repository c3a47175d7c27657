package bolt_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// compactIn tells the test binary to be the child of TestEngine_Compact_killed.
const compactIn = "DUBAN_TEST_COMPACT"

// TestCompactChild writes and compacts until it is killed, and says what it wrote.
func TestCompactChild(t *testing.T) {
	path := os.Getenv(compactIn)
	if path == "" {
		t.Skip("runs in a process of its own only")
	}
	e := reopen(t, path)
	for i := count(t, e); ; i++ {
		set(t, e, fmt.Sprintf("k%06d", i), "value")
		fmt.Fprintf(os.Stdout, "wrote %d\n", i)
		if err := e.Compact(t.Context()); err != nil {
			t.Fatalf("Compact: got error %v, want none", err)
		}
	}
}

// TestEngine_Compact_killed kills a process that compacts all the time: whatever was
// acknowledged is there, and nothing of an unfinished copy.
func TestEngine_Compact_killed(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	path := filepath.Join(t.TempDir(), "duban.db")
	kills, acked := 0, -1
	for range 15 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCompactChild$")
		cmd.Env = append(os.Environ(), compactIn+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var timer *time.Timer // from the first write on, however slowly the machine starts
		for lines := bufio.NewScanner(out); lines.Scan(); {
			n := 0
			if _, err := fmt.Sscanf(lines.Text(), "wrote %d", &n); err == nil {
				acked = n
				if timer == nil {
					timer = time.AfterFunc(time.Duration(rand.IntN(150))*time.Millisecond, func() { _ = cmd.Process.Kill() })
				}
			}
		}
		_ = cmd.Wait()
		kills++
		e := reopen(t, path)
		if got := count(t, e); got < acked+1 { // the keys are written in order
			t.Fatalf("after %d kills: got %d records, want the %d that were acknowledged", kills, got, acked+1)
		}
		if _, err := os.Stat(path + ".compact"); err == nil {
			t.Errorf("after %d kills: an unfinished copy was left", kills)
		}
		end(t, e)
	}
	t.Logf("faults tried  kill -9: %d  acknowledged writes with as many compactions %d", kills, acked+1)
	if acked+1 < kills {
		t.Errorf("got %d writes in %d lives, want more: the test shows too little", acked+1, kills)
	}
}
