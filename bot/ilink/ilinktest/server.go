// Package ilinktest is a fake of WeChat's own interface for bots (iLink) for tests. One
// person has a bot there. The fake keeps the truth, what they said and what they are
// shown, and fails when it is told to.
package ilinktest

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"duban/bot/bottest"
)

// User is the network's id of the person whose bot it is.
const User = "o9cq80-geheim@im.wechat"

// A Fault is what goes wrong with one text of the bot.
type Fault int

// The faults.
const (
	Fine      Fault = iota
	LostReply       // taken, and the answer is lost
	CutReply        // taken, and the answer is cut off
	Busy            // not taken: HTTP 502 with a page
	Dropped         // not taken, although the answer says no error
	Closed          // not taken: too many, or too long ago
	Odd             // not taken: the answer repeats what was to be said
)

const (
	window   = 24 * time.Hour // after what the person said last
	mostSaid = 10             // by the bot, for each thing that the person says
	holdTime = 35 * time.Second
)

// A Server is the network. Its methods may be called by several goroutines at once.
type Server struct {
	bottest.Host
	bottest.Faults[Fault]

	mu      sync.Mutex
	ids     int
	token   string // of the bot; "" is none
	here    bool   // the bot said that it is there
	polls   int    // that wait
	said    []*word
	sent    []Sent
	clients map[string]bool // ids that the bot gave its texts
	left    int             // texts that the bot may say
	code    code
}

// A word is what the person said.
type word struct {
	bottest.Said
	item    map[string]any
	context string
	at      time.Time
}

// A Sent is what the network took.
type Sent struct {
	ID, Text string
	At       time.Time
}

// New returns a network in which the person has a bot, whose token is that of [Server.Token].
func New() *Server {
	s := &Server{token: "geheim-token-0", clients: map[string]bool{}}
	s.Start(s.Handler())
	return s
}

// Close ends the network.
func (s *Server) Close() { s.Shut() }

// Token returns the token with which the bot is let in.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// Expire makes the token one that is not accepted any more, until somebody scans a code.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = ""
	s.Change()
}

// Say lets the person say text. It returns the message's id.
func (s *Server) Say(text string) string {
	return s.tell(text, map[string]any{"type": 1, "text_item": map[string]string{"text": text}})
}

// Quote lets the person answer the last message with a text. A newer phone names it alone.
func (s *Server) Quote(quoted, text string, newer bool) string {
	ref := map[string]any{"svr_id": s.find(quoted)}
	if !newer {
		ref["message_item"] = map[string]any{"type": 1, "text_item": map[string]string{"text": quoted}}
	}
	return s.tell(text, map[string]any{"type": 1, "text_item": map[string]string{"text": text}, "ref_msg": ref})
}

func (s *Server) find(text string) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.said {
		if w.Text == text {
			id = w.ID
		}
	}
	for _, m := range s.sent {
		if m.Text == text {
			id = m.ID
		}
	}
	return id
}

// Attach lets the person send a picture, or, if it has a name, a file.
func (s *Server) Attach(f bottest.File) string {
	media := map[string]any{"media": map[string]string{"encrypt_query_param": "geheim-param", "aes_key": "geheim-key"}}
	if f.Name == "" {
		return s.tell("", map[string]any{"type": 2, "image_item": media})
	}
	media["file_name"] = f.Name
	return s.tell(f.Name, map[string]any{"type": 4, "file_item": media})
}

// Dictate lets the person say a text by voice.
func (s *Server) Dictate(text string) string {
	return s.tell(text, map[string]any{"type": 3, "voice_item": map[string]string{"text": text}})
}

func (s *Server) tell(text string, item map[string]any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	w := &word{
		Said: bottest.Said{ID: fmt.Sprint(7400000000000000000 + s.ids), Chat: User, Person: User, Text: text},
		item: item, context: fmt.Sprint("geheim-context-", s.ids), at: time.Now(),
	}
	s.said = append(s.said, w)
	s.left = mostSaid
	s.Change()
	return w.ID
}

// Said returns what the person said.
func (s *Server) Said() (all []bottest.Said) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.said {
		all = append(all, w.Said)
	}
	return all
}

// Shown returns what the bot said, oldest first.
func (s *Server) Shown() (texts []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.sent {
		texts = append(texts, m.Text)
	}
	return texts
}

// Online tells whether the bot waits for news.
func (s *Server) Online() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.here && s.polls > 0
}

// Here tells whether the bot said that it is there, and not that it leaves.
func (s *Server) Here() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.here
}

// Cut ends all polls that wait.
func (s *Server) Cut() {
	s.mu.Lock()
	s.here = false
	s.mu.Unlock()
	s.Change()
}

// Handler serves the network on any address.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ilink/bot/get_bot_qrcode", s.giveCode)
	mux.HandleFunc("GET /ilink/bot/get_qrcode_status", s.codeStatus)
	for path, h := range map[string]func(http.ResponseWriter, *http.Request, *body){
		"getupdates": s.updates, "sendmessage": s.send, "getconfig": s.config,
		"msg/notifystart": s.notify(true), "msg/notifystop": s.notify(false),
	} {
		mux.HandleFunc("POST /ilink/bot/"+path, func(w http.ResponseWriter, r *http.Request) {
			b := new(body)
			switch {
			case s.Refused(w):
			case !b.read(r):
				answer(w, map[string]any{"ret": -1, "errmsg": "bad request"})
			case strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") != s.Token() || s.Token() == "":
				answer(w, map[string]any{"errcode": -14, "errmsg": "session timeout"})
			default:
				h(w, r, b)
			}
		})
	}
	return mux
}
