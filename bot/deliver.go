package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

const (
	idlePoll   = time.Second      // how often an idle loop looks, for rows that fall due by themselves
	storePause = time.Second      // before an outbox that failed is asked again
	settleTime = 30 * time.Second // how long a result that could not be recorded is tried again
)

// A deliverer empties the outbox into one account.
type deliverer struct {
	account Account
	name    string
	outbox  Outbox
	log     *slog.Logger
	lease   time.Duration
	wake    <-chan struct{}
	extras  extras
	ended   <-chan struct{} // closed when the account has come to its end
	pace    *pacer
	pause   pause

	waits map[string]time.Time // chats that were held back for their pace, until when
}

func (b *Bot) deliverer(l *line, ended <-chan struct{}) *deliverer {
	return &deliverer{
		account: l.account,
		name:    l.name,
		outbox:  b.outbox,
		log:     l.log,
		lease:   b.lease,
		wake:    l.wake,
		extras:  l.extras,
		ended:   ended,
		pace:    newPacer(b.pace[l.name], time.Now()),
		pause:   pause{zone: b.zone},
		waits:   map[string]time.Time{},
	}
}

// run delivers until ctx ends, or until the account has come to its end and
// nothing is due.
func (d *deliverer) run(ctx context.Context) {
	d.recover(ctx)
	for Sleep(ctx, d.pace.account(time.Now())) {
		last := closed(d.ended) // asked before Claim: what was enqueued before the end is seen by it
		m, err := d.claim(ctx)
		switch {
		case err == nil:
			if silence, early := d.deliver(ctx, m); silence > 0 && (last || !d.silent(ctx, silence, early)) {
				return
			}
		case errors.Is(err, ErrEmpty):
			if last && len(d.waits) == 0 || !d.idle(ctx) {
				return
			}
		case ctx.Err() != nil:
			return
		default:
			d.log.Error("outbox not read", "err", err)
			if last || !Sleep(ctx, jitter(storePause)) {
				return
			}
		}
	}
}

// recover takes up what a process that is dead was sending.
func (d *deliverer) recover(ctx context.Context) {
	if d.extras.recoverer == nil {
		return
	}
	for {
		n, err := d.extras.recoverer.Recover(ctx, d.name)
		if err == nil {
			if n > 0 {
				d.log.Warn("sends of an earlier run were interrupted", "rows", n)
			}
			return
		}
		if ctx.Err() != nil {
			return
		}
		d.log.Error("outbox not recovered", "err", err)
		if !Sleep(ctx, jitter(storePause)) {
			return
		}
	}
}

// claim does not end with ctx, so that no row is left claimed that it did not
// return.
func (d *deliverer) claim(ctx context.Context) (Outgoing, error) {
	ctx, cancel := outlive(ctx, grace)
	defer cancel()
	return d.outbox.Claim(ctx, d.name, d.lease)
}

// deliver makes one attempt on m and records how it ended. It returns how long
// the account must now be silent, and whether its being back ends that.
func (d *deliverer) deliver(ctx context.Context, m Outgoing) (silence time.Duration, early bool) {
	now := time.Now()
	if ctx.Err() != nil {
		d.settle(ctx, m, Result{Held: true, Again: now})
		return 0, false
	}
	if m.Repeat && m.Answer {
		d.settle(ctx, m, verdict(m, Receipt{}, ErrUnknown, now))
		return 0, false
	}
	if wait := d.pace.chat(m.Chat, now); wait > 0 {
		d.hold(ctx, m, now.Add(wait))
		return 0, false
	}
	d.pace.begin(now)
	receipt, err := d.send(ctx, m)
	now = time.Now()
	d.pace.end(m.Chat, now)
	d.settle(ctx, m, verdict(m, receipt, err, now))
	return d.pause.after(err, now)
}

// hold puts m back until its chat may be sent to, so that other chats pass.
func (d *deliverer) hold(ctx context.Context, m Outgoing, until time.Time) {
	d.waits[m.Chat] = until
	d.settle(ctx, m, Result{Held: true, Again: until})
}

func (d *deliverer) send(ctx context.Context, m Outgoing) (_ Receipt, err error) {
	ctx, stop := outlive(ctx, grace)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, d.lease/2)
	defer cancel()
	defer func() { err = classify(err) }()
	defer Contain(&err)
	return d.account.Send(ctx, m.Chat, marked(m))
}

// settle records r. Nothing else is sent while it cannot be recorded, because
// after a restart that would go out a second time as well.
func (d *deliverer) settle(ctx context.Context, m Outgoing, r Result) {
	d.report(m, r)
	ctx, stop := outlive(ctx, settleGrace)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for {
		err := d.outbox.Settle(ctx, m, r)
		if err == nil {
			return
		}
		d.log.Error("result not recorded", "key", m.Key, "err", err)
		if !Sleep(ctx, jitter(storePause)) {
			return
		}
	}
}

// report logs what became of m, once.
func (d *deliverer) report(m Outgoing, r Result) {
	log := d.log.With("key", m.Key, "attempt", m.Attempt)
	if s := stack(r.Err); s != "" {
		log = log.With("stack", s)
	}
	switch {
	case r.Held && errors.Is(r.Err, ErrTooOften), r.Held && errors.Is(r.Err, ErrOut):
		log.Warn("account is silent", "err", r.Err)
	case r.Parked:
		log.Warn("row is parked", "err", r.Err)
	case r.Held:
		log.Debug("row waits")
	case r.Err == nil:
		log.Debug("sent", "repeat", m.Repeat)
	case r.Again.IsZero():
		log.Error("given up", "err", r.Err)
	default:
		log.Warn("not sent", "err", r.Err, "again", r.Again)
	}
}

// idle waits until there may be something due, and reports false if ctx ended.
func (d *deliverer) idle(ctx context.Context) bool {
	ended := d.ended
	if closed(ended) {
		ended = nil
	}
	t := time.NewTimer(d.nextLook(time.Now()))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-d.wake:
	case <-ended:
	case <-t.C:
	}
	return ctx.Err() == nil
}

// nextLook returns how long an idle loop may wait, and forgets the chats that
// need not wait any more.
func (d *deliverer) nextLook(now time.Time) time.Duration {
	wait := idlePoll
	for chat, until := range d.waits {
		left := until.Sub(now)
		if left <= 0 {
			delete(d.waits, chat)
		}
		wait = min(wait, max(left, 0))
	}
	return wait
}

// silent waits for d, or until the account is back if that may end it early,
// and reports false if ctx ended.
func (d *deliverer) silent(ctx context.Context, wait time.Duration, early bool) bool {
	back := d.extras.back
	if !early {
		back = nil
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-back:
	case <-t.C:
	}
	return ctx.Err() == nil
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
