package notices

import (
	"fmt"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/roster"
)

// A draft is what was previewed: a notice to be sent, a change of one, or that one is
// taken back.
type draft struct {
	Notice   notice.Notice `json:"notice,omitzero"`
	Change   *change       `json:"change,omitempty"`
	Withdraw int           `json:"withdraw,omitempty"`
	Code     string        `json:"code,omitempty"` // under which another admin agrees to what is said to many people
}

// propose keeps a draft until its admin confirms it, and returns how to.
func propose(t *chat.Request, d draft, wide bool) (how string) {
	if wide {
		d.Code = t.Code()
	}
	return t.Propose(d, d.verb(), wide)
}

// confirmDraft does what was previewed, or asks a second admin to agree.
func confirmDraft(t *chat.Request, d draft) (string, error) {
	if d.Code != "" {
		return askSecond(t, d), nil
	}
	text, _ := d.do(t, t.Person)
	return text, nil
}

// What is done with a draft.
const (
	sends     = "发出"
	changes   = "修改"
	withdraws = "撤回"
)

// verb says what is done with a draft.
func (d draft) verb() string {
	switch {
	case d.Change != nil:
		return changes
	case d.Withdraw > 0:
		return withdraws
	}
	return sends
}

// wish says to another admin what is wanted.
func (d draft) wish() string {
	switch {
	case d.Change != nil:
		return fmt.Sprintf("改通知%d", d.Change.Number)
	case d.Withdraw > 0:
		return fmt.Sprintf("撤回通知%d", d.Withdraw)
	}
	return "发下面的通知"
}

// about is the notice that a draft changes or takes back.
func (d draft) about(t *chat.Request) notice.Notice {
	number := d.Withdraw
	if d.Change != nil {
		number = d.Change.Number
	}
	n, _ := notice.Find(t.Snap, number)
	return n
}

// show shows what the groups would be told.
func (d draft) show(t *chat.Request) string {
	switch {
	case d.Change != nil:
		return showChange(t, d.about(t), *d.Change)
	case d.Withdraw > 0:
		return showWithdrawal(t, d.about(t))
	}
	return preview(t, d.Notice, countAudience(t, d.Notice))
}

// do does what was previewed, in the name of a person, and returns the notice's number.
func (d draft) do(t *chat.Request, by roster.Person) (text string, number int) {
	switch {
	case d.Change != nil:
		return editNotice(t, *d.Change, by), d.Change.Number
	case d.Withdraw > 0:
		return withdraw(t, d.Withdraw), d.Withdraw
	case d.Notice.Text == "": // another version of the program has kept it
		return "这个预览已经失效，没有执行。请重新发一次预览。", 0
	}
	return post(t, d.Notice, by)
}

// defers has it done at a time, and returns the notice's number.
func (d draft) defers(t *chat.Request, at time.Time) (text string, number int) {
	n := d.about(t)
	if n.Number == 0 {
		if d.Notice.Created.Before(at) {
			d.Notice.Created = at
		}
		return d.do(t, t.Person)
	}
	wish := notice.Deferred{
		Number: n.Number, At: at, By: t.Person.ID, Reason: "later/" + t.Msg.Account + "/" + t.Msg.ID, From: notice.Revision{Text: n.Text, Due: n.Due},
	}
	action := "notice.withdraw"
	if d.Change != nil {
		wish.From, wish.To, action = d.Change.From, &d.Change.To, "notice.edit"
		if d.Change.To.Large {
			action = "notice.renew"
		}
	}
	notice.Defer(t.Tx, wish)
	t.Audit(action, n.ID())
	return fmt.Sprintf("还没有%s：通知%d将于%s%s。", d.verb(), n.Number, t.Desk.When(at), d.verb()), n.Number
}
