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

// closings bounds what one transaction of Claim cleans up.
const closings = 64

// A Delivery is the outbox as package bot's delivery loop works on it.
type Delivery struct{ Store *store.Store }

// Claim returns the row that has been due longest for account and hides it for
// the lease: a row that is not settled by then is due again, marked as a
// possible repeat, or closed as [Unknown] if it is an answer. Rows that expired
// are closed on the way. A row for a person gets the chat in which that person is
// reached now, and is [Parked] if there is none. Claim returns bot.ErrEmpty,
// without writing, if nothing is due.
func (d Delivery) Claim(ctx context.Context, account string, lease time.Duration) (bot.Outgoing, error) {
	for {
		due, only := "", ""
		err := d.Store.View(ctx, func(sn *store.Snapshot) error {
			due, only = sendable(sn, account)
			return nil
		})
		switch {
		case err != nil:
			return bot.Outgoing{}, err
		case due == "":
			return bot.Outgoing{}, bot.ErrEmpty
		}
		var claimed *bot.Outgoing
		err = d.Store.Write(ctx, func(tx *store.Tx) { claimed = claim(tx, account, only, lease) })
		if err != nil {
			return bot.Outgoing{}, fmt.Errorf("claim: %w", err)
		}
		if claimed != nil {
			if claimed.File != nil {
				claimed.File.Open = d.Store.Opener(claimed.File.Hash)
			}
			return *claimed, nil
		}
	}
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

// claim returns nil if it found nothing to send, or had closed enough rows for one
// transaction. While sending is stopped, only is the one lane in which something
// may still be said.
func claim(tx *store.Tx, account, only string, lease time.Duration) *bot.Outgoing {
	for range closings {
		lane := dueChat(tx.Snapshot, account)
		if lane == "" {
			return nil
		}
		if only != "" {
			lane = only
		}
		h, _ := store.Load[head](tx, headKey(account, lane))
		row := RowOf(tx.Snapshot, account, h.Row)
		if only != "" && row.Rank != bot.Service { // it waits, so that an answer behind it can leave
			row.State, row.Next = Waiting, tx.Now().Add(passedOver)
			stepAside(tx, &row, h)
			return nil
		}
		switch {
		case settleOverdue(tx, &row, h):
			return address(tx, &row, h, lease)
		case only != "":
			return nil // look again whether the next may be sent
		}
	}
	return nil
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
	row.State, row.Attempt = Sending, row.Attempt+1
	row.Next, row.Yield = tx.Now().Add(max(lease, 1)), time.Time{}
	SaveRow(tx, row)
	m := row.Outgoing
	m.Chat = chat
	lead(tx, row, &h)
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
	case row.State == Sending && row.Answer:
		Shut(tx, row, Unknown, "lease ran out")
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
// possible repeats; answers among them are closed as [Unknown]. It returns their
// number. It must be called only while nothing is being sent: at start, when
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
	if row.Answer {
		Shut(tx, &row, Unknown, "interrupted")
		return
	}
	wait(tx, &row, time.Time{})
}
