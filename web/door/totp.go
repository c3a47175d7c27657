package door

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 as every authenticator has it
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// period is how long one code of a second factor holds.
const period = 30 * time.Second

// NewSecret returns the secret of a second factor, 160 bits.
func NewSecret() []byte {
	secret := make([]byte, sha1.Size)
	_, _ = rand.Read(secret) // never fails
	return secret
}

// SecretText returns a secret as people type it into an authenticator.
func SecretText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// ParseSecret reads what [SecretText] has written.
func ParseSecret(text string) ([]byte, error) {
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.ReplaceAll(text, " ", "")))
}

// SecretURL returns what an authenticator scans.
func SecretURL(secret []byte, who string) string {
	q := url.Values{"secret": {SecretText(secret)}, "issuer": {"督办"}}
	return (&url.URL{Scheme: "otpauth", Host: "totp", Path: "/督办:" + who, RawQuery: q.Encode()}).String()
}

// CodeAt returns the code of a secret at a step, which is a time divided by 30 s
// (RFC 6238, six digits).
func CodeAt(secret []byte, step uint64) string {
	h := hmac.New(sha1.New, secret)
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], step)
	h.Write(counter[:])
	sum := h.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// Check tells whether a code is right at a time, or half a minute off, and was not
// used before, and returns the account in which it is used.
func (a Account) Check(code string, now time.Time) (Account, bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	step := uint64(now.Unix()) / uint64(period/time.Second) //nolint:gosec // the clock is not before 1970
	for _, at := range []uint64{step - 1, step, step + 1} {
		if at > a.Step && len(a.TOTP) > 0 && subtle.ConstantTimeCompare([]byte(CodeAt(a.TOTP, at)), []byte(code)) == 1 {
			a.Step = at
			return a, true
		}
	}
	return a, false
}
