package webwxtest

import (
	"encoding/json"
	"strings"
	"time"
)

// syncKey is the client's place in the log.
type syncKey struct {
	Count int
	List  []keyVal
}

type keyVal struct {
	Key int
	Val int64
}

// account is the User of webwxinit.
type account struct {
	Uin               int64
	UserName          string
	NickName          string
	HeadImgURL        string `json:"HeadImgUrl"`
	RemarkName        string
	PYInitial         string
	PYQuanPin         string
	RemarkPYInitial   string
	RemarkPYQuanPin   string
	HideInputBarFlag  int
	StarFriend        int
	Sex               int
	Signature         string
	AppAccountFlag    int
	VerifyFlag        int
	ContactFlag       int
	WebWxPluginSwitch int
	HeadImgFlag       int
	SnsFlag           int
}

type initAnswer struct {
	BaseResponse        baseResponse
	Count               int
	ContactList         []contact
	SyncKey             *syncKey `json:",omitempty"`
	User                account
	ChatSet             string
	SKey                string
	ClientVersion       int64
	SystemTime          int64
	GrayScale           int
	InviteStartCount    int
	MPSubscribeMsgCount int
	MPSubscribeMsgList  []struct{}
	ClickReportInterval int
}

func (s *Server) webwxinit(c *call) reply {
	out := initAnswer{ContactList: []contact{}, MPSubscribeMsgList: []struct{}{}, SyncKey: &syncKey{List: []keyVal{}}}
	if ret := s.refusal(c); ret != 0 {
		out.BaseResponse.Ret = ret
		return answerJSON(out)
	}
	n := s.session
	var set strings.Builder
	for _, id := range s.world.recent {
		out.ContactList = append(out.ContactList, *s.lookUp(n, id, nameless))
		set.WriteString(s.name(n, id) + ",")
	}
	out.Count = len(out.ContactList)
	out.SyncKey = c.fault.key(s.messages.firstKey(n))
	out.User = account{
		Uin: s.world.uin, UserName: s.name(n, Self), NickName: encode(s.world.nick),
		HeadImgURL: s.icon(n, "webwxgeticon", Self), Sex: 1, HeadImgFlag: 1, SnsFlag: 49,
	}
	out.ChatSet, out.SKey = set.String(), n.skey
	out.ClientVersion, out.SystemTime, out.GrayScale = 369492002, time.Now().Unix(), 1
	out.InviteStartCount, out.ClickReportInterval = 40, 600000
	return answerJSON(out)
}

func (s *Server) statusNotify(c *call) reply {
	out := struct {
		BaseResponse baseResponse
		MsgID        string
	}{}
	if ret := s.refusal(c); ret != 0 {
		out.BaseResponse.Ret = ret
		return answerJSON(out)
	}
	var in struct{ Code int }
	// What is not JSON was refused above: it names no session.
	_ = json.Unmarshal(c.body, &in)
	if in.Code == 3 && !s.session.greeted {
		// The phone answers a new web client with the chats it has open.
		s.session.greeted = true
		s.push(Status51(s.world.recent...))
	}
	out.MsgID = decimal(s.messageID())
	return answerJSON(out)
}

func (s *Server) webwxgetcontact(c *call) reply {
	out := struct {
		BaseResponse baseResponse
		MemberCount  int
		MemberList   []contact
		Seq          int
	}{MemberList: []contact{}}
	q := c.r.URL.Query()
	ret := c.fault.Ret
	if ret == 0 {
		ret = s.cookieVerdict(c.r)
	}
	if ret == 0 && q.Get("skey") != s.session.skey {
		ret = retReplaced
	}
	if ret != 0 {
		out.BaseResponse.Ret = ret
		return answerJSON(out)
	}
	n := s.session
	all := []string{FileHelper, Team}
	for _, f := range s.world.friends {
		all = append(all, f.ID)
	}
	for _, g := range s.world.groups {
		if g.Saved {
			all = append(all, g.ID)
		}
	}
	for _, id := range all {
		out.MemberList = append(out.MemberList, *s.lookUp(n, id, briefly))
	}
	out.MemberCount = len(out.MemberList)
	return answerJSON(out)
}

type asked struct {
	UserName        string
	EncryChatRoomID string `json:"EncryChatRoomId"`
}

type batchAnswer struct {
	BaseResponse baseResponse
	Count        int
	ContactList  []contact
}

// maxBatch is how many contacts one request may ask for.
const maxBatch = 50

func (s *Server) batchGetContact(c *call) reply {
	out := batchAnswer{ContactList: []contact{}}
	ret := s.refusal(c)
	var in struct{ List []asked }
	if ret == 0 && json.Unmarshal(c.body, &in) != nil || len(in.List) > maxBatch {
		ret = 1
	}
	if ret != 0 {
		out.BaseResponse.Ret = ret
		return answerJSON(out)
	}
	n := s.session
	for _, a := range in.List {
		id, ok := s.id(n, a.UserName)
		if !ok {
			// Somebody unknown is answered with an empty contact of that name.
			out.ContactList = append(out.ContactList, contact{UserName: a.UserName, MemberList: []member{}})
			continue
		}
		one := *s.lookUp(n, id, fully)
		if s.world.group(id) == nil {
			one.EncryChatRoomID = "0"
		}
		out.ContactList = append(out.ContactList, one)
	}
	out.ContactList = c.fault.batch(out.ContactList)
	out.Count = len(out.ContactList)
	return answerJSON(out)
}
