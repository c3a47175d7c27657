package store

import (
	"strings"
	"time"
)

// Away tells whether the person is on leave at a time.
func (s *Snapshot) Away(person string, at time.Time) (bool, error) {
	k, err := s.leaveAt(person, at)
	return k != "", err
}

// leaveAt returns the key of the leave that a person is on at a time, "" if they
// are on none.
func (s *Snapshot) leaveAt(person string, at time.Time) (string, error) {
	for rec, err := range scan[Leave](s, Work+key("leave", person)+"/", 0) {
		if err != nil {
			return "", err
		}
		if rec.Value.covers(at) {
			return rec.Key, nil
		}
	}
	return "", nil
}

// Leave returns the leave under a key.
func (s *Snapshot) Leave(k string) (Leave, bool, error) { return load[Leave](s, k) }

// Leaves returns a person's leaves that last until a time at least, in the order
// in which they begin.
func (s *Snapshot) Leaves(person string, from time.Time) ([]Leave, error) {
	return s.leaves(Work+key("leave", person)+"/", from)
}

// AllLeaves returns everybody's leaves that last until a time at least.
func (s *Snapshot) AllLeaves(from time.Time) ([]Leave, error) { return s.leaves(Work+"leave/", from) }

func (s *Snapshot) leaves(prefix string, from time.Time) ([]Leave, error) {
	var all []Leave
	for rec, err := range scan[Leave](s, prefix, 0) {
		if err != nil {
			return nil, err
		}
		if l := rec.Value; l.To.IsZero() || !l.To.Before(from) {
			all = append(all, l)
		}
	}
	return all, nil
}

// Entrusted returns the leaves in which a person stands in for somebody, and that
// last until a time at least.
func (s *Snapshot) Entrusted(delegate string, from time.Time) ([]Leave, error) {
	var all []Leave
	for rec, err := range scan[string](s, Work+key("stands", delegate)+"/", 0) {
		if err != nil {
			return nil, err
		}
		l, ok, err := load[Leave](s, rec.Value)
		if err != nil {
			return nil, err
		}
		if ok && l.Delegate == delegate && (l.To.IsZero() || !l.To.Before(from)) {
			all = append(all, l)
		}
	}
	return all, nil
}

// StandsIn tells whether delegate may answer and report for a person at a time:
// the person is on leave then and has named them.
func (s *Snapshot) StandsIn(delegate, person string, at time.Time) (bool, error) {
	k, err := s.leaveAt(person, at)
	if err != nil || k == "" {
		return false, err
	}
	l, ok, err := load[Leave](s, k)
	return ok && l.Delegate == delegate, err
}

// Reach returns an account and the chat in which it can reach a person alone; ok
// is false if none can.
func (s *Snapshot) Reach(person string) (account, chat string, ok bool, err error) {
	prefix := Work + key("reach", person) + "/"
	for rec, err := range scan[string](s, prefix, 1) {
		return strings.TrimPrefix(rec.Key, prefix), rec.Value, err == nil, err
	}
	return "", "", false, nil
}
