package chat

import (
	"encoding/json"
	"fmt"
	"time"

	"duban/notice"
	"duban/roster"
	"duban/schedule"
)

const (
	DraftLife = 10 * time.Minute // how long a preview can be confirmed
	DraftKind = "draft"

	// More people or groups than these need the code of the preview, so that
	// nobody sends to hundreds by a slip of the thumb.
	EasyPeople, EasyGroups = 20, 1
)

// A draft is what an admin was shown and has not confirmed: one of a notice, a
// change of one, a chase, a change of a job, and a plan.
type Draft struct {
	Notice *notice.Notice `json:"notice,omitempty"`
	Edit   *NoticeEdit    `json:"edit,omitempty"`
	Chase  int            `json:"chase,omitempty"` // the notice whose people are to be asked again
	Job    *schedule.Job  `json:"job,omitempty"`   // as it should be, with the version that was previewed
	Gone   string         `json:"gone,omitempty"`  // the id of a job that is to be deleted
	Group  *Meeting       `json:"group,omitempty"`
	Plan   string         `json:"plan,omitempty"` // the revision that was previewed
	Code   string         `json:"code"`
	Strict bool           `json:"strict"` // the code must be typed
}

// HowToConfirm is the last line of a preview.
func (d Draft) HowToConfirm(verb string) string {
	if d.Strict {
		return fmt.Sprintf("范围较大，请回复“确认 %s”%s，“取消”放弃，10分钟内有效。", d.Code, verb)
	}
	return fmt.Sprintf("回复“确认”%s，“取消”放弃，10分钟内有效。", verb)
}

// Keep stores a draft until it is confirmed. A newer one replaces it.
func (t *Request) Keep(d Draft) error {
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	p := roster.Pending{Kind: DraftKind, Until: t.Now().Add(DraftLife), Data: data}
	return roster.SetPending(t.Tx, t.Msg.Account, t.Msg.Chat, t.Person.ID, p)
}

// Kept returns the draft that waits for the asker's confirmation.
func (t *Request) Kept() (d Draft, ok bool, err error) {
	p, ok, err := roster.PendingOf(t.Snap, t.Msg.Account, t.Msg.Chat, t.Person.ID, DraftKind)
	if err != nil || !ok {
		return d, false, err
	}
	return d, true, json.Unmarshal(p.Data, &d)
}

// Code is what an admin types to confirm: four digits, made from the message's
// own random number.
func (t *Request) Code() string { return fmt.Sprintf("%04d", 1000+t.Nonce%9000) }

// A noticeEdit is a change of a notice that was previewed.
type NoticeEdit struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
	Before string `json:"before"` // what it was when the change was previewed
	Large  bool   `json:"large"`
}
