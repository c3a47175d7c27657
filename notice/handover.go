package notice

import (
	"duban/roster"
	"duban/store"
)

// HandOver passes what a person still owes to notices on to a successor, and returns the
// numbers of the notices. From then on they ask nothing more of the person.
func HandOver(tx *store.Tx, from string, to roster.Person) (numbers []int) {
	for _, n := range owedBy(tx.Snapshot, from) {
		item, ok := FindItem(tx.Snapshot, n.Number, from)
		if !ok || !item.Owed() {
			continue
		}
		if to.Asked() {
			passOn(tx, n, item, to)
			numbers = append(numbers, n.Number)
		}
		store.Delete(tx, store.Work+store.Key("owed", from, n.ID()), itemsPrefix(n.Number)+store.Key(from))
	}
	return numbers
}

// passOn asks a successor what an item asks, unless the notice has asked them before: in
// the item's groups if they are in none of the notice's, and with the 收到 that was said.
func passOn(tx *store.Tx, n Notice, item Item, to roster.Person) {
	if _, asked := FindItem(tx.Snapshot, n.Number, to.ID); asked {
		return
	}
	openItem(tx, n, to, tx.Now(), false)
	next, _ := FindItem(tx.Snapshot, n.Number, to.ID)
	if len(next.Groups) == 0 {
		next.Groups = item.Groups
	}
	if item.State == Seen {
		next.Received, next.ReceivedM, next.Note, next.By, next.Version = item.Received, item.ReceivedM, item.Note, item.Person, item.Version
	}
	PutItem(tx, next)
}

// Owing returns the numbers of the open notices that a person has not answered.
func Owing(s *store.Snapshot, person string) (numbers []int) {
	for _, n := range owedBy(s, person) {
		numbers = append(numbers, n.Number)
	}
	return numbers
}
