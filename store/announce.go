package store

import (
	"cmp"
	"slices"
	"strings"

	"duban/bot"
)

// A part is one of the texts that leave as one, in the row that carries them.
type part struct {
	Key    string `json:"key"` // of its own row
	Notice string `json:"notice,omitempty"`
	Text   string `json:"text"`
}

// mergedMost is the most bytes of texts that leave as one.
const mergedMost = 3600

// between stands between texts that leave as one.
const between = "\n\n"

// Announce is Enqueue for what nobody asked for, in a group. If another such text
// of the group waits and is due at about the same time, they leave as one. A text
// that no person has just confirmed, but the clock, keeps its distance from the
// one before.
func (tx *Tx) Announce(o bot.Outgoing, byClock bool) error {
	l := LimitsOf(tx.Snapshot)
	if l.Merge <= 0 || o.Rank != bot.Ordinary && o.Rank != bot.Always || o.File != nil {
		return tx.Enqueue(o)
	}
	if known, err := tx.Get([]byte(rowKey(o.Account, o.Key))); err != nil || known != nil {
		return err
	}
	if o.Due.IsZero() {
		o.Due = tx.Now()
	}
	byClock = byClock && o.Rank == bot.Ordinary // what may come at night comes on time
	if byClock {
		last, _, err := load[chatLoad](tx, chatLoadKey(o.Account, o.Chat))
		if err != nil {
			return err
		}
		if free := last.Last.Add(l.Merge); !last.Last.IsZero() && o.Due.Before(free) && free.Sub(o.Due) <= l.Merge {
			o.Due = free
		}
	}
	carrier, ok, err := tx.carrier(o, byClock)
	if err != nil || !ok {
		return errOr(err, func() error { return tx.Enqueue(o) })
	}
	return tx.mergeInto(&carrier, o)
}

func errOr(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

// carrier finds a row that waits in the chat of o and can take its text along.
// What a person has confirmed waits for none that is not due yet.
func (s *Snapshot) carrier(o bot.Outgoing, byClock bool) (Row, bool, error) {
	for rec, err := range scan[string](s, lanePrefix(o.Account, o.Chat), 0) {
		if err != nil {
			return Row{}, false, err
		}
		row, err := s.row(o.Account, rec.Value)
		if err != nil {
			return Row{}, false, err
		}
		fits := row.open() && row.Rank == o.Rank && row.Attempt == 0 && !row.Repeat && row.File == nil && row.Person == "" &&
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
func (tx *Tx) mergeInto(carrier *Row, o bot.Outgoing) error {
	if len(carrier.Parts) == 0 {
		carrier.Parts = []part{{carrier.Key, carrier.Notice, carrier.Text}}
	}
	carrier.Parts = append(carrier.Parts, part{o.Key, o.Notice, o.Text})
	carrier.join()
	stub := &Row{Outgoing: o, State: Carried, Enqueued: tx.Now(), Into: carrier.Key}
	stub.Text = ""
	return cmp.Or(tx.saveRow(carrier), tx.saveRow(stub))
}

// join makes the text and the notices of a row out of its parts.
func (r *Row) join() {
	var texts, notices []string
	for _, p := range r.Parts {
		texts = append(texts, p.Text)
		if p.Notice != "" && !slices.Contains(notices, p.Notice) {
			notices = append(notices, p.Notice)
		}
	}
	r.Text, r.Notice = strings.Join(texts, between), strings.Join(notices, " ")
}

// unmerge takes the text of a row out of the one that carries it, if that has not
// left. It answers as [Tx.Cancel] does.
func (tx *Tx) unmerge(stub *Row) (bool, error) {
	carrier, ok, err := load[Row](tx, rowKey(stub.Account, stub.Into))
	if err != nil || !ok {
		return false, err
	}
	return tx.dropPart(&carrier, stub.Key)
}

// dropPart takes one of its texts out of a row that waits, and cancels the row if
// it was the last.
func (tx *Tx) dropPart(carrier *Row, k string) (bool, error) {
	i := slices.IndexFunc(carrier.Parts, func(p part) bool { return p.Key == k })
	switch {
	case i < 0:
		return true, nil // it was taken out before
	case carrier.State == Cancelled || carrier.State == Expired:
		return !carrier.Repeat, nil
	case !carrier.open() || carrier.Repeat:
		return false, nil
	}
	carrier.Parts = slices.Delete(carrier.Parts, i, i+1)
	if len(carrier.Parts) == 0 {
		return true, tx.shut(carrier, Cancelled, "")
	}
	carrier.join()
	return true, tx.saveRow(carrier)
}
