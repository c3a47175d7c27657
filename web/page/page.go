// Package page is what all views of the admin page share: a route and its right, a
// request and who makes it, the layout, the components and the words of errors.
//
// A view is a row of a table, like a command in chat: a [Route] names its method, its
// path, its right and its function. The function reads on a snapshot
// ([Request.Look]), acts in a transaction ([Request.Change]) or gives a command of
// the chat ([Request.Command]), and answers with a template ([Request.Show]) or the
// next page ([Request.See]). The server, package web, is built from the table, and so
// are the tests of who may do what.
package page

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/zh"
)

// A Route is one thing that a browser can ask for.
type Route struct {
	Method  string // GET or POST. What GET answers changes nothing.
	Pattern string // the path as [http.ServeMux] has it, without a method
	Right   chat.Right
	Open    bool  // nobody has to be logged in; Right is not asked
	Half    bool  // open also to who has typed the password and not yet the code of the second factor
	Bare    bool  // open also to who needs a second factor and has set none up
	Proof   bool  // the password must have been typed in the last minutes
	Secret  bool  // what is posted is never sent back to the browser: after a login it is typed anew
	Most    int64 // bytes of the body that are read; 0 is a megabyte
	Long    bool  // it answers for longer than a page may take: events, a large file
	Do      func(*Request) error
}

// Get and Post return a route.
func Get(pattern string, right chat.Right, do func(*Request) error) Route {
	return Route{Method: http.MethodGet, Pattern: pattern, Right: right, Do: do}
}

// Post returns a route by which something changes.
func Post(pattern string, right chat.Right, do func(*Request) error) Route {
	return Route{Method: http.MethodPost, Pattern: pattern, Right: right, Do: do}
}

// Proved returns a route for which the password must have been typed lately: it
// concerns rights, keys, or takes names out.
func (r Route) Proved() Route {
	r.Proof = true
	return r
}

// A House is what all requests share. It is not changed once it serves.
type House struct {
	Store  *store.Store
	Zone   *time.Location
	Log    *slog.Logger
	Office string // whose page this is, for people to read
	Bot    string // what people call the bot

	KeepFiles int // days for which evidence is kept

	URL     string // how the page is reached from elsewhere, without a slash at its end; "" if it is not
	Secure  bool   // browsers reach it by TLS
	Exposed bool   // browsers of other computers reach it: passwords need a second factor

	Desk    *chat.Desk
	Jobs    *schedule.Scheduler
	Order   func(ctx context.Context, p roster.Person, command, rest string) (string, error) // see [duban/handlers.Router.Order]
	Ordered func(*store.Snapshot, roster.Person) *chat.Request                               // see [duban/handlers.Router.Ordered]
	Attach  func(ctx context.Context, p roster.Person, f bot.FileInfo) (string, error)       // see [duban/handlers.Router.Attach]
	Machine Machine
	Changed *Bell // rings when something was said or sent, for who watches a view

	Routes []Route // the table that this House serves
}

// A Machine is what the page shows and does outside of the store: it is the office's
// process with its accounts.
type Machine interface {
	Outside
	Keeper
}

// An Outside tells of the accounts and of the program.
type Outside interface {
	Accounts() []Account              // in the order of the configuration
	Code(account string) (png []byte) // what a phone must scan to log the account in; nil if nothing waits for that
	Version() string                  // of the program

	// Doctor says what is well and what is not, in Chinese.
	Doctor(ctx context.Context) ([]Finding, error)
}

// A Keeper keeps the data and makes copies of it.
type Keeper interface {
	Disk() (used, free uint64)           // bytes of the store, and those that its disk has left; 0 is not known
	Backup(ctx context.Context) error    // makes a copy now
	Copies() (all []Copy, folder string) // the newest first

	// Drill opens a copy by its name, in a folder of its own beside the data, with the
	// recovery key, and counts what is in it. An error wraps [ErrCopy] if it is the
	// copy's, or the key's, and not the machine's.
	Drill(ctx context.Context, name, key string) (Drilled, error)
}

// ErrCopy means that a copy cannot be opened, or not with that key.
var ErrCopy = errors.New("the copy cannot be opened")

// A Copy is a backup.
type Copy struct {
	Name string
	Made time.Time
	Size int64 // bytes
}

// Drilled is what was found in a copy.
type Drilled struct {
	Made          time.Time
	Records, Lost int
}

// A Finding is what the doctor says of one thing.
type Finding struct {
	How  string // well, note or bad
	What string
	Text string
}

// An Account is one of the configuration.
type Account struct {
	Name, Kind string
	PerHour    int  // texts of its own accord to a group in an hour; 0 is no limit
	Alarm      bool // it only tells of alarms
	Simulated  bool // it is on no network
}

// Has tells whether a page is there, and whether p may open it.
func (h *House) Has(path string, p roster.Person) bool {
	return slices.ContainsFunc(h.Routes, func(r Route) bool {
		return r.Method == http.MethodGet && (r.Pattern == path || r.Pattern == path+"{$}") && (r.Open || chat.May(p, true, r.Right))
	})
}

// When writes a time as people read it, from now: 今天16:20, 昨天9:00, 11月30日 15:40, and
// with its year if that is another one.
func (h *House) When(t time.Time) string {
	at, now := t.In(h.Zone), h.Store.Time().In(h.Zone)
	for days, word := range map[int]string{-1: "昨天", 0: "今天", 1: "明天"} {
		if zh.StartOfDay(at).Equal(zh.StartOfDay(now).AddDate(0, 0, days)) {
			return word + zh.Clock(at)
		}
	}
	if at.Year() != now.Year() {
		return zh.FullMoment(at)
	}
	return zh.Moment(at)
}

// Clock writes the time of a day: 16:20.
func (h *House) Clock(t time.Time) string { return t.In(h.Zone).Format("15:04") }
