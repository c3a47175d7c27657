// Package door says who gets into the page: by a password and a second factor, by a
// link from chat that works once, or at the first start by a code on the terminal.
//
// A login is a [Session] in the store. The browser has its token and the store only a
// digest of it, so that nobody who reads the store can use a session. Who somebody is
// and what they may do is read from the roster with every request; a session holds
// no rights.
package door

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"time"

	"duban/store"
)

const prefix = store.Work + "door/"

// Records is the prefix of the keys of all records of this package. They let people in:
// they leave the office in no export.
const Records = prefix

// An Account is how one person of the roster logs in.
type Account struct {
	Hash  string    `json:"hash,omitempty"`  // of the password; "" is none
	Since time.Time `json:"since,omitzero"`  // of the password
	TOTP  []byte    `json:"totp,omitempty"`  // the secret that the person's phone has as well, sealed in the store; nil is no second factor
	Step  uint64    `json:"step,omitempty"`  // the last step of TOTP that was used: each works once
	Known []string  `json:"known,omitempty"` // digests of addresses from which a login succeeded, the newest last
}

func accountKey(person string) string { return prefix + store.Key("account", person) }

// AccountOf returns how a person logs in; the zero value is not at all by a password.
func AccountOf(s *store.Snapshot, person string) Account {
	a, _ := store.Load[Account](s, accountKey(person))
	if secret, ok := s.Unseal(accountKey(person), a.TOTP); ok {
		a.TOTP = secret
	} // else no code is right, and the second factor is still asked for
	return a
}

// PutAccount stores how a person logs in.
func PutAccount(tx *store.Tx, person string, a Account) {
	if len(a.TOTP) > 0 {
		a.TOTP = tx.Seal(accountKey(person), a.TOTP)
	}
	store.Save(tx, accountKey(person), a)
}

// Forget removes all by which somebody could get in, for data that were put back: what
// was withdrawn since the copy must not open again.
func Forget(tx *store.Tx) {
	var keys []string
	for p := range store.Pairs(tx, []byte(prefix), store.PrefixEnd(prefix), 0) {
		keys = append(keys, string(p.Key))
	}
	store.Delete(tx, keys...)
}

// Reset takes the password, the second factor, the sessions and the links of a person
// away.
func Reset(tx *store.Tx, person string) {
	store.Delete(tx, accountKey(person))
	EndAll(tx, person, "")
	for rec := range store.Scan[Link](tx, prefix+"link/", 0) {
		if rec.Value.Person == person {
			store.Delete(tx, rec.Key)
		}
	}
}

// People returns the ids of all who have a password.
func People(s *store.Snapshot) (all []string) { return store.Names(s, prefix+"account/", 0) }

// mostKnown is how many addresses are remembered of a person.
const mostKnown = 8

// Recognize remembers that a person got in from an address.
func Recognize(tx *store.Tx, person, address string) {
	a, d := AccountOf(tx.Snapshot, person), store.Digest(address)
	for i, k := range a.Known {
		if k == d {
			a.Known = append(a.Known[:i], a.Known[i+1:]...)
			break
		}
	}
	a.Known = append(a.Known, d)
	a.Known = a.Known[max(len(a.Known)-mostKnown, 0):]
	PutAccount(tx, person, a)
}

// Token returns a new secret of 256 random bits, as it can stand in a URL.
func Token() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// digest is what is stored of a token.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Knows tells whether the person got in from an address before.
func (a Account) Knows(address string) bool { return slices.Contains(a.Known, store.Digest(address)) }
