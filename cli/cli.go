// Package cli is the command line of duban.
//
// A command that needs the store is an order: it is carried out by the bot that runs
// on the data folder, over its control socket, or if none runs by this process, which
// opens the store itself.
package cli

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"duban/app"
	"duban/handlers/jobs"
	"duban/outbox"
	"duban/store"
)

// Env is what a command line works with.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
	terminal bool // Out is one
	Chinese  bool // usage, errors and what is said to who typed the command; see [InChinese]
	app.Outside
}

// Exit statuses beyond 0 and 1.
const (
	exitUsage  = 2  // the command line is wrong
	exitData   = 65 // the store or its key is lost, damaged, open to others, or a newer duban's
	exitStore  = 74 // the store failed in a way that only a restart can mend
	exitConfig = 78 // the configuration is refused
)

// lasting are the statuses of a bot that a restart finds the same: a person must see
// to them. exitUsage is none of them, because Go ends a panic with 2 as well.
func lasting() []int { return []int{exitData, exitConfig} }

// errUsage means that the command line was wrong.
var errUsage = errors.New("see duban --help")

// ExitStatus returns the exit status of a program that ended with an error of [Run].
func ExitStatus(err error) int {
	answered, ok := errors.AsType[answer](err)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case ok:
		return answered.Exit
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.Is(err, app.ErrConfig):
		return exitConfig
	case app.Lasts(err):
		return exitData
	case errors.Is(err, app.ErrStore) || errors.Is(err, store.ErrUnknown):
		return exitStore
	}
	return 1
}

// A command is one of duban's subcommands. It runs by itself, or it is an order.
type command struct {
	name, args, help string // without a help it is not for people

	run   func(ctx context.Context, args []string, e Env) error
	order func(f *flag.FlagSet) order
	reads bool // its first word names a file that it reads
	grows bool // it begins something new, which needs room on the disk
	mixed bool // flags may stand between its words
	data  bool // what it prints is for the office or for programs, as it is
}

func commands() []command {
	const data = "[-config FILE] [-data DIR]"
	return []command{
		{name: "run", args: data, help: "start the bot (also without any command)", run: runBot},
		{name: "plan outline", data: true, args: "[--json] FILE", help: "show how a work plan is understood, part by part", run: planOutline},
		{name: "plan query", data: true, args: "[--json] FILE", help: "answer queries from standard input, one a line, from a work plan", run: planQuery},
		{name: "plan import", args: data + " [-yes] [-table N] [-start WORDS] FILE", help: "put a work plan in force; shows first what was found and what changes", order: planImport, reads: true, mixed: true, grows: true},
		{name: "roster import", args: data + " [-yes] FILE", help: "put a roster in force; shows first what changes", order: rosterImport, reads: true, mixed: true, grows: true},
		{name: "read", data: true, args: "[--json] [--explain]", help: "show how chat messages from standard input are understood", run: readMessages},
		{name: "schedule explain", data: true, args: "[--json] [--calendar FILE|none] [--now TIME]", help: "explain schedule phrases from standard input, one a line", run: scheduleExplain},
		{name: "schedule list", data: true, args: data, help: "list the reminders in the store and their next runs", order: plain(scheduleList)},
		{name: "schedule export", data: true, args: data, help: "print the reminders in the store as YAML for config.yaml", order: plain(scheduleExport)},
		{name: "schedule add", args: data + " [-yes] TEXT", help: "add a reminder: duban schedule add 每周五16:00 学工工作群 填报：正文", order: onJobs(scheduleAdd), grows: true},
		{name: "schedule pause", args: data + " JOB [到12月1日]", help: "pause a reminder, by its place in the list, its id or its name", order: onJobs(edit{do: (*jobs.Desk).Pause, example: "duban schedule pause 2 到12月1日"}.run)},
		{name: "schedule resume", args: data + " JOB", help: "end a pause", order: onJobs(edit{do: (*jobs.Desk).Resume, example: "duban schedule resume 2"}.run)},
		{name: "schedule delete", args: data + " [-yes] JOB", help: "delete a reminder", order: onJobs(edit{do: (*jobs.Desk).Delete, example: "duban schedule delete 2", asks: "delete the reminder"}.run)},
		{name: "schedule restore", args: data + " JOB", help: "bring back the version before the last edit, also of a deleted reminder by its id", order: onJobs(edit{do: (*jobs.Desk).Restore, example: "duban schedule restore 2"}.run)},
		{name: "schedule history", data: true, args: data + " JOB", help: "say who changed a reminder, when and how", order: onJobs(scheduleHistory)},
		{name: "report", data: true, args: data + " [-format text|png|xlsx|csv|docx] [-o FILE] summary|stale|college NAME|person ID|notice NUMBER|month [2026-11]", help: "write a report from the store", order: writeReport, mixed: true},
		{name: "setup", args: "[-config FILE] [-domain URL] feishu|wecom|dingtalk|ilink", help: "walk an administrator through a network, step by step: what to click, the connection, the permissions; writes config.yaml and the secret", run: setup},
		{name: "login", args: "[-config FILE] [-again] [ACCOUNT]", help: "log a WeChat account in by scanning a code, without starting anything else (the bot must not run)", run: login},
		{name: "doctor", args: data + " [-deep]", help: "say in words whether duban can start, and how the accounts, the store, the clock and the disk are; fails if something must be mended; -deep reads every record", run: runDoctor},
		{name: "standing", order: standing},
		{name: "pause", args: data, help: "stop all sending", order: plain(throws(outbox.PauseSending, "sending is stopped; urgent texts too. duban resume lets it go on"))},
		{name: "resume", args: data, help: "let sending go on", order: plain(throws(outbox.ResumeSending, "sending goes on"))},
		{name: "audit verify", args: data + " [-head HEADS]", help: "check that no entry of the audit logs was changed or taken out; with heads from the daily word, that none is missing since", order: verifyAudit},
		{name: "compact", args: data, help: "write the store anew, without a trace of what was deleted", order: plain(compactStore)},
		{name: "backup key", args: data, help: "make a new recovery key and print it, once; later copies need it", order: plain(newRecoveryKey)},
		{name: "backup", args: data, help: "make an encrypted copy of everything and check it; works while the bot runs", order: plain(makeBackup)},
		{name: "restore", args: data + " [-key FILE] [COPY]", help: "list the copies, or put one back: a file, or a copied data folder (the bot must not run)", run: restore},
		{name: "move", args: data + " -to postgres|file", help: "move the office from the data folder into the database that store: names, or back, and compare (the bot must not run)", run: move},
		{name: "outbox send", args: data + " NUMBER…|all", help: "let texts leave that are held since a restore", order: onWords(onHeld(outbox.ReleaseHeld, "%d texts leave, marked where they may have been sent before"))},
		{name: "outbox cancel", args: data + " NUMBER…|all", help: "drop texts that are held since a restore", order: onWords(onHeld(outbox.CancelHeld, "%d texts dropped"))},
		{name: "export", data: true, args: data, help: "write everything to standard output as lines of JSON, in the clear; works while the bot runs", order: plain(export)},
		{name: "import", args: data + " FILE", help: "put an export into the data folder, as duban restore does", run: importAll},
		{name: "outbox", args: data, help: "list the texts that are held since a restore", order: plain(outboxList)},
		{name: "web code", args: data, help: "print a new code for the admin page, by which an admin's first password is set", order: plain(webCode)},
		{name: "web reset", args: data + " PERSON", help: "take the password, the second factor and the logins of a person for the admin page away", order: onWords(webReset)},
		{name: "service install", args: data + " [-name duban] [-as ACCOUNT] [-print]", help: "have the system start duban by itself: systemd, launchd or a Windows service", run: installService},
		{name: "service uninstall", args: "[-name duban]", help: "stop that and remove it; the data stays", run: uninstallService},
		{name: "service run", run: runService},
		{name: "version", help: "print the version", run: printVersion},
	}
}

// Signals are those that end duban cleanly: also that the terminal went away, unless it
// was started with nohup.
func Signals() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// Run does what the command line asks for.
func Run(ctx context.Context, args []string, e Env) error {
	err := e.run(ctx, args)
	if err != nil && e.Chinese {
		return spoken{err}
	}
	return err
}

func (e Env) run(ctx context.Context, args []string) error {
	c, rest, ok := commandNamed(args)
	e.terminal = isTerminal(e.Out)
	if e.In != nil {
		e.In = typed{ctx, e.In}
	}
	if e.Chinese && !(ok && c.data) {
		e.Out = interpreter{e.Out}
	}
	switch {
	case len(args) == 0:
		return runBot(ctx, args, e)
	case isHelp(args[0]):
		return usage(e.Out, strings.Join(args[1:], " "))
	case args[0] == "--version" || args[0] == "-v":
		return printVersion(ctx, nil, e)
	case strings.HasPrefix(args[0], "-"):
		return runBot(ctx, args, e)
	}
	switch {
	case !ok && (len(args) == 1 || isHelp(args[1])) && helped(args[0]):
		return usage(e.Out, args[0])
	case !ok:
		return fmt.Errorf("unknown command %q: %w", args[0], errUsage)
	case c.run != nil:
		return c.run(ctx, rest, e)
	}
	return e.order(ctx, c, rest)
}

func isHelp(arg string) bool {
	return arg == "help" || arg == "-h" || arg == "-help" || arg == "--help"
}

// commandNamed returns the command that args begin with, and its arguments.
func commandNamed(args []string) (c command, rest []string, ok bool) {
	for _, c := range commands() {
		n := len(strings.Fields(c.name))
		if len(args) >= n && strings.Join(args[:n], " ") == c.name {
			return c, args[n:], true
		}
	}
	return command{}, nil, false
}

// helped tells whether there are commands for people that begin with a word.
func helped(word string) bool {
	return slices.ContainsFunc(commands(), func(c command) bool { return c.about(word) })
}

// about tells whether the command is for people and begins with a word.
func (c command) about(word string) bool {
	return c.help != "" && (c.name == word || strings.HasPrefix(c.name, word+" "))
}

// usage says what there is, of commands that begin with about only these.
func usage(w io.Writer, about string) error {
	if helped(about) {
		for _, c := range commands() {
			if c.about(about) {
				fmt.Fprintf(w, "duban %s %s\n    %s\n", c.name, c.args, c.help)
			}
		}
		return nil
	}
	fmt.Fprint(w, `duban answers questions about an office's work plan in a chat, posts its
reminders and notices, and stores what people answer.

Start it in its folder and open the address that it prints:

    duban

Usage:

`)
	for _, c := range commands() {
		if c.help != "" {
			fmt.Fprintf(w, "    duban %s %s\n        %s\n", c.name, c.args, c.help)
		}
	}
	_, err := fmt.Fprint(w, `
Without config.yaml duban starts a simulated office chat with a sample plan.
README.md and docs/ say how to set it up; docs/manual.zh-CN.md is the manual for the office.
`)
	return err
}

func printVersion(_ context.Context, _ []string, e Env) error {
	version, _ := app.Version()
	_, err := fmt.Fprintf(e.Out, "duban %s\n", version)
	return err
}

// flags returns a flag set for a command that reports errors as duban does.
func flags(name string, w io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("duban "+name, flag.ContinueOnError)
	f.SetOutput(w)
	return f
}

// parse parses args and returns the words among them; if they are mixed, flags may
// stand between these. What is wrong with flags has been printed with them.
func parse(f *flag.FlagSet, args []string, mixed bool) (words []string, err error) {
	for rest := args; ; {
		if err := f.Parse(rest); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%w: %w", err, errUsage)
		}
		if rest = f.Args(); len(rest) == 0 || !mixed {
			return append(words, rest...), nil
		}
		words, rest = append(words, rest[0]), rest[1:]
	}
}

// eachLine calls fn with every line of r that is not empty.
func eachLine(r io.Reader, fn func(string) error) error {
	const longest = 1 << 20
	in := bufio.NewScanner(r)
	in.Buffer(nil, longest)
	for in.Scan() {
		line := strings.TrimRight(in.Text(), "\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := fn(line); err != nil {
			return err
		}
	}
	return in.Err()
}
