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
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"duban/bot/bottest"
	"duban/bot/wechat/webwxtest"
)

func main() {
	var o webwxtest.Options
	flag.DurationVar(&o.Hold, "hold", 25*time.Second, "how long polls are held")
	if err := bottest.Serve(func() http.Handler { return split(webwxtest.New(o)) }); err != nil {
		fmt.Fprintln(os.Stderr, "webwxd:", err)
		os.Exit(1) //nolint:forbidigo // this is a main as well
	}
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
