package bot

import (
	"context"
	"errors"
	"time"
)

const (
	idlePoll   = time.Second      // how often an idle loop looks, for rows that fall due by themselves
	storePause = time.Second      // before an outbox that failed is asked again
	settleTime = 30 * time.Second // how long a result that could not be recorded is tried again, and the outbox of an account that has ended
)

// A deliverer empties the outbox into one account.
type deliverer struct {
	*line
	pace  *pacer
	pause pause
	waits map[string]time.Time // chats that were held back for their pace, until when

	failing time.Time // since when the outbox cannot be read; zero: it can
}

func newDeliverer(l *line) *deliverer {
	return &deliverer{line: l, pace: newPacer(l.o.Pace[l.name], time.Now()), pause: pause{zone: l.o.Zone}, waits: map[string]time.Time{}}
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
			if silence, early := d.deliver(ctx, m); silence > 0 && (last || !Await(ctx, early, silence)) {
				return
			}
		case errors.Is(err, ErrEmpty):
			if last && len(d.waits) == 0 || !Await(ctx, d.wake, d.nextLook(time.Now())) {
				return
			}
		case ctx.Err() != nil:
			return
		default:
			d.log.Error("outbox not read", "err", err)
			if last && time.Since(d.failing) > settleTime || !Sleep(ctx, jitter(storePause)) {
				return
			}
		}
	}
}

// recover takes up what a process that is dead was sending.
func (d *deliverer) recover(ctx context.Context) {
	if d.recoverer == nil {
		return
	}
	for {
		n, err := d.recoverer.Recover(ctx, d.name)
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
	m, err := d.o.Outbox.Claim(ctx, d.name, d.o.Lease)
	if err == nil || errors.Is(err, ErrEmpty) {
		d.failing = time.Time{}
	} else if d.failing.IsZero() {
		d.failing = time.Now()
	}
	return m, err
}

// deliver makes one attempt on m and records how it ended. It returns how long
// the account must now be silent, and what ends that early.
func (d *deliverer) deliver(ctx context.Context, m Outgoing) (silence time.Duration, early <-chan struct{}) {
	now := time.Now()
	if ctx.Err() != nil {
		d.settle(ctx, m, Result{Held: true, Again: now})
		return 0, nil
	}
	if m.Repeat && m.Answer {
		d.settle(ctx, m, verdict(m, Receipt{}, ErrUnknown, now))
		return 0, nil
	}
	if wait := d.pace.chat(m.Chat, now); wait > 0 {
		d.waits[m.Chat] = now.Add(wait) // so that other chats pass
		d.settle(ctx, m, Result{Held: true, Again: d.waits[m.Chat]})
		return 0, nil
	}
	d.pace.begin(now)
	receipt, err := d.send(ctx, m)
	now = time.Now()
	d.pace.end(m.Chat, now)
	d.settle(ctx, m, verdict(m, receipt, err, now))
	silence = d.pause.after(err, now)
	if errors.Is(err, ErrOut) {
		early = d.back
	}
	return silence, early
}

func (d *deliverer) send(ctx context.Context, m Outgoing) (_ Receipt, err error) {
	ctx, stop := outlive(ctx, grace)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, d.o.Lease/2)
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
		err := d.o.Outbox.Settle(ctx, m, r)
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

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
