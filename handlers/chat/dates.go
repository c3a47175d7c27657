package chat

import (
	"regexp"
	"time"
)

// Dotted is a day as many write it: 1.8, 12/28.
var Dotted = regexp.MustCompile(`(^|[^0-9.])(1[0-2]|0?[1-9])[./](3[01]|[12][0-9]|0?[1-9])([^0-9.%]|$)`)

// StartOfDay returns the first moment of t's day.
func StartOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
