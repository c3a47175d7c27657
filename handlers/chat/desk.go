package chat

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"duban/bot"
	"duban/handlers/reading"
	"duban/notice"
	"duban/plan"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// A Groups tells of the groups of an account's network, as far as it can.
type Groups interface {
	// Members returns how many people are in a group, 0 if the network does not
	// say. An error means that no single group is known to be called so.
	Members(account, chat string) (int, error)

	// Agree says that a group is the right one, with who is in it now.
	Agree(account, chat string) error
}

// A Directory looks people up in the lists that administrators of networks keep.
type Directory interface {
	// Lists returns the accounts whose networks have one.
	Lists() []string

	// Find looks people up in the list of an account; see [bot.Directory].
	Find(ctx context.Context, account string, all []bot.Wanted) (map[string]bot.Found, error)
}

// Options configure a [handlers.Router].
type Options struct {
	Names       []string                  // what the bot is called: its name first, then aliases
	Bots        []string                  // senders that are bots: never answered
	Cards       string                    // how people are to be called in groups, with {学院} and {姓名}; "" recognizes nobody by it
	Zone        *time.Location            // for times that people read
	Marks       func(account string) bool // tells whether messages of an account can be marked; nil is never
	Groups      Groups                    // what the networks say of groups; nil is nothing
	Directory   Directory                 // what they say of people; nil is nothing
	CrisisWords []string                  // what is said of a life in danger: 轻生
	CrisisHelp  string                    // where to turn to then; "" is what the plan says of it

	Inform    string              // what everybody is told once of their data, with the first answer that they get alone
	Rules     func() notice.Rules // by which people are asked again; nil is the default ones
	Templates []notice.Template   // that notices can be made of

	// Document reads the office's plan file. It is called outside of any
	// transaction, and only for those who may import.
	Document func(context.Context, ...plan.Choice) Document
	// Sheet reads the office's roster file, likewise.
	Sheet func(context.Context) Sheet
	Page  string // where people reach the page, without a slash at its end; "" offers no links

	// Link makes a link, with a key that nobody can guess, by which a person logs in to the
	// page once; weak says that they are known by a name in a group or by the word of an
	// admin only. Nil has none.
	Link func(tx *store.Tx, key, person string, weak bool) (url string)
	// Reads asks the networks who has read what is not answered, outside of any
	// transaction; nil asks nobody.
	Reads   func(context.Context) error
	Full    func() bool // tells whether the disk is nearly full; nil is never
	Changed func()      // called after a command that may have changed jobs or groups; nil is ignored
	Log     *slog.Logger
}

// IsFull tells whether the disk is nearly full, so that nothing new is begun.
func (o Options) IsFull() bool { return o.Full != nil && o.Full() }

// FullText says to who wants something new begun that the disk is nearly full.
const FullText = "磁盘快满了，这件事现在不能办；答复、填报、查询和暂停发送照常。请联系管理员清理磁盘，再发一次。"

// A Desk is what all requests share.
type Desk struct {
	Store   *store.Store
	Options Options
	Names   directory

	// Again handles a message whose sender is known only now, and tells whether
	// it led to something.
	Again func(t *Request, m bot.Message) bool
}

// OnPage offers somebody who is alone with the bot the page that shows what they asked
// for; "" if there is none. It opens once they have logged in.
func OnPage(t *Request, path string) string {
	if t.Desk.Options.Page == "" || t.Msg.Group || !t.Known || t.Source == store.Page {
		return ""
	}
	return "网页上看：" + t.Desk.Options.Page + path
}

// When writes a time as people read it.
func (r *Desk) When(t time.Time) string { return zh.Moment(t.In(r.Options.Zone)) }

// Lines joins what is not empty.
func Lines(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}

// A Document is a work plan as it was read from the office's file.
type Document struct {
	Name      string // of the file
	Plan      *plan.Plan
	Complaint string // in Chinese, if it cannot be read
}

// A Sheet is a roster as it was read from the office's file.
type Sheet struct {
	Name      string // of the file
	Roster    *roster.Roster
	Complaint string // in Chinese, if it cannot be read
}

// A directory keeps the names of each group of the roster that was seen last, so
// that reading a message does not walk through everybody.
type directory struct {
	mu     sync.Mutex
	roster *roster.Roster
	near   map[string]reading.Names // by the groups of whom they are near to
	kept   int                      // how many names near holds
}

// mostKept is how many names are kept, besides those that were asked for last: some
// megabytes, also if everybody is in other groups than the next.
const mostKept = 100_000

// Near returns the names of those who share a group with p. Others are not
// talked about by name in p's chats.
func (d *directory) Near(r *roster.Roster, p roster.Person) reading.Names {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.roster != r {
		d.roster, d.near, d.kept = r, map[string]reading.Names{}, 0
	}
	where := strings.Join(p.Groups, "\n")
	names, known := d.near[where]
	if !known {
		var list []string
		for _, g := range p.Groups {
			for _, member := range r.Members(g) {
				list = append(list, member.Name)
			}
		}
		names = reading.NamesOf(list)
		if d.kept+len(list) > mostKept {
			clear(d.near)
			d.kept = 0
		}
		d.near[where] = names
		d.kept += len(list)
	}
	return names
}
