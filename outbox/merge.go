package outbox

import (
	"slices"
	"strings"

	"duban/bot"
	"duban/store"
)

// A Part is one of the texts that leave as one, in the row that carries them.
type Part struct {
	Key     string       `json:"key"` // of its own row
	Notice  string       `json:"notice,omitempty"`
	Text    string       `json:"text"`
	Buttons []bot.Button `json:"buttons,omitempty"`
}

// between stands between texts that leave as one.
const between = "\n\n"

// Announce is Enqueue for what nobody asked for, in a group. A text that no person has
// just confirmed, but the clock, keeps its distance from the one before, so that
// those of about one time leave as one.
func Announce(tx *store.Tx, o bot.Outgoing, byClock bool) {
	l := LimitsOf(tx.Snapshot)
	if l.Merge > 0 && byClock && o.Rank == bot.Ordinary { // what may come at night comes on time
		last, _ := store.Load[chatLoad](tx, chatLoadKey(o.Account, o.Chat))
		if o.Due.IsZero() {
			o.Due = tx.Now()
		}
		if free := last.Last.Add(l.Merge); !last.Last.IsZero() && o.Due.Before(free) && free.Sub(o.Due) <= l.Merge {
			o.Due = free
		}
	}
	Enqueue(tx, o)
}

// parts returns the texts that leave with a row: those that were merged into it, or
// its own.
func (r *Row) parts() []Part {
	if len(r.Parts) == 0 {
		return []Part{{r.Key, r.Notice, r.Text, r.Buttons}}
	}
	return r.Parts
}

// join makes the text, the buttons and the notices of a row out of parts. The buttons
// of several say what each is for.
func (r *Row) join(parts []Part) {
	r.Parts, r.Buttons = parts, nil
	var texts, notices []string
	for _, p := range parts {
		texts = append(texts, p.Text)
		for _, b := range p.Buttons {
			if len(parts) > 1 {
				b.Label = b.Says
			}
			r.Buttons = append(r.Buttons, b)
		}
		if p.Notice != "" && !slices.Contains(notices, p.Notice) {
			notices = append(notices, p.Notice)
		}
	}
	r.Text, r.Notice = strings.Join(texts, between), strings.Join(notices, " ")
}

// unmerge takes the text of a row out of the one that carries it, if that has not
// left. It answers as [Cancel] does.
func unmerge(tx *store.Tx, stub *Row) bool {
	carrier, ok := Lookup(tx.Snapshot, stub.Account, stub.Into)
	return ok && dropPart(tx, &carrier, stub.Key)
}

// dropPart takes one of its texts out of a row that waits, and cancels the row if
// it was the last.
func dropPart(tx *store.Tx, carrier *Row, k string) bool {
	i := slices.IndexFunc(carrier.Parts, func(p Part) bool { return p.Key == k })
	switch {
	case i < 0:
		return true // it was taken out before
	case carrier.State == Cancelled || carrier.State == Expired:
		return !carrier.Repeat
	case !carrier.IsOpen() || carrier.Repeat:
		return false
	}
	carrier.Parts = slices.Delete(carrier.Parts, i, i+1)
	if len(carrier.Parts) == 0 {
		Shut(tx, carrier, Cancelled, "")
		return true
	}
	carrier.join(carrier.Parts)
	SaveRow(tx, carrier)
	return true
}

// gatherMost is how many rows of a lane are looked at for what can leave as one.
const gatherMost = 100

// gather lets the head of a lane, which leaves now, take along what else is due there,
// as after its account was out: what was due at different hours is due at the same
// moment then. Answers, pictures, and what has perhaps arrived before stay by
// themselves.
func gather(tx *store.Tx, head *Row) {
	if LimitsOf(tx.Snapshot).Merge <= 0 || !head.joins() {
		return
	}
	prefix := lanePrefix(head.Account, head.Chat)
	until := prefix + store.Stamp(tx.Now().Add(1))
	for _, key := range store.Collect(store.ScanRange[string](tx, []byte(prefix), []byte(until), gatherMost)) {
		row := RowOf(tx.Snapshot, head.Account, key)
		if row.Key == head.Key || !row.joins() || row.Rank != head.Rank || row.Next.After(tx.Now()) || row.expired(tx.Now()) {
			continue
		}
		if len(head.Text)+len(between)+len(row.Text) > mergedMost {
			return
		}
		takeAlong(tx, head, &row)
	}
}

// joins tells whether a row can leave as one with others.
func (r *Row) joins() bool {
	kind := r.Rank == bot.Ordinary || r.Rank == bot.Always
	return kind && r.IsOpen() && r.Attempt == 0 && !r.Repeat && r.File == nil && r.Person == ""
}

// takeAlong moves what row says into another row of its lane. Both leave before
// either would be too late.
func takeAlong(tx *store.Tx, carrier, row *Row) {
	unqueue(tx, row)
	parts := row.parts()
	carrier.join(slices.Concat(carrier.parts(), parts))
	if !row.Expires.IsZero() && (carrier.Expires.IsZero() || row.Expires.Before(carrier.Expires)) {
		carrier.Expires = row.Expires
	}
	for _, p := range parts {
		stub := RowOf(tx.Snapshot, row.Account, p.Key)
		stub.State, stub.Into, stub.Parts, stub.Text, stub.Lane = Carried, carrier.Key, nil, "", ""
		SaveRow(tx, &stub)
	}
	SaveRow(tx, carrier)
}
