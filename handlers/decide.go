package handlers

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/people"
	"duban/handlers/plans"
	updates "duban/handlers/progress"
	"duban/handlers/reports"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// errMoved means that what a decision rests on has changed before it was acted on.
var errMoved = errors.New("what was decided on has changed")

// A decision is what a message asks for, as one snapshot shows it.
type decision struct {
	concerned bool // the message concerns the bot
	c         chat.Capability
	t         *chat.Request // what was found out on the way; its snapshot is over
	basis     basis         // what must still be so when it is acted on
}

// A basis is what a decision rests on: who the sender is, what the chat waits for
// from them, and what the roster and the plan say.
type basis struct {
	binding roster.Binding
	roster  string
	plan    string
	pending string
}

func basisNow(t *chat.Request) (b basis, err error) {
	if b.binding, _, _, err = roster.Bound(t.Snap, t.Msg.Account, t.Msg.Sender); err != nil {
		return b, err
	}
	if b.roster, err = roster.Revision(t.Snap); err != nil {
		return b, err
	}
	if b.plan, err = progress.RevisionNow(t.Snap); err != nil {
		return b, err
	}
	b.pending, err = roster.PendingDigest(t.Snap, t.Msg.Account, t.Msg.Chat, t.Asker())
	return b, err
}

// decide says what m asks for. Most of a group's talk ends here, unstored. What the
// capability needs from outside of a transaction is done as well: a plan file that
// is read, a network that is asked, a report or a file that takes long to make.
func (r *Router) decide(ctx context.Context, m bot.Message) (*decision, error) {
	var d *decision
	reads := false
	err := r.Store.View(ctx, func(s *store.Snapshot) (err error) {
		d = &decision{t: &chat.Request{Desk: r.Desk, Snap: s, Msg: m, Prepared: new(chat.Prepared)}}
		if d.c, d.concerned, err = r.route(d.t); err != nil || !d.concerned {
			return err
		}
		if d.basis, err = basisNow(d.t); err != nil {
			return err
		}
		if reads, err = plans.ReadsPlan(d.t, d.c); err != nil {
			return err
		}
		if d.t.Agreeing, err = people.WaitsToAgree(d.t, d.c); err != nil || !d.c.Report {
			return err
		}
		t := *d.t // its run changes what it is given
		ahead := &t
		return reports.Ahead(ahead, d.c)
	})
	if err != nil || !d.concerned {
		return d, err
	}
	if reads {
		d.t.Document = r.Options.Document(ctx)
	}
	d.t.Prepared.Group = people.LookAtGroup(ctx, r.Desk, d.t, d.c)
	d.t.Prepared.Brought, err = r.bring(ctx, m, d.c, d.t.Person, d.t.Known)
	return d, err
}

// act does what was decided, in one transaction, and returns the capability's name,
// "" if nothing was done. It returns errMoved if the decision no longer stands.
func (r *Router) act(ctx context.Context, d *decision) (done string, err error) {
	var nonce [8]byte
	_, _ = rand.Read(nonce[:]) // never fails
	err = r.Store.Update(ctx, func(tx *store.Tx) error {
		t := d.begin(tx)
		t.Nonce = binary.BigEndian.Uint64(nonce[:])
		now, err := basisNow(t)
		if err != nil {
			return err
		}
		if now != d.basis {
			return errMoved
		}
		done, err = handle(t, d.c)
		return err
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
func (r *Router) handleAgain(t *chat.Request, m bot.Message) (bool, error) {
	again := &chat.Request{Desk: t.Desk, Snap: t.Snap, Tx: t.Tx, Msg: m, Prepared: new(chat.Prepared), Nonce: t.Nonce}
	c, ok, err := r.route(again)
	if err != nil || !ok || c.Private || c.Name == "stray" {
		return false, err
	}
	if again.To, err = again.Place(c); err != nil {
		return false, err
	}
	answer, err := again.Perform(c)
	if err != nil {
		return false, err
	}
	return again.Booked || c.Name == "ack", again.Say(answer, c)
}

// bring does what a capability needs to be done outside of any transaction, because
// it takes long or writes files: it fetches evidence, or writes down all that is
// stored of the person who asks.
func (r *Router) bring(ctx context.Context, m bot.Message, c chat.Capability, who roster.Person, known bool) (*chat.File, error) {
	if !chat.May(who, known, c.Right) {
		return nil, nil //nolint:nilnil // nothing is to be brought
	}
	switch c.Name {
	case "evidence", "progress":
		if m.File != nil && m.File.Open != nil && (m.Kind == bot.Picture || m.Kind == bot.File) {
			return updates.Fetch(ctx, r.Desk, m)
		}
	case "mydata":
		return people.GatherOwn(ctx, r.Desk, who)
	}
	return nil, nil //nolint:nilnil // nothing is to be brought
}

// handle runs a capability if the message is new and returns its name, "" if nothing
// was done.
func handle(t *chat.Request, c chat.Capability) (string, error) {
	first, err := t.Tx.FirstSight(t.Msg.Account, t.Msg.ID)
	if err != nil || !first {
		return "", err
	}
	if err := t.SettleIdentity(); err != nil {
		return "", err
	}
	if t.To, err = t.Place(c); err != nil {
		return "", err
	}
	answer, err := t.Perform(c)
	if err != nil {
		return "", err
	}
	return c.Name, t.Say(answer, c)
}
