package store

import (
	"context"
	"sync"
	"time"
)

// How far the machine's clock may be from the store's time and still be believed,
// and how fast what deletes and closes follows it.
const (
	mostBack  = 24 * time.Hour // before Settled
	mostAhead = 30 * 24 * time.Hour

	catchUp   = 24               // hours of [Snapshot.Settled] in an hour of running
	mostTick  = 2 * time.Minute  // between two looks at the clock of a program that runs
	noteEvery = 10 * time.Minute // how often the time is written down
	agree     = 10 * time.Minute // how near a network's clock is to one that is right
)

const (
	clockKey   = Jobs + "clock"
	settledKey = Jobs + "settled"
)

// A Doubt is why the machine's clock is not believed.
type Doubt string

// The doubts.
const (
	NoDoubt     Doubt = ""
	BeforeBuilt Doubt = "built" // it is before the time at which the program was made
	TooFarBack  Doubt = "back"  // it is more than mostBack before the time that is settled
	TooFarAhead Doubt = "ahead" // it is more than mostAhead after it
)

// A Reading is what a look at the clock found.
type Reading struct {
	Wall    time.Time // what the machine says
	Now     time.Time // the time of the store: Wall, or if that is not believed, what has passed since it was
	Settled time.Time // see [Snapshot.Settled]
	Doubt   Doubt
	Backs   int // how often the store's time was set back since it was opened
}

// A clock makes the store's time out of the machine's. A clock that is set wrong is
// not followed: the store's time then moves on by running alone, from where it was
// last believed, so that nothing becomes old at once and nothing is written down
// years away. What says that the clock is right after all is a network whose clock
// agrees ([Store.Witness]), or a person ([Tx.TrustClock]).
type clock struct {
	machine func() time.Time

	mu      sync.Mutex
	guarded bool
	built   time.Time
	last    time.Time // what the machine said last, with its monotonic part
	noted   time.Time // what is written down
	state   Reading
}

// read looks at the clock.
func (c *clock) read() Reading {
	now := c.machine()
	wall := now.Round(0)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.guarded {
		return Reading{Wall: wall, Now: wall, Settled: wall}
	}
	ran := time.Duration(0) // since the last look
	if !c.last.IsZero() {
		ran = min(max(now.Sub(c.last), 0), mostTick)
	}
	c.last = now
	s := &c.state
	ranOn := s.Now.Add(ran)
	s.Wall, s.Doubt = wall, NoDoubt
	switch {
	case wall.Before(c.built):
		s.Doubt = BeforeBuilt
	case s.Now.IsZero(): // a new store
	case wall.Before(s.Settled.Add(-mostBack)): // back to where it was before it was set is no doubt
		s.Doubt = TooFarBack
	case wall.After(ranOn.Add(mostAhead)):
		s.Doubt = TooFarAhead
	}
	switch {
	case s.Now.IsZero():
		s.Now = wall
		if s.Doubt != NoDoubt {
			s.Now = c.built
		}
		s.Settled = s.Now
	case s.Doubt != NoDoubt:
		s.Now = ranOn
	default:
		c.set(wall)
		s.Settled = s.Settled.Add(catchUp * ran)
	}
	if s.Settled.After(s.Now) {
		s.Settled = s.Now
	}
	return *s
}

// set moves the store's time to what the machine says.
func (c *clock) set(wall time.Time) {
	if wall.Before(c.state.Now.Add(-mostTick)) {
		c.state.Backs++
	}
	c.state.Now = wall
}

// trust takes the machine's clock as it is.
func (c *clock) trust(wall time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set(wall)
	c.state.Settled, c.noted = wall, wall
}

// due tells whether the time must be written down.
func (c *clock) due(now Reading) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.guarded && now.Now.Sub(c.noted).Abs() >= noteEvery
}

// Guard makes the store doubt the machine's clock, from what was written down about
// the time when it was last open. Built is when the program was made: no clock that
// is right is before it.
func (s *Store) Guard(ctx context.Context, built time.Time) error {
	var now, settled time.Time
	err := s.View(ctx, func(sn *Snapshot) error {
		now, settled = Believed(sn), time.Time{}
		settled, _ = Load[time.Time](sn, settledKey)
		return nil
	})
	if err != nil {
		return err
	}
	if settled.IsZero() || settled.After(now) {
		settled = now
	}
	c := &s.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	c.guarded, c.built, c.noted = true, built, now
	c.state = Reading{Now: now, Settled: settled}
	return nil
}

// Clock returns what the store knows of the time now.
func (s *Store) Clock() Reading { return s.clock.read() }

// NoteTime writes the time down now and then, so that the next start can tell
// whether its clock is believed. It is to be called every half minute or so.
func (s *Store) NoteTime(ctx context.Context) error {
	now := s.clock.read()
	if !s.clock.due(now) {
		return nil
	}
	err := s.Write(ctx, func(tx *Tx) { noteTime(tx, now.Now, now.Settled) })
	if err == nil {
		s.clock.mu.Lock()
		s.clock.noted = now.Now
		s.clock.mu.Unlock()
	}
	return err
}

func noteTime(tx *Tx, now, settled time.Time) {
	Save(tx, clockKey, now)
	Save(tx, settledKey, settled)
}

// Believed returns the time that was written down last; the zero time in a new store.
func Believed(s *Snapshot) time.Time {
	t, _ := Load[time.Time](s, clockKey)
	return t
}

// TrustClock says that the machine's clock is right although it is far from the
// store's time: a person decides this, or a network's clock shows it. It holds from
// the commit on.
func (tx *Tx) TrustClock() {
	wall := tx.store.clock.read().Wall
	noteTime(tx, wall, wall)
	tx.trusted = wall
}

// Witness tells the store the time at which a network, whose clock is not this
// machine's, says that something just happened. If the machine agrees, its clock is
// right.
func (s *Store) Witness(ctx context.Context, at time.Time) error {
	c := s.clock.read()
	if c.Wall.Sub(at).Abs() > agree || c.Doubt == BeforeBuilt || c.Doubt == NoDoubt && c.Now.Sub(c.Settled) < agree {
		return nil
	}
	return s.Write(ctx, func(tx *Tx) {
		tx.TrustClock()
		if c.Doubt != NoDoubt {
			tx.Audit(Audit{Source: Clock, Action: "clock.witness"})
		}
	})
}

// Settled returns the time by which something may be deleted or closed: at most
// Now, and behind it for a while after the clock has moved on by more than duban has
// run. In an hour of running it catches up by a day: a night takes half an hour, and
// an hour of a clock that is wrong ends nothing that had more than a day left.
// While the clock is not believed, it stands still.
func (s *Snapshot) Settled() time.Time { return s.settled }

// Settled is [Snapshot.Settled] now.
func (s *Store) Settled() time.Time { return s.clock.read().Settled }
