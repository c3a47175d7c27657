//go:build !windows

package cli

// systemChinese tells whether the system speaks Chinese beside what LANG says.
func systemChinese() bool { return false }
