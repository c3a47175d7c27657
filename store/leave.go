package store

import (
	"context"
	"fmt"
	"time"

	"duban/notice"
)

// What is kept about leaves, under [Work]:
//
//	leave/<person>/<from>            the leave
//	stands/<delegate>/<leave's key>  who stands in for whom
//	begins/<from>/<person>           a leave that has not begun

// A Leave is a time in which a person is not asked.
type Leave struct {
	Person   string    `json:"person"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`                 // the last moment; zero while it is open
	Delegate string    `json:"delegate,omitempty"` // roster id of who stands in
	By       string    `json:"by,omitempty"`       // who booked it, if that was not the person
	Message  string    `json:"message"`
	Was      *Leave    `json:"was,omitempty"` // what it replaced
}

func leaveKey(l Leave) string { return Work + key("leave", l.Person, stamp(l.From)) }

func standsKey(l Leave) string { return Work + key("stands", l.Delegate, l.Person, stamp(l.From)) }

func beginsKey(l Leave) string { return Work + key("begins", stamp(l.From), l.Person) }

// covers tells whether a time lies in the leave.
func (l Leave) covers(at time.Time) bool {
	return !at.Before(l.From) && (l.To.IsZero() || !at.After(l.To))
}

// Meets tells whether some moment lies in both leaves.
func (l Leave) Meets(m Leave) bool {
	return (m.To.IsZero() || !l.From.After(m.To)) && (l.To.IsZero() || !m.From.After(l.To))
}

// PutLeave stores a leave, marks what the person owes meanwhile as absent, and
// returns the leave's key. One that it overlaps is replaced: of a leave that has
// begun the beginning stays, and the delegate if the new one names none.
func (tx *Tx) PutLeave(l Leave) (string, error) {
	old, err := tx.Leaves(l.Person, tx.Now())
	if err != nil {
		return "", err
	}
	var replaced []string
	for _, o := range old {
		if !o.Meets(l) {
			continue
		}
		if o.From.Before(l.From) && !o.From.After(tx.Now()) {
			l.From = o.From
		}
		if l.Delegate == "" {
			l.Delegate = o.Delegate
		}
		replaced = append(replaced, leaveKey(o))
		o.Was, l.Was = nil, &o
		if err := tx.eraseLeave(o); err != nil {
			return "", err
		}
	}
	k, err := leaveKey(l), tx.saveLeave(l)
	if err != nil {
		return k, err
	}
	for _, was := range replaced {
		if err := tx.movedLeave(l.Person, was, k); err != nil {
			return k, err
		}
	}
	return k, tx.beginLeave(l)
}

func (tx *Tx) saveLeave(l Leave) error {
	if l.Delegate != "" {
		if err := save(tx, standsKey(l), leaveKey(l)); err != nil {
			return err
		}
	}
	return save(tx, leaveKey(l), l)
}

func (tx *Tx) eraseLeave(l Leave) error {
	for _, k := range []string{standsKey(l), beginsKey(l), leaveKey(l)} {
		if err := tx.Delete([]byte(k)); err != nil {
			return err
		}
	}
	return nil
}

// beginLeave excuses the person of a leave from what they owe, if it has begun,
// and otherwise notes that this is to be done.
func (tx *Tx) beginLeave(l Leave) error {
	if l.From.After(tx.Now()) {
		return save(tx, beginsKey(l), leaveKey(l))
	}
	if !l.covers(tx.Now()) {
		return nil
	}
	owed, err := tx.owed(l.Person)
	if err != nil {
		return err
	}
	for _, n := range owed {
		item, ok, err := tx.Item(n.Number, l.Person)
		if err != nil {
			return err
		}
		if ok && item.State == notice.Open {
			item.State, item.Leave = notice.Absent, leaveKey(l)
			if err := tx.PutItem(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// BeginLeaves excuses those whose leave has begun since they asked for it. It is
// to be called every few minutes.
func (s *Store) BeginLeaves(ctx context.Context) (n int, err error) {
	var begun []Record[string]
	err = s.View(ctx, func(sn *Snapshot) error {
		begun = nil
		to := Work + "begins/" + stamp(sn.Now().Add(1))
		for rec, err := range scanRange[string](sn, []byte(Work+"begins/"), []byte(to), Batch) {
			if err != nil {
				return err
			}
			begun = append(begun, rec)
		}
		return nil
	})
	for _, rec := range begun {
		if err != nil {
			break
		}
		err = s.Update(ctx, func(tx *Tx) error {
			l, ok, err := load[Leave](tx, rec.Value)
			if err != nil {
				return err
			}
			if err := tx.Delete([]byte(rec.Key)); err != nil || !ok {
				return err
			}
			return tx.beginLeave(l)
		})
		n++
	}
	if err != nil {
		return n, fmt.Errorf("begin leaves: %w", err)
	}
	return n, nil
}

// DropLeave takes back the leave under a key, as if it had not been asked for:
// what it excused the person from, they owe again, and the leave that it replaced
// counts again. It returns false if there is none.
func (tx *Tx) DropLeave(k string) (Leave, bool, error) {
	l, ok, err := load[Leave](tx, k)
	if err != nil || !ok {
		return l, false, err
	}
	if err := tx.eraseLeave(l); err != nil {
		return l, false, err
	}
	if err := tx.movedLeave(l.Person, k, ""); err != nil || l.Was == nil {
		return l, true, err
	}
	if err := tx.saveLeave(*l.Was); err != nil {
		return l, true, err
	}
	return l, true, tx.beginLeave(*l.Was)
}

// movedLeave says of what the leave under a key excused a person from that another
// leave does now, or none if its key is "".
func (tx *Tx) movedLeave(person, from, to string) error {
	last, err := tx.LastNotice()
	for number := max(last-excused, 0) + 1; err == nil && number <= last; number++ {
		var item notice.Item
		var ok bool
		if item, ok, err = tx.Item(number, person); err != nil || !ok || item.Leave != from {
			continue
		}
		item.Leave = to
		if to == "" && item.State == notice.Absent {
			item.State = notice.Open
		}
		err = tx.PutItem(item)
	}
	return err
}

// excused is how many of the newest notices a leave can excuse somebody from:
// more than a year's.
const excused = 500

// EndLeave ends the leave that a person is on, so that later notices ask them
// again; if they are on none, it drops the next one that has not begun. It returns
// the leave, and false if they had none.
func (tx *Tx) EndLeave(person string) (Leave, bool, error) {
	all, err := tx.Leaves(person, tx.Now())
	if err != nil || len(all) == 0 {
		return Leave{}, false, err
	}
	next := all[0]
	for _, l := range all {
		if !l.covers(tx.Now()) {
			continue
		}
		next = l
		l.To = tx.Now().Add(-time.Nanosecond)
		if err := save(tx, leaveKey(l), l); err != nil {
			return next, false, err
		}
	}
	if next.covers(tx.Now()) {
		return next, true, nil
	}
	_, ok, err := tx.DropLeave(leaveKey(next))
	return next, ok, err
}

// Excused returns the numbers of the notices that still wait for answers and from
// which a leave excused its person, oldest first.
func (s *Snapshot) Excused(l Leave) (numbers []int, err error) {
	last, err := s.LastNotice()
	for number := max(last-excused, 0) + 1; err == nil && number <= last; number++ {
		item, ok, err := s.Item(number, l.Person)
		if err != nil {
			return nil, err
		}
		if !ok || item.State != notice.Absent || item.Leave != leaveKey(l) {
			continue
		}
		if n, ok, err := s.Notice(number); err != nil {
			return nil, err
		} else if ok && n.OpenAt(s.Now()) {
			numbers = append(numbers, number)
		}
	}
	return numbers, err
}
