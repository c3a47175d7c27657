package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/bot"
	"duban/store"
	"duban/zh"
)

// Settle says how the attempt on m ended, where m is what Claim returned:
//
//   - sent: the row is closed with its receipt, also if the lease of m had run
//     out. A row that was closed otherwise in the meantime becomes [Sent] too,
//     because that is the truth.
//   - held: the attempt does not count, and the row is due at r.Again.
//   - parked: as held, but the row is [Parked], and the admins are told once.
//   - not sent, with r.Again: it is due then. It keeps its place before the others
//     of its chat until its retries have kept them waiting for 15 minutes.
//   - not sent, without r.Again: it is [Dead].
//   - outcome unknown (bot.ErrUnknown): an answer is closed as [Unknown]; anything
//     else is tried again as if it was not sent, but marked as a repeat.
//
// If somebody else has claimed the row since, only a receipt counts.
func (d Delivery) Settle(ctx context.Context, m bot.Outgoing, r bot.Result) error {
	err := d.Store.Update(ctx, func(tx *store.Tx) error {
		row, ok := store.Load[Row](tx, RowKey(m.Account, m.Key))
		switch {
		case !ok:
			return errors.New("the outbox has no such row")
		case r.Err == nil && !r.Held:
			if row.Person != "" {
				row.Chat = m.Chat // where it went
			}
			sent(tx, &row, r.Receipt)
		case row.State == Sending && row.Attempt == m.Attempt:
			unsent(tx, &row, r)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return nil
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
	case unsure && (row.Answer || r.Again.IsZero()):
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
