package outbox

import (
	"context"
	"fmt"
	"time"

	"duban/bot"
	"duban/store"
)

// patience is how long the retries of one row may keep the others of its chat
// waiting. After that they pass it.
const patience = 15 * time.Minute

// passedOver is for how long a row waits that must not leave while sending is stopped.
const passedOver = 30 * time.Second

// closings bounds what one transaction of Exchange cleans up.
const closings = 64

// A Delivery is the outbox as package bot's delivery loop works on it.
type Delivery struct{ Store *store.Store }

// Exchange records how attempts ended and claims up to most rows of account, those
// that have been due longest, in one transaction; see [bot.Outbox]. A row that is not
// settled before the end of its lease is due again, marked as a possible repeat. Rows that expired are closed on the way. A
// row for a person gets the chat in which that person is reached now, and is [Parked]
// if there is none. Nothing is written if nothing has ended and nothing is due.
//
// By how its attempt ended, a row becomes:
//
//   - sent: the row is closed with its receipt, also if the lease of its claim had
//     run out. A row that was closed otherwise in the meantime becomes [Sent] too,
//     because that is the truth.
//   - held: the attempt does not count, and the row is due at Again.
//   - parked: as held, but the row is [Parked], and the admins are told once.
//   - not sent, with Again: it is due then. It keeps its place before the others
//     of its chat until its retries have kept them waiting for 15 minutes.
//   - not sent, without Again: it is [Dead].
//   - outcome unknown (bot.ErrUnknown): as if it was not sent, but marked as a repeat,
//     and without Again it is [Unknown].
//
// If somebody else has claimed a row since, only a receipt counts.
func (d Delivery) Exchange(ctx context.Context, account string, ended []bot.Attempt, most int, lease time.Duration) (rows []bot.Outgoing, err error) {
	for more := true; more; {
		if len(ended) == 0 {
			due, err := store.Read(ctx, d.Store, func(sn *store.Snapshot) string { return dueChat(sn, account) })
			if err != nil || due == "" {
				return nil, err
			}
		}
		err := d.Store.Write(ctx, func(tx *store.Tx) {
			for _, a := range ended {
				settle(tx, a)
			}
			rows, more = claim(tx, account, most, lease)
		})
		if err != nil {
			return nil, fmt.Errorf("exchange: %w", err)
		}
		ended = nil
	}
	for _, m := range rows {
		if m.File != nil {
			m.File.Open = d.Store.Opener(m.File.Hash)
		}
	}
	return rows, nil
}

// dueChat returns the lane that has wanted attention longest, "" if none does.
func dueChat(s *store.Snapshot, account string) string {
	prefix := duePrefix(account)
	until := prefix + store.Stamp(s.Now().Add(1)) // the end is not part of a scan
	for rec := range store.ScanRange[string](s, []byte(prefix), []byte(until), 1) {
		return rec.Value
	}
	return ""
}

// claim takes up to most rows. There may be more to claim if it took none, but
// closed enough for one transaction.
func claim(tx *store.Tx, account string, most int, lease time.Duration) (rows []bot.Outgoing, more bool) {
	halted := most > 0 && Halted(tx.Snapshot, account)
	for n := 0; n < closings+most && len(rows) < most; n++ {
		lane := sendable(tx.Snapshot, account, halted)
		if lane == "" {
			return rows, false
		}
		h, _ := store.Load[head](tx, headKey(account, lane))
		row := RowOf(tx.Snapshot, account, h.Row)
		switch {
		case halted && row.Rank != bot.Service: // it waits, so that an answer behind it can leave
			row.State, row.Next = Waiting, tx.Now().Add(passedOver)
			stepAside(tx, &row, h)
		case settleOverdue(tx, &row, h):
			if m := address(tx, &row, h, lease); m != nil {
				rows = append(rows, *m)
			} else {
				halted = Halted(tx.Snapshot, account) // it may have said too much
			}
		}
	}
	return rows, most > 0 && len(rows) == 0
}

// address takes the head of a lane, unless its account has said too much or nobody
// knows where to send it.
func address(tx *store.Tx, row *Row, h head, lease time.Duration) *bot.Outgoing {
	if overVolume(tx, row) {
		return nil
	}
	if leaving := store.Value[Hooks](tx.Snapshot).Leaving; leaving != nil {
		if reason := leaving(tx, &row.Outgoing); reason != "" {
			Shut(tx, row, Cancelled, reason)
			return nil
		}
	}
	to := resolve(tx, row)
	if to == "" {
		return nil
	}
	gather(tx, row)
	return take(tx, row, h, to, lease)
}

// resolve returns where a row goes now. If nobody knows where its person is, the
// row is parked and the answer is "".
func resolve(tx *store.Tx, row *Row) (chat string) {
	if row.Person == "" {
		return row.Chat
	}
	if find := store.Value[Hooks](tx.Snapshot).Resolve; find != nil {
		if chat = find(tx.Snapshot, row.Account, row.Person); chat != "" {
			return chat
		}
	}
	row.Reason = "nobody knows where this person is reached"
	park(tx, row, time.Time{})
	return ""
}

// take marks the head of a lane as being sent, and returns what is to be sent to
// a chat.
func take(tx *store.Tx, row *Row, h head, chat string, lease time.Duration) *bot.Outgoing {
	book(tx, row, 1)
	m := claimed(tx, row, chat, lease)
	SaveRow(tx, row)
	lead(tx, row, &h)
	return m
}

// claimed marks row, which the caller saves, as being sent.
func claimed(tx *store.Tx, row *Row, chat string, lease time.Duration) *bot.Outgoing {
	waited := tx.Now().Sub(row.Next)
	row.State, row.Attempt = Sending, row.Attempt+1
	row.Next, row.Yield = tx.Now().Add(max(lease, 1)), time.Time{}
	m := row.Outgoing
	m.Chat, m.Waited = chat, waited
	return &m
}

// settleOverdue decides what the head of a lane whose time has come is: ready to
// be sent, or something that ends or steps aside here.
func settleOverdue(tx *store.Tx, row *Row, h head) (ready bool) {
	if row.State == Sending { // its lease ran out: nobody knows whether it was sent
		row.Repeat = true
		row.Next = tx.Now()
	}
	holdBack(tx, row)
	capped(tx, row)
	switch expired := row.expired(tx.Now()); {
	case expired && !row.expired(tx.Settled()): // perhaps by a clock that is wrong
		row.State, row.Next = Waiting, tx.Now().Add(passedOver)
		stepAside(tx, row, h)
	case expired && row.Repeat:
		Shut(tx, row, Unknown, "expired")
	case expired:
		Shut(tx, row, Expired, "")
	case row.Next.After(tx.Now()):
		stepAside(tx, row, h)
	default:
		return true
	}
	return false
}

// stepAside moves a waiting row to the place in its lane where its next attempt
// is due.
func stepAside(tx *store.Tx, row *Row, h head) {
	store.Delete(tx, lanePrefix(row.Account, row.LaneName())+row.Lane)
	row.Yield, row.Lane = time.Time{}, h.place(row.Next)
	SaveRow(tx, row)
	enlist(tx, row)
	promote(tx, row, h)
}

// Recover makes the rows that account was sending due at once, marked as
// possible repeats. It returns their number. It must be called only while nothing is being sent: at start, when
// those rows belong to a process that is dead, so that they need not wait for
// the end of their leases.
func (d Delivery) Recover(ctx context.Context, account string) (int, error) {
	busy, err := store.Read(ctx, d.Store, func(sn *store.Snapshot) []string {
		return headsWhere(sn, account, func(h head) bool { return h.Busy })
	})
	if err != nil || len(busy) == 0 {
		return 0, err
	}
	err = d.Store.Write(ctx, func(tx *store.Tx) {
		for _, k := range busy {
			recoverRow(tx, account, k)
		}
	})
	return len(busy), err
}

func recoverRow(tx *store.Tx, account, key string) {
	row := RowOf(tx.Snapshot, account, key)
	if row.State != Sending {
		return
	}
	row.Repeat = true
	wait(tx, &row, time.Time{})
}
