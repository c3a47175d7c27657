//go:build linux || darwin

package app

import "syscall"

// DiskSpace returns how many bytes can still be written beside path, and how many the
// disk has.
func DiskSpace(path string) (free, total uint64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, 0, false
	}
	size := uint64(s.Bsize) //nolint:gosec // sizes are not negative
	return s.Bavail * size, s.Blocks * size, true
}
