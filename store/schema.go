package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// A schema is what the records look like. Its number rises by one with each [Step],
// that is when an older program could no longer read what this one writes. A field
// that is new, and may be missing, needs no step.

// steps brings a store from each schema to the next one: the first step from schema 1
// to schema 2. A step is never changed once it was released.
func steps() []Step {
	return []Step{{Name: "records leave out what their keys say", Turn: shorten}}
}

// shorten leads to schema 2. Most of its records leave out what their keys say, and those
// of before are read as well; but what a message led to stands beside its mark, and the
// latest word names its update instead of repeating it.
func shorten(tx *Tx, from string) (last string) {
	const latest = Work + "latest/"
	if from >= latest {
		return Each(tx, latest, from, shortenWord)
	}
	if last = Each(tx, Work+"by/", from, moveCause); last == "" {
		last = latest
	}
	return last
}

// moveCause moves an entry that says where the effect of a message stands. One that is
// the effect itself, as it was once, moves to where they stand.
func moveCause(tx *Tx, key string, raw []byte) {
	Delete(tx, key)
	account, message, _ := strings.Cut(strings.TrimPrefix(key, Work+"by/"), "/")
	of := ""
	if raw[0] == '{' {
		e := Decode[struct {
			Person string    `json:"person"`
			At     time.Time `json:"at"`
		}](tx, raw)
		of = Key(e.Person, Stamp(e.At))
		SaveRaw(tx, Work+"mine/"+of+"-"+message, raw)
	} else {
		of = strings.TrimSuffix(strings.TrimPrefix(Decode[string](tx, raw), Work+"mine/"), "-"+message)
	}
	if account, message = Unescape(account), Unescape(message); Has(tx, seenKey(account, message)) {
		tx.Note(account, message, of)
	}
}

// shortenWord leaves in the record of a latest word what says where the measure stands.
func shortenWord(tx *Tx, key string, raw []byte) {
	type word struct {
		Key     string `json:"key"`
		Seq     uint64 `json:"seq,omitempty"`
		Percent *int   `json:"percent,omitempty"`
		Status  string `json:"status,omitempty"`
	}
	was := Decode[struct {
		Key    string `json:"key"`
		Update word   `json:"update"`
	}](tx, raw)
	was.Update.Key = was.Key[strings.LastIndexByte(was.Key, '/')+1:]
	Save(tx, key, was.Update)
}

// A Step changes the records of one schema into those of the next one. Turn changes
// what stands behind the key from, which is "" at first, and returns the key after
// which the next turn goes on, or "" when all is done. Each turn is one transaction,
// so that it changes a bounded number of records; [Each] does so for those of a prefix.
//
// Turn knows the records as they were when it was written. It does not use the types
// of the packages above, because these change.
type Step struct {
	Name string // what it changes, for the log
	Turn func(tx *Tx, from string) (last string)
}

// stepRecords is how many records one turn changes.
const stepRecords = 500

// Each calls change for the records of prefix behind the key from, for some of them,
// and returns the key of the last one, or "" if there are no more. It is a turn of
// a [Step]. Change may save and delete, but adds no record to the prefix.
func Each(tx *Tx, prefix, from string, change func(tx *Tx, key string, raw []byte)) (last string) {
	if from == "" {
		from = prefix
	} else {
		from += "\x00"
	}
	var some []Pair
	for p := range Pairs(tx, []byte(from), PrefixEnd(prefix), 0) { // without those that are damaged
		if some = append(some, p); len(some) == stepRecords {
			break
		}
	}
	for _, p := range some {
		change(tx, string(p.Key), p.Value)
	}
	if len(some) < stepRecords {
		return ""
	}
	return string(some[len(some)-1].Key)
}

// ErrSchema means that the store was written by a newer duban.
var ErrSchema = errors.New("store was written by a newer duban")

// ErrNoSchema means that a store with records does not say what they look like.
var ErrNoSchema = errors.New("store does not say which schema it has")

// A version is the record that says how the others look, and of which key they are. It
// is kept twice, so that damage to one of them is no reason to guess.
type version struct {
	Schema int    `json:"schema"`
	Key    string `json:"key,omitempty"` // a digest of the office's key

	// While a step runs, Schema is already that to which it leads, so that an older
	// program refuses what is half changed, and Behind is where it goes on.
	Unfinished bool   `json:"unfinished,omitempty"`
	Behind     string `json:"behind,omitempty"`

	sound bool // both records say so
}

func versionKeys() []string { return []string{Meta + "version", Meta + "version.2"} }

// loadVersion returns what the store says of its schema, the zero version if it is new.
func loadVersion(s *Snapshot) (v version) {
	sound := true
	for _, at := range versionKeys() {
		one, ok := Load[version](s, at)
		sound = sound && ok
		if one.Schema > v.Schema {
			v = one
		}
	}
	v.sound = sound
	return v
}

func saveVersion(tx *Tx, v version) {
	for _, at := range versionKeys() {
		Save(tx, at, v)
	}
}

// stand makes sure that the store is of the schema of this program and of the key at
// hand, and that it says so.
func (s *Store) stand(ctx context.Context, o Options, steps []Step) error {
	var v version
	stands, current := false, len(steps)+1
	err := s.View(ctx, func(sn *Snapshot) error {
		v = loadVersion(sn)
		for range Pairs(sn, nil, nil, 1) {
			stands = true
		}
		stands = stands || sn.Damaged() > 0
		return nil
	})
	switch {
	case err != nil:
		return err
	case v.Schema > current:
		return fmt.Errorf("%w: it has schema %d and this program knows up to %d; "+
			"start the newer program again, or restore a backup from before the upgrade", ErrSchema, v.Schema, current)
	case v.Schema == 0 && stands:
		return fmt.Errorf("%w: its record is damaged or missing; restore a backup", ErrNoSchema)
	}
	if err := s.openKey(v, o.Key); err != nil {
		return err
	}
	if stands {
		if err := s.upgrade(ctx, v, steps, o.Upgrade); err != nil {
			return err
		}
	}
	if v.sound && (v.Key != "" || s.key == nil) {
		return nil
	}
	return s.Write(ctx, func(tx *Tx) {
		v := loadVersion(tx.Snapshot)
		v.Schema, v.Key = current, cmp.Or(v.Key, s.key.digest())
		saveVersion(tx, v)
		if !stands {
			tx.saveChain("", chain{Since: tx.Now()})
		}
	})
}

// upgrade brings the store to the schema of this program. Whatever interrupts it, the
// next call goes on where this one was.
func (s *Store) upgrade(ctx context.Context, v version, steps []Step, before func(schema int) error) (err error) {
	if v.Schema <= len(steps) && !v.Unfinished && before != nil {
		if err := before(v.Schema); err != nil {
			return fmt.Errorf("nothing was changed, because no copy could be made before the upgrade from schema %d: %w", v.Schema, err)
		}
	}
	for v.Schema <= len(steps) || v.Unfinished {
		if v, err = s.advance(ctx, steps); err != nil {
			return fmt.Errorf("upgrade: %w", err)
		}
	}
	return nil
}

// advance takes one turn of the step that is due, and returns where the store is then.
func (s *Store) advance(ctx context.Context, steps []Step) (v version, err error) {
	err = s.Write(ctx, func(tx *Tx) {
		v = loadVersion(tx.Snapshot)
		if !v.Unfinished {
			v.Schema, v.Unfinished = v.Schema+1, true
		}
		step := steps[v.Schema-2]
		v.Behind = step.Turn(tx, v.Behind)
		if v.Behind == "" {
			v.Unfinished = false
			schema := v.Schema
			tx.Log(func(log *slog.Logger) { log.Info("records upgraded", "schema", schema, "step", step.Name) })
		}
		saveVersion(tx, v)
	})
	return v, err
}
