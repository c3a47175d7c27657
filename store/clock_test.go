package store_test

import (
	"testing"
	"testing/synctest"
	"time"

	"duban/store"
	"duban/store/enginetest"
)

const day = 24 * time.Hour

// A machine has a clock that can be set, and a store that is opened anew at each
// start.
type machine struct {
	*testing.T
	engine store.Engine
	wrong  time.Duration // how far its clock is from the bubble's
	*store.Store
}

// start starts duban on the machine.
func (m *machine) start() {
	m.Helper()
	if m.engine == nil {
		m.engine = enginetest.New(m)
	}
	// A clock that is set keeps no monotonic part; one that runs has it.
	s, err := store.Open(m.Context(), m.engine, store.Options{Now: func() time.Time { return time.Now().Add(m.wrong) }})
	if err == nil {
		err = s.Guard(m.Context(), time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	if err != nil {
		m.Fatal(err)
	}
	m.Store = s
}

// run lets duban run for a time, looking at the clock as its loops do.
func (m *machine) run(d time.Duration) {
	m.Helper()
	for end := time.Now().Add(d); ; {
		if err := m.NoteTime(m.Context()); err != nil {
			m.Fatal(err)
		}
		if !time.Now().Before(end) {
			return
		}
		<-time.After(min(30*time.Second, time.Until(end)))
	}
}

// off lets the machine stand still for a time, and starts it again.
func (m *machine) off(d time.Duration) {
	m.Helper()
	<-time.After(d)
	m.start()
}

func (m *machine) want(what string, doubt store.Doubt, now, settled time.Duration) {
	m.Helper()
	c := m.Clock()
	near := func(got, want time.Duration) bool { return (got - want).Abs() < time.Hour }
	if off := time.Until(c.Now); c.Doubt != doubt || !near(off, now) || !near(c.Now.Sub(c.Settled), settled) {
		m.Errorf("%s: got doubt %q, the store's time %v off, what is deleted %v behind; want %q, %v, %v",
			what, c.Doubt, off, c.Now.Sub(c.Settled), doubt, now, settled)
	}
}

func onMachine(t *testing.T, do func(m *machine)) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{T: t}
		<-time.After(3 * day) // 2000-01-04
		m.start()
		m.run(time.Hour)
		do(m)
	})
}

// What is deleted and closed follows a clock that moved on by itself slowly, and one
// that is not believed not at all.
func TestClock(t *testing.T) {
	const year = 365 * day
	tests := []struct {
		name string
		do   func(m *machine)
	}{
		{"runs", func(m *machine) { m.want("at once", store.NoDoubt, 0, 0) }},
		{"two years ahead", func(m *machine) {
			m.wrong = 2 * year
			m.run(10 * day)
			m.want("after ten days", store.TooFarAhead, 0, 10*day)
			m.off(time.Hour)
			m.run(day)
			m.want("after a restart", store.TooFarAhead, -time.Hour, 11*day)
			m.wrong = 0
			m.run(12 * time.Hour)
			m.want("set right", store.NoDoubt, 0, 0)
		}},
		{"two years back", func(m *machine) {
			m.wrong = -2 * year
			m.run(day)
			m.want("after a day", store.TooFarBack, 0, day)
			m.wrong = -40 * day
			m.run(day)
			m.want("forty days", store.TooFarBack, 0, 2*day)
			m.wrong = 0
			m.run(3 * time.Hour)
			m.want("set right", store.NoDoubt, 0, 0)
		}},
		{"29 days ahead for an hour", func(m *machine) {
			m.wrong = 29 * day
			m.run(time.Hour)
			m.want("after an hour", store.NoDoubt, 29*day, 28*day)
			m.wrong = 0
			m.run(time.Hour)
			m.want("set right", store.NoDoubt, 0, 0)
		}},
		{"ahead until a person trusts it", func(m *machine) {
			m.wrong = 2 * year
			m.run(time.Hour)
			if err := m.Write(m.Context(), (*store.Tx).TrustClock); err != nil {
				m.Fatal(err)
			}
			m.want("trusted", store.NoDoubt, 2*year, 0)
			m.off(time.Hour)
			m.want("after a restart", store.NoDoubt, 2*year, time.Hour)
		}},
		{"ahead with a network that says otherwise", func(m *machine) {
			m.wrong = 2 * year
			m.run(time.Hour)
			m.witness(time.Now())
			m.want("it says so", store.TooFarAhead, 0, time.Hour)
		}},
		{"off over the summer", func(m *machine) {
			m.off(70 * day)
			m.run(day)
			m.want("nobody has said anything", store.TooFarAhead, -70*day, day)
			m.witness(time.Now())
			m.want("a message came", store.NoDoubt, 0, 0)
		}},
		{"off over a night", func(m *machine) {
			m.off(14 * time.Hour)
			m.want("in the morning", store.NoDoubt, 0, 14*time.Hour)
			m.run(10 * time.Minute)
			m.want("ten minutes later", store.NoDoubt, 0, 10*time.Hour)
			m.run(30 * time.Minute)
			m.want("forty minutes later", store.NoDoubt, 0, 0)
		}},
		{"five hours ahead for an hour", func(m *machine) {
			m.wrong = 5 * time.Hour
			m.run(2 * time.Minute)
			m.want("soon", store.NoDoubt, 5*time.Hour, 4*time.Hour)
			m.wrong = 0
			m.run(time.Minute)
			m.want("set right", store.NoDoubt, 0, 0)
		}},
		{"five hours back", func(m *machine) {
			m.wrong = -5 * time.Hour
			m.run(time.Hour)
			m.want("an hour later", store.NoDoubt, -5*time.Hour, 0)
			m.wrong = 0
			m.run(time.Minute)
			m.want("set right", store.NoDoubt, 0, 4*time.Hour+36*time.Minute)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { onMachine(t, func(m *machine) { m.T = t; tt.do(m) }) })
	}
}

// witness lets a network say what time it is.
func (m *machine) witness(at time.Time) {
	m.Helper()
	if err := m.Witness(m.Context(), at); err != nil {
		m.Fatal(err)
	}
}

// At every hour of a month the clock is set wrong for an hour, each time by another
// span. What is deleted never gets further ahead of the right time than by the day
// that an hour can bring, and in the end all is as it was.
func TestClock_month(t *testing.T) {
	spans := []time.Duration{
		time.Second, time.Minute, 2 * time.Minute, time.Hour, 5 * time.Hour, 23 * time.Hour, 25 * time.Hour,
		3 * day, 7 * day, 29 * day, 31 * day, 90 * day, 365 * day, 730 * day,
	}
	onMachine(t, func(m *machine) {
		early := time.Duration(0)
		for hour := range 30 * 24 {
			m.wrong = spans[hour/2%len(spans)]
			if hour/len(spans)%2 == 1 {
				m.wrong = -m.wrong
			}
			if hour%2 == 1 {
				m.wrong = 0
			}
			if hour%5 == 0 {
				m.start()
			}
			m.run(time.Hour)
			c := m.Clock()
			early = max(early, time.Until(c.Settled))
			if off := time.Until(c.Now); off.Abs() > 30*day {
				t.Fatalf("hour %d: the clock is %v wrong: the store's time is %v off", hour, m.wrong, off)
			}
		}
		if early > 25*time.Hour {
			t.Errorf("what is deleted was %v early, want a day at most", early)
		}
		m.wrong = 0
		m.run(2 * day)
		m.want("after a month", store.NoDoubt, 0, 0)
	})
}
