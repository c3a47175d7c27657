// Duban is a chat bot for a university's student-affairs office. It answers
// questions about the office's work plan, posts reminders and notices, and
// stores what people answer.
//
// Run without arguments it starts with config.yaml; duban --help lists the rest.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata"

	"duban/handlers/jobs"
	"duban/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "duban:", err)
		os.Exit(exitCode(err))
	}
}

// Exit statuses beyond 0 and 1.
const (
	exitUsage = 2  // the command line is wrong
	exitStore = 74 // the store failed in a way that only a restart can mend
)

// errUsage means that the command line was wrong.
var errUsage = errors.New("see duban --help")

func exitCode(err error) int {
	switch {
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.Is(err, errStore) || errors.Is(err, store.ErrUnknown):
		return exitStore
	}
	return 1
}

// streams are the program's standard input and output.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// A command is one of duban's subcommands.
type command struct {
	name, args, help string
	run              func(ctx context.Context, args []string, s streams) error
}

func commands() []command {
	return []command{
		{"run", "[-config FILE] [-data DIR]", "start the bot (also without any command)", runBot},
		{"plan outline", "[--json] FILE", "show how a work plan is understood, part by part", planOutline},
		{"plan query", "[--json] FILE", "answer queries from standard input, one a line, from a work plan", planQuery},
		{"plan import", "[-config FILE] [-data DIR] [-yes] FILE", "put a work plan in force; shows first what was found and what changes", planImport},
		{"read", "[--json] [--explain]", "show how chat messages from standard input are understood", readMessages},
		{"schedule explain", "[--json] [--calendar FILE|none] [--now TIME]", "explain schedule phrases from standard input, one a line", scheduleExplain},
		{"schedule list", "[-config FILE]", "list the reminders in the store and their next runs", scheduleList},
		{"schedule export", "[-config FILE]", "print the reminders in the store as YAML for config.yaml", scheduleExport},
		{"schedule add", "[-config FILE] [-yes] TEXT", "add a reminder: duban schedule add 每周五16:00 学工工作群 填报：正文 (the bot must not run)", withJobs("add", scheduleAdd)},
		{"schedule pause", "[-config FILE] JOB [到12月1日]", "pause a reminder, by its place in the list, its id or its name", withJobs("pause", scheduleEdit((*jobs.Desk).Pause, "duban schedule pause 2 到12月1日"))},
		{"schedule resume", "[-config FILE] JOB", "end a pause", withJobs("resume", scheduleEdit((*jobs.Desk).Resume, "duban schedule resume 2"))},
		{"schedule delete", "[-config FILE] [-yes] JOB", "delete a reminder", withJobs("delete", scheduleDelete)},
		{"schedule restore", "[-config FILE] JOB", "bring back the version before the last edit, also of a deleted reminder by its id", withJobs("restore", scheduleRestore)},
		{"schedule history", "[-config FILE] JOB", "say who changed a reminder, when and how", withJobs("history", scheduleHistory)},
		{"report", "[-config FILE] [-format text|png|xlsx|csv|docx] [-o FILE] summary|stale|college NAME|person ID|notice NUMBER|month [2026-11]", "write a report from the store (the bot must not run)", reportCommand},
		{"login", "[-config FILE] [-again] [ACCOUNT]", "log a WeChat account in by scanning a code, without starting anything else (the bot must not run)", loginCommand},
		{"doctor", "[-config FILE] [-data DIR]", "say in words how the accounts, the store, the clock and the disk are; fails if something must be mended", doctorCommand},
		{"pause", "[-config FILE] [-data DIR]", "stop all sending, also of a duban that runs", flip(pauseWord)},
		{"resume", "[-config FILE] [-data DIR]", "let sending go on", flip(resumeWord)},
		{"audit verify", "[-config FILE]", "check that no entry of the audit logs was changed or taken out (the bot must not run)", withStore("audit verify", verifyAudit)},
		{"compact", "[-config FILE]", "write the store anew, without a trace of what was deleted (the bot must not run)", withStore("compact", compactStore)},
		{"version", "", "print the version", printVersion},
	}
}

// run does what the command line asks for.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	s := streams{stdin, stdout, stderr}
	if len(args) == 0 || len(args[0]) > 1 && args[0][0] == '-' && !isHelp(args[0]) {
		return runBot(ctx, args, s)
	}
	if isHelp(args[0]) {
		return usage(stdout)
	}
	for _, c := range commands() {
		if rest, ok := match(c.name, args); ok {
			return c.run(ctx, rest, s)
		}
	}
	return fmt.Errorf("unknown command %q: %w", args[0], errUsage)
}

func isHelp(arg string) bool {
	return arg == "help" || arg == "-h" || arg == "-help" || arg == "--help"
}

// match tells whether args begin with the words of a command's name.
func match(name string, args []string) (rest []string, ok bool) {
	var first, second string
	if n, _ := fmt.Sscan(name, &first, &second); n == 2 {
		if len(args) < 2 || args[1] != second {
			return nil, false
		}
		return args[2:], args[0] == first
	}
	return args[1:], args[0] == first
}

func usage(w io.Writer) error {
	fmt.Fprint(w, `duban answers questions about an office's work plan in a chat, posts its
reminders and notices, and stores what people answer.

Start it in its folder and open the address that it prints:

    duban

Usage:

`)
	for _, c := range commands() {
		fmt.Fprintf(w, "    duban %s %s\n        %s\n", c.name, c.args, c.help)
	}
	_, err := fmt.Fprint(w, `
Without config.yaml duban starts a simulated office chat with a sample plan.
README.md says how to set it up; README.zh-CN.md is the manual for the office.
`)
	return err
}
