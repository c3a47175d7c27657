package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
)

// A record that is damaged counts as missing, so that one of them stops neither an
// account nor an office. It is set aside, as it was found, by the first transaction
// that meets it, or by [Store.SetAside] if a view did.

// asidePrefix begins the keys of what was set aside.
const asidePrefix = "bad/"

func asideKey(key string) string { return (asidePrefix + key)[:min(len(asidePrefix+key), MaxKey)] }

// damage is what was found since the admins were told.
type damage struct {
	mu    sync.Mutex
	keys  map[string]bool // found, and perhaps not set aside yet
	aside int             // set aside, not told yet
}

func (d *damage) note(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.keys == nil {
		d.keys = map[string]bool{}
	}
	d.keys[key] = true
}

// found returns the keys of what was found, and perhaps not set aside yet.
func (d *damage) found() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(maps.Keys(d.keys))
}

// Damaged returns how many records the running function found damaged. What it says
// to people must say that something is missing.
func (s *Snapshot) Damaged() int { return s.damaged }

// get returns a value, nil if there is none or it is damaged.
func (s *Snapshot) get(key string) []byte {
	raw, err := s.reader.Get([]byte(key))
	if !s.sound(err) {
		return nil
	}
	return raw
}

// sound returns false if err says that a record is damaged. Another error ends the
// running function.
func (s *Snapshot) sound(err error) bool {
	var d *DamagedError
	if !errors.As(err, &d) {
		check(err)
		return true
	}
	s.damaged++
	key := string(d.Key)
	s.store.damage.note(key) // also of a transaction, which may fail because of it
	if s.writer == nil {
		return false
	}
	check(s.writer.Put([]byte(asideKey(key)), d.Raw[:min(len(d.Raw), MaxValue)]))
	check(s.writer.Delete([]byte(key)))
	return false
}

// SetAside sets aside what was found damaged and is still there, and returns how many records
// were set aside since it was called last, by whom ever.
func (s *Store) SetAside(ctx context.Context) (n int, err error) {
	keys := s.damage.found()
	if len(keys) > 0 {
		err = s.Write(ctx, func(tx *Tx) {
			for _, k := range keys {
				tx.get(k)
			}
		})
	}
	s.damage.mu.Lock()
	defer s.damage.mu.Unlock()
	if err == nil {
		for _, k := range keys {
			delete(s.damage.keys, k)
		}
	}
	n, s.damage.aside = s.damage.aside, 0
	return n, err
}

// Aside returns how many records are missing because they are damaged: those that lie
// aside, and those that were found and will.
func (s *Snapshot) Aside() int {
	all := map[string]bool{}
	for p := range Pairs(s, []byte(asidePrefix), PrefixEnd(asidePrefix), 0) {
		all[string(p.Key)] = true
	}
	for _, k := range s.store.damage.found() {
		all[asideKey(k)] = true
	}
	return len(all)
}

// keptAside notes, after a commit, how many records it has set aside.
func (s *Store) keptAside(n int) {
	if n == 0 {
		return
	}
	s.damage.mu.Lock()
	s.damage.aside += n
	s.damage.mu.Unlock()
	s.log.Error("damaged records were set aside", "records", n)
}

// VerifyRecords reads every record and returns how many there are, and how many of
// each kind are damaged. [Open] does so too: a record whose key is damaged is met by
// nothing that looks for it.
func (s *Store) VerifyRecords(ctx context.Context) (n int, damaged map[string]int, err error) {
	damaged = map[string]int{}
	err = s.engine.View(ctx, func(r Reader) error {
		for _, err := range r.Scan(nil, nil) {
			n++
			var d *DamagedError
			switch {
			case errors.As(err, &d):
				damaged[family(d.Key)]++
				s.damage.note(string(d.Key))
			case err != nil:
				return err
			}
		}
		return nil
	})
	return n, damaged, err
}
