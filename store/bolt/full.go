package bolt

import (
	"errors"
	"runtime"
	"strings"
	"syscall"
)

// metas returns the two pages by which bbolt knows which of its commits counts. It
// writes one of them last, when all that it points to is durable. So a commit that
// left both alone never happened: whatever it wrote before lies on free pages.
func (e *Engine) metas() (pages []byte, readable bool) {
	pages = make([]byte, 2*e.db.Info().PageSize)
	_, err := e.file.ReadAt(pages, 0)
	return pages, err == nil
}

// full tells whether err says that the disk, or the quota, has no room. bbolt keeps
// only the text of the error when the file could not grow.
func full(err error) bool {
	causes := []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}
	if runtime.GOOS == "windows" {
		causes = append(causes, 39, 112) // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
	}
	for _, c := range causes {
		if errors.Is(err, c) || strings.HasSuffix(err.Error(), ": "+c.Error()) {
			return true
		}
	}
	return false
}
