package notice

import (
	"duban/store"
)

// A past is what is left of the items of an old notice.
type Past struct {
	Tally Tally `json:"tally"`
	Gone  bool  `json:"gone,omitempty"` // the items are deleted
}

func PastKey(number int) string { return store.Work + store.Key("past", ID(number)) }

// PastTally returns the counts of a notice that is so old that nothing else is left of
// its items.
func PastTally(s *store.Snapshot, number int) (Tally, bool, error) {
	p, ok, err := store.Load[Past](s, PastKey(number))
	return p.Tally, ok, err
}
