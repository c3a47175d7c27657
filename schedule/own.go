package schedule

import (
	"encoding/json"
	"time"

	"duban/schedule/when"
	"duban/store"
)

// A DayEntry is an entry of the calendar that an admin has made.
type DayEntry struct {
	when.Override
	By string    `json:"by"`
	At time.Time `json:"at"`
}

func dayKey(day string) string { return store.Jobs + store.Key("day", day) }

// PutDay stores an entry of the calendar; it replaces one of the same first day.
func PutDay(tx *store.Tx, e DayEntry) {
	e.At = tx.Now()
	store.Save(tx, dayKey(e.Day), e)
}

// DeleteDay takes an entry away; ok is false if there is none of that first day.
func DeleteDay(tx *store.Tx, day string) (ok bool) {
	if _, ok = store.Load[DayEntry](tx, dayKey(day)); !ok {
		return false
	}
	store.Delete(tx, dayKey(day))
	return true
}

// Days returns the entries of the calendar in the order of their first days.
func Days(s *store.Snapshot) []DayEntry {
	return store.Collect(store.Scan[DayEntry](s, store.Jobs+"day/", 0))
}

// A SchoolEntry is the school year as an admin has entered it.
type SchoolEntry struct {
	when.School

	File when.School `json:"file"` // what the configuration said then: if it says something else later, that counts
	By   string      `json:"by"`
	At   time.Time   `json:"at"`
}

const schoolKey = store.Jobs + "school"

// Over tells whether the entry still counts before what the configuration says now.
func (e *SchoolEntry) Over(file when.School) bool {
	then, _ := json.Marshal(e.File) // days and names
	now, _ := json.Marshal(file)
	return string(then) == string(now)
}

// Own is what an office has entered into the calendar itself.
type Own struct {
	Days   []DayEntry
	School *SchoolEntry // nil is none
}

// OwnOf returns what an office has entered.
func OwnOf(s *store.Snapshot) Own {
	o := Own{Days: Days(s)}
	if e, ok := store.Load[SchoolEntry](s, schoolKey); ok {
		o.School = &e
	}
	return o
}

// CalendarOf makes the calendar of an office that has entered something itself. An error
// is a [*when.Refusal].
func (s *Scheduler) CalendarOf(own Own) (*when.Calendar, error) { return s.o.Make(own) }

// makeCalendar makes the calendar of an office without a configuration.
func makeCalendar(own Own) (*when.Calendar, error) {
	var days []when.Override
	for _, e := range own.Days {
		days = append(days, e.Override)
	}
	if own.School == nil {
		return when.NewCalendar(days, when.School{})
	}
	return when.NewCalendar(days, own.School.School)
}

// PutSchool stores a school year. It counts until the configuration says another than now.
func (s *Scheduler) PutSchool(tx *store.Tx, year when.School, e Edit) error {
	file, err := s.CalendarOf(Own{})
	if err != nil {
		return err
	}
	own := OwnOf(tx.Snapshot)
	own.School = &SchoolEntry{School: year, File: file.School(), By: e.Actor, At: tx.Now()}
	if _, err := s.CalendarOf(own); err != nil {
		return err
	}
	store.Save(tx, schoolKey, own.School)
	tx.Audit(e.audit("calendar.school", "", ""))
	return nil
}
