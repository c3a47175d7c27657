//go:build unix

package control

import (
	"os"
	"syscall"
)

// sameOwner reports whether two files belong to the same user.
func sameOwner(a, b string) bool {
	x, errX := os.Lstat(a)
	y, errY := os.Lstat(b)
	if errX != nil || errY != nil {
		return false
	}
	sx, okX := x.Sys().(*syscall.Stat_t)
	sy, okY := y.Sys().(*syscall.Stat_t)
	return okX && okY && sx.Uid == sy.Uid
}
