package cli

import (
	"strings"

	"golang.org/x/sys/windows"
)

// systemChinese tells whether Windows, which has no LANG, speaks Chinese to its user.
func systemChinese() bool {
	all, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	return err == nil && len(all) > 0 && strings.HasPrefix(strings.ToLower(all[0]), "zh")
}
