package store

import (
	"time"

	"duban/notice"
)

// A Leave is a time in which a person is not asked.
type Leave struct {
	Person   string    `json:"person"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"` // the last moment; zero while it is open
	Delegate string    `json:"delegate,omitempty"`
	Message  string    `json:"message"`
}

// PutLeave stores a leave, marks what the person owes meanwhile as absent, and
// returns the leave's key.
func (tx *Tx) PutLeave(l Leave) (string, error) {
	k := Work + key("leave", l.Person, stamp(l.From))
	if err := save(tx.w, k, l); err != nil || !l.covers(tx.now) {
		return k, err
	}
	owed, err := tx.Owed(l.Person)
	if err != nil {
		return "", err
	}
	for _, number := range owed {
		item, ok, err := tx.Item(number, l.Person)
		if err != nil {
			return "", err
		}
		if ok {
			item.State, item.Leave = notice.Absent, k
			if err := tx.PutItem(item); err != nil {
				return "", err
			}
		}
	}
	return k, nil
}

// covers tells whether a time lies in the leave.
func (l Leave) covers(at time.Time) bool {
	return !at.Before(l.From) && (l.To.IsZero() || !at.After(l.To))
}

// DropLeave takes back the leave under a key, as if it had not been asked for:
// what it excused the person from, they owe again. It returns false if there is
// none.
func (tx *Tx) DropLeave(k string) (Leave, bool, error) {
	l, ok, err := load[Leave](tx.r, k)
	if err != nil || !ok {
		return l, false, err
	}
	if err := tx.w.Delete([]byte(k)); err != nil {
		return l, false, err
	}
	last, err := tx.LastNotice()
	for number := max(last-excused, 0) + 1; err == nil && number <= last; number++ {
		err = tx.unexcuse(number, l.Person, k)
	}
	return l, true, err
}

// unexcuse lets a person owe again what the leave under k excused them from.
func (tx *Tx) unexcuse(number int, person, k string) error {
	item, ok, err := tx.Item(number, person)
	if err != nil || !ok || item.Leave != k {
		return err
	}
	item.Leave = ""
	if item.State == notice.Absent {
		item.State = notice.Open
	}
	return tx.PutItem(item)
}

// excused is how many of the newest notices a leave can excuse somebody from:
// more than a year's.
const excused = 500

// Away tells whether the person is on leave at a time.
func (s *Snapshot) Away(person string, at time.Time) (bool, error) {
	k, err := s.leaveAt(person, at)
	return k != "", err
}

// leaveAt returns the key of the leave that a person is on at a time, "" if they
// are on none.
func (s *Snapshot) leaveAt(person string, at time.Time) (string, error) {
	for rec, err := range scan[Leave](s.r, Work+key("leave", person)+"/", 0) {
		if err != nil {
			return "", err
		}
		if rec.Value.covers(at) {
			return rec.Key, nil
		}
	}
	return "", nil
}

// EndLeave ends a person's leaves now, so that later notices ask them again. It
// returns false if they had none.
func (tx *Tx) EndLeave(person string) (bool, error) {
	ended := map[string]Leave{}
	for rec, err := range scan[Leave](tx.r, Work+key("leave", person)+"/", 0) {
		if err != nil {
			return false, err
		}
		if l := rec.Value; l.To.IsZero() || !l.To.Before(tx.now) {
			l.To = tx.now.Add(-time.Nanosecond)
			ended[rec.Key] = l
		}
	}
	for k, l := range ended {
		if err := save(tx.w, k, l); err != nil {
			return false, err
		}
	}
	return len(ended) > 0, nil
}
