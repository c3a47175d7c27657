package outbox

import (
	"errors"
	"strings"
	"time"

	"duban/bot"
	"duban/store"
	"duban/zh"
)

// settle records how an attempt ended; see [Delivery.Exchange].
func settle(tx *store.Tx, a bot.Attempt) {
	row := RowOf(tx.Snapshot, a.Account, a.Key)
	switch {
	case a.Err == nil && !a.Held:
		if row.Person != "" {
			row.Chat = a.Chat // where it went
		}
		sent(tx, &row, a.Receipt)
	case row.State == Sending && row.Attempt == a.Attempt:
		unsent(tx, &row, a.Result)
	}
}

// sent closes row as sent, once.
func sent(tx *store.Tx, row *Row, receipt bot.Receipt) {
	if row.State == Sent {
		return
	}
	row.Receipt, row.Reason = receipt, ""
	if row.IsOpen() || row.State == Sending {
		Shut(tx, row, Sent, "")
	} else {
		store.Delete(tx, shutKey(row))
		finish(tx, row, Sent, "")
	}
	delivered(tx, row.Outgoing)
}

// unsent says what becomes of a row in flight that was not, or perhaps not, sent.
func unsent(tx *store.Tx, row *Row, r bot.Result) {
	unsure := !r.Held && errors.Is(r.Err, bot.ErrUnknown)
	if r.Err != nil {
		row.Reason = zh.Brief(strings.ToValidUTF8(r.Err.Error(), "�"), 100)
	}
	row.Repeat = row.Repeat || unsure
	switch {
	case unsure && r.Again.IsZero():
		Shut(tx, row, Unknown, "")
	case !r.Held && r.Again.IsZero():
		Shut(tx, row, Dead, "")
	case r.Parked && row.Answer && row.Person == "": // whoever asked is gone, and can ask again
		Shut(tx, row, Dead, "")
	case r.Held:
		row.Attempt--
		book(tx, row, -1)
		if r.Parked {
			park(tx, row, r.Again)
			return
		}
		wait(tx, row, r.Again)
	default:
		row.block(tx.Now(), r.Again)
		wait(tx, row, r.Again)
	}
}

// wait lets a row that was in flight wait for its next attempt, due now if again is
// the zero time.
func wait(tx *store.Tx, row *Row, again time.Time) {
	row.State, row.Next = Waiting, again
	if again.IsZero() {
		row.Next = tx.Now()
	}
	SaveRow(tx, row)
	h, _ := store.Load[head](tx, headKey(row.Account, row.LaneName()))
	promote(tx, row, h)
}

// block counts how long the row will keep its lane waiting for its next attempt,
// and says when that is long enough. Time for which it was held does not count:
// then the others would have had to wait as well.
func (r *Row) block(now, again time.Time) {
	wait, left := again.Sub(now), patience-r.Blocked
	if wait > left {
		r.Blocked, r.Yield = patience, now.Add(left)
		return
	}
	r.Blocked += max(wait, 0)
}

// delivered counts a row that was sent and tells the neighbours of the outbox.
func delivered(tx *store.Tx, o bot.Outgoing) {
	countSent(tx, o)
	if settled := store.Value[Hooks](tx.Snapshot).Settled; settled != nil {
		settled(tx, o)
	}
}
