//go:build linux

package e2e_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"duban/bot/wechat/webwxtest"
)

var loadTime = flag.Duration("load", 4*time.Second, "for how long TestWeChat_load lets 50 messages come a second; releases are measured with 10m")

const (
	loadRate = 50        // messages a second
	loadMost = 128 << 10 // KiB that the program may have in memory
)

// A crowd talks more than an office ever does.
type crowd struct {
	*asylum
	pushed int
}

// utter lets somebody say one of what people say.
func (c *crowd) utter() {
	c.pushed++
	who, at := reporters()[c.rnd.IntN(5)], c.wx.Mention("g", webwxtest.Self)
	switch n := c.rnd.IntN(10); {
	case n < 3:
		c.report("")
	case n < 4:
		c.report("g")
	case n < 5:
		c.tell(who, fmt.Sprintf("第%d条", 1+c.rnd.IntN(30)))
	case n < 6:
		c.says(who, at+fmt.Sprintf("第%d条", 1+c.rnd.IntN(30)))
	case n < 7:
		c.says(who, "收到")
	default:
		c.says("guest", fmt.Sprintf("%s%d，中午去食堂", nobodys, c.pushed))
	}
}

// TestWeChat_load lets 50 messages come a second, through the real openwechat and
// everything that `duban run` wires in a process of its own, and counts what
// became of them. How fast that is depends on the machine, so only memory is
// bounded.
func TestWeChat_load(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("measures memory, of which the race detector takes several times as much")
	}
	c := &crowd{asylum: newAsylum(t)}
	c.bind()
	var pushing time.Duration
	ended := c.live(func() {
		if err := c.hears(t.Context()); err != nil {
			t.Error(err)
		}
		began := time.Now()
		tick := time.NewTicker(time.Second / loadRate)
		defer tick.Stop()
		for n := int(loadTime.Seconds() * loadRate); c.pushed < n; {
			<-tick.C
			for due := min(n, int(time.Since(began).Seconds()*loadRate)); c.pushed < due; {
				c.utter()
			}
		}
		pushing = time.Since(began)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		if err := c.settles(ctx); err != nil {
			t.Error(err)
		}
	})
	c.judge()
	file, err := os.Stat(filepath.Join(c.dir, "duban.db"))
	if err != nil {
		t.Fatal(err)
	}
	usage, _ := ended.SysUsage().(*syscall.Rusage)
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	t.Logf("all           %d messages in %.0f s (%.1f/s)", c.pushed, pushing.Seconds(), float64(c.pushed)/pushing.Seconds())
	t.Logf("load          peak memory %.1f MiB of 128  CPU %.1f s, %.1f s for 10,000 messages  store %.1f MiB",
		float64(usage.Maxrss)/1024, cpu.Seconds(), cpu.Seconds()/float64(c.pushed)*1e4, float64(file.Size())/(1<<20))
	if usage.Maxrss > loadMost {
		t.Errorf("the program had %d KiB in memory, want at most %d", usage.Maxrss, loadMost)
	}
}
