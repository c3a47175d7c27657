package store

import (
	"slices"

	"duban/bot"
)

// Gather lets what waits for one group leave as one text, after its account was
// out: what was due at different hours is due at the same moment then. Answers,
// pictures, and what has perhaps arrived before stay by themselves. It returns
// how many texts leave with another.
func (tx *Tx) Gather(account string) (int, error) {
	var carrier *Row
	joined := 0
	rows, err := tx.gatherable(account)
	for i := range rows {
		row := &rows[i]
		if carrier == nil || !carrier.carries(row) {
			carrier = row
			continue
		}
		if err := tx.takeAlong(carrier, row); err != nil {
			return joined, err
		}
		joined++
	}
	return joined, err
}

// gatherable returns the rows that are due now, one lane after the other.
func (tx *Tx) gatherable(account string) ([]Row, error) {
	var rows []Row
	for row, err := range tx.Outbox(account, Waiting) {
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
func (tx *Tx) takeAlong(carrier, row *Row) error {
	if err := tx.leave(row); err != nil {
		return err
	}
	if len(carrier.Parts) == 0 {
		carrier.Parts = []part{{carrier.Key, carrier.Notice, carrier.Text}}
	}
	parts := row.Parts
	if len(parts) == 0 {
		parts = []part{{row.Key, row.Notice, row.Text}}
	}
	carrier.Parts = slices.Concat(carrier.Parts, parts)
	carrier.join()
	if !row.Expires.IsZero() && (carrier.Expires.IsZero() || row.Expires.Before(carrier.Expires)) {
		carrier.Expires = row.Expires
	}
	for _, p := range parts {
		stub, err := tx.row(row.Account, p.Key)
		if err != nil {
			return err
		}
		stub.State, stub.Into, stub.Parts, stub.Text, stub.Lane = Carried, carrier.Key, nil, "", ""
		if err := tx.saveRow(&stub); err != nil {
			return err
		}
	}
	return tx.saveRow(carrier)
}
