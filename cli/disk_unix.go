//go:build linux || darwin

package cli

import "syscall"

// diskFree returns how many bytes can still be written beside path.
func diskFree(path string) (free uint64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true //nolint:gosec // sizes are not negative
}
