// Package monitor says how a running duban is: in the metrics of Prometheus, in two
// answers that are yes or no, and by a ping that stops when sending stops.
//
// A [Monitor] is told what happens, and asks the store for the rest when somebody
// looks. It names accounts and loops, never a chat, a person or a text.
package monitor

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"duban/bot"
	"duban/schedule"
	"duban/store"
)

// A Monitor counts what happens. It may be used by several goroutines at once.
type Monitor struct {
	registry *prometheus.Registry
	received *prometheus.CounterVec
	sends    *prometheus.CounterVec
	fired    *prometheus.CounterVec
	commits  prometheus.Histogram
	failures prometheus.Counter

	broken atomic.Bool // the store takes no more work
	looked atomic.Bool // the schedule has looked without an error

	mu       sync.Mutex
	loops    map[string]*turns
	accounts map[string]*delivery
}

// turns are those of one loop.
type turns struct {
	limit   time.Duration // from one turn to the next
	last    time.Time     // the last turn, or when the loop began
	success time.Time     // the last turn that did not fail
}

// A delivery is how sending goes in one account.
type delivery struct {
	sent   time.Time            // the last time that something left
	flying map[string]time.Time // what is being sent, by its key, and since when
}

// New returns a monitor that knows of nothing yet.
func New(version string) *Monitor {
	m := &Monitor{
		registry: prometheus.NewRegistry(),
		received: counters("duban_messages_received_total", "Messages that were handled.", "account"),
		sends: counters("duban_sends_total",
			"Attempts to send by how they ended: sent, failed, unsure (it may have arrived), out (the account cannot send now).", "account", "outcome"),
		fired: counters("duban_firings_total", "Due times of reminders by what became of them.", "outcome"),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "duban_store_commit_seconds", Help: "Time of a transaction from its beginning until it was durable.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "duban_store_failures_total", Help: "Transactions that the store could not carry out.",
		}),
		loops: map[string]*turns{}, accounts: map[string]*delivery{},
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "duban_build_info", Help: "The version that runs.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.received, m.sends, m.fired, m.commits, m.failures, build, loopCollector{m},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, o := range []schedule.Outcome{schedule.OnTime, schedule.Late, schedule.Merged, schedule.Skipped} {
		m.fired.WithLabelValues(string(o))
	}
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

// Received counts a message that was handled.
func (m *Monitor) Received(account string) { m.received.WithLabelValues(account).Inc() }

// Exchanged counts how attempts to send ended, and notes what an account sends now.
func (m *Monitor) Exchanged(account string, ended []bot.Attempt, sends []bot.Outgoing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.accounts[account]
	if d == nil {
		d = &delivery{flying: map[string]time.Time{}}
		m.accounts[account] = d
	}
	for _, a := range ended {
		delete(d.flying, a.Key)
		if a.Err == nil && !a.Held {
			d.sent = time.Now()
		}
		if how := outcome(a.Result); how != "" {
			m.sends.WithLabelValues(account, how).Inc()
		}
	}
	for _, o := range sends {
		d.flying[o.Key] = time.Now()
	}
}

// outcomes are the values that [outcome] has, beside "".
func outcomes() []string { return []string{"sent", "failed", "unsure", "out"} }

// outcome says how an attempt ended; "" if there was none.
func outcome(r bot.Result) string {
	switch {
	case errors.Is(r.Err, bot.ErrUnknown):
		return "unsure"
	case errors.Is(r.Err, bot.ErrOut), errors.Is(r.Err, bot.ErrTooOften):
		return "out"
	case r.Err != nil:
		return "failed"
	case r.Held:
		return ""
	}
	return "sent"
}

// Ended counts a transaction; see [store.Options].
func (m *Monitor) Ended(took time.Duration, err error) {
	switch {
	case err == nil:
		m.commits.Observe(took.Seconds())
	case errors.Is(err, store.ErrFenced): // another process goes on
		m.failures.Inc()
	case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrBroken):
		m.broken.Store(true)
		m.failures.Inc()
	case store.NoRoom(err):
		m.failures.Inc()
	}
}

// scheduleLoop is the name of the loop of the schedule.
const scheduleLoop = "schedule"

// scheduleTime is how long the schedule may take from one look to the next.
const scheduleTime = 10 * time.Minute

// Looked counts what a look of the schedule has fired, and takes it for a turn of a
// loop; see [schedule.Options].
func (m *Monitor) Looked(fired []schedule.Firing, err error) {
	for _, f := range fired {
		m.fired.WithLabelValues(string(f.Outcome)).Add(float64(max(f.Count, 1)))
	}
	if err == nil {
		m.looked.Store(true)
	}
	m.Turned(scheduleLoop, err)
}

// Begin notes that a loop has begun, and after how long without a turn it counts as
// stuck.
func (m *Monitor) Begin(loop string, limit time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.loops[loop] = &turns{limit: limit, last: time.Now()}
}

// Turned notes how a turn of a loop ended.
func (m *Monitor) Turned(loop string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.loops[loop]
	if t == nil {
		return // it is not run as a loop
	}
	t.last = time.Now()
	if err == nil {
		t.success = t.last
	}
}

// Schedule notes that the loop of the schedule has begun.
func (m *Monitor) Schedule() { m.Begin(scheduleLoop, scheduleTime) }
