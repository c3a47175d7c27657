package outbox

import (
	"time"

	"duban/bot"
	"duban/store"
)

// A Direct lets an answer leave when the transaction that says it is committed, if
// nothing of its lane is before it: that transaction claims the row, and no second one
// has to. It is given to [store.Open] as a value; the zero Direct lets all wait for
// [Delivery.Exchange].
//
// If the process dies between that commit and the beginning of the send, the answer ends
// as [Unknown], although nothing has left: whoever asked can ask again. The row cannot say
// better. It is as it was written before the send, whether or not that has begun, so only a
// second commit in between could tell the two apart, and that is what is saved here; a
// note beside the store would be lost with the machine, and is not seen by another one
// that takes the office over. A network that drops a second message for one key needs
// none of this: there the answer is sent again (see [bot.Capabilities]).
type Direct struct {
	// Reserve is [bot.Bot.Reserve].
	Reserve func(account string) (lease time.Duration, ended func(*bot.Outgoing))
}

// leave claims a row that is being enqueued in the empty lane of h, if it may leave at
// once. Only an answer in a chat does: nothing holds it back but a stop of all sending.
func leave(tx *store.Tx, row *Row, h *head) {
	d := store.Value[Direct](tx.Snapshot)
	switch {
	case d.Reserve == nil || h.Row != "":
	case !row.Answer || row.Rank != bot.Service || row.Person != "" || row.File != nil || row.Notice != "":
	case row.Next.After(tx.Now()) || row.expired(tx.Now()) || Halted(tx.Snapshot, row.Account):
	default:
		lease, ended := d.Reserve(row.Account)
		if ended == nil {
			return
		}
		m := claimed(tx, row, row.Chat, lease)
		tx.After(func(kept bool) {
			if !kept {
				m = nil
			}
			ended(m)
		})
	}
}
