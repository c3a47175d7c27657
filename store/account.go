package store

import "strings"

// AccountNames returns the names of all accounts that have records, by one short
// scan for each.
func (s *Snapshot) AccountNames() ([]string, error) {
	var names []string
	for from := []byte("a/"); ; {
		next := ""
		for p, err := range s.Scan(from, PrefixEnd("a/"), 1) {
			if err != nil {
				return nil, err
			}
			next, _, _ = strings.Cut(strings.TrimPrefix(string(p.Key), "a/"), "/")
		}
		if next == "" {
			return names, nil
		}
		names = append(names, Unescape(next))
		from = PrefixEnd("a/" + next + "/")
	}
}
