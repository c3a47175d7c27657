// Package handlers does what people ask for in a chat.
//
// A [Router] takes each message through one transaction: was it seen before,
// who said it, what did they mean, what changes because of it, and what is
// answered. Each capability is a package that lists its commands in one table:
// what leads to them, who may give them and where, and what they do.
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
	"duban/handlers/chat"
	"duban/handlers/jobs"
	"duban/handlers/people"
	"duban/handlers/reading"
	"duban/store"
)

// A Router hands messages to capabilities. It implements [bot.Handler].
type Router struct {
	*chat.Desk
	jobs *jobs.Desk

	commands []chat.Command
	asking   []chat.Command // that answer a question of the bot's
	words    map[byte][]wording
	near     []nearly
	intents  map[reading.Intent]chat.Command // what answers a query
	kinds    map[reading.Kind]chat.Command   // what is done about anything else
}

// New returns a Router that works on s and on the jobs of desk.
func New(s *store.Store, desk *jobs.Desk, o chat.Options) *Router {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if len(o.Names) == 0 {
		o.Names = []string{"小助手"}
	}
	r := &Router{Desk: &chat.Desk{Store: s, Options: o}, jobs: desk}
	r.commands = r.Commands()
	r.index()
	r.Again = r.handleAgain
	return r
}

// Handle does what m asks for: it decides on one snapshot what that is, and acts on
// the decision in one transaction.
func (r *Router) Handle(ctx context.Context, m bot.Message) error {
	if m.Kind == bot.Joined || m.Kind == bot.Left {
		return people.Members(ctx, r.Desk, m)
	}
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
			if r.Options.Changed != nil && (done == "confirm" || strings.HasPrefix(done, "job.")) {
				r.Options.Changed()
			}
			r.Options.Log.Info("handled", "account", m.Account, "group", m.Group, "what", done)
		}
		return err
	}
	return fmt.Errorf("handle: %w", errMoved)
}

// ignored tells whether nothing can follow from m: it is the account's own, or
// the network's, or another bot's. Answering those would start loops.
func (r *Router) ignored(m bot.Message) bool {
	return m.Self || m.Kind == bot.System || slices.Contains(r.Options.Bots, m.Sender) || slices.Contains(r.Options.Bots, m.Name)
}

// Quarantine stores that a message could not be handled and answers, so that
// neither the message nor the chat behind it is lost. What failed is logged by
// its type, because an error or a panic may repeat what was said.
//
// A message that failed for want of room on the disk is brought again instead.
func (r *Router) Quarantine(ctx context.Context, m bot.Message, cause error) error {
	if store.NoRoom(cause) {
		return cause
	}
	r.Options.Log.Error("message set aside", "account", m.Account, "kind", string(m.Kind), "cause", fmt.Sprintf("%T", cause))
	return r.Store.Write(ctx, func(tx *store.Tx) {
		if !tx.FirstSight(m.Account, m.ID) {
			return
		}
		tx.Audit(store.Audit{Account: m.Account, Source: store.Chat, Action: "quarantine", Object: m.ID})
		if r.ignored(m) || m.Group && !m.Mention {
			return
		}
		r.Speak(tx, m, "answer/"+m.Account+"/"+m.ID, m.Chat, "这条消息处理时出了问题，没有记录。请换个说法再发一次，或联系管理员。")
	})
}

// AccountState implements [bot.StateWatcher].
func (r *Router) AccountState(ctx context.Context, account string, s bot.State) error {
	return people.AccountState(ctx, r.Desk, account, s)
}
