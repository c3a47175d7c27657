package handlers

import (
	"encoding/json"
	"fmt"
	"time"

	"duban/notice"
	"duban/roster"
)

const (
	draftLife = 10 * time.Minute // how long a preview can be confirmed
	draftKind = "draft"

	// More people or groups than these need the code of the preview, so that
	// nobody sends to hundreds by a slip of the thumb.
	easyPeople, easyGroups = 20, 1
)

// A draft is what an admin was shown and has not confirmed: one of a notice, a
// change of one, a chase, a change of a job, and a plan.
type draft struct {
	Notice *notice.Notice `json:"notice,omitempty"`
	Edit   *noticeEdit    `json:"edit,omitempty"`
	Chase  int            `json:"chase,omitempty"` // the notice whose people are to be asked again
	Job    *JobEdit       `json:"job,omitempty"`
	Group  *meeting       `json:"group,omitempty"`
	Plan   string         `json:"plan,omitempty"` // the revision that was previewed
	Code   string         `json:"code"`
	Strict bool           `json:"strict"` // the code must be typed
}

// howToConfirm is the last line of a preview.
func (d draft) howToConfirm(verb string) string {
	if d.Strict {
		return fmt.Sprintf("范围较大，请回复“确认 %s”%s，“取消”放弃，10分钟内有效。", d.Code, verb)
	}
	return fmt.Sprintf("回复“确认”%s，“取消”放弃，10分钟内有效。", verb)
}

// keep stores a draft until it is confirmed. A newer one replaces it.
func (t *turn) keep(d draft) error {
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	p := roster.Pending{Kind: draftKind, Until: t.now().Add(draftLife), Data: data}
	return roster.SetPending(t.tx, t.m.Account, t.m.Chat, t.person.ID, p)
}

// kept returns the draft that waits for the asker's confirmation.
func (t *turn) kept() (d draft, ok bool, err error) {
	p, ok, err := roster.PendingOf(t.snap, t.m.Account, t.m.Chat, t.person.ID, draftKind)
	if err != nil || !ok {
		return d, false, err
	}
	return d, true, json.Unmarshal(p.Data, &d)
}

// code is what an admin types to confirm: four digits, made from the message's
// own random number.
func (t *turn) code() string { return fmt.Sprintf("%04d", 1000+t.nonce%9000) }
