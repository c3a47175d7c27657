package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/enginetest"
)

// auditLog returns an office with two audit logs, on an engine that the test can
// reach past them.
func auditLog(t *testing.T, entries int, first string) *outboxtest.Office {
	t.Helper()
	e := enginetest.New(t)
	if _, err := store.Open(t.Context(), e, store.Options{Key: key("k")}); err != nil {
		t.Fatal(err)
	}
	o := outboxtest.On(t, e)
	o.Configure(store.Options{Key: key("k")})
	for i := range entries {
		for _, account := range []string{"", "wx"} {
			o.Pass(time.Minute)
			if i == entries/2 {
				o.Pass(-time.Hour) // the clock was set back
			}
			actor := "C1"
			if i == 0 {
				actor = first
			}
			o.Change(func(tx *store.Tx) {
				tx.Audit(store.Audit{Account: account, Actor: actor, Source: store.Chat, Action: "ack", Object: fmt.Sprint(i)})
			})
		}
	}
	return o
}

// key is a key of that letter only.
func key(letter string) store.Keyring {
	return func(bool) ([]byte, error) { return []byte(strings.Repeat(letter, 32)), nil }
}

func verify(o *outboxtest.Office) (all []store.AuditState, err error) {
	o.Look(func(s *store.Snapshot) { all, err = s.VerifyAudits() })
	return all, err
}

func TestVerifyAudit(t *testing.T) {
	all, err := verify(auditLog(t, 20, "C1"))
	if err != nil || len(all) != 2 || all[0].Entries != 20 || all[1].Entries != 20 || all[0].Hash == all[1].Hash {
		t.Errorf("got %+v, %v, want two whole logs of 20 entries", all, err)
	}
}

// entries are those of the office's log.
func entries(s store.State) []store.Pair {
	return slices.Collect(store.Pairs(s, []byte("w/audit/"), []byte("w/audit0"), 0))
}

// Each way of changing a log behind the program's back must be found.
func TestVerifyAudit_tampered(t *testing.T) {
	var other []byte
	auditLog(t, 1, "C9").Look(func(s *store.Snapshot) { other = bytes.Clone(entries(s)[0].Value) })
	type log = []store.Pair
	for name, tamper := range map[string]func(tx *store.Tx, all log){
		"an entry was changed": func(tx *store.Tx, all log) {
			store.SaveRaw(tx, string(all[3].Key), bytes.Replace(all[3].Value, []byte(`"C1"`), []byte(`"C2"`), 1))
		},
		"an entry was taken out":  func(tx *store.Tx, all log) { store.Delete(tx, string(all[3].Key)) },
		"the first was taken out": func(tx *store.Tx, all log) { store.Delete(tx, string(all[0].Key)) },
		"the last was taken out":  func(tx *store.Tx, all log) { store.Delete(tx, string(all[len(all)-1].Key)) },
		"the first was exchanged for that of another log": func(tx *store.Tx, all log) {
			i := slices.IndexFunc(all, func(p store.Pair) bool { return bytes.HasSuffix(p.Key, []byte("/000000000001")) })
			store.SaveRaw(tx, string(all[i].Key), other)
		},
		"one was added": func(tx *store.Tx, all log) { store.SaveRaw(tx, string(all[3].Key)+"x", all[3].Value) },
		"one without a number was added": func(tx *store.Tx, all log) {
			store.SaveRaw(tx, string(all[5].Key)+"x", []byte(`{"at":"2026-11-23T10:30:00Z","actor":"C9","source":"chat","action":"ack"}`))
		},
		"the tail was cut and the end set back": func(tx *store.Tx, all log) {
			store.Delete(tx, string(all[19].Key), string(all[18].Key))
			end := store.Decode[map[string]any](tx, value(tx, "w/chain"))
			last := store.DecodePair[store.Audit](all[17])
			end["seq"], end["hash"] = last.Seq, last.Hash
			store.Save(tx, "w/chain", end)
		},
		"the beginning was cut and the base moved": func(tx *store.Tx, all log) {
			store.Delete(tx, string(all[0].Key))
			end := store.Decode[map[string]any](tx, value(tx, "w/chain"))
			first := store.DecodePair[store.Audit](all[0])
			end["base_seq"], end["base_hash"] = first.Seq, first.Hash
			store.Save(tx, "w/chain", end)
		},
		"all was computed anew without the key": func(tx *store.Tx, all log) { replace(tx, recomputed(t)) },
		"all was wiped":                         func(tx *store.Tx, _ log) { replace(tx, nil) },
		"its end was wiped":                     func(tx *store.Tx, _ log) { store.Delete(tx, "w/chain") },
	} {
		o := auditLog(t, 20, "C1")
		o.Change(func(tx *store.Tx) { tamper(tx, entries(tx)) })
		if _, err := verify(o); !errors.Is(err, store.ErrAudit) {
			t.Errorf("%s: got %v, want ErrAudit", name, err)
		}
		o.Reopen() // what duban writes then does not cover it up
		o.Change(func(tx *store.Tx) { tx.Audit(store.Audit{Actor: "C1", Action: "ack"}) })
		if _, err := verify(o); !errors.Is(err, store.ErrAudit) {
			t.Errorf("%s, and duban went on: got %v, want ErrAudit", name, err)
		}
	}
}

// recomputed are the records of the same log as somebody without the key writes it,
// with one entry less.
func recomputed(t *testing.T) (all []store.Pair) {
	o := outboxtest.On(t, enginetest.New(t))
	o.Change(func(tx *store.Tx) {
		for i := range 19 {
			tx.Audit(store.Audit{Actor: "C1", Source: store.Chat, Action: "ack", Object: fmt.Sprint(i)})
		}
		all = append(entries(tx), store.Pair{Key: []byte("w/chain"), Value: value(tx, "w/chain")})
	})
	return all
}

func value(s store.State, key string) []byte {
	for p := range store.Pairs(s, []byte(key), []byte(key+"\x00"), 1) {
		return p.Value
	}
	return nil
}

// replace puts other records into the place of the office's log.
func replace(tx *store.Tx, with []store.Pair) {
	store.Delete(tx, "w/chain")
	for _, p := range entries(tx) {
		store.Delete(tx, string(p.Key))
	}
	for _, p := range with {
		store.SaveRaw(tx, string(p.Key), p.Value)
	}
}

// The log of an account cannot vanish with all that the account has.
func TestVerifyAudit_accountWiped(t *testing.T) {
	o := auditLog(t, 3, "C1")
	o.Change(func(tx *store.Tx) {
		for p := range store.Pairs(tx, []byte("a/wx/"), []byte("a/wx0"), 0) {
			store.Delete(tx, string(p.Key))
		}
	})
	if _, err := verify(o); !errors.Is(err, store.ErrAudit) {
		t.Errorf("got %v, want ErrAudit", err)
	}
}

// Nobody can write the log with another key, or open the store with it.
func TestOpen_otherKey(t *testing.T) {
	o := auditLog(t, 3, "C1")
	if _, err := store.Open(t.Context(), o.Engine, store.Options{Key: key("x")}); !errors.Is(err, store.ErrKey) {
		t.Errorf("got %v, want ErrKey", err)
	}
}

// A new key is made for a store that was written with none, and for no other.
func TestOpen_keyring(t *testing.T) {
	e := enginetest.New(t)
	asked := []bool{}
	open := func() {
		_, err := store.Open(t.Context(), e, store.Options{Key: func(stands bool) ([]byte, error) {
			asked = append(asked, stands)
			return key("k")(stands)
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	open()
	open()
	e = enginetest.New(t)
	if _, err := store.Open(t.Context(), e, store.Options{}); err != nil {
		t.Fatal(err)
	}
	open()
	open()
	if want := []bool{false, true, false, true}; !slices.Equal(asked, want) {
		t.Errorf("the keyring was asked whether a store stands: got %v, want %v", asked, want)
	}
}

// TestPseudonym: it stays while the key does, and tells nobody anything who has another one.
func TestPseudonym(t *testing.T) {
	seen := map[string]string{}
	for _, letter := range []string{"k", "x"} {
		e := enginetest.New(t)
		for range 2 {
			s, err := store.Open(t.Context(), e, store.Options{Key: key(letter)})
			if err != nil {
				t.Fatal(err)
			}
			name, err := store.Read(t.Context(), s, func(s *store.Snapshot) string { return store.Pseudonym(s, "C1") })
			if was := seen[letter]; err != nil || was != "" && was != name {
				t.Errorf("key %s: got %s after %s, %v", letter, name, was, err)
			}
			seen[letter] = name
		}
	}
	if seen["k"] == seen["x"] || strings.Contains(seen["k"], store.Digest("C1")) {
		t.Errorf("got %v, want two that say nothing of the id", seen)
	}
}

// An older state that was put back is whole; only a head that was noted elsewhere
// tells that something is missing.
func TestVerifyHead(t *testing.T) {
	o := auditLog(t, 10, "C1")
	var old []store.Pair
	o.Look(func(s *store.Snapshot) {
		old = append(entries(s), store.Pair{Key: []byte("w/chain"), Value: value(s, "w/chain")})
	})
	early, err := verify(o)
	o.Must(err)
	o.Change(func(tx *store.Tx) { tx.Audit(store.Audit{Actor: "C1", Action: "export"}) })
	late, err := verify(o)
	o.Must(err)
	check := func(when string, h store.Head, want error) {
		t.Helper()
		heads, err := store.ParseHeads("x:1:ab, " + h.String() + "，")
		if err != nil || len(heads) != 2 || heads[1] != h {
			t.Errorf("ParseHeads of %v: got %v, %v", h, heads, err)
		}
		o.Look(func(s *store.Snapshot) { err = s.VerifyHead(h) })
		if !errors.Is(err, want) {
			t.Errorf("%s: VerifyHead %v: got %v, want %v", when, h, err, want)
		}
	}
	check("as it was", early[0].Head, nil)
	check("as it was", late[0].Head, nil)
	check("as it was", late[1].Head, nil)
	forged := early[0].Head
	forged.Hash = strings.Repeat("0", len(forged.Hash))
	check("as it was", forged, store.ErrAudit)
	o.Change(func(tx *store.Tx) { replace(tx, old) })
	if _, err := verify(o); err != nil {
		t.Errorf("an older state: got %v, want that it is whole", err)
	}
	check("put back", early[0].Head, nil)
	check("put back", late[0].Head, store.ErrAudit)
	_, err = o.SweepAudit(o.Context(), "", o.Now().Add(4*time.Hour))
	o.Must(err)
	check("swept", early[0].Head, nil)
	check("swept", store.Head{Seq: 2, Hash: "x"}, store.ErrHeadTooOld)
}

// A sweep goes on behind an entry that was damaged, and stops at one that was written
// before another that stays.
func TestSweepAudit(t *testing.T) {
	o := auditLog(t, 20, "C1")
	o.Change(func(tx *store.Tx) {
		all := entries(tx) // the later ten of the log stand first
		store.Delete(tx, string(all[13].Key))
	})
	for _, c := range []struct {
		before time.Time
		want   int
	}{
		{o.Now().Add(-15 * time.Minute), 0}, // there is none from before
		{o.Now().Add(time.Minute), 0},       // the later ten
		{o.Now().Add(2 * time.Hour), 19},
	} {
		if n, err := o.SweepAudit(o.Context(), "", c.before); n != c.want || err != nil {
			t.Errorf("SweepAudit before %v: got %d, %v, want %d", c.before, n, err, c.want)
		}
	}
	if all, err := verify(o); err != nil || all[0].Entries != 0 || all[0].Seq != 20 {
		t.Errorf("after the sweep: got %+v, %v, want an empty log that goes on behind entry 20", all, err)
	}
}
