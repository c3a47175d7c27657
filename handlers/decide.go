package handlers

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"reflect"
	"slices"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/reading"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// errMoved means that what a decision rests on has changed before it was acted on.
var errMoved = errors.New("what was decided on has changed")

// A decision is what a message asks for, as one snapshot shows it.
type decision struct {
	concerned bool          // the message concerns the bot
	t         *chat.Request // what was found out on the way; its snapshot is over
	basis     basis         // what must still be so when it is acted on
}

// A basis is what a decision rests on: who the sender is, what the chat waits for
// from them, and what the roster and the plan say.
type basis struct {
	binding string
	roster  string
	plan    string
	pending string
}

func basisNow(t *chat.Request) (b basis) {
	b.binding = roster.BindingMark(t.Snap, t.Msg.Account, t.Msg.Sender)
	b.roster = roster.Revision(t.Snap)
	b.plan = progress.RevisionNow(t.Snap)
	b.pending = roster.PendingDigest(t.Snap, t.Msg.Account, t.Msg.Chat, t.Asker())
	return b
}

// decide says what m asks for. Most of a group's talk ends here, unstored. What the
// command needs from outside of a transaction is done as well.
func (r *Router) decide(ctx context.Context, m bot.Message) (*decision, error) {
	var d *decision
	err := r.Store.View(ctx, func(s *store.Snapshot) error {
		d = &decision{t: &chat.Request{Desk: r.Desk, Snap: s, Msg: m, Roster: roster.Current(s), Plan: progress.Current(s), Full: r.Options.IsFull(), Source: store.Chat}}
		if d.t.Command, d.concerned = r.route(d.t); d.concerned {
			d.basis = basisNow(d.t)
		}
		return nil
	})
	if err != nil || !d.concerned || d.t.Command.Prepare == nil || !d.t.Allowed() || d.t.Command.Grows && d.t.Full {
		return d, err
	}
	return d, d.t.Command.Prepare(ctx, d.t)
}

// act does what was decided, in one transaction, and returns the command's name,
// "" if nothing was done. It returns errMoved if the decision no longer stands.
func (r *Router) act(ctx context.Context, d *decision) (done string, err error) {
	var nonce [8]byte
	_, _ = rand.Read(nonce[:]) // never fails
	err = r.Store.Update(ctx, func(tx *store.Tx) error {
		t := d.begin(tx)
		t.Nonce = binary.BigEndian.Uint64(nonce[:])
		if basisNow(t) != d.basis {
			return errMoved
		}
		done = handle(t)
		return nil
	})
	return done, err
}

// begin returns the request as it was decided, for one run of a transaction.
func (d *decision) begin(tx *store.Tx) *chat.Request {
	t := *d.t
	t.Snap, t.Tx = tx.Snapshot, tx
	t.Read.Items, t.Read.Entries = slices.Clone(t.Read.Items), slices.Clone(t.Read.Entries)
	return &t
}

// handleAgain does what m asks for inside the transaction of another message, which
// made its sender known. It was marked as seen when it came.
func (r *Router) handleAgain(t *chat.Request, m bot.Message) bool {
	again := &chat.Request{Desk: t.Desk, Snap: t.Snap, Tx: t.Tx, Msg: m, Nonce: t.Nonce, Full: t.Full, Roster: t.Roster, Plan: t.Plan, Source: t.Source}
	c, ok := r.route(again)
	if !ok || c.Place == chat.InPrivate || c.Name == "stray" {
		return false
	}
	again.Command = c
	again.Place()
	again.Say(again.Perform())
	return again.Booked || c.Name == "ack"
}

// handle runs the command if the message is new and returns its name, "" if nothing
// was done.
func handle(t *chat.Request) string {
	if !t.Tx.FirstSight(t.Msg.Account, t.Msg.ID) {
		return ""
	}
	t.SettleIdentity()
	if t.Mended {
		t.Settled(chat.MeantKind)
	}
	t.Place()
	passed := passedOver(t)
	t.Say(t.Perform())
	for _, wait := range passed {
		if now, still := t.Pending(wait.Kind); still && reflect.DeepEqual(now, wait) {
			t.Settled(wait.Kind)
		}
	}
	return t.Command.Name
}

// passedOver returns the questions with numbers that the sender passes over, because
// they ask or report something else: a number that comes later means something else.
func passedOver(t *chat.Request) (all []roster.Pending) {
	switch t.Read.Kind {
	case reading.Query, reading.Question, reading.Progress, reading.Correction, reading.Ask:
	default:
		return nil
	}
	for _, kind := range []string{chat.WhichKind, chat.SameKind} {
		if wait, waits := t.Pending(kind); waits && t.Addressed() && !t.Answers {
			all = append(all, wait)
		}
	}
	return all
}
