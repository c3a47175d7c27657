package notice

import (
	"iter"
	"slices"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/store"
)

// A Shown is a notice that stands in a chat.
type Shown struct {
	Notice int       `json:"notice"`
	At     time.Time `json:"at"`  // when it was sent; before that, when it was decided
	Row    string    `json:"row"` // key of its row in the outbox
}

// markReached notes that a notice was posted in a chat, or asked about there again:
// answers in the chat are for it from then on.
func markReached(tx *store.Tx, o bot.Outgoing, number int) {
	if at := store.Work + store.Key("reached", ID(number), o.Account, o.Chat); !store.Has(tx, at) {
		store.Save(tx, at, tx.Now())
	}
	shown := store.Work + store.Key("shown", o.Account, o.Chat, ID(number))
	if s, ok := store.Load[Shown](tx, shown); ok {
		s.At = tx.Now()
		store.Save(tx, shown, s)
	}
}

// shownAmong is how many of the newest notices ShownIn looks at: those of some
// months. Older ones that nobody has closed must not slow every answer down.
const shownAmong = 500

// ShownIn returns the notices that were posted in a chat since a time, ask for an
// answer and were open at a time, newest first. One whose text is just being sent
// counts: people may answer before the network has said that it took the text.
func ShownIn(s *store.Snapshot, account, chat string, since, at time.Time) iter.Seq[Shown] {
	return func(yield func(Shown) bool) {
		all := shownSince(s, account, chat, since)
		for _, shown := range slices.Backward(all) {
			if stands(s, account, shown, at) && !yield(shown) {
				return
			}
		}
	}
}

// AnyIn tells whether [ShownIn] may return anything at all for a chat.
func AnyIn(s *store.Snapshot, account, chat string) bool {
	prefix := store.Work + store.Key("shown", account, chat) + "/"
	for range store.Pairs(s, []byte(prefix), store.PrefixEnd(prefix), 1) {
		return true
	}
	return false
}

// shownSince returns what stands in a chat since a time, oldest first.
func shownSince(s *store.Snapshot, account, chat string, since time.Time) (all []Shown) {
	prefix := store.Work + store.Key("shown", account, chat) + "/"
	from := prefix + ID(max(Last(s)-shownAmong+1, 0))
	all = store.Collect(store.ScanRange[Shown](s, []byte(from), store.PrefixEnd(prefix), 0))
	return slices.DeleteFunc(all, func(shown Shown) bool { return shown.At.Before(since) })
}

// stands tells whether a notice was open at a time and its text has left.
func stands(s *store.Snapshot, account string, shown Shown, at time.Time) bool {
	n, ok := Find(s, shown.Notice)
	return ok && n.OpenAt(at) && hasLeft(s, account, shown.Row)
}

// settled notes that the notices which a row speaks of have reached its chat.
func settled(tx *store.Tx, o bot.Outgoing) {
	if o.Person != "" {
		return
	}
	for _, number := range Numbers(o.Notice) {
		markReached(tx, o, number)
	}
}

// moveShown lets people answer in their group's new chat what was posted in the
// old one.
func moveShown(tx *store.Tx, from, to outbox.Place) {
	prefix := store.Work + store.Key("shown", from.Account, from.Chat) + "/"
	for _, rec := range slices.Collect(store.Scan[Shown](tx, prefix, 0)) {
		at := store.Work + store.Key("shown", to.Account, to.Chat) + "/" + rec.Key[len(prefix):]
		store.Save(tx, at, rec.Value)
		store.Delete(tx, rec.Key)
	}
}
