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
			openItem(tx, n, to, tx.Now(), false)
			numbers = append(numbers, n.Number)
		}
		store.Delete(tx, store.Work+store.Key("owed", from, n.ID()), itemsPrefix(n.Number)+store.Key(from))
	}
	return numbers
}

// Owing returns the numbers of the open notices that a person has not answered.
func Owing(s *store.Snapshot, person string) (numbers []int) {
	for _, n := range owedBy(s, person) {
		numbers = append(numbers, n.Number)
	}
	return numbers
}
