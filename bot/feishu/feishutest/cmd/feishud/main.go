// Feishud is the fake of Feishu as a process, for clients that are not written in Go.
//
//	go run ./bot/feishu/feishutest/cmd/feishud
//
// It prints the address it listens on as one line, such as 127.0.0.1:40001: there are
// the network's calls. What people do is posted below /control, as JSON:
//
//	curl -d '{"id":"1","people":["张三"]}' http://127.0.0.1:40001/control/group
//	curl -d '{"chat":"oc_1","person":"张三","text":"@学工小助手 在吗"}' http://127.0.0.1:40001/control/say
//	curl -d '{"chat":"oc_1"}' http://127.0.0.1:40001/control/shown
//
// It listens on a loopback address only, and ends after ten minutes without a request
// (-idle) or with SIGTERM.
package main

import (
	"fmt"
	"os"

	"duban/bot/bottest"
	"duban/bot/feishu/feishutest"
)

func main() {
	n := feishutest.New()
	err := bottest.Process(n.Handler(), map[string]bottest.Do{
		"app":   func(bottest.Deed) any { return [3]string{feishutest.AppID, feishutest.Secret, feishutest.Robot} },
		"group": func(d bottest.Deed) any { n.Group(d.ID, d.People...); return true },
		"say":   func(d bottest.Deed) any { return n.Say(d.Chat, d.Person, d.Text, d.Quoted) },
		"attach": func(d bottest.Deed) any {
			return n.Attach(d.Chat, d.Person, bottest.File{Name: d.Text, Data: []byte(d.Label)})
		},
		"recall":     func(d bottest.Deed) any { n.Recall(d.Chat, d.Text); return true },
		"press":      func(d bottest.Deed) any { n.Press(d.Chat, d.Person, d.Label); return true },
		"read":       func(d bottest.Deed) any { n.Read(d.Chat, d.Person, d.Text); return true },
		"join":       func(d bottest.Deed) any { n.Join(d.Chat, d.Person); return true },
		"person":     func(d bottest.Deed) any { return n.Person(d.Person) },
		"shown":      func(d bottest.Deed) any { return n.Shown(d.Chat) },
		"files":      func(d bottest.Deed) any { return n.Files(d.Chat) },
		"cut":        func(bottest.Deed) any { n.Cut(); return true },
		"connected":  func(bottest.Deed) any { return n.Connected() },
		"unanswered": func(bottest.Deed) any { return n.Unanswered() },
	})
	n.Shut()
	if err != nil {
		fmt.Fprintln(os.Stderr, "feishud:", err)
		os.Exit(1) //nolint:forbidigo // this is a main as well
	}
}
