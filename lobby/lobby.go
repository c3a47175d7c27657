// Package lobby bounds the connections of a web server, so that nobody keeps others out,
// and says in its answers what keeps browsers safe.
//
// Connections that keep it waiting, because their request never becomes whole, are
// closed when there are too many, the one that has waited longest first. A server
// listens through [New] and tells by [Known] and [Attended] which requests are whole.
package lobby

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// How many connections a server holds. A browser needs seven at most.
const (
	Most        = 256 // in all
	MostOfOne   = 192 // from one address
	MostWaiting = 64  // of them, whose request is not whole yet, or that are idle
)

// A door is a listener that lets in only as many as there is room for.
type door struct {
	net.Listener

	mu      sync.Mutex
	visits  map[*visit]bool
	perAddr map[string]int
	waiting int
}

// A visit is a connection.
type visit struct {
	net.Conn
	door  *door
	addr  string
	since time.Time // when it began to wait; zero while its request is answered
}

// New returns a listener that lets connections of l in as long as there is room: 256 in
// all, 192 from one address, and 64 whose request is not whole or that are idle.
func New(l net.Listener) net.Listener {
	return &door{Listener: l, visits: map[*visit]bool{}, perAddr: map[string]int{}}
}

// Accept returns the next connection for which there is room.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		host, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
		v := &visit{Conn: conn, door: d, addr: host, since: time.Now()}
		if d.admit(v) {
			return v, nil
		}
		_ = conn.Close()
	}
}

// admit lets v in, if need be instead of one that waits.
func (d *door) admit(v *visit) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.perAddr[v.addr] >= MostOfOne:
		if !d.dismiss(v.addr) {
			return false
		}
	case d.waiting >= MostWaiting || len(d.visits) >= Most:
		if !d.dismiss("") {
			return false
		}
	}
	d.visits[v] = true
	d.perAddr[v.addr]++
	d.waiting++
	return true
}

// dismiss closes the connection that has waited longest, from an address if one is
// given. It is called with mu held.
func (d *door) dismiss(addr string) bool {
	var oldest *visit
	for v := range d.visits {
		if !v.since.IsZero() && (addr == "" || v.addr == addr) && (oldest == nil || v.since.Before(oldest.since)) {
			oldest = v
		}
	}
	if oldest == nil {
		return false
	}
	d.forget(oldest)
	_ = oldest.Conn.Close()
	return true
}

// forget is called with mu held.
func (d *door) forget(v *visit) {
	if !d.visits[v] {
		return
	}
	delete(d.visits, v)
	if d.perAddr[v.addr]--; d.perAddr[v.addr] == 0 {
		delete(d.perAddr, v.addr)
	}
	if !v.since.IsZero() {
		d.waiting--
	}
}

// Close ends the connection.
func (v *visit) Close() error {
	v.door.mu.Lock()
	v.door.forget(v)
	v.door.mu.Unlock()
	return v.Conn.Close()
}

// serve notes that the request is whole and is being answered, or that it was.
func (v *visit) serve(busy bool) {
	v.door.mu.Lock()
	defer v.door.mu.Unlock()
	if !v.door.visits[v] || v.since.IsZero() == busy {
		return
	}
	if busy {
		v.since = time.Time{}
		v.door.waiting--
		return
	}
	v.since = time.Now()
	v.door.waiting++
}

// Guard sets the headers that every answer has; csp says what a page of the server may
// load. Nothing is kept, framed or shown to another site.
func Guard(h http.Header, csp string) {
	h.Set("Content-Security-Policy", csp)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

type visitKey struct{}

// Known puts the connection where its requests find it; it is the ConnContext of an
// [http.Server].
func Known(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok { // by TLS
		c = t.NetConn()
	}
	return context.WithValue(ctx, visitKey{}, c)
}

// Attended tells the listener which connections have sent their whole request.
func Attended(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, ok := r.Context().Value(visitKey{}).(*visit)
		switch {
		case !ok:
		case r.Body == nil || r.ContentLength == 0:
			v.serve(true)
			defer v.serve(false)
		default:
			r.Body = &body{r.Body, v}
			defer v.serve(false)
		}
		next.ServeHTTP(w, r)
	})
}

// A body is that of a request, which is whole when it has been read.
type body struct {
	io.ReadCloser
	visit *visit
}

// Read reads on.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.visit.serve(true)
	}
	return n, err
}
