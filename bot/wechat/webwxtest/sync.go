package webwxtest

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

func checked(retcode, selector string) reply {
	return script(fmt.Sprintf(`window.synccheck={retcode:"%s",selector:"%s"}`, retcode, selector))
}

// syncCheck is the heartbeat: it holds until there is something to tell.
func (s *Server) syncCheck(c *call) reply {
	if c.fault.Retcode != "" {
		return checked(c.fault.Retcode, "0")
	}
	q := c.r.URL.Query()
	why := func() int {
		if ret := s.cookieVerdict(c.r); ret != 0 {
			return ret
		}
		return s.verdict(q.Get("uin"), q.Get("sid"), q.Get("skey"))
	}
	place, known := s.messages.place(parseKey(q.Get("synckey")))
	stuck := c.fault.Selector
	if known && stuck == "" {
		s.hold(c.r.Context(), func() bool { return why() != 0 || s.messages.version() > place })
	}
	switch ret := why(); {
	case ret != 0:
		return checked(decimal(int64(ret)), "0")
	case stuck != "":
		return checked("0", stuck)
	case !known:
		return checked("0", "2")
	}
	rest, _ := s.messages.after(place, math.MaxInt)
	return checked("0", selector(rest))
}

// pageSize is how many messages one webwxsync carries at most.
const pageSize = 50

type buff struct{ Buff string }

type profile struct {
	BitFlag           int
	UserName          buff
	NickName          buff
	BindUin           int
	BindEmail         buff
	BindMobile        buff
	Status            int
	Sex               int
	PersonalCard      int
	Alias             string
	HeadImgUpdateFlag int
	HeadImgURL        string `json:"HeadImgUrl"`
	Signature         string
}

type syncAnswer struct {
	BaseResponse           baseResponse
	AddMsgCount            int
	AddMsgList             []message
	ModContactCount        int
	ModContactList         []modContact
	DelContactCount        int
	DelContactList         []struct{}
	ModChatRoomMemberCount int
	ModChatRoomMemberList  []member
	Profile                profile
	ContinueFlag           int
	SyncKey                *syncKey `json:",omitempty"`
	SKey                   string
	SyncCheckKey           *syncKey `json:",omitempty"`
}

// webwxsync tells what is newer than the key that the client brings.
func (s *Server) webwxsync(c *call) reply {
	out := syncAnswer{
		AddMsgList: []message{}, ModContactList: []modContact{}, DelContactList: []struct{}{},
		ModChatRoomMemberList: []member{},
	}
	ret := s.refusal(c)
	var in struct{ SyncKey syncKey }
	if ret == 0 && json.Unmarshal(c.body, &in) != nil {
		ret = 1
	}
	if ret != 0 {
		out.BaseResponse.Ret = ret
		out.SyncKey = c.fault.key(&syncKey{List: []keyVal{}})
		out.SyncCheckKey = out.SyncKey
		return answerJSON(out)
	}
	n := s.session
	place, known := s.messages.place(in.SyncKey.List)
	if !known {
		place = s.messages.version()
	}
	s.messages.asked = max(s.messages.asked, place)
	rest, version := s.messages.after(place, pageSize)
	s.fill(&out, n, rest)
	if version < s.messages.version() {
		out.ContinueFlag = 1
	}
	key := s.messages.key(n, version, time.Now())
	out.SyncKey, out.SyncCheckKey = c.fault.key(key), key
	answer := answerJSON(out)
	if !n.synced {
		n.synced = true
		answer.cookies = s.renewed(n)
	}
	s.wake() // who waits for what was asked for
	return answer
}

func (s *Server) fill(out *syncAnswer, n *session, rest []entry) {
	for _, e := range rest {
		switch {
		case e.msg != nil:
			out.AddMsgList = append(out.AddMsgList, s.render(n, e.msg))
		case e.changed != "":
			out.ModContactList = append(out.ModContactList, s.modified(n, e.changed))
		}
	}
	out.AddMsgCount = len(out.AddMsgList)
	out.ModContactCount = len(out.ModContactList)
}
