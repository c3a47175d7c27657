package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"

	"duban/bot"
	"duban/outbox"
	"duban/store"
)

// sendTime is how long one attempt to send may take, with all that belongs to it.
const sendTime = 5 * time.Minute

// Unwell returns which loops have not turned for long; none if all is well.
func (m *Monitor) Unwell() (why []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, t := range m.loops {
		if time.Since(t.last) > t.limit {
			why = append(why, "loop "+name+" does not turn")
		}
	}
	for name, d := range m.accounts {
		for _, since := range d.flying {
			if time.Since(since) > sendTime {
				why = append(why, "account "+name+" does not come back from sending")
				break
			}
		}
	}
	slices.Sort(why)
	return why
}

// Unready returns what is missing for work: none if all accounts and the schedule
// run, the store takes work, and the disk has room.
func (m *Monitor) Unready(o Office) (why []string) {
	if m.broken.Load() {
		why = append(why, "the store is broken")
	}
	if !m.looked.Load() {
		why = append(why, "the schedule does not run yet")
	}
	if o.Disk().Full {
		why = append(why, "the disk is almost full")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range o.Accounts {
		if m.accounts[a] == nil {
			why = append(why, "account "+a+" does not run yet")
		}
	}
	return why
}

// Stopped returns why nothing is sent: sending is paused, the store is broken, or
// something has been due for longer than o.Stuck in an account that has sent nothing
// meanwhile. It is "" if sending goes on.
func (m *Monitor) Stopped(ctx context.Context, o Office) (why string) {
	if m.broken.Load() {
		return "the store is broken"
	}
	err := o.Store.View(ctx, func(s *store.Snapshot) error {
		if pausedIn(s) {
			why = "sending is paused"
			return nil
		}
		for _, a := range o.Accounts {
			if waited(s, outbox.BacklogOf(s, a)) > o.Stuck && !m.sentWithin(a, o.Stuck) {
				why = "nothing leaves through account " + a
			}
		}
		return nil
	})
	if err != nil {
		return "the store cannot be read"
	}
	return why
}

// sentWithin tells whether something left through an account in the last time.
func (m *Monitor) sentWithin(account string, last time.Duration) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.accounts[account]
	return d != nil && !d.sent.IsZero() && time.Since(d.sent) < last
}

// most is how many connections are served at once.
const most = 16

// Serve answers on a listener until ctx ends: /metrics, /healthz and /readyz, the
// latter two with status 200, or 503 and a line for each reason. It is called once.
func (m *Monitor) Serve(ctx context.Context, l net.Listener, o Office, log *slog.Logger) error {
	m.watch(o)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, m.Unwell()) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, m.Unready(o)) })
	return serve(ctx, l, mux, log)
}

// StandBy answers on a listener until ctx ends, as [Monitor.Serve] does, for a process
// that waits until the office of another one is free: it is well, but not ready.
func StandBy(ctx context.Context, l net.Listener, owner string, log *slog.Logger) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, nil) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, []string{"standing by: " + owner + " owns the office"})
	})
	return serve(ctx, l, mux, log)
}

func serve(ctx context.Context, l net.Listener, mux http.Handler, log *slog.Logger) error {
	srv := &http.Server{
		Handler:           local(mux),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      20 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	defer context.AfterFunc(ctx, func() { _ = srv.Close() })()
	if err := srv.Serve(netutil.LimitListener(l, most)); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("monitor: serve: %w", err)
	}
	return nil
}

func answer(w http.ResponseWriter, why []string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	text := "ok"
	if len(why) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		text = strings.Join(why, "\n")
	}
	_, _ = io.WriteString(w, text+"\n")
}

// local refuses requests for another host: a page from elsewhere whose name leads to
// this computer must not read along.
func local(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !bot.Loopback(host) {
			http.Error(w, "this is not the address of duban", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}
