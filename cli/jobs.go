package cli

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"strings"

	"duban/app"
	"duban/handlers/chat"
	"duban/handlers/jobs"
	"duban/schedule"
	"duban/store"
)

// errRefused means that an edit was refused; why has been printed.
var errRefused = errors.New("nothing was changed")

// A jobShell edits jobs for the command line.
type jobShell struct {
	*jobs.Desk
	streams
	store *store.Store
	yes   bool // do not ask
}

// onJobs is an order on jobs, which is given the text behind the flags.
func onJobs(do func(ctx context.Context, d jobShell, text string) error) func(*flag.FlagSet) order {
	return func(f *flag.FlagSet) order {
		yes := f.Bool("yes", false, "do not ask")
		return func(ctx context.Context, o *app.Office, words []string, s streams) error {
			if len(words) == 0 {
				return fmt.Errorf("%s needs to be told what: %w", strings.TrimPrefix(f.Name(), "duban "), errUsage)
			}
			defer o.Schedule.Wake()
			return do(ctx, jobShell{o.Desk(), s, o.Store, *yes}, strings.Join(words, " "))
		}
	}
}

// scheduleAdd is `duban schedule add`.
func scheduleAdd(ctx context.Context, d jobShell, text string) error {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	var j schedule.Job
	var preview jobs.Preview
	err := d.store.View(ctx, func(s *store.Snapshot) (err error) {
		j, err = jobs.NewJob(s, text, binary.BigEndian.Uint64(random[:]), d.Zone)
		if err == nil {
			preview, err = d.Preview(s, j)
		}
		return err
	})
	if err != nil {
		return d.refused(err)
	}
	fmt.Fprintln(d.Out, preview.Text)
	if !d.yes && !agreed(d.streams, "save it") {
		return errRefused
	}
	return d.do(ctx, func(tx *store.Tx, by schedule.Edit) (string, error) { return d.Put(tx, j, by) })
}

// An edit is what `duban schedule pause 2 到12月1日` and the like do.
type edit struct {
	do      func(d *jobs.Desk, tx *store.Tx, id, when string, by schedule.Edit) (string, error)
	example string
	asks    string // what is asked on the terminal before; "" asks nothing
}

// run edits the job that text begins with.
func (e edit) run(ctx context.Context, d jobShell, text string) error {
	var id, when string
	err := d.store.View(ctx, func(s *store.Snapshot) (err error) {
		id, when, err = jobs.FindVersions(s, text, e.example)
		return err
	})
	if err != nil {
		return d.refused(err)
	}
	if e.asks != "" && !d.yes && !agreed(d.streams, e.asks+" "+id) {
		return errRefused
	}
	return d.do(ctx, func(tx *store.Tx, by schedule.Edit) (string, error) { return e.do(d.Desk, tx, id, when, by) })
}

// do makes one edit and prints what it did.
func (d jobShell) do(ctx context.Context, edit func(*store.Tx, schedule.Edit) (string, error)) error {
	said := ""
	err := d.store.Update(ctx, func(tx *store.Tx) (err error) {
		said, err = edit(tx, schedule.Edit{Source: store.CLI})
		return err
	})
	if err != nil {
		return d.refused(err)
	}
	_, err = fmt.Fprintln(d.Out, said)
	return err
}

// refused prints an error that is meant for people.
func (d jobShell) refused(err error) error {
	if complaint, ok := chat.Complained(err); ok {
		fmt.Fprintln(d.Out, complaint)
		return errRefused
	}
	return err
}

// scheduleHistory is `duban schedule history`.
func scheduleHistory(ctx context.Context, d jobShell, text string) error {
	said := ""
	err := d.store.View(ctx, func(s *store.Snapshot) error {
		id, _, err := jobs.FindVersions(s, text, "duban schedule history 2")
		said = d.History(s, id)
		return err
	})
	if err != nil {
		return d.refused(err)
	}
	_, err = fmt.Fprintln(d.Out, said)
	return err
}
