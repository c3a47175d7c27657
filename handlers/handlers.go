// Package handlers does what people ask for in a chat.
//
// A [Router] takes each message through one transaction: was it seen before,
// who said it, what did they mean, what changes because of it, and what is
// answered. Each capability is a function in a file of its own; the table in
// table.go says which words or readings lead to it, who may use it and where.
//
// A message that is neither for the bot nor an answer to something open leads
// to nothing: it is not stored, not even as seen.
package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/schedule"
	"duban/store"
)

// Options configure a [Router].
type Options struct {
	Names     []string       // what the bot is called: its name first, then aliases
	Bots      []string       // senders that are bots: never answered
	Cards     string         // how people are to be called in groups, with {学院} and {姓名}; "" recognizes nobody by it
	PerMinute int            // answers a minute and chat before it falls quiet; 0 is 5
	Quiet     time.Duration  // for how long it is quiet then; 0 is ten minutes
	Zone      *time.Location // for times that people read
	Schedule  Schedule       // what reminders there are
	Groups    Groups         // what the networks say of groups; nil is nothing
	Inform    string         // what everybody is told once of their data, with the first answer that they get alone
	// CheckDays says in Chinese what is wrong with the entries of the calendar,
	// "" if nothing is.
	CheckDays func([]schedule.DayEntry) string

	Rules     func() notice.Rules // by which people are asked again; nil is the default ones
	Templates []notice.Template   // that notices can be made of

	// Cost returns how long an account takes for a number of messages at its usual
	// pace, without its limits of a day: for what a preview says. It must be pure.
	// Nil takes no time.
	Cost func(account string, messages int) time.Duration

	// Document reads the office's plan file. It is called outside of any
	// transaction, and only for those who may import.
	Document func(context.Context) Document
	Changed  func() // called after a command may have changed them; nil is ignored
	Log      *slog.Logger
}

// A Desk is what all requests share.
type Desk struct {
	store *store.Store
	o     Options
	names directory

	// again handles a message whose sender is known only now, and tells whether
	// it led to something.
	again func(t *turn, m bot.Message) (bool, error)
}

// A Router hands messages to capabilities. It implements [bot.Handler].
type Router struct{ *Desk }

// New returns a Router that works on s.
func New(s *store.Store, o Options) *Router {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if len(o.Names) == 0 {
		o.Names = []string{"小助手"}
	}
	if o.PerMinute <= 0 {
		o.PerMinute = 5
	}
	if o.Quiet <= 0 {
		o.Quiet = 10 * time.Minute
	}
	r := &Router{&Desk{store: s, o: o}}
	r.again = r.handleAgain
	return r
}

// Handle does what m asks for: it decides on one snapshot what that is, and acts on
// the decision in one transaction.
func (r *Router) Handle(ctx context.Context, m bot.Message) error {
	if r.ignored(m) {
		return nil
	}
	const tries = 5
	for range tries {
		d, err := r.decide(ctx, m)
		if err != nil || !d.concerned {
			return err
		}
		done, err := r.act(ctx, d)
		if errors.Is(err, errMoved) {
			continue
		}
		if err == nil && done != "" {
			if r.o.Changed != nil && (done == "confirm" || strings.HasPrefix(done, "job.")) {
				r.o.Changed()
			}
			r.o.Log.Info("handled", "account", m.Account, "group", m.Group, "what", done)
		}
		return err
	}
	return fmt.Errorf("handle: %w", errMoved)
}

// ignored tells whether nothing can follow from m: it is the account's own, or
// the network's, or another bot's. Answering those would start loops.
func (r *Router) ignored(m bot.Message) bool {
	return m.Self || m.Kind == bot.System || slices.Contains(r.o.Bots, m.Sender) || slices.Contains(r.o.Bots, m.Name)
}

// Quarantine stores that a message could not be handled and answers, so that
// neither the message nor the chat behind it is lost. What failed is logged by
// its type, because an error or a panic may repeat what was said.
func (r *Router) Quarantine(ctx context.Context, m bot.Message, cause error) error {
	r.o.Log.Error("message set aside", "account", m.Account, "kind", string(m.Kind), "cause", fmt.Sprintf("%T", cause))
	return r.store.Update(ctx, func(tx *store.Tx) error {
		first, err := tx.FirstSight(m.Account, m.ID)
		if err != nil || !first {
			return err
		}
		if err := tx.Audit(store.Audit{Account: m.Account, Source: store.Chat, Action: "quarantine", Object: m.ID}); err != nil {
			return err
		}
		if r.ignored(m) || m.Group && !m.Mention {
			return nil
		}
		return r.speak(tx, m, "answer/"+m.Account+"/"+m.ID, m.Chat, "这条消息处理时出了问题，没有记录。请换个说法再发一次，或联系管理员。")
	})
}

// when writes a time as people read it.
func (r *Desk) when(t time.Time) string {
	return t.In(r.o.Zone).Format("1月2日 15:04")
}

// lines joins what is not empty.
func lines(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}

// AccountState implements [bot.StateWatcher].
func (r *Router) AccountState(ctx context.Context, account string, s bot.State) error {
	return accountState(ctx, r.Desk, account, s)
}
