// Wecomd is the fake of WeCom as a process, for clients that are not written in Go.
//
//	go run ./bot/wecom/wecomtest/cmd/wecomd
//
// It prints the address it listens on as one line, such as 127.0.0.1:40001. A client
// of an AI bot connects to ws://127.0.0.1:40001/ as bot aib-1 with secret-1. What
// people do is posted below /control, as JSON:
//
//	curl -d '{"id":"wr1","people":["F001"]}' http://127.0.0.1:40001/control/group
//	curl -d '{"chat":"wr1","person":"F001","text":"@duban 在吗"}' http://127.0.0.1:40001/control/say
//	curl -d '{}' http://127.0.0.1:40001/control/sent
//
// It listens on a loopback address only, and ends after ten minutes without a request
// (-idle) or with SIGTERM.
package main

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

	"duban/bot/wecom/wecomtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "wecomd:", err)
		os.Exit(1) //nolint:forbidigo,gocritic // this is a main as well
	}
}

// run serves until ctx ends or nobody has asked anything for a while.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("wecomd", flag.ContinueOnError)
	idle := flags.Duration("idle", 10*time.Minute, "end after this time without a request")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, listener.Addr())
	asleep := time.AfterFunc(*idle, end)
	defer asleep.Stop()
	s := wecomtest.New(wecomtest.Options{})
	defer s.Close()
	network := s.Handler()
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asleep.Reset(*idle)
			if what, ok := strings.CutPrefix(r.URL.Path, "/control/"); ok {
				control(s, what, w, r)
				return
			}
			network.ServeHTTP(w, r)
		}),
	}
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// An order is what the body of a request to the control says.
type order struct {
	ID, Chat, Person, Text, Quoted, Label, Card string
	People                                      []string
}

// control does what people do, and tells what they see.
func control(s *wecomtest.Server, what string, w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var answer any = true
	switch what {
	case "group":
		s.Group(o.ID, o.People...)
	case "say":
		if o.Quoted != "" {
			answer = s.Quote(o.Chat, o.Person, o.Quoted, o.Text)
		} else {
			answer = s.Say(o.Chat, o.Person, o.Text)
		}
	case "press":
		answer = s.Press(o.Chat, o.Person, o.Label)
	case "cut":
		s.Cut()
	case "sent":
		answer = s.Sent()
	case "seen":
		answer = s.Seen(o.Person, o.Card)
	case "links":
		answer = s.Links()
	default:
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}
