package progress

import (
	"strconv"
	"time"
)

// A Status is where the work on a measure stands, in one word.
type Status string

// The statuses.
const (
	NotStarted Status = "not_started" // 未启动
	Doing      Status = "doing"       // 推进中
	Blocked    Status = "blocked"     // 受阻
	Finished   Status = "done"        // 办结
)

var statusWords = map[Status]string{NotStarted: "未启动", Doing: "推进中", Blocked: "受阻", Finished: "办结"}

// String returns the status as people read it.
func (s Status) String() string { return statusWords[s] }

// An Update is what one person said about the progress of one measure. Updates
// are never changed: a correction is a newer one, and a retraction marks the
// one that it takes back.
type Update struct {
	Measure   string    `json:"measure,omitempty"` // the stable id of the plan's node
	Number    string    `json:"number"`            // as printed when it was said
	Person    string    `json:"person,omitempty"`  // whose progress it is
	By        string    `json:"by,omitempty"`      // who said it on their behalf
	At        time.Time `json:"at"`
	Seq       uint64    `json:"seq,omitempty"`     // its place among all that was said on the measure; set by AddUpdate
	Percent   *int      `json:"percent,omitempty"` // 0 to 100
	Status    Status    `json:"status,omitempty"`
	Note      string    `json:"note,omitempty"`
	Message   string    `json:"message"`            // account/id of the message that said it
	Corrects  string    `json:"corrects,omitempty"` // key of the update that this one replaces
	Retracted time.Time `json:"retracted,omitzero"`
	Evidence  []string  `json:"evidence,omitempty"` // names of files and pictures that were sent with it
	Files     []File    `json:"files,omitempty"`    // those of them whose bytes were kept, for a while
}

// A File is a piece of evidence whose bytes were kept. Its name is one of ours: what
// people call a file may say more than it should.
type File struct {
	Name    string `json:"name"`
	Type    string `json:"type"` // its media type
	Size    int64  `json:"size"`
	Hash    string `json:"hash"`
	Message string `json:"message"` // account/id of the message that brought it
}

// says tells whether the update says how far the measure is, beyond that it is under
// way.
func (u Update) says() bool { return u.Percent != nil || u.Status != "" && u.Status != Doing }

// After returns the update as it stands after an earlier one of the same person: a word
// without a figure takes nothing back. Who says of what is done that it is under way
// means that it is not done.
func (u Update) After(before Update) Update {
	over := before.Status == Finished || before.Status == NotStarted
	switch {
	case u.says() && u.Status != Blocked || u.Percent != nil || u.Corrects != "":
	case u.Status == "":
		u.Status, u.Percent = before.Status, before.Percent
	case !over:
		u.Percent = before.Percent
	}
	return u
}

// Line returns the update as one short phrase: 80%, 办结, 受阻（经费）.
func (u Update) Line() string {
	word := u.Status.String()
	switch {
	case u.Status == Finished || u.Status == NotStarted:
	case u.Percent != nil && u.Status == Blocked:
		word = strconv.Itoa(*u.Percent) + "% 受阻"
	case u.Percent != nil:
		word = strconv.Itoa(*u.Percent) + "%"
	case word == "":
		word = "已记录"
	}
	return word
}

// Same tells whether two updates say the same about the measure.
func (u Update) Same(other Update) bool {
	if u.Status != other.Status || u.Note != other.Note || (u.Percent == nil) != (other.Percent == nil) {
		return false
	}
	return u.Percent == nil || *u.Percent == *other.Percent
}
