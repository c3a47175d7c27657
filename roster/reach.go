package roster

import (
	"context"
	"slices"
	"strings"

	"duban/outbox"
	"duban/store"
)

// A person may be known on several networks. They are asked on one: that of their
// groups, or if that is out any other on which they are known.

// ReachIn returns where a person can be asked alone: through an account of one of
// the groups if they are known there, else through any, and of these through one that
// serves if any does. The chat is "" if they cannot be reached.
func ReachIn(s *store.Snapshot, person string, groups []string) (account, chat string) {
	all := ways(s, person)
	switch len(all) {
	case 0:
		return "", ""
	case 1:
		return all[0].Account, all[0].Chat
	}
	targets := Targets(s, groups)
	rank := func(t Target) (n int) {
		if n = slices.IndexFunc(targets, func(g Target) bool { return g.Account == t.Account }); n < 0 {
			n = len(targets)
		}
		if !outbox.Serves(s, t.Account) {
			n += len(targets) + 1
		}
		return n
	}
	best := slices.MinFunc(all, func(a, b Target) int { return rank(a) - rank(b) })
	return best.Account, best.Chat
}

// Reachable tells whether a person can be asked alone.
func Reachable(s *store.Snapshot, person string) bool { return len(ways(s, person)) > 0 }

// ways returns the accounts that can reach a person alone who has not asked, and the
// chats for it.
func ways(s *store.Snapshot, person string) (all []Target) {
	prefix := store.Work + store.Key("reach", person) + "/"
	for rec := range store.Scan[string](s, prefix, 0) {
		t := Target{Account: store.Unescape(strings.TrimPrefix(rec.Key, prefix)), Chat: rec.Value}
		if outbox.Begins(s, t.Account) {
			all = append(all, t)
		}
	}
	return all
}

// A detour is a row and the account through which it can leave.
type detour struct {
	row outbox.Row
	to  string
}

// detours are of the rows that their own accounts cannot say.
func detours(s *store.Snapshot) (all []detour) {
	accounts := s.AccountNames()
	for _, account := range accounts {
		other := func(a string) bool { return a != account && outbox.Serves(s, a) }
		if !slices.ContainsFunc(accounts, other) {
			continue
		}
		for _, row := range outbox.Stranded(s, account) {
			if to, _ := ReachIn(s, row.Person, nil); to != "" && other(to) {
				all = append(all, detour{row, to})
			}
		}
	}
	return all
}

// Divert lets what is due for people leave through another account on which they are
// known, where their own cannot say it; see [outbox.Stranded]. It returns how many texts
// that were.
func Divert(ctx context.Context, st *store.Store) (n int, err error) {
	stranded, err := store.Read(ctx, st, detours)
	for some := range slices.Chunk(stranded, store.Batch) {
		diverted := 0
		err := st.Write(ctx, func(tx *store.Tx) {
			diverted = 0
			for _, w := range some {
				if outbox.Divert(tx, w.row.Account, w.row.Key, w.to) {
					diverted++
				}
			}
		})
		if err != nil {
			return n, err
		}
		n += diverted
	}
	return n, err
}
