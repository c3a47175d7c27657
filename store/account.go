package store

import "strings"

// AccountNames returns the names of all accounts that have records, by one short
// scan for each.
func (s *Snapshot) AccountNames() []string {
	var names []string
	for from := []byte("a/"); ; {
		next := ""
		for p := range Pairs(s, from, PrefixEnd("a/"), 1) {
			next, _, _ = strings.Cut(strings.TrimPrefix(string(p.Key), "a/"), "/")
		}
		if next == "" {
			return names
		}
		names = append(names, Unescape(next))
		from = PrefixEnd("a/" + next + "/")
	}
}
