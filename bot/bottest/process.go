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

// A Do does a deed on a fake, or looks at it, and returns
// what is answered.
type Do func(d Deed) any

// A Deed is what a person does.
type Deed struct {
	ID, Chat, Person, Text, Quoted, Label, Card string
	People                                      []string
}

// Process serves a fake as a process of its own, for clients that are not written in
// Go. It prints the address it listens on as one line, and ends after a while without a
// request (-idle) or with SIGTERM. What people do is posted below /control, as a Deed in
// JSON; what needs no words is asked for without.
func Process(network http.Handler, can map[string]Do) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	idle := flag.Duration("idle", 10*time.Minute, "end after this time without a request")
	flag.Parse()
	return process(ctx, *idle, os.Stdout, network, can)
}

func process(ctx context.Context, idle time.Duration, out io.Writer, network http.Handler, can map[string]Do) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, listener.Addr())
	asleep := time.AfterFunc(idle, end)
	defer asleep.Stop()
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asleep.Reset(idle)
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
		}),
	}
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
