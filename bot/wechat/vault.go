package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/eatmoreapple/openwechat"

	"duban/bot"
)

// KeySize is how many bytes a key has.
const KeySize = 32

// A memory is what the account keeps on disk: whoever holds it in the clear is
// the account.
type memory struct {
	Uin     int64           `json:"uin"`               // whose session it is
	Library json.RawMessage `json:"library,omitempty"` // what the library saved, without its cookies
	Cookies []*http.Cookie  `json:"cookies,omitempty"`
	Hot     bool            `json:"hot"` // the session may still be good
	LoginAt time.Time       `json:"login_at"`

	Ended    bool        `json:"ended,omitempty"`    // the server ended the session, and no later one has lasted
	Attempts []time.Time `json:"attempts,omitempty"` // automatic logins since then, newest last
	Barred   string      `json:"barred,omitempty"`   // why there are no more, until a person asks

	Groups map[string]fingerprint `json:"groups,omitempty"` // by a hash of the name
	Echoes bool                   `json:"echoes,omitempty"` // what the account sends to itself comes back
}

// A vault keeps the memory of one account in an encrypted file.
type vault struct {
	path  string
	pin   string // the file that says whose account it is
	key   []byte
	aead  cipher.AEAD
	bound []byte // what the encryption is bound to
	log   *slog.Logger

	mu  sync.Mutex
	now memory
}

// openVault reads the account's files in dir. A session that cannot be read,
// because it was cut off or belongs to another key, is put aside and a new login
// is needed; it is never taken for another account's.
func openVault(dir, name string, key []byte, log *slog.Logger) (*vault, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("the key has %d bytes, want %d", len(key), KeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("session folder: %w", err)
	}
	base := filepath.Join(dir, url.PathEscape(name))
	v := &vault{
		path: base + ".session", pin: base + ".uin", key: key, aead: aead,
		bound: []byte("duban/wechat/session/1/" + name), log: log,
	}
	sealed, err := os.ReadFile(v.path)
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil
	}
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	if err := v.open(sealed); err != nil {
		log.Warn("session not readable, a new login is needed", "err", err)
		if err := os.Rename(v.path, v.path+".unreadable"); err != nil {
			return nil, fmt.Errorf("session: %w", err)
		}
	}
	return v, nil
}

func (v *vault) open(sealed []byte) error {
	text, err := v.aead.Open(nil, nil, sealed, v.bound)
	if err != nil {
		return errors.New("cut off, damaged, or of another key")
	}
	var m memory
	if err := json.Unmarshal(text, &m); err != nil {
		return errors.New("of another version")
	}
	v.now = m
	return nil
}

// read returns what is kept. Nobody may change what its slices and maps hold.
func (v *vault) read() memory {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// change changes what is kept, and returns when it is on the disk. If it cannot
// be written, what is kept in the process has changed all the same.
func (v *vault) change(f func(*memory)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	f(&v.now)
	text, err := json.Marshal(v.now)
	if err != nil {
		return err
	}
	if err := bot.Replace(v.path, v.aead.Seal(nil, nil, text, v.bound), 0o600); err != nil {
		return fmt.Errorf("session not saved: %w", err)
	}
	return nil
}

// note changes what is kept. A failure is logged only: the next change writes it
// too.
func (v *vault) note(f func(*memory)) {
	if err := v.change(f); err != nil {
		v.log.Error("session not saved", "err", err)
	}
}

// owner returns the uin of the account that this one is, 0 if none has logged
// in yet. It is kept apart from the session, so that losing that does not let
// another account in; who removes the file wants to use another one.
func (v *vault) owner() (int64, error) {
	text, err := os.ReadFile(v.pin)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("pinned account: %w", err)
	}
	uin, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("pinned account: %s holds no number", filepath.Base(v.pin))
	}
	return uin, nil
}

// own makes uin the account that this one is.
func (v *vault) own(uin int64) error {
	return bot.Replace(v.pin, []byte(strconv.FormatInt(uin, 10)+"\n"), 0o600)
}

// hash returns a short name for s that says nothing about it without the key.
func (v *vault) hash(purpose, s string) string {
	h := hmac.New(sha256.New, v.key)
	h.Write([]byte(purpose + "\x00" + s))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// A kept session is what the library reads it from. What it writes is ignored:
// it writes before messages are durable, and loses cookies.
type kept struct{ *bytes.Reader }

// Write takes p and keeps nothing: the vault saves the session itself.
func (kept) Write(p []byte) (int, error) { return len(p), nil }

// forLibrary returns the session as the library saved it, with all that belongs
// to the cookies.
func (m memory) forLibrary() kept {
	jar := map[string][]*http.Cookie{}
	for _, c := range m.Cookies {
		jar["https://"+c.Domain] = append(jar["https://"+c.Domain], c)
	}
	text, err := json.Marshal(jar)
	if err == nil {
		text, err = with(m.Library, "Jar", text)
	}
	if err != nil {
		text = nil // which the library takes for no session
	}
	return kept{bytes.NewReader(text)}
}

// with returns a JSON object in which a field has a value; null is no session's.
func with(object []byte, field string, value json.RawMessage) ([]byte, error) {
	item := map[string]json.RawMessage{}
	if err := json.Unmarshal(object, &item); err != nil {
		return nil, err
	}
	item[field] = value
	return json.Marshal(item)
}

// place returns how far messages have been taken, or nil. It is of the account,
// not of a session, so a new login goes on from there and finds what was said
// while nobody was logged in.
func (m memory) place() *openwechat.SyncKey {
	var item openwechat.HotReloadStorageItem
	if json.Unmarshal(m.Library, &item) != nil || item.SyncKey == nil || len(item.SyncKey.List) == 0 {
		return nil
	}
	return item.SyncKey
}
