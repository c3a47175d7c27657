// Package webwx knows what web WeChat writes: messages, contacts, texts, quotes
// and recalls as they come over the wire, and how long a text may be that goes
// out. It does no I/O and keeps nothing.
//
// What arrives is read with patience: a field of an unexpected type is empty
// rather than an error, because one odd message must never hide the others.
package webwx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Str is a JSON string that may also come as a number. Anything else is "".
type Str string

// UnmarshalJSON implements [json.Unmarshaler].
func (s *Str) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		*s = Str(v)
	case float64:
		*s = Str(b)
	default:
		*s = ""
	}
	return nil
}

// A Num is a JSON whole number that may also come as a string. Anything else is 0.
type Num int64

// UnmarshalJSON implements [json.Unmarshaler].
func (n *Num) UnmarshalJSON(b []byte) error {
	var s Str
	if err := s.UnmarshalJSON(b); err != nil {
		return err
	}
	i, err := strconv.ParseInt(string(s), 10, 64)
	if err != nil {
		f, _ := strconv.ParseFloat(string(s), 64)
		i = int64(f)
	}
	*n = Num(i)
	return nil
}

// A Base is the verdict in every JSON answer.
type Base struct {
	Ret Num
}

// A Ret is a verdict other than 0, of an answer or of a heartbeat.
type Ret int

// What the codes mean that something follows from.
const (
	RetPhoneAway  Ret = 3    // the phone has long been offline
	RetLoggedOut  Ret = 1100 // from the phone
	RetReplaced   Ret = 1101 // by another login
	RetNoCookie   Ret = 1102 // also the face of a ban
	RetBarred     Ret = 1203 // web login is not allowed
	RetNotFriend  Ret = 1204
	RetTooOften   Ret = 1205
	RetNoAnswerID Ret = -9999 // not of the server: Ret 0 without an id
)

// Error implements error.
func (r Ret) Error() string { return fmt.Sprintf("webwx ret %d", int(r)) }

// Ended reports whether the session is over.
func (r Ret) Ended() bool { return r == RetLoggedOut || r == RetReplaced || r == RetNoCookie }

// A SyncKey is a place in the log of messages.
type SyncKey struct {
	Count int
	List  []Pair
}

// A Pair is one counter of a [SyncKey].
type Pair struct {
	Key, Val int64
}

// Query returns the key as the heartbeat spells it: 1_2|2_3.
func (k SyncKey) Query() string {
	var list []string
	for _, p := range k.List {
		list = append(list, fmt.Sprintf("%d_%d", p.Key, p.Val))
	}
	return strings.Join(list, "|")
}

// Whole returns the key with a list and a count that agree.
func (k SyncKey) Whole() SyncKey {
	return SyncKey{Count: len(k.List), List: append([]Pair{}, k.List...)}
}

// A Sync is the answer to webwxsync.
type Sync struct {
	BaseResponse   *Base
	AddMsgList     []json.RawMessage
	ModContactList []Contact
	DelContactList []Contact
	ContinueFlag   Num // 1: more is waiting
	SyncKey        SyncKey
	SyncCheckKey   SyncKey
}

// ErrNotSync says that an answer is not one of webwxsync.
var ErrNotSync = errors.New("not an answer of webwxsync")

// ParseSync reads an answer of webwxsync after [Clean]. A Ret other than 0 is
// returned as a [Ret].
func ParseSync(body []byte) (Sync, error) {
	var s Sync
	if err := json.Unmarshal(body, &s); err != nil {
		return Sync{}, fmt.Errorf("%w: %w", ErrNotSync, err)
	}
	if s.BaseResponse == nil {
		return Sync{}, ErrNotSync
	}
	if r := Ret(s.BaseResponse.Ret); r != 0 {
		return Sync{}, r
	}
	return s, nil
}

// ForLibrary is the answer as the client library gets it: a SyncKey that agrees
// with itself and no messages, which have been handed on before. The library
// panics without a SyncKey or with a wrong count, and its own way of reading
// messages loses line breaks and asks for contacts in the middle of it.
func (s Sync) ForLibrary() ([]byte, error) {
	return json.Marshal(map[string]any{
		"BaseResponse": map[string]any{"Ret": 0, "ErrMsg": ""},
		"AddMsgCount":  0, "AddMsgList": []int{},
		"SyncKey": s.SyncKey.Whole(),
	})
}

// once undoes a second encoding: the characters of body are bytes of UTF-8.
func once(body []byte) []byte {
	if !utf8.Valid(body) || bytes.ContainsFunc(body, func(r rune) bool { return r > 0xff }) {
		return body
	}
	inner := make([]byte, 0, len(body))
	for _, r := range string(body) {
		inner = append(inner, byte(r))
	}
	if len(inner) == len(body) || !utf8.Valid(inner) {
		return body
	}
	return inner
}

// Clean makes body JSON that can be decoded: control characters inside strings,
// which the server lets through, become what JSON has for them, or a space, and
// at the start of a string nothing, since who speaks may follow. What a proxy
// took for Latin-1 and encoded a second time is undone.
func Clean(body []byte) []byte {
	body = once(body)
	if !bytes.ContainsFunc(body, func(r rune) bool { return r < ' ' }) {
		return body
	}
	out := make([]byte, 0, len(body)+16)
	inside, escaped := false, false
	for _, c := range body {
		switch {
		case !inside:
			inside = c == '"'
		case escaped:
			escaped = false
			if c < ' ' {
				out, c = out[:len(out)-1], ' '
			}
		case c == '\\':
			escaped = true
		case c == '"':
			inside = false
		case c == '\n':
			out, c = append(out, '\\'), 'n'
		case c == '\t':
			out, c = append(out, '\\'), 't'
		case c < ' ' && out[len(out)-1] == '"':
			continue
		case c < ' ':
			c = ' '
		}
		if !inside && c < ' ' && c != '\n' && c != '\t' && c != '\r' {
			c = ' '
		}
		out = append(out, c)
	}
	return out
}
