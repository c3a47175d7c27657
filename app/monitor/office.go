package monitor

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"duban/bot"
	"duban/outbox"
	"duban/store"
)

// An Office is what a monitor asks when somebody looks.
type Office struct {
	Store    *store.Store
	Accounts []string // that the configuration names

	Overdue  func(context.Context) (jobs int, err error) // see [schedule.Scheduler.Overdue]
	Believed func() bool                                 // the clock is believed
	Disk     func() Disk
	Backup   func() (last time.Time, err error) // nil: it is not known

	// Stuck is how long something may have been due in an account that sends nothing.
	Stuck time.Duration
}

// A Disk is how much room there is. Numbers are bytes; what is not known is 0.
type Disk struct {
	Store, Free uint64
	Full        bool // so that nothing new is begun
}

// lookTime is how long a look at an office may take.
const lookTime = 10 * time.Second

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// watch adds what an office says of itself to the metrics.
func (m *Monitor) watch(o Office) {
	for _, a := range o.Accounts {
		m.received.WithLabelValues(a)
		for _, how := range outcomes() {
			m.sends.WithLabelValues(a, how)
		}
	}
	m.registry.MustRegister(officeCollector{
		Office: o, m: m,
		rows:     describe("duban_outbox_rows", "Texts that wait to be sent.", "account"),
		parked:   describe("duban_outbox_parked_chats", "Chats that wait for a person to say who they are.", "account"),
		oldest:   describe("duban_outbox_oldest_seconds", "For how long the oldest text that could have left has been waiting; 0 is none.", "account"),
		state:    describe("duban_account_state", "1 for the state in which an account is.", "account", "state"),
		paused:   describe("duban_sending_paused", "1 while sending is paused by a person, or stopped by itself in some account."),
		aside:    describe("duban_records_aside", "Records that were set aside because they were damaged."),
		overdue:  describe("duban_jobs_overdue", "Reminders whose time has passed without anything done about it."),
		believed: describe("duban_clock_believed", "1 while the clock is believed; nothing fires while it is not."),
		broken:   describe("duban_store_broken", "1 if the store takes no more work until duban is started anew."),
		size:     describe("duban_store_bytes", "Size of the file of the store."),
		free:     describe("duban_disk_free_bytes", "What can still be written to the disk of the data folder."),
		backup:   describe("duban_backup_last_timestamp_seconds", "When the last backup was made."),
	})
}

// An officeCollector reads an office for each scrape.
type officeCollector struct {
	Office
	m *Monitor

	rows, parked, oldest, state, paused, aside, overdue, believed, broken, size, free, backup *prometheus.Desc
}

// Describe implements [prometheus.Collector].
func (c officeCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		c.rows, c.parked, c.oldest, c.state, c.paused, c.aside, c.overdue, c.believed, c.broken, c.size, c.free, c.backup,
	} {
		to <- d
	}
}

// Collect implements [prometheus.Collector].
func (c officeCollector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	put := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	put(c.broken, number(c.m.broken.Load()))
	put(c.believed, number(c.Believed()))
	disk := c.Disk()
	put(c.size, float64(disk.Store))
	if disk.Free > 0 {
		put(c.free, float64(disk.Free))
	}
	if c.Backup != nil {
		if last, err := c.Backup(); err == nil && !last.IsZero() {
			put(c.backup, seconds(last))
		}
	}
	if n, err := c.Overdue(ctx); err == nil {
		put(c.overdue, float64(n))
	}
	err := c.Store.View(ctx, func(s *store.Snapshot) error {
		put(c.aside, float64(s.Aside()))
		put(c.paused, number(pausedIn(s)))
		for _, a := range c.Accounts {
			c.account(s, a, put)
		}
		return nil
	})
	if err != nil {
		to <- prometheus.NewInvalidMetric(c.rows, err)
	}
}

// account puts what the store knows of one account.
func (c officeCollector) account(s *store.Snapshot, name string, put func(*prometheus.Desc, float64, ...string)) {
	b := outbox.BacklogOf(s, name)
	put(c.rows, float64(b.Rows), name)
	put(c.parked, float64(b.Parked), name)
	put(c.oldest, waited(s, b).Seconds(), name)
	st, known := outbox.StandingOf(s, name)
	if !known {
		return // it has no states
	}
	for _, w := range []bot.StateWord{bot.Offline, bot.Scanning, bot.Online, bot.Suspect, bot.Deaf, bot.Restricted} {
		put(c.state, number(st.Word == w), name, string(w))
	}
}

// waited is for how long the oldest text of a backlog has been waiting.
func waited(s *store.Snapshot, b outbox.Backlog) time.Duration {
	if b.Oldest.IsZero() {
		return 0
	}
	return s.Now().Sub(b.Oldest)
}

// pausedIn tells whether a person has paused sending, or an account has stopped itself.
func pausedIn(s *store.Snapshot) bool {
	_, paused := outbox.Paused(s)
	return paused || len(outbox.Stops(s)) > 0
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// A loopCollector says when loops turned last.
type loopCollector struct{ m *Monitor }

func loopDesc() *prometheus.Desc {
	return describe("duban_loop_last_success_timestamp_seconds", "When a loop last took a turn that did not fail.", "loop")
}

// Describe implements [prometheus.Collector].
func (loopCollector) Describe(to chan<- *prometheus.Desc) { to <- loopDesc() }

// Collect implements [prometheus.Collector].
func (c loopCollector) Collect(to chan<- prometheus.Metric) {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	for name, t := range c.m.loops {
		if !t.success.IsZero() {
			to <- prometheus.MustNewConstMetric(loopDesc(), prometheus.GaugeValue, seconds(t.success), name)
		}
	}
}
