// Package outbox keeps what must be said until it was said, and decides how much
// may be said.
//
// A transaction enqueues a [bot.Outgoing] under a key that names its reason; a key
// is accepted once, for ever. The delivery loop of an account claims the row that
// has been due longest, sends it, and settles how that ended. Rows of one chat
// leave in order; a row whose chat nobody can resolve is parked and holds up only
// its own lane. All limits stand in [Limits].
//
// The outbox does not import its neighbours: it reaches them through [Hooks].
package outbox

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/store"
)

// The outbox of an account is kept in four places under its prefix:
//
//	out/<key>                  the row itself; kept for ever, because a key is accepted once
//	lane/<lane>/<due>/<seq>    the open rows of one lane in the order in which they leave
//	chat/<lane>                the head of that lane: the only row of it that may be sent now
//	due/<time>/<lane>          when to look at which lane; one entry each
//
// A lane is a chat, or a person whose private chat is only looked up when a row
// is claimed; see [Row.LaneName].
//
// and, for rows that are closed, shut/<state>/<time>/<key> until [privacy.Sweep]
// drops their text; its value says nothing. As only heads have a due entry, finding what to send takes
// the same time however much is waiting.

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

// RowKey is the key under which the store keeps the row of an outgoing key.
func RowKey(account, key string) string { return store.AccountPrefix(account) + "out/" + key }

func headKey(account, chat string) string { return store.Key("a", account, "chat", chat) }

func lanePrefix(account, chat string) string { return store.Key("a", account, "lane", chat) + "/" }

func duePrefix(account string) string { return store.AccountPrefix(account) + "due/" }

func dueKey(account, chat string, at time.Time) string {
	return store.Key("a", account, "due", store.Stamp(at), chat)
}

func shutPrefix(account string, s State) string {
	return store.Key("a", account, "shut", string(s)) + "/"
}

func shutKey(r *Row) string {
	return shutPrefix(r.Account, r.State) + store.Stamp(r.Closed) + "/" + r.Key
}

// Enqueue puts o into the outbox of its account. A key is accepted once, for
// ever: an o whose key is known is dropped silently. Rows of one chat leave in
// the order of their due times, and those of one due time in the order in which
// they were enqueued.
func Enqueue(tx *store.Tx, o bot.Outgoing) {
	at := RowKey(o.Account, o.Key)
	switch {
	case o.Key == "" || o.Account == "" || o.Chat == "" && o.Person == "":
		store.Check(errors.New("enqueue: an outgoing needs a key, an account and a chat or a person"))
	case keysTooLong(&Row{Outgoing: o}):
		store.Check(fmt.Errorf("enqueue: key or chat: %w", store.ErrTooLarge))
	case store.Has(tx, at):
		return
	}
	if o.Due.IsZero() {
		o.Due = tx.Now()
	}
	o.Attempt, o.Repeat = 0, false
	row := &Row{Outgoing: o, State: Waiting, Enqueued: tx.Now(), Next: o.Due}
	h, _ := store.Load[head](tx, headKey(o.Account, row.LaneName()))
	row.Lane = h.place(o.Due)
	leave(tx, row, &h)
	raw := store.Must(store.Encode(row.Bare(at)))
	if len(raw) > store.MaxValue-room {
		store.Check(fmt.Errorf("enqueue: text: %w", store.ErrTooLarge))
	}
	store.SaveRaw(tx, at, raw)
	if o.File != nil {
		tx.HoldFile(store.AccountPrefix(o.Account), o.File.Hash, o.Key)
	}
	lineUp(tx, row, h)
}

// lineUp enters row, whose place is new, in the lane whose head is h.
func lineUp(tx *store.Tx, row *Row, h head) {
	enlist(tx, row)
	if row.IsOpen() && !row.Next.After(tx.Now()) { // for what is due later, nobody has to look now
		tx.Wake(row.Account)
	}
	if !h.Busy && (h.Row == "" || row.Lane < h.Lane) {
		lead(tx, row, &h)
		return
	}
	store.Save(tx, headKey(row.Account, row.LaneName()), h)
}

// keysTooLong reports whether some key of the outbox would get too long for o,
// now or when it is closed: such a row would block its chat for ever.
func keysTooLong(o *Row) bool {
	const timeLen, seqLen = len("20060102T150405.000000000/"), len("/000000000000")
	return len(shutPrefix(o.Account, Cancelled))+timeLen+len(o.Key) > store.MaxKey ||
		len(lanePrefix(o.Account, o.LaneName()))+timeLen+seqLen > store.MaxKey
}

// Cancel takes back the row with this key and reports whether it is certain
// that its text was not and will not be sent: false if it was sent, is being
// sent at this moment, or is not known. A row of which an earlier attempt may
// have arrived is closed as [Unknown], and Cancel says false.
func Cancel(tx *store.Tx, account, key string) bool {
	row, ok := Lookup(tx.Snapshot, account, key)
	if !ok {
		return false
	}
	switch {
	case row.State == Held:
		return drop(tx, &row)
	case row.State == Carried:
		return unmerge(tx, &row)
	case len(row.Parts) > 0:
		return dropPart(tx, &row, key)
	case !row.IsOpen():
		return (row.State == Cancelled || row.State == Expired || row.State == Dead) && !row.Repeat
	case row.Repeat:
		Shut(tx, &row, Unknown, "cancelled")
		return false
	}
	Shut(tx, &row, Cancelled, "")
	return true
}

// place returns a new place in the lane, after all others with the same time.
func (h *head) place(at time.Time) string {
	h.Seq++
	return fmt.Sprintf("%s/%012d", store.Stamp(at), h.Seq)
}

// enlist enters row, which the caller saves, in its place in the lane.
func enlist(tx *store.Tx, row *Row) {
	store.Save(tx, lanePrefix(row.Account, row.LaneName())+row.Lane, row.Key)
}

// SaveRow stores a row, which keeps its place in its lane.
func SaveRow(tx *store.Tx, row *Row) {
	store.Save(tx, RowKey(row.Account, row.Key), row)
}

// lead makes row the head of its lane and moves the chat's due entry to the
// time at which row wants attention.
func lead(tx *store.Tx, row *Row, h *head) {
	look := row.look()
	if h.Row == "" || !look.Equal(h.Look) {
		forgetDue(tx, row, h)
		store.Save(tx, dueKey(row.Account, row.LaneName(), look), row.LaneName())
	}
	h.Row, h.Lane, h.Look, h.Busy, h.Parked = row.Key, row.Lane, look, row.State == Sending, row.State == Parked
	store.Save(tx, headKey(row.Account, row.LaneName()), h)
}

// forgetDue removes the due entry of row's chat, if it has one.
func forgetDue(tx *store.Tx, row *Row, h *head) {
	if h.Row != "" {
		store.Delete(tx, dueKey(row.Account, row.LaneName(), h.Look))
	}
}

// Shut closes an open row, takes it out of its lane and lets the next one lead.
func Shut(tx *store.Tx, row *Row, s State, reason string) {
	row.State = s // unqueue asks for it
	unqueue(tx, row)
	row.Next, row.Yield, row.Blocked = time.Time{}, time.Time{}, 0
	finish(tx, row, s, reason)
}

// finish saves row in its final state.
func finish(tx *store.Tx, row *Row, s State, reason string) {
	if s == Expired || s == Unknown {
		account := row.Account
		tx.Log(func(log *slog.Logger) { log.Warn("outbox row given up", "account", account, "state", s) })
	}
	row.State, row.Closed, row.Reason = s, tx.Now(), cmp.Or(reason, row.Reason)
	store.Save(tx, shutKey(row), "")
	SaveRow(tx, row)
}

// unqueue takes row out of its lane. If it was the head, the first of the others
// becomes it; if there are none, nothing of the lane remains.
func unqueue(tx *store.Tx, row *Row) {
	store.Delete(tx, lanePrefix(row.Account, row.LaneName())+row.Lane)
	row.Lane = ""
	if h, _ := store.Load[head](tx, headKey(row.Account, row.LaneName())); h.Row == row.Key {
		h.Told = h.Told && row.State != Sent // it is resolved
		promote(tx, row, h)
	}
}

// promote makes the first row of the lane, whose head row was until now, its
// head.
func promote(tx *store.Tx, row *Row, h head) {
	for first := range store.Scan[string](tx, lanePrefix(row.Account, row.LaneName()), 1) {
		next := RowOf(tx.Snapshot, row.Account, first.Value)
		lead(tx, &next, &h)
		return
	}
	forgetDue(tx, row, &h)
	store.Delete(tx, headKey(row.Account, row.LaneName()))
}

// RowOf returns a row that another record points to.
func RowOf(s *store.Snapshot, account, key string) Row {
	row, ok := store.Load[Row](s, RowKey(account, key))
	if !ok {
		store.Check(errors.New("outbox: a row that is pointed to is missing"))
	}
	return row
}

// Lookup returns a row that somebody outside names, wherever it has moved; ok is false
// if it is not there.
func Lookup(s *store.Snapshot, account, key string) (Row, bool) {
	row, ok := store.Load[Row](s, RowKey(account, key))
	for ok && row.Moved != "" {
		row, ok = store.Load[Row](s, RowKey(row.Moved, key))
	}
	return row, ok
}

// Carrier is Lookup of the row with which a row leaves: itself, or the one into which
// it was merged.
func Carrier(s *store.Snapshot, account, key string) (Row, bool) {
	row, ok := Lookup(s, account, key)
	if row.Into != "" {
		return Lookup(s, row.Account, row.Into)
	}
	return row, ok
}

// Rows returns the rows of account in a state, or in any of several in which a row
// is still open: those in the order of their chats and lanes, the others in the order
// in which they were closed.
func Rows(s *store.Snapshot, account string, states ...State) iter.Seq[Row] {
	if slices.Contains(ClosedStates(), states[0]) {
		return ClosedSince(s, account, states[0], time.Time{})
	}
	return rowsOf(s, account, store.Values(store.Scan[string](s, store.Key("a", account, "lane")+"/", 0)), states)
}

// ClosedSince returns the rows of account that were closed in state at a time or later,
// in that order. Those before it cost nothing.
func ClosedSince(s *store.Snapshot, account string, state State, from time.Time) iter.Seq[Row] {
	prefix := shutPrefix(account, state)
	return rowsOf(s, account, func(yield func(string) bool) {
		for p := range store.Pairs(s, []byte(prefix+store.Stamp(from)), store.PrefixEnd(prefix), 0) {
			if !yield(shutRow(prefix, string(p.Key))) {
				return
			}
		}
	}, []State{state})
}

// shutRow returns the key of the row of an entry that begins with prefix.
func shutRow(prefix, entry string) string {
	_, key, _ := strings.Cut(entry[len(prefix):], "/")
	return key
}

func rowsOf(s *store.Snapshot, account string, keys iter.Seq[string], states []State) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for key := range keys {
			if row := RowOf(s, account, key); slices.Contains(states, row.State) && !yield(row) {
				return
			}
		}
	}
}

// Retext gives a row that waits another text. It tells whether the row will say
// the new one; a row that was cancelled before says nothing.
func Retext(tx *store.Tx, account, key, text string) bool {
	row, ok := Carrier(tx.Snapshot, account, key)
	if !ok {
		return false
	}
	switch {
	case row.State == Cancelled || row.State == Expired:
		return true
	case !row.IsOpen() || row.Attempt > 0 || row.Repeat:
		return false
	}
	row.Text = text
	for i := range row.Parts {
		if row.Parts[i].Key == key {
			row.Parts[i].Text = text
		}
	}
	if len(row.Parts) > 0 {
		row.join(row.Parts)
	}
	SaveRow(tx, &row)
	return true
}

// Replace enqueues what is shown in the place of a text that was sent; its key is made
// here. What waits to replace the same text is not shown any more, so that one row
// waits at most, however often the text changes.
func Replace(tx *store.Tx, o bot.Outgoing) {
	keys := "card/" + store.Digest(o.Chat+"\n"+o.Replaces) + "/"
	n := len(store.Names(tx, RowKey(o.Account, keys), 0))
	last, ok := Lookup(tx.Snapshot, o.Account, keys+strconv.Itoa(n-1))
	if ok && last.IsOpen() {
		last.Text, last.Buttons = o.Text, o.Buttons
		SaveRow(tx, &last)
		return
	}
	o.Key = keys + strconv.Itoa(n)
	Enqueue(tx, o)
}
