package handlers

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"

	"duban/bot"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// errMoved means that what a decision rests on has changed before it was acted on.
var errMoved = errors.New("what was decided on has changed")

// A decision is what a message asks for, as one snapshot shows it.
type decision struct {
	concerned bool // the message concerns the bot
	c         capability
	t         *turn // what was found out on the way; its snapshot is over
	basis     basis // what must still be so when it is acted on
}

// A basis is what a decision rests on: who the sender is, what the chat waits for
// from them, and what the roster and the plan say.
type basis struct {
	binding roster.Binding
	roster  string
	plan    string
	pending string
}

func (t *turn) basisNow() (b basis, err error) {
	if b.binding, _, _, err = roster.Bound(t.snap, t.m.Account, t.m.Sender); err != nil {
		return b, err
	}
	if b.roster, err = roster.Revision(t.snap); err != nil {
		return b, err
	}
	if b.plan, err = progress.RevisionNow(t.snap); err != nil {
		return b, err
	}
	b.pending, err = roster.PendingDigest(t.snap, t.m.Account, t.m.Chat, t.asker())
	return b, err
}

// decide says what m asks for. Most of a group's talk ends here, unstored. What the
// capability needs from outside of a transaction is done as well: a plan file that
// is read, a network that is asked, a report or a file that takes long to make.
func (r *Router) decide(ctx context.Context, m bot.Message) (*decision, error) {
	var d *decision
	reads := false
	err := r.store.View(ctx, func(s *store.Snapshot) (err error) {
		d = &decision{t: &turn{router: r.Desk, snap: s, m: m, look: new(look)}}
		if d.c, d.concerned, err = r.route(d.t); err != nil || !d.concerned {
			return err
		}
		if d.basis, err = d.t.basisNow(); err != nil {
			return err
		}
		if reads, err = d.t.readsPlan(d.c); err != nil {
			return err
		}
		if d.t.agreeing, err = d.t.waitsToAgree(d.c); err != nil || !d.c.report {
			return err
		}
		t := *d.t // its run changes what it is given
		ahead := &t
		return ahead.ahead(d.c)
	})
	if err != nil || !d.concerned {
		return d, err
	}
	if reads {
		d.t.file = r.o.Document(ctx)
	}
	d.t.look.group = r.lookAtGroup(ctx, d.t, d.c)
	d.t.look.brought, err = r.bring(ctx, m, d.c, d.t.person, d.t.known)
	return d, err
}

// act does what was decided, in one transaction, and returns the capability's name,
// "" if nothing was done. It returns errMoved if the decision no longer stands.
func (r *Router) act(ctx context.Context, d *decision) (done string, err error) {
	var nonce [8]byte
	_, _ = rand.Read(nonce[:]) // never fails
	err = r.store.Update(ctx, func(tx *store.Tx) error {
		t := d.begin(tx)
		t.nonce = binary.BigEndian.Uint64(nonce[:])
		now, err := t.basisNow()
		if err != nil {
			return err
		}
		if now != d.basis {
			return errMoved
		}
		done, err = t.handle(d.c)
		return err
	})
	return done, err
}

// begin returns the request as it was decided, for one run of a transaction.
func (d *decision) begin(tx *store.Tx) *turn {
	t := *d.t
	t.snap, t.tx = tx.Snapshot, tx
	t.read.Items, t.read.Entries = slices.Clone(t.read.Items), slices.Clone(t.read.Entries)
	return &t
}

// handleAgain does what m asks for inside the transaction of another message, which
// made its sender known. It was marked as seen when it came.
func (r *Router) handleAgain(t *turn, m bot.Message) (bool, error) {
	again := &turn{router: t.router, snap: t.snap, tx: t.tx, m: m, look: new(look), nonce: t.nonce}
	c, ok, err := r.route(again)
	if err != nil || !ok || c.private || c.name == "stray" {
		return false, err
	}
	if again.to, err = again.place(c); err != nil {
		return false, err
	}
	answer, err := again.perform(c)
	if err != nil {
		return false, err
	}
	return again.booked || c.name == "ack", again.say(answer, c)
}

// bring does what a capability needs to be done outside of any transaction, because
// it takes long or writes files: it fetches evidence, or writes down all that is
// stored of the person who asks.
func (r *Router) bring(ctx context.Context, m bot.Message, c capability, who roster.Person, known bool) (*brought, error) {
	if !May(who, known, c.right) {
		return nil, nil //nolint:nilnil // nothing is to be brought
	}
	switch c.name {
	case "evidence", "progress":
		if m.File != nil && m.File.Open != nil && (m.Kind == bot.Picture || m.Kind == bot.File) {
			return r.fetch(ctx, m)
		}
	case "mydata":
		return r.gatherOwn(ctx, who)
	}
	return nil, nil //nolint:nilnil // nothing is to be brought
}
