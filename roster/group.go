package roster

import (
	"duban/outbox"
	"duban/store"
)

// A Target is a group in which a notice is posted, and the account and chat
// that reach it.
type Target struct {
	Account, Chat, Group string
}

// BindGroup says in which chat of which account a group of the roster meets. What
// was parked for it is due again. If it met in another chat, on whatever account, what
// waits there, and what people may answer, goes with it.
func BindGroup(tx *store.Tx, t Target) {
	old, known := store.Load[Target](tx, store.Work+store.Key("group", t.Group))
	store.Save(tx, store.Work+store.Key("group", t.Group), t)
	if from, to := (outbox.Place{Account: old.Account, Chat: old.Chat}), (outbox.Place{Account: t.Account, Chat: t.Chat}); known && from != to {
		outbox.MoveChat(tx, from, to)
	}
	outbox.ReleaseLane(tx, t.Account, t.Chat)
}

// Groups returns the names of the groups that can be reached, in their order on
// the roster.
func Groups(s *store.Snapshot) []string {
	var names []string
	for _, t := range AllTargets(s) {
		names = append(names, t.Group)
	}
	return names
}

// AllTargets returns where the groups of the roster can be reached, in their order
// on it.
func AllTargets(s *store.Snapshot) []Target {
	return Targets(s, Current(s).Groups())
}

// Targets returns where groups can be reached; one that cannot, or only through an
// account that there is no more, is left out.
func Targets(s *store.Snapshot, groups []string) []Target {
	var all []Target
	for _, g := range groups {
		if t, ok := store.Load[Target](s, store.Work+store.Key("group", g)); ok && outbox.Runs(s, t.Account) {
			all = append(all, t)
		}
	}
	return all
}

// GroupIn returns the group that meets in a chat, "" if none of the roster's.
func GroupIn(s *store.Snapshot, account, chat string) string {
	for _, t := range AllTargets(s) {
		if t.Account == account && t.Chat == chat {
			return t.Group
		}
	}
	return ""
}
