package chat

import (
	"context"
	"slices"
	"strings"
	"time"

	"duban/handlers/reading"
	"duban/roster"
	"duban/zh"
)

// A Place says where a command may be given, and where its answer goes.
type Place int

// The places.
const (
	Anywhere  Place = iota // it is answered where it was said
	InPrivate              // it is taken in a private chat only
	Aside                  // it is taken anywhere, and answered to the asker alone
)

// A Command is one thing that the bot can do, with all that is known of it: what
// leads to it, who may give it and where, and what it does.
//
// Words of its own lead to a command, or a reading, or the answer to a question of
// the bot's. Words count only as the whole of a plain text in a private chat, never
// in a quote, so that nobody can be made to say them.
type Command struct {
	Name    string                              // for the log and the audit
	Words   []string                            // what a message begins with that gives it
	Alone   bool                                // nothing may follow the words
	Joins   []string                            // what may follow the words without a break
	Intents []reading.Intent                    // of the queries that it answers
	Kind    reading.Kind                        // of the messages other than queries that it answers
	Asked   string                              // the kind of the question of the bot's that it answers
	Fits    func(*Request, roster.Pending) bool // whether the message answers that question

	Help     string // how to write it, for 帮助
	Right    Right
	Place    Place
	Everyday bool // its words mean something else when somebody says them who may not give it: 待办, 同意
	AnyAge   bool // its words count also if they were said more than five minutes ago
	Echo     bool // the answer repeats what was stored: a group need not see it
	Grows    bool // it begins something new, which needs room on the disk
	Quiet    bool // in a group it is answered only if the bot was addressed

	// Prepare does what must not be done in a transaction, because it takes long
	// or has other effects than those on the store, before Run. It may be nil.
	Prepare func(ctx context.Context, t *Request) error

	// Run does it, and returns the answer in Chinese, "" for none. Rest is what
	// follows the words. It may run more than once. A [Complaint] is an answer as
	// well; any other error ends the transaction.
	Run func(t *Request, rest string) (string, error)

	// Confirm does what Run has previewed with [Request.Propose], once the asker
	// has confirmed it. It is nil for a command that needs no confirmation.
	Confirm *Command
}

// stale is the age from which the words of a command no longer count: they may
// come from before a restart, and their sender has long seen that nothing happened.
const stale = 5 * time.Minute

// Takes tells whether rest can follow the words of a command: nothing, or
// something that is set off from them. 通知书什么时候发 is no command.
func (c *Command) Takes(rest string) bool {
	if rest == "" {
		return true
	}
	folded := zh.Fold(rest)
	joins := slices.ContainsFunc(c.Joins, func(w string) bool { return strings.HasPrefix(rest, w) })
	return !c.Alone && (joins || strings.ContainsAny(folded[:1], " :\n") || folded[0] >= '0' && folded[0] <= '9')
}
