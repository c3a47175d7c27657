package roster

import (
	"slices"

	"duban/store"
)

// People who come into a group are asked what its notices still ask: those that are
// open, posted and not due yet. Who leaves the roster is no longer counted, and who
// changes the college keeps what they are asked; for that nothing need be done.

// A joining notes that a person came into groups of the roster.
type joining struct {
	Groups []string `json:"groups"`
}

func joinedKey(person string) string { return store.Work + store.Key("joined", person) }

// Joined returns people who came into groups and were not asked yet.
func Joined(s *store.Snapshot) (people []string) {
	return store.Names(s, store.Work+"joined/", store.Batch)
}

// TakeJoined returns the groups that a person came into, once: nil if they came
// into none since.
func TakeJoined(tx *store.Tx, person string) []string {
	came, _ := store.Load[joining](tx, joinedKey(person))
	store.Delete(tx, joinedKey(person))
	return came.Groups
}

// noteJoined notes who came into which groups, by a roster that takes the place of old.
// The first roster makes nobody new.
func noteJoined(tx *store.Tx, old, next *Roster) {
	if len(old.People) == 0 {
		return
	}
	before := old.ByID()
	for _, p := range next.People {
		was := before[p.ID]
		groups := slices.DeleteFunc(slices.Clone(p.Groups), func(g string) bool { return was.Asked() && slices.Contains(was.Groups, g) })
		if !p.Asked() || len(groups) == 0 {
			continue
		}
		store.Save(tx, joinedKey(p.ID), joining{groups})
		tx.Wake("")
	}
}
