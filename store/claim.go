package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"duban/bot"
)

// patience is how long the retries of one row may keep the others of its chat
// waiting. After that they pass it.
const patience = 15 * time.Minute

// closings bounds what one transaction of Claim cleans up.
const closings = 64

// Claim returns the row that has been due longest for account and hides it for
// the lease: a row that is not settled by then is due again, marked as a
// possible repeat, or closed as [Unknown] if it is an answer. Rows that expired
// are closed on the way. A row for a person gets the chat in which that person is
// reached now, and is [Parked] if there is none. Claim returns bot.ErrEmpty,
// without writing, if nothing is due.
func (s *Store) Claim(ctx context.Context, account string, lease time.Duration) (bot.Outgoing, error) {
	for {
		due, only := "", ""
		err := s.View(ctx, func(sn *Snapshot) (err error) {
			due, only, err = sn.sendable(account)
			return err
		})
		if err != nil {
			return bot.Outgoing{}, err
		}
		if due == "" {
			return bot.Outgoing{}, bot.ErrEmpty
		}
		var claimed *bot.Outgoing
		err = s.Update(ctx, func(tx *Tx) (err error) {
			claimed, err = tx.claim(account, only, lease)
			return err
		})
		if err != nil {
			return bot.Outgoing{}, fmt.Errorf("claim: %w", err)
		}
		if claimed != nil {
			if claimed.File != nil {
				claimed.File.Open = s.opener(claimed.File.Hash)
			}
			return *claimed, nil
		}
	}
}

// dueChat returns the lane that has wanted attention longest.
func (s *Snapshot) dueChat(account string) (chat string, ok bool, err error) {
	prefix := duePrefix(account)
	until := prefix + stamp(s.Now().Add(1)) // the end is not part of a scan
	for rec, err := range scanRange[string](s, []byte(prefix), []byte(until), 1) {
		return rec.Value, err == nil, err
	}
	return "", false, nil
}

// claim returns nil if it found nothing to send, or had closed enough rows for one
// transaction. While sending is stopped, only is the one lane in which something
// may still be said.
func (tx *Tx) claim(account, only string, lease time.Duration) (*bot.Outgoing, error) {
	for range closings {
		lane, ok, err := tx.dueChat(account)
		if err != nil || !ok {
			return nil, err
		}
		if only != "" {
			lane = only
		}
		h, _, err := load[head](tx, headKey(account, lane))
		if err != nil {
			return nil, err
		}
		row, err := tx.row(account, h.Row)
		if err != nil {
			return nil, err
		}
		if only != "" && row.Rank != bot.Service {
			return nil, tx.passOver(&row, h)
		}
		ready, err := tx.settleOverdue(&row, h)
		switch {
		case err != nil:
			return nil, err
		case ready:
			return tx.address(&row, h, lease)
		case only != "":
			return nil, nil // look again whether the next may be sent
		}
	}
	return nil, nil
}

// address takes the head of a lane, unless its account has said too much or nobody
// knows where to send it.
func (tx *Tx) address(row *Row, h head, lease time.Duration) (*bot.Outgoing, error) {
	if stopped, err := tx.overVolume(row); err != nil || stopped {
		return nil, err
	}
	if leaving := Value[Hooks](tx.Snapshot).Leaving; leaving != nil {
		if reason, err := leaving(tx, row.Outgoing); err != nil || reason != "" {
			return nil, cmp.Or(err, tx.shut(row, Cancelled, reason))
		}
	}
	to, err := tx.resolve(row, h)
	if err != nil || to == "" {
		return nil, err
	}
	return tx.take(row, h, to, lease)
}

// resolve returns where a row goes now. If nobody knows where its person is, the
// row is parked and the answer is "".
func (tx *Tx) resolve(row *Row, h head) (chat string, err error) {
	if row.Person == "" {
		return row.Chat, nil
	}
	if find := Value[Hooks](tx.Snapshot).Resolve; find != nil {
		if chat, err = find(tx.Snapshot, row.Account, row.Person); err != nil || chat != "" {
			return chat, err
		}
	}
	row.Reason = "nobody knows where this person is reached"
	return "", tx.park(row, h, tx.Now().Add(parkedFor))
}

// take marks the head of a lane as being sent, and returns what is to be sent to
// a chat.
func (tx *Tx) take(row *Row, h head, chat string, lease time.Duration) (*bot.Outgoing, error) {
	if err := tx.spend(row); err != nil {
		return nil, err
	}
	row.State, row.Attempt = Sending, row.Attempt+1
	row.Next, row.Yield = tx.Now().Add(max(lease, 1)), time.Time{}
	if err := tx.saveRow(row); err != nil {
		return nil, err
	}
	m := row.Outgoing
	m.Chat = chat
	return &m, tx.lead(row, &h)
}

// settleOverdue decides what the head of a lane whose time has come is: ready to
// be sent, or something that ends or steps aside here.
func (tx *Tx) settleOverdue(row *Row, h head) (ready bool, err error) {
	if row.State == Sending { // its lease ran out: nobody knows whether it was sent
		row.Repeat = true
		row.Next = tx.Now()
	}
	if err := cmp.Or(tx.holdBack(row), tx.capped(row)); err != nil {
		return false, err
	}
	expired := !row.Expires.IsZero() && tx.Now().After(row.Expires)
	switch {
	case row.State == Sending && row.Answer:
		return false, tx.shut(row, Unknown, "lease ran out")
	case expired && row.Repeat:
		return false, tx.shut(row, Unknown, "expired")
	case expired:
		return false, tx.shut(row, Expired, "")
	case row.Next.After(tx.Now()):
		return false, tx.stepAside(row, h)
	}
	return true, nil
}

// stepAside moves a waiting row to the place in its lane where its next attempt
// is due.
func (tx *Tx) stepAside(row *Row, h head) error {
	if err := tx.Delete([]byte(lanePrefix(row.Account, row.lane()) + row.Lane)); err != nil {
		return err
	}
	row.Yield, row.Lane = time.Time{}, h.place(row.Next)
	if err := tx.saveRow(row); err != nil {
		return err
	}
	if err := tx.join(row); err != nil {
		return err
	}
	return tx.promote(row, h)
}

// Recover makes the rows that account was sending due at once, marked as
// possible repeats; answers among them are closed as [Unknown]. It returns their
// number. It must be called only while nothing is being sent: at start, when
// those rows belong to a process that is dead, so that they need not wait for
// the end of their leases.
func (s *Store) Recover(ctx context.Context, account string) (int, error) {
	var busy []string
	err := s.View(ctx, func(sn *Snapshot) error {
		busy = nil
		for rec, err := range scan[head](sn, key("a", account, "chat")+"/", 0) {
			if err != nil {
				return err
			}
			if rec.Value.Busy {
				busy = append(busy, rec.Value.Row)
			}
		}
		return nil
	})
	if err != nil || len(busy) == 0 {
		return 0, err
	}
	err = s.Update(ctx, func(tx *Tx) error {
		for _, k := range busy {
			if err := tx.recover(account, k); err != nil {
				return err
			}
		}
		return nil
	})
	return len(busy), err
}

func (tx *Tx) recover(account, key string) error {
	row, err := tx.row(account, key)
	if err != nil || row.State != Sending {
		return err
	}
	row.Repeat = true
	if row.Answer {
		return tx.shut(&row, Unknown, "interrupted")
	}
	row.State, row.Next = Waiting, tx.Now()
	return tx.retake(&row)
}

// retake saves a row that was in flight and is not any more, and lets the first
// of its lane lead.
func (tx *Tx) retake(row *Row) error {
	if err := tx.saveRow(row); err != nil {
		return err
	}
	h, _, err := load[head](tx, headKey(row.Account, row.lane()))
	if err != nil {
		return err
	}
	return tx.promote(row, h)
}

// A Delivery is the outbox as package bot's delivery loop works on it.
type Delivery struct{ Store *Store }

// Claim implements [bot.Outbox]; see [Store.Claim].
func (d Delivery) Claim(ctx context.Context, account string, lease time.Duration) (bot.Outgoing, error) {
	return d.Store.Claim(ctx, account, lease)
}

// Settle implements [bot.Outbox]; see [Store.Settle].
func (d Delivery) Settle(ctx context.Context, m bot.Outgoing, r bot.Result) error {
	return d.Store.Settle(ctx, m, r)
}

// Recover implements [bot.Outbox]; see [Store.Recover].
func (d Delivery) Recover(ctx context.Context, account string) (int, error) {
	return d.Store.Recover(ctx, account)
}
