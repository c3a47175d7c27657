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
	"fmt"
	"os"

	"duban/bot/bottest"
	"duban/bot/wecom/wecomtest"
)

func main() {
	s := wecomtest.New(wecomtest.Options{})
	err := bottest.Process(s.Handler(), map[string]bottest.Do{
		"group": func(d bottest.Deed) any { s.Group(d.ID, d.People...); return true },
		"say": func(d bottest.Deed) any {
			if d.Quoted != "" {
				return s.Quote(d.Chat, d.Person, d.Quoted, d.Text)
			}
			return s.Say(d.Chat, d.Person, d.Text)
		},
		"press": func(d bottest.Deed) any { return s.Press(d.Chat, d.Person, d.Label) },
		"cut":   func(bottest.Deed) any { s.Cut(); return true },
		"sent":  func(bottest.Deed) any { return s.Sent() },
		"seen":  func(d bottest.Deed) any { return s.Seen(d.Person, d.Card) },
		"links": func(bottest.Deed) any { return s.Links() },
	})
	s.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, "wecomd:", err)
		os.Exit(1) //nolint:forbidigo // this is a main as well
	}
}
