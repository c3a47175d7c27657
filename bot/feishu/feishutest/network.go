// Package feishutest is a fake of Feishu for tests. It keeps the truth: who is there,
// what was said, what was sent and to whom it was shown. It checks what it is sent as
// the network does, and fails when it is told to.
package feishutest

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// The app that may connect, and its robot.
const (
	AppID  = "cli_a1b2c3d4e5f60718"
	Secret = "geheim-app-secret"
	Robot  = "ou_robot"
)

// A Network is the fake. Its methods may be called by several goroutines at once.
type Network struct {
	*httptest.Server
	bottest.Faults[Fault]

	mu      sync.Mutex
	people  map[string]string // open_id by name
	book    map[string]entry  // by open_id
	groups  map[string][]string
	rung    map[string]int   // how often a phone rang, by open_id
	files   map[string]*kept // by key
	said    []*Message       // all messages, oldest first
	byID    map[string]*Message
	byUUID  map[string]*Message
	ids     int
	token   string
	tokens  int
	conns   []*bottest.Link
	waiting []*delivery
	repeat  []time.Duration // after how long what was not answered is sent again
	read    int             // how often a chat's history was asked for
	lost    int             // events that were recorded as "app not online"
	closed  bool
}

// A Message is one that stands in a chat.
type Message struct {
	ID, Chat, Sender, Kind, Content, Parent string // Sender "" is the robot
	Mentions                                []any
	At                                      time.Time
	Text                                    string // as people see it
	Buttons                                 []Button
	File                                    *bottest.File // that the robot sent
	Reads                                   map[string]time.Time
	Deleted, Multi                          bool
}

// A Button is one of a card.
type Button struct {
	Label string
	Value json.RawMessage
}

// A Fault is what goes wrong with one call that sends.
type Fault int

// The faults.
const (
	Fine      Fault = iota
	LostReply       // taken, and the answer is lost
	Busy            // not taken: HTTP 502 with a page
	Often           // not taken: too often, for a second
	ChatFull        // not taken: this chat has had enough
	Expired         // not taken: the token is refused
)

// New opens a network in which nobody is.
func New() *Network {
	n := &Network{
		people: map[string]string{}, book: map[string]entry{}, groups: map[string][]string{}, rung: map[string]int{}, files: map[string]*kept{}, byID: map[string]*Message{}, byUUID: map[string]*Message{},
		repeat: []time.Duration{100 * time.Millisecond, 300 * time.Millisecond, time.Second, 3 * time.Second},
	}
	n.Server = httptest.NewServer(n.Handler())
	return n
}

// Shut ends the network.
func (n *Network) Shut() {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.Cut()
	n.Server.Close()
}

// Group adds a group of people.
func (n *Network) Group(name string, people ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.groups["oc_"+name] = people
	for _, p := range people {
		n.person(p)
	}
}

func (n *Network) person(name string) string {
	if n.people[name] == "" {
		n.people[name] = "ou_" + strconv.Itoa(len(n.people)+1)
	}
	return n.people[name]
}

// Person returns the open_id of somebody.
func (n *Network) Person(name string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.person(name)
}

// CaughtUp tells whether a connection is open, and a history was asked for: from then on
// what is said comes as events, in its order.
func (n *Network) CaughtUp() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.conns) > 0 && n.read > 0
}

// Lost returns how many events came while no connection was open.
func (n *Network) Lost() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lost
}

// p2p is the network's name of the chat of a person and the robot.
func p2p(openID string) string { return "oc_p2p_" + openID }

// chatOf returns the network's name of a chat as the account names it.
func chatOf(chat string) string {
	if strings.HasPrefix(chat, "ou_") {
		return p2p(chat)
	}
	return chat
}

var typed = regexp.MustCompile(`@(学工小助手|李四)`)

// Say lets somebody say text. The quoted text, if any, is that of the last message
// that is so.
func (n *Network) Say(chat, person, text, quoted string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	m := &Message{Chat: chatOf(chat), Sender: n.person(person), Kind: "text", Text: text}
	said := typed.ReplaceAllStringFunc(text, func(name string) string {
		key := fmt.Sprintf("@_user_%d", len(m.Mentions)+1)
		who := Robot
		if name != "@学工小助手" {
			who = n.person(name[1:])
		}
		m.Mentions = append(m.Mentions, map[string]any{"key": key, "id": map[string]string{"open_id": who}, "name": name[1:]})
		return key
	})
	m.Content = string(bot.JSON(map[string]string{"text": said}))
	if quoted != "" {
		m.Parent = n.find(m.Chat, quoted).ID
	}
	n.bring(m)
	return m.ID
}

// bring keeps what somebody said, and tells the robot. The caller holds the lock.
func (n *Network) bring(m *Message) {
	n.add(m)
	n.deliver("im.message.receive_v1", map[string]any{
		"sender":  map[string]any{"sender_id": map[string]string{"open_id": m.Sender}, "sender_type": "user"},
		"message": n.wire(m),
	})
}

// Recall lets somebody take a message back.
func (n *Network) Recall(chat, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	m := n.find(chatOf(chat), text)
	m.Deleted = true
	n.deliver("im.message.recalled_v1", map[string]any{"message_id": m.ID, "chat_id": m.Chat, "recall_type": "message_owner"})
}

// Join lets somebody come into a group.
func (n *Network) Join(chat, person string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.groups[chat] = append(n.groups[chat], person)
	n.members("added", chat, person)
}

// Leave lets somebody leave a group.
func (n *Network) Leave(chat, person string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.groups[chat] = slices.DeleteFunc(n.groups[chat], func(p string) bool { return p == person })
	n.members("deleted", chat, person)
}

// members says who is in a group from now on, or is not any more.
func (n *Network) members(what, chat, person string) {
	n.deliver("im.chat.member.user."+what+"_v1", map[string]any{
		"chat_id": chat, "users": []any{map[string]any{"name": person, "user_id": map[string]string{"open_id": n.person(person)}}},
	})
}

// Press lets somebody press the last button of a chat that is called so.
func (n *Network) Press(chat, person, label string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range slices.Backward(n.said) {
		for _, b := range m.Buttons {
			if m.Chat == chatOf(chat) && b.Label == label {
				n.deliver("card.action.trigger", map[string]any{
					"operator": map[string]string{"open_id": n.person(person)}, "token": "c-" + m.ID,
					"action":  map[string]any{"tag": "button", "value": b.Value},
					"context": map[string]string{"open_message_id": m.ID, "open_chat_id": m.Chat},
				})
				return
			}
		}
	}
}

// Read lets somebody read what the robot said.
func (n *Network) Read(chat, person, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.find(chatOf(chat), text).Reads[n.person(person)] = time.Now()
}

// Shown returns what the robot said in a chat, as people see it.
func (n *Network) Shown(chat string) []string {
	all := slices.DeleteFunc(n.sent(), func(m *Message) bool { return m.File != nil })
	return bottest.Shown(all, chatOf(chat), func(m *Message) (string, string) { return m.Chat, m.Text })
}

// sent returns what the robot said, as it is now, oldest first.
func (n *Network) sent() (all []*Message) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range n.said {
		if m.Sender == "" {
			all = append(all, new(*m))
		}
	}
	return all
}

// find returns the last message of a chat with that text. The caller holds the lock.
func (n *Network) find(chat, text string) *Message {
	for _, m := range slices.Backward(n.said) {
		if m.Chat == chat && m.Text == text {
			return m
		}
	}
	return &Message{Reads: map[string]time.Time{}}
}

func (n *Network) add(m *Message) {
	n.ids++
	m.ID, m.At, m.Reads = fmt.Sprintf("om_%06d", n.ids), time.Now(), map[string]time.Time{}
	n.said = append(n.said, m)
	n.byID[m.ID] = m
}

// wire is a message as events bring it.
func (n *Network) wire(m *Message) map[string]any {
	kind := "group"
	if strings.HasPrefix(m.Chat, "oc_p2p_") {
		kind = "p2p"
	}
	return map[string]any{
		"message_id": m.ID, "create_time": strconv.FormatInt(m.At.UnixMilli(), 10), "chat_id": m.Chat, "chat_type": kind,
		"message_type": m.Kind, "content": m.Content, "mentions": m.Mentions, "parent_id": m.Parent,
	}
}

var tags = regexp.MustCompile(`</?(?:b|i|u|s|at)\b[^>]*>`)

// seen is a text as people see it: tags are styles, entities are characters.
func seen(text string) string { return html.UnescapeString(tags.ReplaceAllString(text, "")) }

func reply(w http.ResponseWriter, code int, data map[string]any) {
	all := map[string]any{"code": code, "msg": "", "data": data}
	for k, v := range data { // some calls answer at the top
		if k == "bot" || k == "tenant_access_token" || k == "expire" {
			all[k] = v
		}
	}
	bottest.Answer(w, http.StatusOK, all)
}
