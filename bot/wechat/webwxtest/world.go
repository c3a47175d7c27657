package webwxtest

import "slices"

// Names that stand for themselves in every login.
const (
	// Self is the account itself, wherever a test names a person.
	Self = "self"
	// FileHelper is the contact that stores what one sends to it.
	FileHelper = "filehelper"
	// Team is the official contact that every account has.
	Team = "weixin"
	// FriendRequests is who brings the wish of somebody to be a friend.
	FriendRequests = "fmessage"
)

// Friend is a contact of the account.
type Friend struct {
	ID     string `json:"id"`
	Nick   string `json:"nick"`
	Remark string `json:"remark"`
	// Alias is the WeChat id; mostly empty on the wire.
	Alias     string `json:"alias"`
	Signature string `json:"signature"`
	Province  string `json:"province"`
	City      string `json:"city"`
	// Sex is 1 for men, 2 for women.
	Sex int `json:"sex"`
	// Official accounts have a VerifyFlag.
	Official bool `json:"official"`
	// Pinned and Muted set bits of ContactFlag.
	Pinned bool `json:"pinned"`
	Muted  bool `json:"muted"`
}

// Member is somebody in a group.
type Member struct {
	ID string `json:"id"`
	// Nick may stay empty for a friend: then it is the friend's.
	Nick string `json:"nick"`
	// Card is the name in this group.
	Card string `json:"card"`
}

// Group is a chat of many. The account itself is a member without being named.
type Group struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Saved groups are in the address book; others are only seen in the recent
	// chats of a login, in a status list or with a message.
	Saved bool `json:"saved"`
	// Hidden groups are not among the recent chats until a message comes.
	Hidden bool `json:"hidden"`
	Muted  bool `json:"muted"`
	// Own groups were founded by the account.
	Own     bool     `json:"own"`
	Members []Member `json:"members"`
	// SelfCard is the account's own name in the group.
	SelfCard string `json:"self_card"`
}

// world is who there is. Its order is that in which they came.
type world struct {
	uin     int64
	nick    string
	friends []*Friend
	groups  []*Group
	names   map[string]string // of people who are no friends
	recent  []string
}

func newWorld() world {
	return world{uin: 2000000001, nick: "小助手", names: map[string]string{}, recent: []string{FileHelper}}
}

func (w *world) friend(id string) *Friend {
	if i := slices.IndexFunc(w.friends, func(f *Friend) bool { return f.ID == id }); i >= 0 {
		return w.friends[i]
	}
	return nil
}

func (w *world) group(id string) *Group {
	if i := slices.IndexFunc(w.groups, func(g *Group) bool { return g.ID == id }); i >= 0 {
		return w.groups[i]
	}
	return nil
}

func (g *Group) member(id string) int {
	return slices.IndexFunc(g.Members, func(m Member) bool { return m.ID == id })
}

// nickOf is what somebody calls himself.
func (w *world) nickOf(id string) string {
	if id == Self {
		return w.nick
	}
	if f := w.friend(id); f != nil {
		return f.Nick
	}
	return w.names[id]
}

// cardOf is what others see of somebody in a group: the name he has there, else
// what he calls himself. Remarks are nobody else's business.
func (w *world) cardOf(g *Group, id string) string {
	if id == Self && g.SelfCard != "" {
		return g.SelfCard
	}
	if i := g.member(id); i >= 0 && g.Members[i].Card != "" {
		return g.Members[i].Card
	}
	return w.nickOf(id)
}

// shownOf is how the account's own list of members calls somebody: a friend
// with a remark is called by it.
func (w *world) shownOf(id string) string {
	if f := w.friend(id); f != nil && f.Remark != "" {
		return f.Remark
	}
	return w.nickOf(id)
}

// fixed says whether an id is a user name in itself.
func fixed(id string) bool {
	return id == FileHelper || id == Team || id == FriendRequests
}

// ids are all that a user name can stand for.
func (w *world) ids() []string {
	ids := []string{Self}
	for _, f := range w.friends {
		ids = append(ids, f.ID)
	}
	for id := range w.names {
		ids = append(ids, id)
	}
	for _, g := range w.groups {
		ids = append(ids, g.ID)
	}
	return ids
}

// touch puts a chat on top of the recent ones.
func (w *world) touch(id string) {
	w.recent = slices.DeleteFunc(w.recent, func(r string) bool { return r == id })
	w.recent = append([]string{id}, w.recent...)
}
