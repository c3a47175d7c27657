// Package dingtalktest is a fake of DingTalk for tests. It keeps the truth: who is
// there, what was said, what was sent and to whom it was shown. It checks what it is
// sent as the network does, and fails when it is told to.
package dingtalktest

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// The app that may connect, the template of its cards, and its robot.
const (
	Client = "dinga1b2c3d4e5f6"
	Secret = "geheim-client-secret"
	Card   = "1a2b3c4d-0000-4000-8000-5e6f7a8b9c0d.schema"
	Robot  = "$:LWCP_v1:$robot"
)

// Options says how the network behaves.
type Options struct {
	Name        string // by which people mention the robot; "" is "duban"
	Unpublished bool   // the app is not published: nobody has an id
	Repeats     int    // how often a message that was not answered in time comes again
	PerMinute   int    // texts for one person; 0 is any number
}

// A Server is the network. Its methods may be called by several goroutines at once.
type Server struct {
	bottest.Host
	bottest.Faults[Fault]

	o Options

	mu      sync.Mutex
	people  map[string]string       // ids by name
	mobiles map[string]string       // ids by number
	groups  map[string][]string     // the names of the people in each
	files   map[string]bottest.File // by code
	ids     int
	tokens  map[string]bool
	tickets map[string][]string // what it may hear, by ticket
	links   []*link
	asked   int // links that were asked for
	opened  int // links that ever were
	waits   map[string]*delivery
	said    []*bottest.Said
	sent    []*Sent
	dings   map[string]int // by person
	rate    bottest.Rate   // of what was taken, by person
}

// A Sent is what the network took: a text, or a card as it is now.
type Sent struct {
	ID, Chat, Text string
	File           *bottest.File
	Track          string   // of a card: how its sender calls it
	Buttons        []Button // of a card, those that are shown
	Reads          map[string]time.Time
	At             time.Time
}

// A Button is one of a card.
type Button struct{ Label, Press string }

// New returns a network without people. Close ends it.
func New(o Options) *Server {
	if o.Name == "" {
		o.Name = "duban"
	}
	s := &Server{
		o: o, dings: map[string]int{}, people: map[string]string{}, mobiles: map[string]string{}, files: map[string]bottest.File{}, groups: map[string][]string{},
		tokens: map[string]bool{}, tickets: map[string][]string{}, waits: map[string]*delivery{},
	}
	s.Start(s.Handler())
	return s
}

// Close ends all links.
func (s *Server) Close() {
	s.Shut()
	s.mu.Lock()
	for _, d := range s.waits {
		d.timer.Stop()
	}
	s.mu.Unlock()
	s.Cut()
}

// Group adds a group of people, which the network calls id.
func (s *Server) Group(id string, people ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[id] = people
	for _, p := range people {
		s.person(p)
	}
}

// Person returns the network's id of somebody, which is the name of their chat too.
func (s *Server) Person(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.person(name)
}

func (s *Server) person(name string) string {
	if s.people[name] == "" {
		s.people[name] = fmt.Sprintf("manager%04d", len(s.people)+1)
	}
	return s.people[name]
}

// Mobile gives somebody a number.
func (s *Server) Mobile(name, number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mobiles[number] = s.person(name)
}

// Say lets somebody say text in a chat: a group, or, if it is their own id, alone with
// the robot. It returns the message's id; "" is for what the network does not bring,
// words in a group that do not mention the robot.
func (s *Server) Say(chat, person, text string) string { return s.say(chat, person, text, nil, "") }

// Quote lets somebody quote the last message with a text, and say another.
func (s *Server) Quote(chat, person, quoted, text string) string {
	s.mu.Lock()
	replied, query := map[string]any{"msgType": "text", "content": map[string]string{"text": quoted}}, ""
	for _, m := range s.said {
		if m.Chat == chat && strings.TrimSpace(s.bare(m.Text)) == quoted {
			replied["msgId"], replied["senderId"] = m.ID, "$:LWCP_v1:$"+m.Person
		}
	}
	for _, m := range s.sent {
		if m.Chat == chat && m.Text == quoted {
			replied["msgId"], replied["senderId"], query = "robot-"+m.ID, Robot, m.ID
			if m.Track != "" { // of a card the network brings no words
				replied["msgType"], replied["content"] = "interactiveCard", map[string]any{}
			}
		}
	}
	s.mu.Unlock()
	return s.say(chat, person, text, replied, query)
}

// bare takes the mention off a text, as the network does.
func (s *Server) bare(text string) string { return strings.Replace(text, "@"+s.o.Name+" ", " ", 1) }

func (s *Server) say(chat, person, text string, replied map[string]any, query string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	people, group := s.groups[chat]
	if group && (!strings.Contains(text, "@"+s.o.Name+" ") || !slices.Contains(people, person)) {
		return ""
	}
	content := map[string]any{"content": text}
	if group {
		content["content"] = s.bare(text)
	}
	data := map[string]any{"msgtype": "text", "text": content, "isInAtList": group}
	if replied != nil {
		content["isReplyMsg"], content["repliedMsg"], data["originalMsgId"] = true, replied, replied["msgId"]
		if query != "" {
			data["originalProcessQueryKey"] = query
		}
	}
	return s.tell(chat, person, text, data)
}

// tell brings what somebody said, which is data, to the robot. The caller holds the lock.
func (s *Server) tell(chat, person, text string, data map[string]any) string {
	s.ids++
	m := &bottest.Said{ID: fmt.Sprintf("msg%06d==", s.ids), Chat: chat, Person: s.person(person), Text: text}
	s.said = append(s.said, m)
	maps.Copy(data, map[string]any{
		"conversationId": "cidPrivate" + m.Person, "conversationType": "1", "msgId": m.ID, "senderNick": person, "senderStaffId": m.Person,
		"senderId": "$:LWCP_v1:$" + m.Person, "chatbotUserId": Robot, "robotCode": Client, "createAt": time.Now().UnixMilli(),
		"chatbotCorpId": "ding-corp", "senderCorpId": "ding-corp", "isAdmin": false,
		"sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=geheim", "sessionWebhookExpiredTime": time.Now().Add(90 * time.Minute).UnixMilli(),
	})
	if s.groups[chat] != nil {
		data["conversationId"], data["conversationType"] = chat, "2"
	}
	if s.o.Unpublished {
		data["senderStaffId"] = ""
	}
	s.bring(topicRobot, map[string]string{"topic": topicRobot}, data, m)
	return m.ID
}

// Join lets somebody come into a group.
func (s *Server) Join(chat, person string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[chat] = append(s.groups[chat], person)
	s.bring("EVENT", map[string]string{"topic": "*", "eventType": "chat_add_member", "eventId": fmt.Sprint("event-", rand.Int()), "eventCorpId": "ding-corp"}, map[string]any{
		"OpenConversationId": chat, "ChatId": "chat-" + chat, "UserId": []string{s.person(person)}, "Operator": "manager0", "TimeStamp": time.Now().UnixMilli(),
	}, nil)
}

// Press lets somebody press the last button of a chat that is called so.
func (s *Server) Press(chat, person, label string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	space := "IM_ROBOT"
	if s.groups[chat] != nil {
		space = "IM_GROUP"
	}
	for _, m := range slices.Backward(s.sent) {
		for i, b := range m.Buttons {
			if m.Chat != chat || b.Label != label {
				continue
			}
			s.bring(topicCard, map[string]string{"topic": topicCard}, map[string]any{
				"type": "actionCallback", "outTrackId": m.Track, "corpId": "ding-corp", "userId": s.person(person), "userIdType": 1,
				"spaceId": chat, "spaceType": space, "extension": "{}",
				"content": string(bot.JSON(map[string]any{"cardPrivateData": map[string]any{
					"actionIds": []string{fmt.Sprint("button", i+1)}, "params": map[string]string{"press": b.Press},
				}})),
			}, nil)
			return
		}
	}
	panic("no button is called " + label)
}

// Read lets somebody read what the robot said.
func (s *Server) Read(chat, person, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range slices.Backward(s.sent) {
		if m.Chat == chat && m.Text == text {
			m.Reads[s.person(person)] = time.Now()
			return
		}
	}
}

// Said returns what people said that the network should bring.
func (s *Server) Said() (all []bottest.Said) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.said {
		all = append(all, *m)
	}
	return all
}

// Sent returns what the network took, oldest first.
func (s *Server) Sent() (all []Sent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.sent {
		all = append(all, *m)
	}
	return all
}

// Shown returns what a chat shows from the robot, oldest first.
func (s *Server) Shown(chat string) []string {
	all := slices.DeleteFunc(s.Sent(), func(m Sent) bool { return m.File != nil })
	return bottest.Shown(all, chat, func(m Sent) (string, string) { return m.Chat, m.Text })
}

// Links returns how many links were ever opened.
func (s *Server) Links() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Asked returns how many links were asked for, also by who may have none.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Unanswered returns how much was brought that was not answered.
func (s *Server) Unanswered() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waits)
}

// Open tells whether there is a link that is brought something.
func (s *Server) Open() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.links, func(l *link) bool { return !l.ending })
}

// Connected waits until there is a link that is brought something.
func (s *Server) Connected(ctx context.Context) error {
	return s.Await(ctx, s.Open)
}
