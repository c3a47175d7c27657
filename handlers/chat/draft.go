package chat

import (
	"encoding/json"
	"fmt"
	"time"

	"duban/roster"
)

const (
	draftLife = 10 * time.Minute // how long a preview can be confirmed
	draftKind = "draft"

	// EasyPeople is how many people a preview may reach without its code being
	// typed, so that nobody sends to hundreds by a slip of the thumb.
	EasyPeople = 20
)

// EasyGroups is the same for groups.
const EasyGroups = 1

// A Draft is what an admin was shown and has not confirmed.
type Draft struct {
	Of     string          `json:"of"` // the name of the command that has shown it
	Data   json.RawMessage `json:"data"`
	Code   string          `json:"code"`
	Strict bool            `json:"strict"` // the code must be typed
}

// Propose keeps v until the asker confirms it, for the Confirm of the running
// command, and returns the last line of its preview: how to confirm. A newer draft
// replaces it.
func (t *Request) Propose(v any, verb string, strict bool) (how string, err error) {
	d := Draft{Of: t.Command.Name, Code: t.Code(), Strict: strict}
	if d.Data, err = json.Marshal(v); err != nil {
		return "", err
	}
	data, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	p := roster.Pending{Kind: draftKind, Until: t.Now().Add(draftLife), Data: data}
	how = fmt.Sprintf("回复“确认”%s，“取消”放弃，10分钟内有效。", verb)
	if strict {
		how = fmt.Sprintf("范围较大，请回复“确认 %s”%s，“取消”放弃，10分钟内有效。", d.Code, verb)
	}
	return how, roster.SetPending(t.Tx, t.Msg.Account, t.Chat(), t.Person.ID, p)
}

// Kept returns the draft that waits for the asker's confirmation, nil if there is
// none.
func (t *Request) Kept() (*Draft, error) {
	p, ok, err := t.Pending(draftKind)
	if err != nil || !ok {
		return nil, err
	}
	d := new(Draft)
	return d, json.Unmarshal(p.Data, d)
}

// DropDraft forgets the draft.
func (t *Request) DropDraft() error { return t.Settled(draftKind) }

// Drafted returns what the draft holds that t confirms.
func Drafted[T any](t *Request) (v T, err error) { return v, json.Unmarshal(t.Draft.Data, &v) }

// OfDraft is the Run of a [Command.Confirm]: it does what the draft holds that is
// confirmed.
func OfDraft[T any](do func(t *Request, v T) (string, error)) func(*Request, string) (string, error) {
	return func(t *Request, _ string) (string, error) {
		v, err := Drafted[T](t)
		if err != nil {
			return "", err
		}
		return do(t, v)
	}
}

// Code is what an admin types to confirm: four digits, made from the message's
// own random number.
func (t *Request) Code() string { return fmt.Sprintf("%04d", 1000+t.Nonce%9000) }
