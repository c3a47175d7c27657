package store

import (
	"cmp"
	"time"

	"duban/bot"
)

// A row is parked if nobody can say who its chat is: a group was renamed, two are
// called the same, a person is not bound any more. It keeps its place, costs no
// attempt, and holds up only its own lane. It is looked at again every hour, when
// its account is back, and when the chat or the person is bound anew.

// parkedFor is when a parked row is looked at again at the latest.
const parkedFor = time.Hour

// parkHead parks the head of a lane, which was being sent.
func (tx *Tx) parkHead(row *Row, again time.Time) error {
	h, _, err := load[head](tx, headKey(row.Account, row.lane()))
	if err != nil {
		return err
	}
	return tx.park(row, h, again)
}

// park lets row wait as the head of its lane, and tells the admins, once for as
// long as the lane is not resolved.
func (tx *Tx) park(row *Row, h head, again time.Time) error {
	row.State, row.Next, row.Yield = Parked, again, time.Time{}
	if row.Next.IsZero() {
		row.Next = tx.Now().Add(parkedFor)
	}
	told := h.Told
	h.Told = true
	if err := cmp.Or(tx.saveRow(row), tx.lead(row, &h)); err != nil || told {
		return err
	}
	parked := Value[Hooks](tx.Snapshot).Parked
	if parked == nil {
		return nil
	}
	waiting, err := tx.waiting(row)
	if err != nil {
		return err
	}
	return parked(tx, ParkedLane{Account: row.Account, Chat: row.Chat, Person: row.Person, Waiting: waiting})
}

// waiting counts the rows of a lane.
func (s *Snapshot) waiting(row *Row) (n int, err error) {
	for _, err := range scan[string](s, lanePrefix(row.Account, row.lane()), 0) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// ReleaseParked makes the parked rows of account due, because it is back, and
// returns their number.
func (tx *Tx) ReleaseParked(account string) (int, error) {
	lanes, err := tx.parked(account)
	if err != nil {
		return 0, err
	}
	for _, k := range lanes {
		if err := tx.release(account, k); err != nil {
			return 0, err
		}
	}
	return len(lanes), nil
}

// parked returns the heads of account that are parked.
func (s *Snapshot) parked(account string) (rows []string, err error) {
	for rec, err := range scan[head](s, key("a", account, "chat")+"/", 0) {
		if err != nil {
			return nil, err
		}
		if rec.Value.Parked {
			rows = append(rows, rec.Value.Row)
		}
	}
	return rows, nil
}

// release makes a row that is parked due.
func (tx *Tx) release(account, k string) error {
	row, err := tx.row(account, k)
	if err != nil || row.State != Parked {
		return err
	}
	h, _, err := load[head](tx, headKey(account, row.lane()))
	if err != nil {
		return err
	}
	row.State, row.Next, row.Reason, h.Told = Waiting, tx.Now(), "", false
	tx.Wake(account)
	return cmp.Or(tx.saveRow(&row), tx.lead(&row, &h))
}

// releaseLane makes the parked row of a lane due, because somebody said who it is.
func (tx *Tx) releaseLane(account, lane string) error {
	h, ok, err := load[head](tx, headKey(account, lane))
	if err != nil || !ok || !h.Parked {
		return err
	}
	return tx.release(account, h.Row)
}

// moveChat gives what waits for a chat, and what people there can answer, to the
// chat that a group meets in now. A row that is being sent stays where it is.
func (tx *Tx) moveChat(account, from, to string) error {
	var rows []Row
	for rec, err := range scan[string](tx, lanePrefix(account, from), 0) {
		if err != nil {
			return err
		}
		row, err := tx.row(account, rec.Value)
		if err != nil {
			return err
		}
		if row.open() && row.Person == "" {
			rows = append(rows, row)
		}
	}
	for _, row := range rows {
		if err := tx.moveRow(&row, to); err != nil {
			return err
		}
	}
	if moved := Value[Hooks](tx.Snapshot).Moved; moved != nil {
		return moved(tx, account, from, to)
	}
	return nil
}

func (tx *Tx) moveRow(row *Row, to string) error {
	next := row.Next
	if row.State == Parked {
		next = tx.Now()
	}
	if err := tx.leave(row); err != nil {
		return err
	}
	row.Chat, row.State, row.Next, row.Yield = to, Waiting, next, time.Time{}
	h, _, err := load[head](tx, headKey(row.Account, to))
	if err != nil {
		return err
	}
	row.Lane = h.place(next)
	if err := cmp.Or(tx.saveRow(row), tx.join(row)); err != nil {
		return err
	}
	tx.Wake(row.Account)
	if !h.Busy && (h.Row == "" || row.Lane < h.Lane) {
		return tx.lead(row, &h)
	}
	return tx.saveHead(row, h)
}

// moveShown lets people answer in their group's new chat what was posted in the
// old one.
func (tx *Tx) moveShown(account, from, to string) error {
	prefix := Work + key("shown", account, from) + "/"
	var all []Record[Shown]
	for rec, err := range scan[Shown](tx, prefix, 0) {
		if err != nil {
			return err
		}
		all = append(all, rec)
	}
	for _, rec := range all {
		at := Work + key("shown", account, to) + "/" + rec.Key[len(prefix):]
		if err := cmp.Or(save(tx, at, rec.Value), tx.Delete([]byte(rec.Key))); err != nil {
			return err
		}
	}
	return nil
}

// Queue counts what waits in the outbox of an account.
type Queue struct {
	Waiting int // in all
	Parked  int // of them, lanes whose chat nobody can resolve
	Oldest  time.Time
}

// Queue returns what waits in the outbox of account.
func (s *Snapshot) Queue(account string) (Queue, error) {
	var q Queue
	for _, state := range []State{Waiting, Parked, Sending} {
		for row, err := range s.Outbox(account, state) {
			if err != nil {
				return q, err
			}
			q.Waiting++
			if state == Parked {
				q.Parked++
			}
			if q.Oldest.IsZero() || row.Enqueued.Before(q.Oldest) {
				q.Oldest = row.Enqueued
			}
		}
	}
	return q, nil
}

// CloseExpired closes the rows of account whose time has passed, which otherwise
// happens when their turn comes.
func (tx *Tx) CloseExpired(account string) error {
	var gone []Row
	for _, state := range []State{Waiting, Parked} {
		for row, err := range tx.Outbox(account, state) {
			if err != nil {
				return err
			}
			if !row.Expires.IsZero() && tx.Now().After(row.Expires) {
				gone = append(gone, row)
			}
		}
	}
	for _, row := range gone {
		fresh, err := tx.row(account, row.Key) // its lane may have changed
		if err != nil {
			return err
		}
		state := Expired
		if fresh.Repeat {
			state = Unknown
		}
		if err := tx.shut(&fresh, state, "expired"); err != nil {
			return err
		}
	}
	return nil
}

// Dropped returns the rows of account that were not sent because their time had
// passed, since a time.
func (s *Snapshot) Dropped(account string, since time.Time) (rows []bot.Outgoing, err error) {
	prefix := shutPrefix(account, Expired)
	for rec, err := range scanRange[string](s, []byte(prefix+stamp(since)), prefixEnd(prefix), 0) {
		if err != nil {
			return nil, err
		}
		row, err := s.row(account, rec.Value)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row.Outgoing)
	}
	return rows, nil
}
