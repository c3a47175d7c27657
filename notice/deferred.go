package notice

import (
	"fmt"
	"strconv"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// A Deferred is a change or a withdrawal of a notice that is carried out in a moment,
// unless it is taken back or the notice is changed before. There is one of a notice at
// most.
type Deferred struct {
	Number int       `json:"number"`
	At     time.Time `json:"at"`           // when
	By     string    `json:"by"`           // the person who wants it
	Reason string    `json:"reason"`       // see [Amend] and [Withdraw]
	From   Revision  `json:"from"`         // how the notice stood when it was wanted
	To     *Revision `json:"to,omitempty"` // nil: the notice is withdrawn
}

const deferredPrefix = store.Work + "deferred/"

// Defer notes what is to be done to a notice later. [Attend] does it.
func Defer(tx *store.Tx, d Deferred) { store.Save(tx, deferredPrefix+ID(d.Number), d) }

// DeferredOf returns what [Defer] noted of a notice. Ok is false if there is nothing.
func DeferredOf(s *store.Snapshot, number int) (d Deferred, ok bool) {
	return store.Load[Deferred](s, deferredPrefix+ID(number))
}

// TakeBack forgets what [Defer] noted of a notice for a person. Ok is false if they
// want nothing: what others want stays.
func TakeBack(tx *store.Tx, number int, by string) (ok bool) {
	d, ok := DeferredOf(tx.Snapshot, number)
	if !ok || d.By != by {
		return false
	}
	store.Delete(tx, deferredPrefix+ID(number))
	return true
}

// dueDeferred returns the numbers of the notices to which something is to be done now.
func dueDeferred(s *store.Snapshot) (due []int) {
	for rec := range store.Scan[Deferred](s, deferredPrefix, 0) {
		if !rec.Value.At.After(s.Now()) {
			due = append(due, store.Must(strconv.Atoi(rec.Key[len(deferredPrefix):])))
		}
	}
	return due
}

// carryOut does what was deferred, or tells who wanted it why not.
func carryOut(tx *store.Tx, number int) {
	d, ok := DeferredOf(tx.Snapshot, number)
	store.Delete(tx, deferredPrefix+ID(number))
	n, found := Find(tx.Snapshot, number)
	switch {
	case !ok || !found || !n.Closed.IsZero():
	case d.To == nil:
		Withdraw(tx, d.Reason, number)
	case n.Is(d.From):
		Amend(tx, d.Reason, number, *d.To, d.By)
	default:
		if account, chat := roster.ReachIn(tx.Snapshot, d.By, n.Groups); chat != "" {
			outbox.Enqueue(tx, bot.Outgoing{
				Key: d.Reason + "/dropped", Account: account, Chat: chat, Person: d.By, Rank: bot.Ordinary,
				Text: fmt.Sprintf("通知%d刚才又被改过，您要的修改没有做。请重新预览一次。", number),
			})
		}
	}
}
