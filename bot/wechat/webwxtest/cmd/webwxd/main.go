// Webwxd is the fake of the web-WeChat server as a process, for clients that
// are not written in Go.
//
//	go run ./bot/wechat/webwxtest/cmd/webwxd -listen 127.0.0.1:0
//
// It prints the address it listens on as one line, such as 127.0.0.1:40001, and
// speaks plain HTTP there. What it is asked depends on the Host header: under a
// real name, such as wx.qq.com or login.wx.qq.com, it is that host; a client
// that cannot set the header puts the name in front of the path, as in
// /@wx.qq.com/cgi-bin/mmwebwx-bin/webwxinit. Under the address itself it is the
// control of the fake, with the paths of webwxtest.Server.Control below
// /control:
//
//	curl -H 'Content-Type: application/json' -d '{"id":"zhang","nick":"张三"}' http://127.0.0.1:40001/control/friend
//	curl -H 'Content-Type: application/json' -d '{"do":"scan"}' http://127.0.0.1:40001/control/phone
//	curl -H 'Content-Type: application/json' -d '{"kind":"text","from":"zhang","to":"self","text":"在吗"}' http://127.0.0.1:40001/control/push
//	curl http://127.0.0.1:40001/control/sent
//
// It listens on loopback addresses only, and ends after ten minutes without a
// request (-idle) or with SIGTERM.
package main

import (
	"context"
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

	"duban/bot/wechat/webwxtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "webwxd:", err)
		os.Exit(1) //nolint:forbidigo,gocritic // this is a main as well
	}
}

// run serves until ctx ends or nobody has asked anything for a while.
func run(ctx context.Context, args []string, out io.Writer) error {
	var o webwxtest.Options
	flags := flag.NewFlagSet("webwxd", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:0", "loopback `address` to listen on")
	idle := flags.Duration("idle", 10*time.Minute, "end after this time without a request")
	flags.DurationVar(&o.Hold, "hold", 25*time.Second, "how long polls are held")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	listener, err := loopback(ctx, *listen)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, listener.Addr())
	asleep := time.AfterFunc(*idle, end)
	defer asleep.Stop()
	handler := split(webwxtest.New(o))
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asleep.Reset(*idle)
			handler.ServeHTTP(w, r)
		}),
	}
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() }) // held polls end with it
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
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", address)
}

// split gives requests to the address itself to the control, and those under
// other names to the fake.
func split(s *webwxtest.Server) http.Handler {
	control, fake := http.StripPrefix("/control", s.Control()), s.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		ip := net.ParseIP(host)
		if err == nil && ip != nil && ip.IsLoopback() && strings.HasPrefix(r.URL.Path, "/control/") {
			control.ServeHTTP(w, r)
			return
		}
		fake.ServeHTTP(w, r)
	})
}
