package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	idlePoll   = time.Second      // how often an idle loop looks, for rows that fall due by themselves
	storePause = time.Second      // before an outbox that failed is asked again
	lateAnswer = time.Second      // how long an answer may wait before the receiver is slowed down
	ownedLeast = 5 * time.Second  // for how long others must be kept out when a send begins; when they are not any more, it is cut off
	settleTime = 30 * time.Second // how long a result that could not be recorded is tried again, and the outbox of an account that has ended
)

// A deliverer empties the outbox into one account. One goroutine works on it; each
// send in flight has another.
type deliverer struct {
	*line
	pace  *pacer
	pause pause
	waits map[string]time.Time // chats that were held back for their pace, until when

	flying int                 // rows that are being sent, or wait for another of their chat
	queues map[string][]flight // by chat with a send in flight: what waits behind it
	landed chan flight
	ended  []flight // not recorded yet

	silent  time.Time       // nothing is sent before
	often   bool            // because the account sent too often
	early   <-chan struct{} // ends the silence
	era     int             // how many silences have begun
	late    time.Time       // when a row was claimed last that came too late
	failing time.Time       // since when the outbox is in trouble; zero: it is not
}

// A flight is a claimed row on its way.
type flight struct {
	Attempt
	era           int
	claimed, over time.Time
}

func newDeliverer(l *line) *deliverer {
	return &deliverer{
		line: l, pace: newPacer(l.o.Pace[l.name], time.Now()), pause: pause{zone: l.o.Zone}, waits: map[string]time.Time{},
		queues: map[string][]flight{}, landed: make(chan flight, l.window),
	}
}

// run delivers until ctx ends, or until the account has come to its end and
// nothing is due. Nothing is in flight when it returns.
func (d *deliverer) run(ctx context.Context) {
	d.recover(ctx)
	defer d.brake.set(false)
	for {
		ended := closed(d.line.ended) // asked before the claim: what was enqueued before the end is seen by it
		room, wait := d.room(ctx, time.Now())
		for _, f := range d.seats.landed(d.direct(ctx, room)) {
			d.launch(ctx, f)
		}
		room = d.seats.take(room)
		rows, err := d.exchange(ctx, room)
		d.seats.release(room - len(rows))
		for _, m := range rows {
			d.launch(ctx, flight{Attempt: Attempt{Outgoing: m}, claimed: time.Now()})
		}
		switch {
		case d.flying > 0 || len(d.ended) > 0:
		case ctx.Err() != nil, ended && d.idle(room > 0 && err == nil && len(rows) == 0):
			if d.seats.shut() {
				return
			}
		}
		switch {
		case err != nil:
			d.rest(ctx)
		case len(d.ended) > 0, room > 0 && len(rows) == room:
		default:
			d.await(ctx, wait)
		}
		for len(d.landed) > 0 {
			d.land(ctx, <-d.landed)
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

// idle tells whether nothing leaves an account that has come to its end: nothing is
// due, it is silent, or its outbox stays in trouble.
func (d *deliverer) idle(nothingDue bool) bool {
	return nothingDue && len(d.waits) == 0 || time.Now().Before(d.silent) ||
		!d.failing.IsZero() && time.Since(d.failing) > settleTime
}

// room returns how many rows may be claimed now, and for how long the loop may wait
// if nothing happens.
func (d *deliverer) room(ctx context.Context, now time.Time) (n int, wait time.Duration) {
	silence, pause := d.silent.Sub(now), d.pace.account(now)
	switch wait = d.nextLook(now); {
	case ctx.Err() != nil:
		d.brake.set(false)
		return 0, wait
	case !d.failing.IsZero() && len(d.ended) > 0:
		return 0, 0
	case silence > 0:
		return 0, silence
	case pause > 0:
		return 0, pause
	case d.pace.interval > 0:
		return min(1, d.window-d.flying), wait
	case d.window > 1:
		return (d.window - d.flying + 1) / 2, wait // the others are for transactions; see [Bot.Reserve]
	default:
		return d.window - d.flying, wait
	}
}

// direct tells whether transactions may claim rows as well: they cannot ask for the
// account's pace.
func (d *deliverer) direct(ctx context.Context, room int) bool {
	return room > 0 && d.window > 1 && !d.pace.pace.bounded() && d.failing.IsZero() && ctx.Err() == nil
}

// rest pauses before an outbox that failed is asked again.
func (d *deliverer) rest(ctx context.Context) {
	late, stop := outlive(ctx, settleGrace)
	defer stop()
	Sleep(late, jitter(storePause))
}

// await waits until something has landed, or until there may be something to do.
func (d *deliverer) await(ctx context.Context, wait time.Duration) {
	t := time.NewTimer(wait)
	defer t.Stop()
	var early <-chan struct{}
	if time.Now().Before(d.silent) {
		early = d.early
	}
	stopping := ctx.Done()
	if ctx.Err() != nil {
		stopping = nil // and what is in flight is waited for
	}
	select {
	case f := <-d.landed:
		d.land(ctx, f)
	case <-d.wake:
	case <-early:
		d.silent = time.Time{}
	case <-stopping:
	case <-t.C:
	}
}

// exchange records what has ended and claims as many rows as there is room for. It
// does not end with ctx, so that no row is left claimed that it did not return.
//
// While the outbox is in trouble, results are recorded one at a time, so that one that
// cannot be holds up no other, and nothing is claimed: after a restart it would go out
// a second time as well.
func (d *deliverer) exchange(ctx context.Context, room int) ([]Outgoing, error) {
	late, stop := outlive(ctx, settleGrace)
	defer stop()
	n := len(d.ended)
	if !d.failing.IsZero() {
		n = min(n, 1)
	}
	if n == 0 && room == 0 {
		return nil, nil
	}
	ended, rest := d.ended[:n], d.ended[n:]
	attempts := make([]Attempt, n)
	for i, f := range ended {
		attempts[i] = f.Attempt
	}
	rows, err := d.o.Outbox.Exchange(late, d.name, attempts, room, d.lease)
	if err != nil {
		d.log.Error("outbox in trouble", "results", n, "err", err)
		d.brake.set(false)
		if d.failing.IsZero() {
			d.failing = time.Now()
		}
		patience := settleTime
		switch {
		case errors.Is(context.Cause(ctx), ErrBroken):
			patience = -1
		case ctx.Err() != nil:
			patience = settleGrace
		}
		rest = slices.Concat(rest, ended)
		d.ended = slices.DeleteFunc(rest, func(f flight) bool { return time.Since(f.over) > patience })
		return nil, err
	}
	if d.ended = rest; len(rest) == 0 {
		d.ended, d.failing = nil, time.Time{}
	}
	if room > 0 && !d.pace.pace.bounded() {
		d.slow(rows)
	}
	return rows, nil
}

// slow pulls the brake if one of the rows that were claimed is an answer that has
// waited for too long, and releases it when there was none for a while, or nothing is
// left to send.
func (d *deliverer) slow(claimed []Outgoing) {
	overdue := func(m Outgoing) bool { return m.Answer && m.Attempt == 1 && m.Waited > lateAnswer }
	switch {
	case slices.ContainsFunc(claimed, overdue):
		d.late = time.Now()
		d.brake.set(true)
	case time.Since(d.late) > lateAnswer, len(claimed) == 0 && d.flying == 0:
		d.brake.set(false)
	}
}

// launch sends a claimed row, lets it wait behind another of its chat, or gives it
// back at once.
func (d *deliverer) launch(ctx context.Context, f flight) {
	now := time.Now()
	wait := max(d.pace.chat(f.Chat, now), d.waits[f.Chat].Sub(now))
	queue, busy := d.queues[f.Chat]
	switch {
	case f.Repeat && f.Answer && !d.once(f.Outgoing, now):
		d.end(f, d.verdict(f.Outgoing, Receipt{}, ErrUnknown, now), now)
	case ctx.Err() != nil, now.Before(d.silent), d.pace.account(now) > 0, now.Sub(f.claimed) > d.lease/2:
		d.end(f, Result{Held: true, Again: now}, now)
	case d.o.Owned != nil && d.o.Owned() < ownedLeast:
		d.end(f, Result{Held: true, Again: now.Add(idlePoll)}, now)
	case busy:
		d.queues[f.Chat] = append(queue, f)
		d.flying++
	case wait > 0:
		d.waits[f.Chat] = now.Add(wait) // so that other chats pass
		d.end(f, Result{Held: true, Again: d.waits[f.Chat]}, now)
	default:
		d.queues[f.Chat] = nil
		d.flying++
		d.pace.begin(now)
		f.era = d.era
		go func() {
			f.Receipt, f.Err = d.send(ctx, f.Outgoing)
			d.landed <- f
		}()
	}
}

func (d *deliverer) send(ctx context.Context, m Outgoing) (_ Receipt, err error) {
	ctx, stop := outlive(ctx, grace)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, d.lease/2)
	defer cancel()
	defer func() { err = classify(err) }()
	defer Contain(&err)
	if m.Marks != "" {
		return Receipt{}, d.mark(ctx, m)
	}
	if m.Replaces != "" {
		return Receipt{ID: m.Replaces, Sent: time.Now()}, d.update(ctx, m)
	}
	return d.account.Send(ctx, m.Chat, d.marked(m, time.Now()))
}

// update changes what was sent, if the account can.
func (d *deliverer) update(ctx context.Context, m Outgoing) error {
	if d.updater == nil {
		return nil
	}
	return d.updater.Update(ctx, m.Chat, m.Replaces, m)
}

// mark puts a mark on a message, if the network has marks.
func (d *deliverer) mark(ctx context.Context, m Outgoing) error {
	if d.marker == nil {
		return fmt.Errorf("the network has no marks: %w", ErrRefused)
	}
	return d.marker.Mark(ctx, m.Chat, m.Marks)
}

// land notes how a send ended, and launches what waits behind it.
func (d *deliverer) land(ctx context.Context, f flight) {
	now := time.Now()
	d.pace.end(f.Chat, now)
	d.hush(f, now)
	if wait, ok := enough(f.Err); ok {
		d.waits[f.Chat] = now.Add(wait)
	}
	d.end(f, d.verdict(f.Outgoing, f.Receipt, f.Err, now), now)
	queue := d.queues[f.Chat]
	delete(d.queues, f.Chat)
	d.flying -= 1 + len(queue)
	for _, next := range queue {
		d.launch(ctx, next)
	}
}

// hush silences the account if an attempt says so. An attempt that was in flight when
// a silence began does not count again.
func (d *deliverer) hush(f flight, now time.Time) {
	often := errors.Is(f.Err, ErrTooOften)
	if f.era != d.era && (d.often || !often) {
		return
	}
	if silence := d.pause.after(f.Err, now); silence > 0 {
		d.silent, d.often, d.early = now.Add(silence), often, d.back
		if often {
			d.early = nil
		}
		d.era++
		d.brake.set(false)
	}
}

// end keeps how an attempt ended until it is recorded.
func (d *deliverer) end(f flight, r Result, now time.Time) {
	f.Result, f.over = r, now
	d.seats.release(1)
	d.report(f.Outgoing, r)
	d.ended = append(d.ended, f)
}

// report logs what became of m, once.
func (d *deliverer) report(m Outgoing, r Result) {
	log := d.log.With("key", m.Key, "attempt", m.Attempt)
	if s := stack(r.Err); s != "" {
		log = log.With("stack", s)
	}
	_, chat := enough(r.Err)
	switch {
	case r.Held && chat:
		log.Warn("chat has had enough", "err", r.Err, "again", r.Again)
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
