package webwxtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// revokeWithin is how long a message can be taken back.
const revokeWithin = 2 * time.Minute

// revoke takes back something that the client sent.
func (s *Server) revoke(c *call) reply {
	var in struct {
		ClientMsgID word `json:"ClientMsgId"`
		SvrMsgID    word `json:"SvrMsgId"`
		ToUserName  string
	}
	ret := s.refusal(c)
	if ret == 0 && json.Unmarshal(c.body, &in) != nil {
		ret = retParameter
	}
	if ret == 0 {
		to, _ := s.id(s.session, in.ToUserName)
		i := slices.IndexFunc(s.sent, func(m Sent) bool {
			return m.MsgID == string(in.SvrMsgID) && m.To == to && m.Kind != SentRevoke
		})
		if i < 0 || s.now().Sub(s.sent[i].At) > revokeWithin {
			ret = retParameter
		} else {
			gone := Sent{
				To: to, Kind: SentRevoke, MsgID: s.sent[i].MsgID, ClientMsgID: s.sent[i].ClientMsgID,
				At: s.now(), Login: s.session.login,
			}
			s.sent = append(s.sent, gone)
			s.wake()
		}
	}
	return answerJSON(baseOnly{baseResponse{Ret: ret}})
}

// oplog pins chats. Remarks it takes and forgets, as the real one since 2023.
func (s *Server) oplog(c *call) reply {
	var in struct {
		CmdID    int `json:"CmdId"`
		OP       int
		UserName string
	}
	ret := s.refusal(c)
	if ret == 0 && json.Unmarshal(c.body, &in) != nil {
		ret = retParameter
	}
	if ret == 0 && in.CmdID == 3 {
		id, _ := s.id(s.session, in.UserName)
		if f := s.world.friend(id); f != nil {
			f.Pinned = in.OP == 1
		}
	}
	return answerJSON(baseOnly{baseResponse{Ret: ret}})
}

// verifyUser accepts somebody's wish to be a friend.
func (s *Server) verifyUser(c *call) reply {
	var in struct {
		Opcode         int
		VerifyUserList []struct{ Value, VerifyUserTicket string }
	}
	ret := s.refusal(c)
	if ret == 0 && (json.Unmarshal(c.body, &in) != nil || len(in.VerifyUserList) == 0) {
		ret = retParameter
	}
	for _, v := range in.VerifyUserList {
		who := s.wishes[v.VerifyUserTicket]
		if ret != 0 || in.Opcode != 3 {
			break
		}
		if who == nil || v.Value != s.name(s.session, who.ID) {
			ret = retParameter
			break
		}
		delete(s.wishes, v.VerifyUserTicket)
		delete(s.world.names, who.ID)
		s.world.friends = append(s.world.friends, &Friend{ID: who.ID, Nick: who.Nick, Alias: who.Alias})
		s.messages.add(entry{changed: who.ID, at: s.now()})
		s.push(SystemFrom(who.ID, "你已添加了"+who.Nick+"，现在可以开始聊天了。"))
	}
	return answerJSON(baseOnly{baseResponse{Ret: ret}})
}

type roomAnswer struct {
	BaseResponse baseResponse
	Topic        string
	MemberCount  int
	MemberList   []member
	ChatRoomName string
}

// createRoom founds a group.
func (s *Server) createRoom(c *call) reply {
	var in struct {
		Topic      string
		MemberList []struct{ UserName string }
	}
	out := roomAnswer{MemberList: []member{}}
	ret := s.refusal(c)
	if ret == 0 && (json.Unmarshal(c.body, &in) != nil || len(in.MemberList) < 2) {
		ret = retParameter
	}
	g := Group{ID: "room-" + s.word(hexDigits, 8), Name: in.Topic, Own: true}
	for _, m := range in.MemberList {
		id, ok := s.id(s.session, m.UserName)
		if ret == 0 && (!ok || s.world.friend(id) == nil) {
			ret = retParameter
		}
		g.Members = append(g.Members, Member{ID: id})
	}
	if out.BaseResponse.Ret = ret; ret != 0 {
		return answerJSON(out)
	}
	s.world.groups = append(s.world.groups, &g)
	s.world.touch(g.ID)
	out.ChatRoomName, out.MemberList = s.name(s.session, g.ID), s.members(s.session, &g, true)
	out.MemberCount = len(out.MemberList)
	return answerJSON(out)
}

// updateRoom changes a group that the account may change.
func (s *Server) updateRoom(c *call) reply {
	var in struct{ ChatRoomName, AddMemberList, InviteMemberList, DelMemberList, NewTopic string }
	out := struct {
		BaseResponse baseResponse
		MemberCount  int
		MemberList   []member
	}{MemberList: []member{}}
	ret := s.refusal(c)
	if ret == 0 && json.Unmarshal(c.body, &in) != nil {
		ret = retParameter
	}
	if out.BaseResponse.Ret = ret; ret != 0 {
		return answerJSON(out)
	}
	id, _ := s.id(s.session, in.ChatRoomName)
	g := s.world.group(id)
	fun := c.r.URL.Query().Get("fun")
	if g == nil || fun == "delmember" && !g.Own {
		out.BaseResponse.Ret = retParameter
		return answerJSON(out)
	}
	switch fun {
	case "addmember", "invitemember":
		for name := range strings.SplitSeq(in.AddMemberList+in.InviteMemberList, ",") {
			if who, ok := s.id(s.session, name); ok && g.member(who) < 0 {
				g.Members = append(g.Members, Member{ID: who})
			}
		}
	case "delmember":
		for name := range strings.SplitSeq(in.DelMemberList, ",") {
			who, _ := s.id(s.session, name)
			g.Members = slices.DeleteFunc(g.Members, func(m Member) bool { return m.ID == who })
		}
	case "modtopic":
		g.Name = in.NewTopic
	}
	s.messages.add(entry{changed: g.ID, at: s.now()})
	s.wake()
	out.MemberList = s.members(s.session, g, true)
	out.MemberCount = len(out.MemberList)
	return answerJSON(out)
}

// checkURL sends a reader on to a page that somebody shared.
func checkURL(c *call) reply {
	to := c.r.URL.Query().Get("requrl")
	return reply{status: http.StatusFound, kind: "text/html", header: http.Header{"Location": {to}}}
}

// noted is the answer to reports that nobody reads.
func (s *Server) noted(c *call) reply {
	return answerJSON(baseOnly{baseResponse{Ret: c.fault.Ret}})
}
