package bottest

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// A Do does a deed on a fake, or looks at it, and returns what is answered.
type Do func(d Deed) any

// A Deed is what a person does.
type Deed struct {
	ID, Chat, Person, Text, Quoted, Label, Card string
	People                                      []string
}

// Process is [Serve] for a fake whose people do what can says. That is posted below
// /control, as a Deed in JSON; what needs no words is asked for without.
func Process(network http.Handler, can map[string]Do) error {
	return Serve(func() http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			what, ok := strings.CutPrefix(r.URL.Path, "/control/")
			if !ok {
				network.ServeHTTP(w, r)
				return
			}
			var d Deed
			do := can[what]
			if err := json.NewDecoder(r.Body).Decode(&d); err != nil && !errors.Is(err, io.EOF) || do == nil {
				http.Error(w, "no such deed", http.StatusBadRequest)
				return
			}
			_ = json.NewEncoder(w).Encode(do(d))
		})
	})
}

// Serve serves a fake as a process of its own, for clients that are not written in Go.
// It parses the flags, opens the fake, prints the loopback address that it listens on
// (-listen) as one line, and ends after a while without a request (-idle) or with SIGTERM.
func Serve(open func() http.Handler) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	idle := flag.Duration("idle", 10*time.Minute, "end after this time without a request")
	address := flag.String("listen", "127.0.0.1:0", "loopback `address` to listen on")
	flag.Parse()
	listener, err := loopback(ctx, *address)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, listener.Addr())
	asleep := time.AfterFunc(*idle, stop)
	defer asleep.Stop()
	fake := open()
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asleep.Reset(*idle)
			fake.ServeHTTP(w, r)
		}),
	}
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() }) // requests that are held end with it
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// loopback listens where nobody else can ask.
func loopback(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s is not a loopback address", host)
	}
	return new(net.ListenConfig).Listen(ctx, "tcp", address)
}
