// Duban is a chat bot for a university's student-affairs office. It answers
// questions about the office's work plan, posts reminders and notices, and
// stores what people answer.
//
// Run without arguments it starts with config.yaml; duban --help lists the rest.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	_ "time/tzdata"

	"duban/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), cli.Signals()...)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := cli.Run(ctx, os.Args[1:], cli.Env{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Chinese: cli.InChinese()})
	if status := cli.ExitStatus(err); status != 0 {
		fmt.Fprintln(os.Stderr, "duban:", err)
		os.Exit(status)
	}
}
