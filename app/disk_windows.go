package app

import "golang.org/x/sys/windows"

// DiskSpace returns how many bytes can still be written beside path, and how many the
// disk has.
func DiskSpace(path string) (free, total uint64, known bool) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, 0, false
	}
	err = windows.GetDiskFreeSpaceEx(name, &free, &total, nil)
	return free, total, err == nil
}
