package webwxtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

const (
	hexDigits   = "0123456789abcdef"
	base64ish   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	messageBits = 1 << 62
)

// word draws n characters of an alphabet. The caller holds mu.
func (s *Server) word(alphabet string, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(alphabet[s.rnd.IntN(len(alphabet))])
	}
	return b.String()
}

// crypt draws what the server calls a key or a medium.
func (s *Server) crypt(n int) string {
	return "@crypt_" + s.word(hexDigits, 8) + "_" + s.word(hexDigits, n)
}

// messageID draws a number of 19 digits at most. The caller holds mu.
func (s *Server) messageID() int64 {
	return messageBits + s.rnd.Int64N(messageBits)
}

// userName is how an id is called in one login. Some names have 32 digits and
// some 64; those of groups always have 64.
func userName(seed uint64, login int, id string, group bool) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d/%s", seed, login, id))
	switch word := hex.EncodeToString(sum[:]); {
	case group:
		return "@@" + word
	case id == Self, sum[0]%4 == 0:
		return "@" + word[:32]
	default:
		return "@" + word
	}
}

// digits is a number that belongs to an id for good, such as that of an avatar.
func digits(id string, below int) int {
	sum := sha256.Sum256([]byte(id))
	return (int(sum[0])<<16 | int(sum[1])<<8 | int(sum[2])) % below
}
