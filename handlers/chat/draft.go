package chat

import (
	"encoding/json"
	"fmt"
	"time"

	"duban/roster"
	"duban/store"
)

const (
	draftLife = 10 * time.Minute // how long a preview can be confirmed

	draftTries = 3 // wrong codes that end what waits for one

	// DraftKind is the kind of what waits for a preview's confirmation.
	DraftKind = "draft"

	// EasyPeople is how many people a preview may reach without its code being
	// typed, so that nobody sends to hundreds by a slip of the thumb.
	EasyPeople = 20

	// EasyGroups is the same for groups.
	EasyGroups = 1
)

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
func (t *Request) Propose(v any, verb string, strict bool) (how string) {
	d := Draft{Of: t.Command.Name, Code: t.Code(), Strict: strict}
	d.Data = store.Must(json.Marshal(v))
	data := store.Must(json.Marshal(d))
	p := roster.Pending{Kind: DraftKind, Until: t.Now().Add(draftLife), Data: data}
	how = fmt.Sprintf("回复“确认”%s，“取消”放弃，10分钟内有效。", verb)
	if strict {
		how = fmt.Sprintf("范围较大，请回复“确认 %s”%s，“取消”放弃，10分钟内有效。", d.Code, verb)
	}
	roster.SetPending(t.Tx, t.Msg.Account, t.Chat(), t.Person.ID, p)
	return how
}

// Kept returns the draft that waits for the asker's confirmation, nil if there is
// none.
func (t *Request) Kept() *Draft {
	p, ok := t.Pending(DraftKind)
	if !ok {
		return nil
	}
	d := store.Decode[Draft](t.Snap, p.Data)
	return &d
}

// Missed counts a wrong code for what waits of the asker, and returns how many more
// may be tried. After the last nothing waits any more: a code must not be guessed.
func (t *Request) Missed(kind string) (left int) {
	p, ok := t.Pending(kind)
	p.Tries++
	if !ok || p.Tries >= draftTries {
		t.Settled(kind)
		return 0
	}
	roster.SetPending(t.Tx, t.Msg.Account, t.Msg.Chat, t.Asker(), p)
	return draftTries - p.Tries
}

// Drafted returns what the draft holds that t confirms.
func Drafted[T any](t *Request) T { return store.Decode[T](t.Snap, t.Draft.Data) }

// OfDraft is the Run of a [Command.Confirm]: it does what the draft holds that is
// confirmed.
func OfDraft[T any](do func(t *Request, v T) (string, error)) func(*Request, string) (string, error) {
	return func(t *Request, _ string) (string, error) { return do(t, Drafted[T](t)) }
}

// Code is what an admin types to confirm: four digits, made from the message's
// own random number.
func (t *Request) Code() string { return fmt.Sprintf("%04d", 1000+t.Nonce%9000) }
