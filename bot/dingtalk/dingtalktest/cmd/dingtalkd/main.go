// Dingtalkd is the fake of DingTalk as a process, for clients that are not written in
// Go.
//
//	go run ./bot/dingtalk/dingtalktest/cmd/dingtalkd
//
// It prints the address it listens on as one line, such as 127.0.0.1:40001: there are
// the network's calls, the older ones among them. What people do is posted below
// /control, as JSON:
//
//	curl -d '{"id":"cid1","people":["张三"]}' http://127.0.0.1:40001/control/group
//	curl -d '{"chat":"cid1","person":"张三","text":"@duban 在吗"}' http://127.0.0.1:40001/control/say
//	curl -d '{}' http://127.0.0.1:40001/control/sent
//
// It listens on a loopback address only, and ends after ten minutes without a request
// (-idle) or with SIGTERM.
package main

import (
	"fmt"
	"os"

	"duban/bot/bottest"
	"duban/bot/dingtalk/dingtalktest"
)

func main() {
	s := dingtalktest.New(dingtalktest.Options{})
	err := bottest.Process(s.Handler(), map[string]bottest.Do{
		"app":   func(bottest.Deed) any { return [3]string{dingtalktest.Client, dingtalktest.Secret, dingtalktest.Card} },
		"group": func(d bottest.Deed) any { s.Group(d.ID, d.People...); return true },
		"say": func(d bottest.Deed) any {
			if d.Quoted != "" {
				return s.Quote(d.Chat, d.Person, d.Quoted, d.Text)
			}
			return s.Say(d.Chat, d.Person, d.Text)
		},
		"join":       func(d bottest.Deed) any { s.Join(d.Chat, d.Person); return true },
		"press":      func(d bottest.Deed) any { s.Press(d.Chat, d.Person, d.Label); return true },
		"person":     func(d bottest.Deed) any { return s.Person(d.Person) },
		"cut":        func(bottest.Deed) any { s.Cut(); return true },
		"move":       func(bottest.Deed) any { s.Move(); return true },
		"sent":       func(bottest.Deed) any { return s.Sent() },
		"unanswered": func(bottest.Deed) any { return s.Unanswered() },
		"links":      func(bottest.Deed) any { return s.Links() },
	})
	s.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dingtalkd:", err)
		os.Exit(1) //nolint:forbidigo // this is a main as well
	}
}
