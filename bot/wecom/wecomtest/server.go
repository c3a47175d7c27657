package wecomtest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// Options says what the fake's world is called, and what it answers.
type Options struct {
	Bot, Secret string // of the AI bot; "" are "aib-1" and "secret-1"
	Name        string // by which people mention it; "" is "duban"

	Corp, AppSecret string // of an app; "" are "ww-1" and "secret-2"
	CallSecret      string // of the app that calls people; "" is "secret-3"
	Agent           int    // its id; 0 is 1000002

	WrongSecret int           // the code for it; 0 is 853000
	AnswerTime  time.Duration // for how long a message can be answered; 0 is 10 minutes
	PerMinute   int           // texts in one chat; 0 is 30, -1 any number
	PerRobot    int           // texts a minute of one robot; 0 is 20, -1 any number
}

// A Server is the network. Its methods may be called by several goroutines at once.
type Server struct {
	bottest.Host
	bottest.Faults[fault]

	o    Options
	rest bottest.Faults[string] // of the calls of an app or a robot: what they are answered

	mu      sync.Mutex
	groups  map[string][]string // the people in each
	opened  map[string]bool     // chats in which the bot may write by itself
	robots  map[string]string   // the groups of robots, by key
	app     map[string]bool     // people whom the app reaches
	token   string              // of the app; "" is none
	calling string              // the same of the app that calls people
	rung    map[string]int      // how often a phone rang, by person
	ids     int
	link    *link // that is subscribed; nil is none
	links   int   // that ever subscribed
	said    []bottest.Said
	sent    []Sent
	cards   []shownCard
	pressed map[string]press  // by request
	seen    map[string]string // of a card, by person and task
	rate    bottest.Rate      // of what was taken, by what is limited
	sealed  map[string]sealed // files that people sent
	uploads map[string]*upload
	media   map[string]bottest.File
}

// A Way is how something was said by the bot.
type Way string

// The ways.
const (
	ByReply Way = "reply" // as the answer to a message
	ByBot   Way = "bot"   // by itself
	ByRobot Way = "robot"
	ByApp   Way = "app"
)

// A Sent is what the network took.
type Sent struct {
	ID, Chat, Text string        // as people see it
	File           *bottest.File // instead of a text
	Way            Way
	At             time.Time
}

// New returns a network without people. Close ends it.
func New(o Options) *Server {
	o.Bot, o.Secret, o.Name = cmp.Or(o.Bot, "aib-1"), cmp.Or(o.Secret, "secret-1"), cmp.Or(o.Name, "duban")
	o.Corp, o.AppSecret, o.Agent = cmp.Or(o.Corp, "ww-1"), cmp.Or(o.AppSecret, "secret-2"), cmp.Or(o.Agent, 1000002)
	o.CallSecret = cmp.Or(o.CallSecret, "secret-3")
	o.WrongSecret, o.AnswerTime = cmp.Or(o.WrongSecret, 853000), cmp.Or(o.AnswerTime, 10*time.Minute)
	o.PerMinute, o.PerRobot = cmp.Or(o.PerMinute, 30), cmp.Or(o.PerRobot, 20)
	s := &Server{
		o: o, groups: map[string][]string{}, opened: map[string]bool{}, robots: map[string]string{}, app: map[string]bool{}, rung: map[string]int{},
		pressed: map[string]press{}, seen: map[string]string{},
		sealed: map[string]sealed{}, uploads: map[string]*upload{}, media: map[string]bottest.File{},
	}
	s.Start(s.Handler())
	return s
}

// Close ends all connections.
func (s *Server) Close() {
	s.Shut()
	s.Cut()
}

// Handler serves the network on any address.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.connect)
	mux.HandleFunc("GET /cgi-bin/gettoken", s.gettoken)
	mux.HandleFunc("POST /cgi-bin/message/send", s.appSend)
	mux.HandleFunc("POST /cgi-bin/webhook/send", s.robotSend)
	mux.HandleFunc("POST /cgi-bin/webhook/upload_media", s.postMedia)
	mux.HandleFunc("POST /cgi-bin/media/upload", s.postMedia)
	mux.HandleFunc("POST /cgi-bin/pstncc/call", s.call)
	mux.HandleFunc("GET /fetch/{id}", s.fetch)
	return mux
}

// Group adds a group with people in it.
func (s *Server) Group(id string, people ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[id] = people
	for _, p := range people {
		s.app[p] = true
	}
}

// Robot adds a robot to a group and returns its address.
func (s *Server) Robot(group string) (address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := fmt.Sprint("robot-", group, "-key")
	s.robots[key] = group
	return "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + key
}

// Open lets the bot write in a chat by itself, as if somebody had written there.
func (s *Server) Open(chat string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened[chat] = true
}

// Say lets a person say text in a chat: a group, or, if it is their own id, alone
// with the bot. It returns the message's id; "" is for what the network does not
// bring, words in a group that do not mention the bot.
func (s *Server) Say(chat, person, text string) string { return s.say(chat, person, text, nil) }

// Quote lets a person quote a text and say another.
func (s *Server) Quote(chat, person, quoted, text string) string {
	return s.say(chat, person, text, map[string]any{"msgtype": "text", "text": map[string]string{"content": quoted}})
}

func (s *Server) say(chat, person, text string, quote map[string]any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, group := s.groups[chat]
	if group && !s.mentions(text) {
		return ""
	}
	m := map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
	if quote != nil {
		m["quote"] = quote
	}
	return s.tell(chat, person, text, m)
}

// tell brings what a person said, which is m, to the bot. The caller holds the lock.
func (s *Server) tell(chat, person, text string, m map[string]any) string {
	s.ids++
	id := fmt.Sprintf("msg-%06d", s.ids)
	s.opened[chat] = true
	maps.Copy(m, map[string]any{
		"msgid": id, "aibotid": s.o.Bot, "chattype": "single", "from": map[string]string{"userid": person}, "create_time": time.Now().Unix(),
	})
	if _, group := s.groups[chat]; group {
		m["chattype"], m["chatid"] = "group", chat
	}
	s.said = append(s.said, bottest.Said{ID: id, Chat: chat, Person: person, Text: text})
	s.bring("aibot_msg_callback", id, m)
	return id
}

// mentions tells whether a text mentions the bot: its name and a space behind an @.
func (s *Server) mentions(text string) bool {
	return bot.Mentions(text, []string{s.o.Name}, nil)
}

// Said returns what people said that the network should bring.
func (s *Server) Said() []bottest.Said {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.said)
}

// Sent returns what the network took, oldest first.
func (s *Server) Sent() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// Shown returns the texts that a chat shows from the bot, oldest first.
func (s *Server) Shown(chat string) []string {
	all := slices.DeleteFunc(s.Sent(), func(m Sent) bool { return m.File != nil })
	return bottest.Shown(all, chat, func(m Sent) (string, string) { return m.Chat, m.Text })
}

// Links returns how many connections have subscribed.
func (s *Server) Links() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.links
}

// Online tells whether a connection is there.
func (s *Server) Online() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.link != nil
}

// Subscribed waits until a connection is there.
func (s *Server) Subscribed(ctx context.Context) error {
	return s.Await(ctx, s.Online)
}

// show takes a text. The caller holds the lock.
func (s *Server) show(chat, text string, way Way) {
	s.ids++
	s.sent = append(s.sent, Sent{ID: fmt.Sprintf("sent-%d", s.ids), Chat: chat, Text: text, Way: way, At: time.Now()})
	s.Change()
}

// often counts what is taken and tells whether it is too much. The caller holds the
// lock.
func (s *Server) often(what string, perMinute int) bool {
	return perMinute >= 0 && s.rate.TooMany(what, perMinute)
}
