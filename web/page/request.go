package page

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/roster"
	"duban/store"
	"duban/web/door"
)

// A Request is what one browser asks for. Who asks is Person, with the roles that the
// roster gives them now.
type Request struct {
	*http.Request

	House   *House
	Route   Route
	Person  roster.Person
	Known   bool // Person is set
	Session door.Session
	Address string // from where it comes

	out http.ResponseWriter
}

// NewRequest returns the request that a browser makes.
func NewRequest(h *House, w http.ResponseWriter, r *http.Request) *Request {
	return &Request{Request: r, House: h, out: w}
}

// Out is what answers the browser, for what is no page: a file, events.
func (r *Request) Out() http.ResponseWriter { return r.out }

// May tells whether the person has a right.
func (r *Request) May(right chat.Right) bool { return chat.May(r.Person, r.Known, right) }

// Open returns the path of a page if it is there and the person may open it, "" otherwise.
func (r *Request) Open(path string) string {
	if r.House.Has(path, r.Person) {
		return path
	}
	return ""
}

// Look reads on one snapshot. An error that [store.Check] ends it with is returned.
func (r *Request) Look(fn func(*store.Snapshot) error) error {
	return r.House.Store.View(r.Context(), fn)
}

// Change acts in one transaction, which may run more than once: it has no other effect,
// and does not answer the browser. What is done must be audited, by [Request.Audit] or
// by what it calls.
func (r *Request) Change(fn func(*store.Tx) error) error {
	return r.House.Store.Update(r.Context(), fn)
}

// Audit writes down that the person did something; object is an id, never a text.
func (r *Request) Audit(tx *store.Tx, action, object string) {
	tx.Audit(store.Audit{Actor: r.Person.ID, Source: store.Page, Action: action, Object: object})
}

// Command gives a command of the chat by its name, with what stands behind its words,
// as if the person had said it to the bot alone, and returns the answer. It has the
// same right, the same function and the same preview.
func (r *Request) Command(name, rest string) (answer string, err error) {
	return r.House.Order(r.Context(), r.Person, name, rest)
}

// Chat returns the request that the person would make in chat, on a snapshot or, with
// its Tx set, in a transaction, for the functions of handlers.
func (r *Request) Chat(s store.State) *chat.Request {
	switch s := s.(type) {
	case *store.Tx:
		t := r.House.Ordered(s.Snapshot, r.Person)
		t.Tx = s
		return t
	case *store.Snapshot:
		return r.House.Ordered(s, r.Person)
	}
	return nil
}

// HX tells whether a part of the page is replaced and not all of it.
func (r *Request) HX() bool { return r.Header.Get("HX-Request") == "true" }

// Field returns what was typed into a field, without the blanks around it.
func (r *Request) Field(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }

// See sends the browser to another page of ours.
func (r *Request) See(path string) error {
	http.Redirect(r.out, r.Request, Local(path), http.StatusSeeOther)
	return nil
}

// Done is [Request.See] for what was done: the next page says so, in one of the
// sentences that [Sentence] knows.
func (r *Request) Done(path, what string) error {
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	return r.See(path + join + "done=" + url.QueryEscape(what))
}

// Act is [Request.Change] for what cannot fail, and then [Request.Done].
func (r *Request) Act(path, what string, fn func(*store.Tx)) error {
	err := r.Change(func(tx *store.Tx) error {
		fn(tx)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Done(path, what)
}

// Number returns the number in the path, {n}; 0 if it is none.
func (r *Request) Number() int {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Local returns a path if it is one of ours, and "/" if it leads elsewhere.
func Local(path string) string {
	u, err := url.Parse(path)
	switch {
	case err != nil, u.Scheme != "", u.Host != "", u.User != nil, u.Opaque != "":
		return "/"
	case !strings.HasPrefix(path, "/"), strings.HasPrefix(path, "//"), strings.ContainsAny(path, "\\\r\n\t\x00"):
		return "/"
	}
	return path
}

// Now is the time of the store.
func (r *Request) Now() time.Time { return r.House.Store.Time() }

// ProofLife is how long a typed password counts for what wants it.
const ProofLife = 5 * time.Minute

// A Fault is an error that the page shows to who asked: what is so, and what to do. Any
// other error is ours, and is shown by a number only.
type Fault struct {
	Status int
	Title  string
	Text   string
	Go     []Way // where to
}

// A Way is a button or a link.
type Way struct{ Words, To string }

// Error returns the title.
func (f *Fault) Error() string { return f.Title }

// NotFound is the fault of a page that is not there.
func NotFound() error {
	return &Fault{Status: http.StatusNotFound, Title: "没有这一页", Text: "可能已经删了，或者地址不全。"}
}

// Refuse is the fault of something that cannot be done as it was asked.
func Refuse(title, text string, ways ...Way) error {
	return &Fault{Status: http.StatusUnprocessableEntity, Title: title, Text: text, Go: ways}
}

// Complaint returns what an error says to people, as a command in chat would answer
// it; ok is false if it is ours.
func Complaint(err error) (text string, ok bool) {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Title, true
	}
	return chat.Complained(err)
}

// CookieName is that of the cookie with the token of a session. A name with the prefix
// is taken by browsers from us alone, but not everywhere without TLS.
func (h *House) CookieName() string {
	if h.Secure {
		return "__Host-duban"
	}
	return "duban"
}

// SetToken gives the browser the token of its session, "" for none any more.
func (r *Request) SetToken(token string) {
	c := &http.Cookie{Name: r.House.CookieName(), Value: token, Path: "/", HttpOnly: true, Secure: r.House.Secure, SameSite: http.SameSiteStrictMode}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(r.out, c)
}

// Attach answers with a file that the browser keeps and does not show.
func (r *Request) Attach(name, kind string, data []byte) error {
	h := r.out.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = r.out.Write(data) // the browser has gone if this fails
	return nil
}

// A Proposal is what a command of the chat has previewed.
type Proposal struct {
	Text string // what would be done, without how to confirm it in chat
	Code string // by which the command "confirm" does it
}

// Propose is [Request.Command] for a command that previews what it would do. Without a
// Code nothing waits for being confirmed: Text says what was done at once, or why it
// cannot be done.
func (r *Request) Propose(name, rest string) (p Proposal, err error) {
	said, err := r.Command(name, rest)
	if err != nil {
		return p, err
	}
	return r.Proposed(name, said)
}

// Proposed is what a command has answered, with the code of what waits for being confirmed
// since, by the command of that name.
func (r *Request) Proposed(name, said string) (p Proposal, err error) {
	err = r.Look(func(s *store.Snapshot) error {
		if d := r.Chat(s).Kept(); d != nil && d.Of == name {
			p.Code = d.Code
		}
		return nil
	})
	text, ok := previewed(said)
	if err != nil || !ok || p.Code == "" {
		return Proposal{Text: said}, err
	}
	p.Text = text
	return p, nil
}

// Confirm does what a command has previewed. If that waits no more, it was done, or it is
// too old, or something else was previewed since: then nothing is done, and lost says so.
func (r *Request) Confirm(name, code string, lost *Fault) (said string, err error) {
	err = r.Look(func(s *store.Snapshot) error {
		if d := r.Chat(s).Kept(); d == nil || d.Of != name || d.Code != code {
			return lost
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return r.Command("confirm", code)
}

// previewed is what a preview of the chat says, without its head and the last line that
// says how to confirm it there; ok is false for what is no preview.
func previewed(said string) (text string, ok bool) {
	text = said
	if head, below, cut := strings.Cut(said, "\n"); cut && strings.HasPrefix(head, "预览") {
		text = below
	}
	for _, how := range []string{"回复“确认”", "范围较大，请回复"} {
		if i := strings.LastIndex(text, how); i >= 0 {
			text, ok = text[:i], true
		}
	}
	return strings.TrimRight(text, "\n—"), ok
}
