package door

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The cost of a hash, as OWASP's password storage cheat sheet advises for argon2id:
// 19 MiB, 2 passes, 1 lane.
const (
	memory = 19 << 10 // KiB
	passes = 2
	lanes  = 1
	keyLen = 32
)

// atOnce bounds how many hashes are made at the same time: each takes 19 MiB.
var atOnce = make(chan struct{}, 2) //nolint:gochecknoglobals // it bounds the process, not an office

// Lengths of a password, in characters.
const (
	Shortest = 12
	Longest  = 256
)

// Hash returns what is stored of a password.
func Hash(password string) string {
	var salt [16]byte
	_, _ = rand.Read(salt[:]) // never fails
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(derive(password, salt[:], memory, passes, lanes)))
}

func derive(password string, salt []byte, m, t uint32, p uint8) []byte {
	atOnce <- struct{}{}
	defer func() { <-atOnce }()
	return argon2.IDKey([]byte(password), salt, t, m, p, keyLen)
}

// Matches tells whether a password is the one of a hash. With the hash "" it takes as
// long and is false, so that nobody can measure who has a password.
func Matches(hash, password string) bool {
	if hash == "" {
		derive(password, make([]byte, 16), memory, passes, lanes)
		return false
	}
	var version int
	var m, t uint32
	var p uint8
	fields := strings.Split(hash, "$")
	if len(fields) != 6 || fields[1] != "argon2id" {
		return false
	}
	_, err1 := fmt.Sscanf(fields[2], "v=%d", &version)
	_, err2 := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &m, &t, &p)
	salt, err3 := base64.RawStdEncoding.DecodeString(fields[4])
	want, err4 := base64.RawStdEncoding.DecodeString(fields[5])
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil || version != argon2.Version || len(want) != keyLen {
		return false
	}
	return subtle.ConstantTimeCompare(derive(password, salt, m, t, p), want) == 1
}

// Weakness says in Chinese why a password is not taken, "" if it is. Words are what
// others know of its owner and the office: their name and number, the school's name.
func Weakness(password string, words ...string) string {
	n := utf8.RuneCountInString(password)
	switch {
	case n < Shortest:
		return fmt.Sprintf("密码太短：现在%d个字，至少要%d个。一句您记得住的话最好。", n, Shortest)
	case n > Longest:
		return fmt.Sprintf("密码太长：最多%d个字。", Longest)
	}
	rest := strings.ToLower(password)
	for _, w := range append(words, guessed()...) {
		if w = strings.ToLower(strings.TrimSpace(w)); utf8.RuneCountInString(w) > 1 {
			rest = strings.ReplaceAll(rest, w, "")
		}
	}
	if distinct(rest) < leastOwn {
		return "这个密码别人容易猜到：除去姓名、学校、常见词和重复的字，剩下的太少。请换一句自己的话。"
	}
	return ""
}

// leastOwn is how many different characters must be left of a password when what can
// be guessed is taken out.
const leastOwn = 5

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// guessed are the pieces that the most used passwords are made of, and the words of
// the trade.
func guessed() []string {
	return strings.Fields(`password passw0rd p@ssw0rd iloveyou qwertyuiop qwerty asdfghjkl asdfgh zxcvbnm zxcvbn 1qaz2wsx 1q2w3e4r qazwsx admin administrator
		letmein welcome monkey dragon sunshine princess football baseball master abc123 woaini woaiwojia wodemima mima 5201314 1314520 520 123456789 12345678 1234567
		123456 654321 987654321 111111 000000 888888 666666 112233 123123 123321 abcd1234 a123456 qq123456 duban weixin wechat qiyeweixin feishu dingtalk xuegong
		fudaoyuan xuesheng daxue xueyuan test guest root user login secret changeme 督办 微信 企业微信 飞书 钉钉 辅导员 学工处 学工 学生 大学 学院 老师 密码 管理员 你好
		2020 2021 2022 2023 2024 2025 2026 2027`)
}
