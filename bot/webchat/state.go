package webchat

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const pageSize = 60 // messages of a chat that are shown at once

// A line is what the page is told of something that was said.
type line struct {
	entry
	From   string `json:"from"`
	Name   string `json:"name"`
	At     int64  `json:"at"`               // milliseconds
	Stored bool   `json:"stored,omitempty"` // its bytes can be fetched
}

func (e entry) line() line {
	l := line{entry: e, From: e.From, Name: e.Name, At: e.At.UnixMilli(), Stored: e.File != "" && !e.Recalled}
	l.File, l.Key = "", "" // its name in the folder is nobody's business
	if e.Recalled {
		l.Text, l.Quote, l.Size, l.Buttons = "", nil, 0, nil
	}
	return l
}

func lines(es []entry) []line {
	ls := make([]line, 0, len(es))
	for _, e := range es {
		ls = append(ls, e.line())
	}
	return ls
}

// A chatState is a chat as one person sees it when the page opens.
type chatState struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Group    bool     `json:"group"`
	Members  []string `json:"members"`
	Starters []string `json:"starters"`
	Messages []line   `json:"messages"`
	More     bool     `json:"more"` // there are older ones
}

func (a *Account) listPeople(w http.ResponseWriter, _ *http.Request) error {
	return reply(w, http.StatusOK, map[string]any{"people": a.seated.Load().people})
}

// state is all that the page needs to show the chats of a person, and the
// place in the row of events from which it then follows.
func (a *Account) state(w http.ResponseWriter, r *http.Request) error {
	p, err := a.visitor(r)
	if err != nil {
		return err
	}
	m, seated := a.log.after(0, 0), a.seated.Load()
	var cs []chatState
	for _, c := range seated.visible(p.ID, a.PrivateChat(p.ID)) {
		es, more := a.log.before(c.id, m.last+1, pageSize)
		cs = append(cs, chatState{
			ID: c.id, Name: c.name, Group: c.group, Members: c.members,
			Starters: starters(a.o.BotName, p, c.group), Messages: lines(es), More: more,
		})
	}
	return reply(w, http.StatusOK, map[string]any{
		"bot": a.o.BotName, "me": p, "people": seated.people, "chats": cs,
		"epoch": m.epoch, "seq": m.last, "got": m.got, "online": m.online, "boot": a.boot.UnixMilli(),
		"now": a.o.Now().UnixMilli(), "zone": a.o.Zone.String(),
		"recallFor": recallFor / time.Millisecond, "longest": longest,
	})
}

// history gives older messages of one chat.
func (a *Account) history(w http.ResponseWriter, r *http.Request) error {
	p, err := a.visitor(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	c, err := a.conversation(p.ID, q.Get("chat"))
	if err != nil {
		return err
	}
	before, err := strconv.ParseUint(q.Get("before"), 10, 64)
	if err != nil {
		return errForm
	}
	es, more := a.log.before(c.id, before, pageSize)
	return reply(w, http.StatusOK, map[string]any{"messages": lines(es), "more": more})
}

// search gives the newest messages of one chat that hold all words of q.
func (a *Account) search(w http.ResponseWriter, r *http.Request) error {
	p, err := a.visitor(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	c, err := a.conversation(p.ID, q.Get("chat"))
	if err != nil {
		return err
	}
	words := strings.Fields(strings.ToLower(q.Get("q")))
	if len(words) == 0 {
		return errForm
	}
	return reply(w, http.StatusOK, map[string]any{"messages": lines(a.log.search(c.id, words, pageSize))})
}
