package find_test

import (
	"time"

	"golang.org/x/sys/unix"
)

// spent is the processor time of the calling thread, so that other work on the
// machine does not count.
func spent() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		panic(err)
	}
	return time.Duration(ts.Nano())
}
