package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// A record that is damaged counts as missing, so that one of them stops neither an
// account nor an office. It is set aside, as it was found, by the first transaction
// that meets it, or by [Store.SetAside] if a view did.

// These begin the keys of what was set aside, of the notes that the admins do not know
// of it yet, and of those since when they do.
const (
	asidePrefix  = "bad/"
	untoldPrefix = Meta + "untold/"
	toldPrefix   = Meta + "told/"
)

// keyBehind returns a key behind a prefix, cut to what a key may have.
func keyBehind(prefix, key string) string {
	return prefix + key[:min(len(key), MaxKey-len(prefix))]
}

// damage holds the keys of what was found, and perhaps not set aside yet.
type damage struct {
	mu   sync.Mutex
	keys map[string]bool
}

func (d *damage) note(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.keys == nil {
		d.keys = map[string]bool{}
	}
	d.keys[key] = true
}

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
	if err == nil {
		return true
	}
	var d *DamagedError
	if !errors.As(err, &d) {
		Check(err)
		return true
	}
	s.damaged++
	key := string(d.Key)
	s.store.damage.note(key) // also of a transaction, which may fail because of it
	if s.writer == nil {
		return false
	}
	Check(s.writer.Put([]byte(keyBehind(asidePrefix, key)), d.Raw[:min(len(d.Raw), MaxValue)]))
	Check(s.writer.Put([]byte(keyBehind(untoldPrefix, key)), []byte("true")))
	Check(s.writer.Delete([]byte(key)))
	return false
}

// SetAside sets aside what was found damaged and is still there. It calls tell, in the
// same transaction, with how many records were set aside since it was last called, if
// any were: by whom ever, also before a restart.
func (s *Store) SetAside(ctx context.Context, tell func(tx *Tx, n int)) error {
	keys := s.damage.found()
	err := s.Write(ctx, func(tx *Tx) {
		tx.setAside()
		var untold []string
		for p := range Pairs(tx, []byte(untoldPrefix), PrefixEnd(untoldPrefix), 0) {
			untold = append(untold, string(p.Key))
		}
		for _, k := range untold {
			Delete(tx, k)
			Save(tx, keyBehind(toldPrefix, k[len(untoldPrefix):]), tx.Now())
		}
		if len(untold) > 0 {
			tell(tx, len(untold))
		}
	})
	s.damage.mu.Lock()
	defer s.damage.mu.Unlock()
	if err == nil {
		for _, k := range keys {
			delete(s.damage.keys, k)
		}
	}
	return err
}

func (tx *Tx) setAside() {
	for _, k := range tx.store.damage.found() {
		tx.get(k)
	}
}

// EmptyAside drops what damaged records hold, whose words that may be. It stays known
// that they are missing.
func (tx *Tx) EmptyAside() {
	tx.setAside()
	for p := range Pairs(tx, []byte(asidePrefix), PrefixEnd(asidePrefix), 0) {
		SaveRaw(tx, string(p.Key), nil)
	}
}

// SweepAside drops what damaged records hold of which the admins were told before a time.
func (s *Store) SweepAside(ctx context.Context, before time.Time) (int, error) {
	old := func(_ string, told time.Time) bool { return told.Before(before) }
	return Sweep(ctx, s, toldPrefix, old, func(tx *Tx, k string, _ time.Time) {
		if at := asidePrefix + k[len(toldPrefix):]; Has(tx, at) {
			SaveRaw(tx, at, nil)
		}
		Delete(tx, k)
	})
}

// Aside returns how many records are missing because they are damaged: those that lie
// aside, and those that were found and will.
func (s *Snapshot) Aside() int {
	all := map[string]bool{}
	for p := range Pairs(s, []byte(asidePrefix), PrefixEnd(asidePrefix), 0) {
		all[string(p.Key)] = true
	}
	for _, k := range s.store.damage.found() {
		all[keyBehind(asidePrefix, k)] = true
	}
	return len(all)
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
