package schedule

import (
	"time"

	"duban/store"
)

// A DayEntry is a day, or a row of days, that an admin has entered into the
// calendar, with where it was announced.
type DayEntry struct {
	Day    string    `json:"day"`          // 2027-01-01
	To     string    `json:"to,omitempty"` // the last day of the row, if there are several
	Kind   string    `json:"kind"`         // 休 or 班
	Name   string    `json:"name,omitempty"`
	Source string    `json:"source"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// PutDay stores an entry of the calendar; it replaces one of the same first day.
func PutDay(tx *store.Tx, e DayEntry) error {
	e.At = tx.Now()
	return store.Save(tx, store.Jobs+store.Key("day", e.Day), e)
}

// DeleteDay takes an entry away; ok is false if there is none of that first day.
func DeleteDay(tx *store.Tx, day string) (ok bool, err error) {
	if _, ok, err = store.Load[DayEntry](tx, store.Jobs+store.Key("day", day)); err != nil || !ok {
		return false, err
	}
	return true, tx.Delete([]byte(store.Jobs + store.Key("day", day)))
}

// Days returns the entries of the calendar in the order of their first days.
func Days(s *store.Snapshot) ([]DayEntry, error) {
	var all []DayEntry
	for rec, err := range store.Scan[DayEntry](s, store.Jobs+"day/", 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}
