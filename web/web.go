// Package web is the admin page: one table of routes, the server that is built from it,
// and what holds for every one of them.
//
// The views are packages below, each with its templates and its Routes, like the
// capabilities of package handlers. What they do is what the chat does, by the same
// functions and with the same rights.
package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"duban/lobby"
	"duban/web/board"
	"duban/web/door"
	"duban/web/entry"
	"duban/web/export"
	"duban/web/inbox"
	"duban/web/jobs"
	"duban/web/notices"
	"duban/web/operate"
	"duban/web/page"
	"duban/web/people"
	"duban/web/plans"
	"duban/web/share"
	"duban/web/start"
	"duban/web/today"
)

// Options are what the page needs beside its [page.House].
type Options struct {
	Hosts   []string         // names by which browsers may ask for the page, beside those of this computer
	Proxies []string         // addresses of the machines that pass requests on to us
	TLS     *tls.Certificate // nil is plain HTTP
}

// views are those of no package of their own: errors, all of the navigation.
var views = page.Shared()

// A Server serves the page.
type Server struct {
	house  *page.House
	o      Options
	mux    *http.ServeMux
	paths  *http.ServeMux // the same without methods
	origin *http.CrossOriginProtection

	guesses *door.Throttle
}

// Routes is the table of everything that a browser can ask for.
func Routes(guesses *door.Throttle) []page.Route {
	return slices.Concat(
		entry.Routes(guesses),
		today.Routes(), board.Routes(), plans.Routes(), notices.Routes(), jobs.Routes(), inbox.Routes(),
		people.Routes(), operate.Routes(), share.Routes(), export.Routes(), start.Routes(),
		[]page.Route{page.Assets(), page.More(views), events()},
	)
}

// New returns a server of a house, whose table of routes it fills in.
func New(h *page.House, o Options) *Server {
	s := &Server{house: h, o: o, mux: http.NewServeMux(), paths: http.NewServeMux(), origin: http.NewCrossOriginProtection(), guesses: &door.Throttle{}}
	h.Routes = Routes(s.guesses)
	seen := map[string]bool{}
	for _, r := range h.Routes {
		s.mux.Handle(r.Method+" "+r.Pattern, s.handle(r))
		if !seen[r.Pattern] {
			seen[r.Pattern] = true
			s.paths.HandleFunc(r.Pattern, func(http.ResponseWriter, *http.Request) {})
		}
	}
	s.mux.Handle("/", s.handle(page.Route{Open: true, Half: true, Do: func(r *page.Request) error {
		if _, known := s.paths.Handler(r.Request); known != "" {
			return &page.Fault{Status: http.StatusMethodNotAllowed, Title: "这一页不能这样打开", Text: "请从页面上的按钮办理。"}
		}
		return page.NotFound()
	}}))
	s.origin.SetDenyHandler(s.handle(page.Route{Open: true, Half: true, Do: func(*page.Request) error {
		return &page.Fault{Status: http.StatusForbidden, Title: "没有办：请求来自别的网站", Text: "请从督办自己的页面上再办一次。"}
	}}))
	return s
}

// Bounds of time and size; those of connections are [lobby.New]'s.
const (
	headTime   = 5 * time.Second
	readTime   = time.Minute
	writeTime  = 2 * time.Minute
	idleTime   = time.Minute
	mostHeader = 16 << 10
)

// Serve answers on a listener until ctx ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: lobby.Attended(s), ConnContext: lobby.Known, ReadHeaderTimeout: headTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: mostHeader,
		ErrorLog:    slog.NewLogLogger(s.house.Log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	l = lobby.New(l)
	if s.o.TLS != nil {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*s.o.TLS}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	}
	defer context.AfterFunc(ctx, func() { _ = srv.Close() })()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("page: serve: %w", err)
	}
	return nil
}
