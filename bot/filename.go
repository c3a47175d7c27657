package bot

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// BaseName returns the name of a file that came from outside as people and file
// systems may see it: at most 100 characters, without folders and without what is
// not to be seen. It is "" if nothing is left.
func BaseName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if r := []rune(name); len(r) > 100 {
		ext := []rune(path.Ext(name))
		if len(ext) > 10 {
			ext = nil
		}
		name = string(r[:100-len(ext)]) + string(ext)
	}
	return name
}
