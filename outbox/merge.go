package outbox

import (
	"cmp"
	"slices"
	"strings"

	"duban/bot"
	"duban/store"
)

// A Part is one of the texts that leave as one, in the row that carries them.
type Part struct {
	Key    string `json:"key"` // of its own row
	Notice string `json:"notice,omitempty"`
	Text   string `json:"text"`
}

// between stands between texts that leave as one.
const between = "\n\n"

// Announce is Enqueue for what nobody asked for, in a group. If another such text
// of the group waits and is due at about the same time, they leave as one. A text
// that no person has just confirmed, but the clock, keeps its distance from the
// one before.
func Announce(tx *store.Tx, o bot.Outgoing, byClock bool) error {
	l := LimitsOf(tx.Snapshot)
	if l.Merge <= 0 || o.Rank != bot.Ordinary && o.Rank != bot.Always || o.File != nil {
		return Enqueue(tx, o)
	}
	if known, err := tx.Get([]byte(RowKey(o.Account, o.Key))); err != nil || known != nil {
		return err
	}
	if o.Due.IsZero() {
		o.Due = tx.Now()
	}
	byClock = byClock && o.Rank == bot.Ordinary // what may come at night comes on time
	if byClock {
		last, _, err := store.Load[chatLoad](tx, chatLoadKey(o.Account, o.Chat))
		if err != nil {
			return err
		}
		if free := last.Last.Add(l.Merge); !last.Last.IsZero() && o.Due.Before(free) && free.Sub(o.Due) <= l.Merge {
			o.Due = free
		}
	}
	carrier, ok, err := carrierFor(tx.Snapshot, o, byClock)
	switch {
	case err != nil:
		return err
	case !ok:
		return Enqueue(tx, o)
	}
	return mergeInto(tx, &carrier, o)
}

// carrierFor finds a row that waits in the chat of o and can take its text along.
// What a person has confirmed waits for none that is not due yet.
func carrierFor(s *store.Snapshot, o bot.Outgoing, byClock bool) (Row, bool, error) {
	for rec, err := range store.Scan[string](s, lanePrefix(o.Account, o.Chat), 0) {
		if err != nil {
			return Row{}, false, err
		}
		row, err := RowOf(s, o.Account, rec.Value)
		if err != nil {
			return Row{}, false, err
		}
		fits := row.IsOpen() && row.Rank == o.Rank && row.Attempt == 0 && !row.Repeat && row.File == nil && row.Person == "" &&
			row.Expires.Equal(o.Expires) && len(row.Text)+len(between)+len(o.Text) <= mergedMost
		apart := row.Next.Sub(o.Due)
		near := apart <= 0 || byClock && apart <= LimitsOf(s).Merge
		if fits && near && apart >= -LimitsOf(s).Merge {
			return row, true, nil
		}
	}
	return Row{}, false, nil
}

// mergeInto adds the text of o to a row that waits. Its own key is taken as if it
// had a row of its own.
func mergeInto(tx *store.Tx, carrier *Row, o bot.Outgoing) error {
	carrier.join(append(carrier.parts(), Part{o.Key, o.Notice, o.Text}))
	stub := &Row{Outgoing: o, State: Carried, Enqueued: tx.Now(), Into: carrier.Key}
	stub.Text = ""
	return cmp.Or(SaveRow(tx, carrier), SaveRow(tx, stub))
}

// parts returns the texts that leave with a row: those that were merged into it, or
// its own.
func (r *Row) parts() []Part {
	if len(r.Parts) == 0 {
		return []Part{{r.Key, r.Notice, r.Text}}
	}
	return r.Parts
}

// join makes the text and the notices of a row out of parts.
func (r *Row) join(parts []Part) {
	r.Parts = parts
	var texts, notices []string
	for _, p := range parts {
		texts = append(texts, p.Text)
		if p.Notice != "" && !slices.Contains(notices, p.Notice) {
			notices = append(notices, p.Notice)
		}
	}
	r.Text, r.Notice = strings.Join(texts, between), strings.Join(notices, " ")
}

// unmerge takes the text of a row out of the one that carries it, if that has not
// left. It answers as [Cancel] does.
func unmerge(tx *store.Tx, stub *Row) (bool, error) {
	carrier, ok, err := store.Load[Row](tx, RowKey(stub.Account, stub.Into))
	if err != nil || !ok {
		return false, err
	}
	return dropPart(tx, &carrier, stub.Key)
}

// dropPart takes one of its texts out of a row that waits, and cancels the row if
// it was the last.
func dropPart(tx *store.Tx, carrier *Row, k string) (bool, error) {
	i := slices.IndexFunc(carrier.Parts, func(p Part) bool { return p.Key == k })
	switch {
	case i < 0:
		return true, nil // it was taken out before
	case carrier.State == Cancelled || carrier.State == Expired:
		return !carrier.Repeat, nil
	case !carrier.IsOpen() || carrier.Repeat:
		return false, nil
	}
	carrier.Parts = slices.Delete(carrier.Parts, i, i+1)
	if len(carrier.Parts) == 0 {
		return true, Shut(tx, carrier, Cancelled, "")
	}
	carrier.join(carrier.Parts)
	return true, SaveRow(tx, carrier)
}

// Gather lets what waits for one group leave as one text, after its account was
// out: what was due at different hours is due at the same moment then. Answers,
// pictures, and what has perhaps arrived before stay by themselves. It returns
// how many texts leave with another.
func Gather(tx *store.Tx, account string) (int, error) {
	var carrier *Row
	joined := 0
	rows, err := gatherable(tx, account)
	for i := range rows {
		row := &rows[i]
		if carrier == nil || !carrier.carries(row) {
			carrier = row
			continue
		}
		if err := takeAlong(tx, carrier, row); err != nil {
			return joined, err
		}
		joined++
	}
	return joined, err
}

// gatherable returns the rows that are due now, one lane after the other.
func gatherable(tx *store.Tx, account string) ([]Row, error) {
	var rows []Row
	for row, err := range Rows(tx.Snapshot, account, Waiting) {
		if err != nil {
			return nil, err
		}
		kind := row.Rank == bot.Ordinary || row.Rank == bot.Always
		if kind && !row.Next.After(tx.Now()) && !row.Repeat && row.File == nil && row.Person == "" {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// carries tells whether the text of next can leave with r.
func (r *Row) carries(next *Row) bool {
	return r.Chat == next.Chat && r.Rank == next.Rank && len(r.Text)+len(between)+len(next.Text) <= mergedMost
}

// takeAlong moves what row says into another row of its lane. Both leave before
// either would be too late.
func takeAlong(tx *store.Tx, carrier, row *Row) error {
	if err := unqueue(tx, row); err != nil {
		return err
	}
	parts := row.parts()
	carrier.join(slices.Concat(carrier.parts(), parts))
	if !row.Expires.IsZero() && (carrier.Expires.IsZero() || row.Expires.Before(carrier.Expires)) {
		carrier.Expires = row.Expires
	}
	for _, p := range parts {
		stub, err := RowOf(tx.Snapshot, row.Account, p.Key)
		if err != nil {
			return err
		}
		stub.State, stub.Into, stub.Parts, stub.Text, stub.Lane = Carried, carrier.Key, nil, "", ""
		if err := SaveRow(tx, &stub); err != nil {
			return err
		}
	}
	return SaveRow(tx, carrier)
}
