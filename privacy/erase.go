package privacy

import (
	"context"
	"fmt"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/store"
)

// An Erasure is a person's wish that what they wrote is deleted. It is kept until
// that is done; after that, when it was.
type Erasure struct {
	Person  string    `json:"person"`
	Account string    `json:"account"` // where they are told
	Chat    string    `json:"chat"`
	Key     string    `json:"key"` // of what they are told
	Asked   time.Time `json:"asked"`
	Done    time.Time `json:"done,omitzero"`
}

// WantErasure says that what a person wrote is to be deleted. After the commit,
// Options.Enqueued is called with an empty name.
func WantErasure(tx *store.Tx, e Erasure) {
	e.Asked = tx.Now()
	tx.Wake("")
	store.Save(tx, store.Work+store.Key("erase", e.Person), e)
}

// WantAgain says that a wish which was fulfilled is to be fulfilled once more, because
// the store is a copy from before. A wish that this store has fulfilled is not.
func WantAgain(tx *store.Tx, e Erasure) (wanted bool) {
	for _, done := range Erased(tx.Snapshot) {
		if done.Person == e.Person && !done.Asked.Before(e.Asked) {
			return false
		}
	}
	store.Save(tx, store.Work+store.Key("erase", e.Person), e)
	return true
}

// Erased returns the wishes that were fulfilled.
func Erased(s *store.Snapshot) []Erasure {
	return store.Collect(store.Scan[Erasure](s, store.Work+"erased/", 0))
}

// Erasures returns the wishes that wait.
func Erasures(s *store.Snapshot) []Erasure {
	return store.Collect(store.Scan[Erasure](s, store.Work+"erase/", 0))
}

// Erase deletes the texts of everybody who wishes so: what they wrote, what was said
// to them alone, and what repeats their words to others. Who did what, and when,
// stays, and so do numbers: the plan's progress and the counts of notices rest on
// them. Then the store is compacted, so that no byte of the texts is left, and the
// person is told, unless there is nothing to be said. It returns how many wishes were fulfilled. One that is interrupted
// is fulfilled by the next call.
func Erase(ctx context.Context, s *store.Store, said string) (n int, err error) {
	wishes, err := store.Read(ctx, s, Erasures)
	var done []Erasure
	for _, e := range wishes {
		var left int
		if err == nil {
			left, err = eraseOf(ctx, s, e)
		}
		if err == nil && left == 0 {
			done = append(done, e)
		}
	}
	if err == nil && len(done) > 0 {
		err = s.Write(ctx, (*store.Tx).EmptyAside)
	}
	if err == nil && len(done) > 0 {
		err = s.Compact(ctx)
	}
	for _, e := range done {
		if err == nil {
			err = finishErasure(ctx, s, e, said)
			n++
		}
	}
	if err != nil {
		return n, fmt.Errorf("erase: %w", err)
	}
	return n, nil
}

func finishErasure(ctx context.Context, s *store.Store, e Erasure, said string) error {
	return s.Write(ctx, func(tx *store.Tx) {
		k := store.Work + store.Key("erase", e.Person)
		wish, ok := store.Load[Erasure](tx, k)
		switch {
		case !ok:
			return
		case wish.Asked.Equal(e.Asked): // else they have wished it again since
			store.Delete(tx, k)
		}
		e.Done = tx.Now()
		store.Save(tx, store.Work+store.Key("erased", e.Person, store.Stamp(tx.Now())), e)
		tx.Audit(store.Audit{Account: e.Account, Actor: e.Person, Source: store.Chat, Action: "data.erased"})
		if said != "" {
			outbox.Enqueue(tx, bot.Outgoing{Key: e.Key, Account: e.Account, Chat: e.Chat, Text: said})
		}
	})
}

// A wipe removes texts from one record.
type wipe func(*store.Tx)

// eraseOf removes a person's texts and returns how many records must be looked at
// again. What repeats a text goes before the record from which the text is known,
// so that an erasure that is interrupted can be taken up.
func eraseOf(ctx context.Context, s *store.Store, e Erasure) (left int, err error) {
	w, err := store.Read(ctx, s, func(sn *store.Snapshot) *wiper {
		w := &wiper{Snapshot: sn, person: e.Person, asked: e.Asked}
		w.find()
		return w
	})
	if err != nil {
		return 0, err
	}
	if err := runWipes(ctx, s, append(w.repeats, w.holds...)); err != nil {
		return 0, err
	}
	for _, hash := range w.hashes {
		if err := s.DropFile(ctx, hash); err != nil {
			return 0, err
		}
	}
	return w.left, runWipes(ctx, s, w.records)
}

// runWipes runs wipes in steps that do not keep others waiting.
func runWipes(ctx context.Context, s *store.Store, all []wipe) error {
	for len(all) > 0 {
		step := all[:min(len(all), store.Batch)]
		all = all[len(step):]
		err := s.Write(ctx, func(tx *store.Tx) {
			for _, o := range step {
				o(tx)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
