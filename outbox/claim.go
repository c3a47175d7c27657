package outbox

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"duban/bot"
	"duban/store"
)

// patience is how long the retries of one row may keep the others of its chat
// waiting. After that they pass it.
const patience = 15 * time.Minute

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
		err := d.Store.View(ctx, func(sn *store.Snapshot) (err error) {
			due, only, err = sendable(sn, account)
			return err
		})
		switch {
		case err != nil:
			return bot.Outgoing{}, err
		case due == "":
			return bot.Outgoing{}, bot.ErrEmpty
		}
		var claimed *bot.Outgoing
		err = d.Store.Update(ctx, func(tx *store.Tx) (err error) {
			claimed, err = claim(tx, account, only, lease)
			return err
		})
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
func dueChat(s *store.Snapshot, account string) (string, error) {
	prefix := duePrefix(account)
	until := prefix + store.Stamp(s.Now().Add(1)) // the end is not part of a scan
	for rec, err := range store.ScanRange[string](s, []byte(prefix), []byte(until), 1) {
		return rec.Value, err
	}
	return "", nil
}

// claim returns nil if it found nothing to send, or had closed enough rows for one
// transaction. While sending is stopped, only is the one lane in which something
// may still be said.
func claim(tx *store.Tx, account, only string, lease time.Duration) (*bot.Outgoing, error) {
	for range closings {
		lane, err := dueChat(tx.Snapshot, account)
		if err != nil || lane == "" {
			return nil, err
		}
		if only != "" {
			lane = only
		}
		h, _, err := store.Load[head](tx, headKey(account, lane))
		if err != nil {
			return nil, err
		}
		row, err := RowOf(tx.Snapshot, account, h.Row)
		if err != nil {
			return nil, err
		}
		if only != "" && row.Rank != bot.Service {
			return nil, passOver(tx, &row, h)
		}
		ready, err := settleOverdue(tx, &row, h)
		switch {
		case err != nil:
			return nil, err
		case ready:
			return address(tx, &row, h, lease)
		case only != "":
			return nil, nil // look again whether the next may be sent
		}
	}
	return nil, nil
}

// address takes the head of a lane, unless its account has said too much or nobody
// knows where to send it.
func address(tx *store.Tx, row *Row, h head, lease time.Duration) (*bot.Outgoing, error) {
	if stopped, err := overVolume(tx, row); err != nil || stopped {
		return nil, err
	}
	if leaving := store.Value[Hooks](tx.Snapshot).Leaving; leaving != nil {
		if reason, err := leaving(tx, &row.Outgoing); err != nil || reason != "" {
			return nil, cmp.Or(err, Shut(tx, row, Cancelled, reason))
		}
	}
	to, err := resolve(tx, row)
	if err != nil || to == "" {
		return nil, err
	}
	if err := gather(tx, row); err != nil {
		return nil, err
	}
	return take(tx, row, h, to, lease)
}

// resolve returns where a row goes now. If nobody knows where its person is, the
// row is parked and the answer is "".
func resolve(tx *store.Tx, row *Row) (chat string, err error) {
	if row.Person == "" {
		return row.Chat, nil
	}
	if find := store.Value[Hooks](tx.Snapshot).Resolve; find != nil {
		if chat, err = find(tx.Snapshot, row.Account, row.Person); err != nil || chat != "" {
			return chat, err
		}
	}
	row.Reason = "nobody knows where this person is reached"
	return "", park(tx, row, time.Time{})
}

// take marks the head of a lane as being sent, and returns what is to be sent to
// a chat.
func take(tx *store.Tx, row *Row, h head, chat string, lease time.Duration) (*bot.Outgoing, error) {
	if err := book(tx, row, 1); err != nil {
		return nil, err
	}
	row.State, row.Attempt = Sending, row.Attempt+1
	row.Next, row.Yield = tx.Now().Add(max(lease, 1)), time.Time{}
	if err := SaveRow(tx, row); err != nil {
		return nil, err
	}
	m := row.Outgoing
	m.Chat = chat
	return &m, lead(tx, row, &h)
}

// settleOverdue decides what the head of a lane whose time has come is: ready to
// be sent, or something that ends or steps aside here.
func settleOverdue(tx *store.Tx, row *Row, h head) (ready bool, err error) {
	if row.State == Sending { // its lease ran out: nobody knows whether it was sent
		row.Repeat = true
		row.Next = tx.Now()
	}
	if err := cmp.Or(holdBack(tx, row), capped(tx, row)); err != nil {
		return false, err
	}
	expired := row.expired(tx.Now())
	switch {
	case row.State == Sending && row.Answer:
		return false, Shut(tx, row, Unknown, "lease ran out")
	case expired && row.Repeat:
		return false, Shut(tx, row, Unknown, "expired")
	case expired:
		return false, Shut(tx, row, Expired, "")
	case row.Next.After(tx.Now()):
		return false, stepAside(tx, row, h)
	}
	return true, nil
}

// stepAside moves a waiting row to the place in its lane where its next attempt
// is due.
func stepAside(tx *store.Tx, row *Row, h head) error {
	if err := tx.Delete([]byte(lanePrefix(row.Account, row.LaneName()) + row.Lane)); err != nil {
		return err
	}
	row.Yield, row.Lane = time.Time{}, h.place(row.Next)
	if err := SaveRow(tx, row); err != nil {
		return err
	}
	if err := enlist(tx, row); err != nil {
		return err
	}
	return promote(tx, row, h)
}

// Recover makes the rows that account was sending due at once, marked as
// possible repeats; answers among them are closed as [Unknown]. It returns their
// number. It must be called only while nothing is being sent: at start, when
// those rows belong to a process that is dead, so that they need not wait for
// the end of their leases.
func (d Delivery) Recover(ctx context.Context, account string) (int, error) {
	busy, err := store.Read(ctx, d.Store, func(sn *store.Snapshot) ([]string, error) {
		return headsWhere(sn, account, func(h head) bool { return h.Busy })
	})
	if err != nil || len(busy) == 0 {
		return 0, err
	}
	err = d.Store.Update(ctx, func(tx *store.Tx) error {
		for _, k := range busy {
			if err := recoverRow(tx, account, k); err != nil {
				return err
			}
		}
		return nil
	})
	return len(busy), err
}

func recoverRow(tx *store.Tx, account, key string) error {
	row, err := RowOf(tx.Snapshot, account, key)
	if err != nil || row.State != Sending {
		return err
	}
	row.Repeat = true
	if row.Answer {
		return Shut(tx, &row, Unknown, "interrupted")
	}
	row.State, row.Next = Waiting, tx.Now()
	return retake(tx, &row)
}

// retake saves a row that was in flight and is not any more, and lets the first
// of its lane lead.
func retake(tx *store.Tx, row *Row) error {
	if err := SaveRow(tx, row); err != nil {
		return err
	}
	h, _, err := store.Load[head](tx, headKey(row.Account, row.LaneName()))
	if err != nil {
		return err
	}
	return promote(tx, row, h)
}
