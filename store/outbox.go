package store

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"time"

	"duban/bot"
)

// The outbox of an account is kept in four places under its prefix:
//
//	out/<key>                  the row itself; kept for ever, because a key is accepted once
//	lane/<lane>/<due>/<seq>    the open rows of one lane in the order in which they leave
//	chat/<lane>                the head of that lane: the only row of it that may be sent now
//	due/<time>/<lane>          when to look at which lane; one entry each
//
// A lane is a chat, or a person whose private chat is only looked up when a row
// is claimed; see [Row.lane].
//
// and, for rows that are closed, shut/<state>/<time>/<key> until [Store.Sweep]
// drops their text. As only heads have a due entry, finding what to send takes
// the same time however much is waiting.

// A State says where a row of the outbox stands.
type State string

// The states of a [Row].
const (
	Waiting   State = "waiting"   // for its turn, its due time or its next attempt
	Sending   State = "sending"   // claimed and not settled
	Parked    State = "parked"    // until a person has sorted out who its chat is
	Sent      State = "sent"      // taken by the network
	Dead      State = "dead"      // given up
	Expired   State = "expired"   // its time passed before it could be sent
	Cancelled State = "cancelled" // taken back before it was sent
	Unknown   State = "unknown"   // it may have been sent, and is not sent again
	Carried   State = "carried"   // its text leaves with another row
)

// closedStates are those that a row does not leave, except that a late receipt
// makes it Sent.
func closedStates() []State { return []State{Sent, Dead, Expired, Cancelled, Unknown} }

// room is what a row may grow by until it is closed, in bytes: by the reason of a
// failure and a receipt.
const room = 4 << 10

// A Row is a [bot.Outgoing] in the outbox and what became of it.
type Row struct {
	bot.Outgoing
	State    State     `json:"state"`
	Enqueued time.Time `json:"enqueued,omitzero"`
	Next     time.Time `json:"next,omitzero"`   // not tried before; while Sending, the end of the lease
	Closed   time.Time `json:"closed,omitzero"` // when it reached a final state
	Reason   string    `json:"reason,omitempty"`

	Receipt bot.Receipt `json:"receipt,omitzero"`

	Parts []part `json:"parts,omitempty"` // the texts that were merged into it
	Into  string `json:"into,omitempty"`  // the row that it was merged into

	Lane    string        `json:"lane,omitempty"`    // its place in its chat's lane
	Blocked time.Duration `json:"blocked,omitempty"` // for how long its retries have kept the lane waiting
	Yield   time.Time     `json:"yield,omitzero"`    // when it lets others of its lane pass; zero: never
}

// lane names the lane of the row: that of its person, wherever they are reached
// when its turn comes, or else that of its chat.
func (r *Row) lane() string {
	if r.Person != "" {
		return personLane(r.Person)
	}
	return r.Chat
}

func personLane(person string) string { return "@" + person }

// open tells whether the row is neither closed nor in flight.
func (r *Row) open() bool { return r.State == Waiting || r.State == Parked }

// look returns when the row, as the head of its lane, wants attention.
func (r *Row) look() time.Time {
	if !r.Yield.IsZero() && r.Yield.Before(r.Next) {
		return r.Yield
	}
	return r.Next
}

// A head is the first open row of a chat's lane.
type head struct {
	Row  string    `json:"row"`  // the key of the outgoing
	Lane string    `json:"lane"` // its place in the lane
	Look time.Time `json:"look"` // the time of the chat's due entry
	Busy bool      `json:"busy,omitempty"`

	Parked bool `json:"parked,omitempty"` // the row waits for its chat to be resolved
	Told   bool `json:"told,omitempty"`   // the admins know that rows of this lane are parked

	Seq uint64 `json:"seq"` // the number of the row that was added last
}

func rowKey(account, key string) string { return AccountPrefix(account) + "out/" + key }

func headKey(account, chat string) string { return key("a", account, "chat", chat) }

func lanePrefix(account, chat string) string { return key("a", account, "lane", chat) + "/" }

func duePrefix(account string) string { return AccountPrefix(account) + "due/" }

func dueKey(account, chat string, at time.Time) string {
	return key("a", account, "due", stamp(at), chat)
}

func shutPrefix(account string, s State) string {
	return key("a", account, "shut", string(s)) + "/"
}

func shutKey(r *Row) string {
	return shutPrefix(r.Account, r.State) + stamp(r.Closed) + "/" + r.Key
}

// Enqueue puts o into the outbox of its account. A key is accepted once, for
// ever: an o whose key is known is dropped silently. Rows of one chat leave in
// the order of their due times, and those of one due time in the order in which
// they were enqueued.
func (tx *Tx) Enqueue(o bot.Outgoing) error {
	if o.Key == "" || o.Account == "" || o.Chat == "" && o.Person == "" {
		return errors.New("enqueue: an outgoing needs a key, an account and a chat or a person")
	}
	if keysTooLong(&Row{Outgoing: o}) {
		return fmt.Errorf("enqueue: key or chat: %w", ErrTooLarge)
	}
	at := rowKey(o.Account, o.Key)
	known, err := tx.Get([]byte(at))
	if err != nil || known != nil {
		return err
	}
	if o.Due.IsZero() {
		o.Due = tx.Now()
	}
	o.Attempt, o.Repeat = 0, false
	row := &Row{Outgoing: o, State: Waiting, Enqueued: tx.Now(), Next: o.Due}
	h, _, err := load[head](tx, headKey(o.Account, row.lane()))
	if err != nil {
		return err
	}
	row.Lane = h.place(o.Due)
	raw, err := encode(row)
	if err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	if len(raw) > MaxValue-room {
		return fmt.Errorf("enqueue: text: %w", ErrTooLarge)
	}
	if err := tx.Put([]byte(at), raw); err != nil {
		return err
	}
	if o.File != nil {
		if err := tx.HoldFile(AccountPrefix(o.Account), o.File.Hash, o.Key); err != nil {
			return err
		}
	}
	if err := tx.join(row); err != nil {
		return err
	}
	tx.Wake(o.Account)
	if !h.Busy && (h.Row == "" || row.Lane < h.Lane) {
		return tx.lead(row, &h)
	}
	return tx.saveHead(row, h)
}

// keysTooLong reports whether some key of the outbox would get too long for o,
// now or when it is closed: such a row would block its chat for ever.
func keysTooLong(o *Row) bool {
	const timeLen, seqLen = len("20060102T150405.000000000/"), len("/000000000000")
	return len(shutPrefix(o.Account, Cancelled))+timeLen+len(o.Key) > MaxKey ||
		len(lanePrefix(o.Account, o.lane()))+timeLen+seqLen > MaxKey
}

// Cancel takes back the row with this key and reports whether it is certain
// that its text was not and will not be sent: false if it was sent, is being
// sent at this moment, or is not known. A row of which an earlier attempt may
// have arrived is closed as [Unknown], and Cancel says false.
func (tx *Tx) Cancel(account, key string) (bool, error) {
	row, ok, err := load[Row](tx, rowKey(account, key))
	if err != nil || !ok {
		return false, err
	}
	switch {
	case row.State == Carried:
		return tx.unmerge(&row)
	case len(row.Parts) > 0:
		return tx.dropPart(&row, key)
	case !row.open():
		return (row.State == Cancelled || row.State == Expired || row.State == Dead) && !row.Repeat, nil
	case row.Repeat:
		return false, tx.shut(&row, Unknown, "cancelled")
	}
	return true, tx.shut(&row, Cancelled, "")
}

// place returns a new place in the lane, after all others with the same time.
func (h *head) place(at time.Time) string {
	h.Seq++
	return fmt.Sprintf("%s/%012d", stamp(at), h.Seq)
}

// join enters row, which the caller saves, in its place in the lane.
func (tx *Tx) join(row *Row) error {
	return save(tx, lanePrefix(row.Account, row.lane())+row.Lane, row.Key)
}

func (tx *Tx) saveRow(row *Row) error {
	return save(tx, rowKey(row.Account, row.Key), row)
}

// lead makes row the head of its lane and moves the chat's due entry to the
// time at which row wants attention.
func (tx *Tx) lead(row *Row, h *head) error {
	look := row.look()
	if h.Row == "" || !look.Equal(h.Look) {
		if err := tx.forget(row, h); err != nil {
			return err
		}
		if err := save(tx, dueKey(row.Account, row.lane(), look), row.lane()); err != nil {
			return err
		}
	}
	h.Row, h.Lane, h.Look, h.Busy, h.Parked = row.Key, row.Lane, look, row.State == Sending, row.State == Parked
	return tx.saveHead(row, *h)
}

// forget removes the due entry of row's chat, if it has one.
func (tx *Tx) forget(row *Row, h *head) error {
	if h.Row == "" {
		return nil
	}
	return tx.Delete([]byte(dueKey(row.Account, row.lane(), h.Look)))
}

func (tx *Tx) saveHead(row *Row, h head) error {
	return save(tx, headKey(row.Account, row.lane()), h)
}

// shut closes an open row, takes it out of its lane and lets the next one lead.
func (tx *Tx) shut(row *Row, s State, reason string) error {
	row.State = s // so that leave knows
	if err := tx.leave(row); err != nil {
		return err
	}
	row.Next, row.Yield, row.Blocked = time.Time{}, time.Time{}, 0
	return tx.close(row, s, reason)
}

// close saves row in its final state.
func (tx *Tx) close(row *Row, s State, reason string) error {
	if s == Expired || s == Unknown {
		tx.Warn("outbox row given up", "account", row.Account, "state", s)
	}
	row.State, row.Closed, row.Reason = s, tx.Now(), cmp.Or(reason, row.Reason)
	if err := save(tx, shutKey(row), row.Key); err != nil {
		return err
	}
	return tx.saveRow(row)
}

// leave takes row out of its lane. If it was the head, the first of the others
// becomes it; if there are none, nothing of the lane remains.
func (tx *Tx) leave(row *Row) error {
	lane := lanePrefix(row.Account, row.lane())
	if err := tx.Delete([]byte(lane + row.Lane)); err != nil {
		return err
	}
	row.Lane = ""
	h, _, err := load[head](tx, headKey(row.Account, row.lane()))
	if err != nil || h.Row != row.Key {
		return err
	}
	h.Told = h.Told && row.State != Sent // it is resolved
	return tx.promote(row, h)
}

// promote makes the first row of the lane, whose head row was until now, its
// head.
func (tx *Tx) promote(row *Row, h head) error {
	for first, err := range scan[string](tx, lanePrefix(row.Account, row.lane()), 1) {
		if err != nil {
			return err
		}
		next, err := tx.row(row.Account, first.Value)
		if err != nil {
			return err
		}
		return tx.lead(&next, &h)
	}
	if err := tx.forget(row, &h); err != nil {
		return err
	}
	return tx.Delete([]byte(headKey(row.Account, row.lane())))
}

// row returns a row that another record points to.
func (s *Snapshot) row(account, key string) (Row, error) {
	row, ok, err := load[Row](s, rowKey(account, key))
	if err == nil && !ok {
		err = errors.New("outbox: a row that is pointed to is missing")
	}
	return row, err
}

// Outbox returns the rows of account in state: those that are still open in the
// order of their chats and lanes, the others in the order in which they were
// closed. It ends after the first error.
func (s *Snapshot) Outbox(account string, state State) iter.Seq2[Row, error] {
	prefix := shutPrefix(account, state)
	if state == Waiting || state == Sending || state == Parked {
		prefix = key("a", account, "lane") + "/"
	}
	return func(yield func(Row, error) bool) {
		for rec, err := range scan[string](s, prefix, 0) {
			var row Row
			if err == nil {
				row, err = s.row(account, rec.Value)
			}
			if err == nil && row.State != state {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
