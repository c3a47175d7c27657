package webwxtest

import (
	"strconv"
	"strings"
	"time"
)

// Numbers of MsgType.
const (
	TypeText          = 1
	TypeImage         = 3
	TypeVoice         = 34
	TypeFriendRequest = 37
	TypeCard          = 42
	TypeVideo         = 43
	TypeSticker       = 47
	TypeApp           = 49
	TypeStatus        = 51
	TypeNotice        = 9999
	TypeSystem        = 10000
	TypeRecall        = 10002
)

// Numbers of AppMsgType.
const (
	AppLink  = 5
	AppFile  = 6
	AppQuote = 57
)

// Msg is a message as the phone's world knows it: people and groups are ids of
// the test, and the text is plain. What a client is told is made of it when it
// asks. The constructors fill it; a test may change what they made.
type Msg struct {
	// From wrote it; Group is set if it stands in one, else To is whom it is
	// for. From or To is Self.
	From  string `json:"from"`
	To    string `json:"to"`
	Group string `json:"group"`
	// Type and App are MsgType and AppMsgType, Sub is SubMsgType.
	Type int `json:"type"`
	App  int `json:"app"`
	Sub  int `json:"sub"`
	// Text is plain text or XML before it is escaped for the wire. {{id}}
	// becomes a user name, {{msgid}} the message's own id.
	Text string `json:"text"`
	// Bare messages have no prefix of who wrote them, such as system texts.
	Bare bool `json:"bare"`
	// RawEmoji leaves emoji as they are instead of writing spans.
	RawEmoji bool `json:"raw_emoji"`
	// Data are the bytes that can be fetched, Name and Size those of a file.
	Data []byte `json:"data"`
	Name string `json:"name"`
	// Age is how long ago it was written.
	Age time.Duration `json:"age"`

	URL       string     `json:"url"`
	Original  string     `json:"original"` // OriContent
	Voice     int64      `json:"voice"`    // milliseconds
	Play      int        `json:"play"`     // seconds
	Height    int        `json:"height"`
	Width     int        `json:"width"`
	Product   int        `json:"product"` // HasProductId
	Notify    int        `json:"notify"`  // StatusNotifyCode
	Chats     []string   `json:"chats"`   // StatusNotifyUserName
	Recommend *Recommend `json:"recommend"`
	AppID     string     `json:"app_id"`

	id      int64
	media   string
	encry   string
	created time.Time
}

// Recommend is somebody who is shown to the account.
type Recommend struct {
	ID      string `json:"id"`
	Nick    string `json:"nick"`
	Alias   string `json:"alias"`
	Content string `json:"content"`
	Ticket  string `json:"ticket"`
	Scene   int    `json:"scene"`
	OpCode  int    `json:"op_code"`
}

// message is what the client is told, in the order of the server's keys.
type message struct {
	MsgID                string `json:"MsgId"`
	FromUserName         string
	ToUserName           string
	MsgType              int
	Content              string
	Status               int
	ImgStatus            int
	CreateTime           int64
	VoiceLength          int64
	PlayLength           int
	FileName             string
	FileSize             string
	MediaID              string `json:"MediaId"`
	URL                  string `json:"Url"`
	AppMsgType           int
	StatusNotifyCode     int
	StatusNotifyUserName string
	RecommendInfo        recommendInfo
	ForwardFlag          int
	AppInfo              appInfo
	HasProductID         int `json:"HasProductId"`
	Ticket               string
	ImgHeight            int
	ImgWidth             int
	SubMsgType           int
	NewMsgID             int64 `json:"NewMsgId"`
	OriContent           string
	EncryFileName        string
}

type recommendInfo struct {
	UserName   string
	NickName   string
	QQNum      int64
	Province   string
	City       string
	Content    string
	Signature  string
	Alias      string
	Scene      int
	VerifyFlag int
	AttrStatus int64
	Sex        int
	Ticket     string
	OpCode     int
}

type appInfo struct {
	AppID string
	Type  int
}

// render writes a message for a session. The caller holds mu.
func (s *Server) render(n *session, m *Msg) message {
	from, to := m.From, m.To
	prefix := ""
	if m.Group != "" && m.From == Self {
		to = m.Group
	} else if m.Group != "" {
		from, to = m.Group, Self
		if !m.Bare {
			prefix = s.name(n, m.From) + ":<br/>"
		}
	}
	out := message{
		MsgID: decimal(m.id), NewMsgID: m.id, FromUserName: s.name(n, from), ToUserName: s.name(n, to),
		MsgType: m.Type, AppMsgType: m.App, SubMsgType: m.Sub, Content: prefix + s.content(n, m),
		Status: 3, ImgStatus: 1, CreateTime: m.created.Unix(),
		VoiceLength: m.Voice, PlayLength: m.Play, URL: m.URL, OriContent: m.Original,
		ImgHeight: m.Height, ImgWidth: m.Width, HasProductID: m.Product,
		StatusNotifyCode: m.Notify, AppInfo: appInfo{AppID: m.AppID},
	}
	switch m.Type {
	case TypeRecall, TypeSystem:
		out.Status = 4
	case TypeImage, TypeVideo:
		out.ImgStatus = 2
	}
	if m.Type == TypeApp {
		out.FileName = encode(m.Name)
	}
	if m.Type == TypeApp && m.App == AppFile {
		out.FileSize, out.MediaID, out.EncryFileName = strconv.Itoa(len(m.Data)), m.media, m.encry
	}
	s.renderPeople(n, m, &out)
	return out
}

// renderPeople writes the other people and chats that a message names.
func (s *Server) renderPeople(n *session, m *Msg, out *message) {
	var chats []string
	for _, id := range m.Chats {
		chats = append(chats, s.name(n, id))
	}
	out.StatusNotifyUserName = strings.Join(chats, ",")
	if r := m.Recommend; r != nil {
		out.RecommendInfo = recommendInfo{
			UserName: s.name(n, r.ID), NickName: encode(r.Nick), Content: r.Content, Alias: r.Alias,
			Scene: r.Scene, Ticket: r.Ticket, OpCode: r.OpCode,
		}
		if m.Type == TypeFriendRequest {
			out.Ticket = r.Ticket
		}
	}
}

// Push lets a message come and returns its MsgId. It does not matter whether
// somebody is logged in.
func (s *Server) Push(m Msg) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.push(m)
}

func (s *Server) push(m Msg) string {
	m.id = s.messageID()
	return s.enter(m)
}

// enter writes a message that has an id into the log.
func (s *Server) enter(m Msg) string {
	m.created = time.Now().Add(-m.Age)
	if m.Group == "" && s.world.group(m.To) != nil {
		m.Group = m.To
	}
	if m.Data != nil {
		m.media, m.encry = s.crypt(512), escapedName(m.Name)
		s.media[decimal(m.id)], s.media[m.media] = &m, &m
	}
	if r := m.Recommend; r != nil {
		s.world.meet(Member{ID: r.ID, Nick: r.Nick})
	}
	if chat := m.chat(); chat != "" && m.Type != TypeStatus {
		s.world.touch(chat)
	}
	s.messages.add(entry{msg: &m, at: m.created})
	s.wake()
	return decimal(m.id)
}

// chat is where a message stands, if that is a chat which people have.
func (m *Msg) chat() string {
	switch {
	case m.Group != "":
		return m.Group
	case m.From == Self:
		return m.To
	case m.From == FriendRequests:
		return ""
	}
	return m.From
}

// Duplicate tells a message once more, with the same id.
func (s *Server) Duplicate(msgID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.messages.entries {
		if e.msg != nil && decimal(e.msg.id) == msgID {
			s.messages.add(e)
			s.wake()
			return
		}
	}
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
