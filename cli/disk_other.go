//go:build !linux && !darwin

package cli

// diskFree returns how many bytes can still be written beside path.
func diskFree(string) (free uint64, known bool) { return 0, false }
