package webwx

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The types of messages that are told apart.
const (
	TypeText    = 1
	TypePicture = 3
	TypeApp     = 49
	TypeStatus  = 51
	TypeNotice  = 9999
	TypeSystem  = 10000
	TypeRecall  = 10002
)

// The kinds of messages of [TypeApp], and of texts.
const (
	AppFile     = 6
	AppQuote    = 57
	SubLocation = 48
)

// A Message is one of AddMsgList.
type Message struct {
	MsgID         Str `json:"MsgId"`
	NewMsgID      Num `json:"NewMsgId"`
	FromUserName  Str
	ToUserName    Str
	MsgType       Num
	SubMsgType    Num
	AppMsgType    Num
	Content       Str
	CreateTime    Num // unix seconds
	FileName      Str
	FileSize      Str
	MediaID       Str `json:"MediaId"`
	EncryFileName Str

	StatusNotifyUserName Str // of a [TypeStatus]: the chats that the phone shows, with commas
	URL                  Str `json:"Url"`
}

// ParseMessage reads one message. What cannot be read is an empty message.
func ParseMessage(raw json.RawMessage) Message {
	var m Message
	if err := json.Unmarshal(raw, &m); err != nil {
		return Message{}
	}
	return m
}

// ID returns the message's id, which is the same in every session; "" if it has
// none.
func (m Message) ID() string {
	if m.NewMsgID != 0 {
		return strconv.FormatInt(int64(m.NewMsgID), 10)
	}
	if m.MsgID != "0" {
		return string(m.MsgID)
	}
	return ""
}

// Sent returns when the server took the message.
func (m Message) Sent() time.Time { return time.Unix(int64(m.CreateTime), 0) }

// IsGroup reports whether name is that of a group.
func IsGroup(name string) bool { return strings.HasPrefix(name, "@@") }

// IsPerson reports whether name is that of a person, and not of a service such
// as filehelper or fmessage.
func IsPerson(name string) bool { return strings.HasPrefix(name, "@") && !IsGroup(name) }

// sender is how a message in a group names who said it. Only this, at the very
// start, is not what was typed.
var sender = regexp.MustCompile(`^(@[a-zA-Z0-9]+|[a-zA-Z0-9_-]+):<br/>`)

// SplitSender cuts the sender's name from the content of a message in a group.
func SplitSender(content string) (name, rest string) {
	m := sender.FindStringSubmatch(content)
	if m == nil {
		return "", content
	}
	return m[1], content[len(m[0]):]
}

// A Contact is a person, a group or a service.
type Contact struct {
	UserName    Str
	NickName    Str
	RemarkName  Str
	DisplayName Str
	VerifyFlag  Num
	ContactFlag Num
	MemberList  []Member
}

// Service reports whether the contact is no person or group: an official
// account, or one of WeChat's own.
func (c Contact) Service() bool {
	name := string(c.UserName)
	return c.VerifyFlag&8 != 0 || !IsGroup(name) && !IsPerson(name)
}

// A Member is a person in a group. The NickName of a member who is a friend
// with a remark is the remark.
type Member struct {
	UserName    Str
	NickName    Str
	DisplayName Str
}

// ParseContacts reads the contacts of an answer of webwxinit, webwxgetcontact
// or webwxbatchgetcontact.
func ParseContacts(body []byte) []Contact {
	var a struct {
		ContactList []json.RawMessage
		MemberList  []json.RawMessage
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return nil
	}
	var list []Contact
	for _, raw := range append(a.ContactList, a.MemberList...) {
		var c Contact
		if err := json.Unmarshal(raw, &c); err == nil && c.UserName != "" {
			list = append(list, c)
		}
	}
	return list
}

// A User is the account itself, in the answer of webwxinit.
type User struct {
	Uin      Num
	UserName Str
	NickName Str
}

// An Init is the answer of webwxinit, but for its contacts.
type Init struct {
	BaseResponse Base
	User         User
	SyncKey      SyncKey
}

// ParseInit reads an answer of webwxinit after [Clean]. A Ret other than 0 is
// returned as a [Ret].
func ParseInit(body []byte) (Init, error) {
	var a Init
	if err := json.Unmarshal(body, &a); err != nil {
		return Init{}, err
	}
	if r := Ret(a.BaseResponse.Ret); r != 0 {
		return Init{}, r
	}
	return a, nil
}
