package store

import (
	"errors"
	"runtime"
	"strings"
	"syscall"
)

// NoRoom tells whether err says that the disk, or the quota, has no room: what failed
// may be tried again when it has.
func NoRoom(err error) bool {
	if err == nil {
		return false
	}
	causes := []error{ErrFull, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}
	if runtime.GOOS == "windows" {
		causes = append(causes, syscall.Errno(39), syscall.Errno(112)) // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
	}
	for _, c := range causes {
		if errors.Is(err, c) || strings.HasSuffix(err.Error(), ": "+c.Error()) { // bbolt keeps only the text of some
			return true
		}
	}
	return false
}
