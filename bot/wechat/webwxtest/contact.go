package webwxtest

import (
	"fmt"
	"strconv"
)

// baseResponse begins every JSON answer.
type baseResponse struct {
	Ret    int
	ErrMsg string
}

type baseOnly struct{ BaseResponse baseResponse }

// contact is somebody or a group, in the order of the server's keys.
type contact struct {
	Uin              int64
	UserName         string
	NickName         string
	HeadImgURL       string `json:"HeadImgUrl"`
	ContactFlag      int
	MemberCount      int
	MemberList       []member
	RemarkName       string
	HideInputBarFlag int
	Sex              int
	Signature        string
	VerifyFlag       int
	OwnerUin         int64
	PYInitial        string
	PYQuanPin        string
	RemarkPYInitial  string
	RemarkPYQuanPin  string
	StarFriend       int
	AppAccountFlag   int
	Statues          int
	AttrStatus       int64
	Province         string
	City             string
	Alias            string
	SnsFlag          int
	UniFriend        int
	DisplayName      string
	ChatRoomID       int64 `json:"ChatRoomId"`
	KeyWord          string
	EncryChatRoomID  string `json:"EncryChatRoomId"`
	IsOwner          int
}

// member is somebody inside a group.
type member struct {
	Uin             int64
	UserName        string
	NickName        string
	AttrStatus      int64
	PYInitial       string
	PYQuanPin       string
	RemarkPYInitial string
	RemarkPYQuanPin string
	MemberStatus    int
	DisplayName     string
	KeyWord         string
}

// modContact is a contact that changed, as webwxsync tells it.
type modContact struct {
	UserName          string
	NickName          string
	Sex               int
	HeadImgUpdateFlag int
	ContactType       int
	Alias             string
	ChatRoomOwner     string
	HeadImgURL        string `json:"HeadImgUrl"`
	ContactFlag       int
	MemberCount       int
	MemberList        []member
	HideInputBarFlag  int
	Signature         string
	VerifyFlag        int
	RemarkName        string
	Statues           int
	AttrStatus        int64
	Province          string
	City              string
	SnsFlag           int
	KeyWord           string
}

// How much of a group an answer tells.
const (
	briefly  = iota // as the address book: no members
	nameless        // as webwxinit: members without names
	fully           // as webwxbatchgetcontact
)

// Bits of ContactFlag.
const (
	flagContact = 1
	flagChat    = 2
	flagMuted   = 0x200
	flagPinned  = 0x800
)

func bit(on bool, value int) int {
	if on {
		return value
	}
	return 0
}

func (s *Server) icon(n *session, kind, id string) string {
	return fmt.Sprintf("%s%s?seq=%d&username=%s&skey=%s", api, kind, 600000000+digits(id, 99999999), s.name(n, id), n.skey)
}

// person writes a friend, or somebody else that the client asks about.
func (s *Server) person(n *session, id string) contact {
	c := contact{
		UserName: s.name(n, id), NickName: encode(s.world.nickOf(id)), MemberList: []member{},
		HeadImgURL: s.icon(n, "webwxgeticon", id), KeyWord: keyWord(id), AttrStatus: int64(100000 + digits(id, 99999)),
	}
	if f := s.world.friend(id); f != nil {
		c.RemarkName, c.Alias, c.Signature = encode(f.Remark), f.Alias, encode(f.Signature)
		c.Province, c.City, c.Sex = f.Province, f.City, f.Sex
		c.ContactFlag = flagContact | flagChat | bit(f.Pinned, flagPinned) | bit(f.Muted, flagMuted)
		c.VerifyFlag, c.SnsFlag = bit(f.Official, 24), bit(!f.Official, 49)
	}
	switch id {
	case FileHelper:
		c.NickName, c.ContactFlag, c.PYInitial, c.PYQuanPin = "文件传输助手", flagChat, "WJCSZS", "wenjianchuanshuzhushou"
	case Team:
		c.NickName, c.ContactFlag, c.VerifyFlag = "微信团队", flagContact, 56
	}
	return c
}

// room writes a group.
func (s *Server) room(n *session, g *Group, how int) contact {
	c := contact{
		UserName: s.name(n, g.ID), NickName: encode(g.Name), MemberList: []member{},
		HeadImgURL:  s.icon(n, "webwxgetheadimg", g.ID),
		ContactFlag: flagChat | bit(g.Saved, flagContact), Statues: bit(g.Muted, 1), IsOwner: bit(g.Own, 1),
		MemberCount: len(g.Members) + 1,
	}
	switch how {
	case briefly:
		c.MemberCount = 0
	case fully:
		c.EncryChatRoomID = s.roomKey(n, g)
		c.MemberList = s.members(n, g, true)
	default:
		c.MemberList = s.members(n, g, false)
	}
	return c
}

// roomKey is the group's other name, which changes as well.
func (s *Server) roomKey(n *session, g *Group) string {
	return userName(s.opt.Seed, n.login, "room/"+g.ID, false)[:33]
}

func (s *Server) members(n *session, g *Group, names bool) []member {
	list := make([]member, 0, len(g.Members)+1)
	add := func(id, card string) {
		m := member{UserName: s.name(n, id), KeyWord: keyWord(id)}
		if names {
			m.NickName, m.DisplayName = encode(s.world.shownOf(id)), encode(card)
			m.AttrStatus = int64(100000 + digits(id, 99999))
		}
		list = append(list, m)
	}
	add(Self, g.SelfCard)
	for _, m := range g.Members {
		add(m.ID, m.Card)
	}
	return list
}

// keyWord is the beginning of somebody's WeChat id.
func keyWord(id string) string {
	if fixed(id) {
		return id[:3]
	}
	return "w" + strconv.Itoa(10+digits(id, 90))
}

// lookUp writes whatever an id is, or nil if it is nobody.
func (s *Server) lookUp(n *session, id string, how int) *contact {
	var c contact
	if g := s.world.group(id); g != nil {
		c = s.room(n, g, how)
	} else {
		c = s.person(n, id)
	}
	return &c
}

// modified writes a contact for ModContactList.
func (s *Server) modified(n *session, id string) modContact {
	c := s.lookUp(n, id, fully)
	m := modContact{
		UserName: c.UserName, NickName: c.NickName, Sex: c.Sex, HeadImgUpdateFlag: 1,
		Alias: c.Alias, HeadImgURL: c.HeadImgURL, ContactFlag: c.ContactFlag,
		MemberCount: c.MemberCount, MemberList: c.MemberList, Signature: c.Signature,
		VerifyFlag: c.VerifyFlag, RemarkName: c.RemarkName, Statues: c.Statues, AttrStatus: c.AttrStatus,
		Province: c.Province, City: c.City, SnsFlag: c.SnsFlag, KeyWord: c.KeyWord,
	}
	if g := s.world.group(id); g != nil && g.Own {
		m.ChatRoomOwner = s.name(n, Self)
	}
	return m
}
