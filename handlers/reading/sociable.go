package reading

import "strings"

// Sociable reports whether a text greets, thanks, congratulates or exclaims, so
// that it needs no answer from a machine.
func (r *Reading) Sociable() bool {
	for _, p := range r.Parts {
		for _, as := range strings.Split(p.As, "/") {
			switch as {
			case "致谢", "问候", "感叹", "收到":
				return true
			}
		}
	}
	return false
}
