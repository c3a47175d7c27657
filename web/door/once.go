package door

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"
	"time"

	"duban/store"
)

// How long what works once can be used.
const (
	CodeLife = 30 * time.Minute
	LinkLife = 10 * time.Minute

	codeTries = 100       // wrong ones that end a code: who guesses from one address is stopped long before, see [Throttle]
	keepUsed  = time.Hour // how long it is known of a link that it was used
)

// A code is the one that the terminal shows.
type code struct {
	Digest string    `json:"digest"`
	Until  time.Time `json:"until"`
	Tries  int       `json:"tries,omitempty"`
}

const codeKey = prefix + "code"

// NewCode returns eight random digits.
func NewCode() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(100_000_000)) // never fails
	return fmt.Sprintf("%08d", n)
}

// PutCode stores the code by which somebody can set a first password; it replaces the
// one before.
func PutCode(tx *store.Tx, text string) {
	store.Save(tx, codeKey, code{Digest: digest(text), Until: tx.Now().Add(CodeLife)})
}

// TakeCode uses the code up. If it is wrong, that is counted, and the code ends after a
// hundred times.
func TakeCode(tx *store.Tx, text string) bool {
	if CheckCode(tx, text) {
		store.Delete(tx, codeKey)
		return true
	}
	return false
}

// CheckCode is [TakeCode] that does not use a right code up.
func CheckCode(tx *store.Tx, text string) bool {
	c, ok := store.Load[code](tx, codeKey)
	if !ok || tx.Now().After(c.Until) {
		store.Delete(tx, codeKey)
		return false
	}
	if subtle.ConstantTimeCompare([]byte(c.Digest), []byte(digest(text))) == 1 {
		return true
	}
	if c.Tries++; c.Tries >= codeTries {
		store.Delete(tx, codeKey)
		return false
	}
	store.Save(tx, codeKey, c)
	return false
}

// HasCode tells whether a code can be used now.
func HasCode(s *store.Snapshot) bool {
	c, ok := store.Load[code](s, codeKey)
	return ok && !s.Now().After(c.Until)
}

// A Link is what somebody got in their chat with the bot to log in once.
type Link struct {
	Person string    `json:"person"`
	Weak   bool      `json:"weak,omitempty"` // see [Session]
	Next   string    `json:"next,omitempty"` // the page that it leads to
	Made   time.Time `json:"made"`
	Until  time.Time `json:"until"`
	Used   bool      `json:"used,omitempty"`
}

func linkKey(key string) string { return prefix + store.Key("link", digest(key)) }

// PutLink stores a link under its key, for ten minutes.
func PutLink(tx *store.Tx, key string, l Link) {
	l.Made, l.Until = tx.Now(), tx.Now().Add(LinkLife)
	store.Save(tx, linkKey(key), l)
}

// LinkOf returns the link of a key. It is looked at as often as somebody wants: chat
// networks fetch links.
func LinkOf(s *store.Snapshot, key string) (l Link, ok bool) {
	l, ok = store.Load[Link](s, linkKey(key))
	return l, ok && !s.Now().After(l.Until)
}

// TakeLink uses a link up; ok is false if it was used, has run out or never was.
func TakeLink(tx *store.Tx, key string) (ok bool) {
	l, ok := LinkOf(tx.Snapshot, key)
	if !ok || l.Used {
		return false
	}
	l.Used = true
	store.Save(tx, linkKey(key), l)
	return true
}
