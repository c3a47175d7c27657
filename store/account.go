package store

import (
	"context"
	"net/url"
	"strings"
)

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
		name, err := url.PathUnescape(next)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
		from = PrefixEnd("a/" + next + "/")
	}
}

// Accounts is [Snapshot.AccountNames] on a snapshot of its own.
func (s *Store) Accounts(ctx context.Context) ([]string, error) {
	return Read(ctx, s, (*Snapshot).AccountNames)
}
