package bot

import "time"

// A State says how an account stands with its network.
type State struct {
	Word   StateWord `json:"word"`
	Detail string    `json:"detail,omitempty"` // in Chinese for the office: what is wrong and what to do; names nobody
	Since  time.Time `json:"since"`
}

// A StateWord is a state in one word.
type StateWord string

// The states of an account.
const (
	Offline    StateWord = "offline"    // not connected, and about to try
	Scanning   StateWord = "scanning"   // waits for a person to scan or confirm
	Online     StateWord = "online"     // receives and sends
	Suspect    StateWord = "suspect"    // connected, but something is odd: errors in a row, no heartbeat
	Deaf       StateWord = "deaf"       // sends, but what is said does not arrive
	Restricted StateWord = "restricted" // the network bars the account; no more tries without a person
)

// String returns the state as people read it.
func (w StateWord) String() string {
	switch w {
	case Scanning:
		return "等待扫码"
	case Online:
		return "在线"
	case Suspect:
		return "可疑"
	case Deaf:
		return "收不到消息"
	case Restricted:
		return "受限"
	case Offline:
	}
	return "离线"
}
