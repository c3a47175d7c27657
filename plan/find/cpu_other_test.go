//go:build !linux

package find_test

import "time"

var started = time.Now()

// spent is the time on the clock, where the processor time is not to be had.
func spent() time.Duration { return time.Since(started) }
