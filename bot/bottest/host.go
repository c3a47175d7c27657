package bottest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Host serves a fake inside the process of a test.
type Host struct {
	Signal // of a change

	http *http.Server
	pipe *Pipe
}

// Start serves h until Shut.
func (o *Host) Start(h http.Handler) {
	o.pipe, o.http = NewPipe(), &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = o.http.Serve(o.pipe) }()
}

// Shut takes no more requests.
func (o *Host) Shut() { _ = o.http.Close() }

// Transport leads to the fake, whatever the address, without a real connection, so that
// it can be used in a synctest bubble.
func (o *Host) Transport() http.RoundTripper { return o.pipe.Transport() }

// Answer writes v as JSON, in which < and & are themselves.
func Answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
}

// BadGateway is what stands between a client and a network that is away.
func BadGateway(w http.ResponseWriter) {
	w.WriteHeader(http.StatusBadGateway)
	_, _ = w.Write([]byte("<html><body>502 Bad Gateway</body></html>"))
}

// Faults are what goes wrong next in a fake, and what it forbids. The zero Faults are
// none.
type Faults[F any] struct {
	mu      sync.Mutex
	next    []F
	refused int
	denied  []string
}

// Fail lets the next calls that send end so, one after the other.
func (f *Faults[F]) Fail(all ...F) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = append(f.next, all...)
}

// Next returns the fault of one call that sends.
func (f *Faults[F]) Next() (one F) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.next) > 0 {
		one, f.next = f.next[0], f.next[1:]
	}
	return one
}

// Refuse lets the next n connections be refused with a page in HTML.
func (f *Faults[F]) Refuse(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refused += n
}

// Refused refuses a connection that was told to be.
func (f *Faults[F]) Refused(w http.ResponseWriter) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refused == 0 {
		return false
	}
	f.refused--
	BadGateway(w)
	return true
}

// Forbid takes a permission away: calls whose path begins so are refused.
func (f *Faults[F]) Forbid(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.denied = append(f.denied, path)
}

// Allow gives all permissions back.
func (f *Faults[F]) Allow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.denied = nil
}

// Forbidden tells whether the permission for a path is missing.
func (f *Faults[F]) Forbidden(path string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.denied, func(p string) bool { return strings.HasPrefix(path, p) })
}

// A Rate counts what a fake takes in a minute. It is used under the fake's lock; the
// zero Rate has counted nothing.
type Rate struct{ times map[string][]time.Time }

// TooMany counts one more of what, and tells whether that is more than a minute bears.
// Then it does not count.
func (r *Rate) TooMany(what string, perMinute int) bool {
	now := time.Now()
	recent := slices.DeleteFunc(r.times[what], func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	full := len(recent) >= perMinute
	if !full {
		recent = append(recent, now)
	}
	if r.times == nil {
		r.times = map[string][]time.Time{}
	}
	r.times[what] = recent
	return full
}
