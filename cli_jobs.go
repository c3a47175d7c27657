package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/handlers/jobs"
	"duban/roster"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
)

// errRefused means that an edit was refused; why has been printed.
var errRefused = errors.New("nothing was changed")

// A jobShell edits jobs for the command line, in a store that no bot uses.
type jobShell struct {
	*jobs.Desk
	config  Config
	store   *store.Store
	streams streams
	yes     bool // do not ask
}

// withJobs opens the store for a subcommand that edits jobs, and gives it what
// was written behind the flags.
func withJobs(name string, fn func(ctx context.Context, d jobShell, text string) error) func(context.Context, []string, streams) error {
	return func(ctx context.Context, args []string, s streams) (err error) {
		f := flags("schedule "+name, s)
		path := f.String("config", defaultConfig, "the configuration `file`")
		data := f.String("data", "", "the `folder` of the store; overrides the configuration")
		yes := f.Bool("yes", false, "do not ask")
		if err := parse(f, args); err != nil {
			return err
		}
		text := strings.Join(f.Args(), " ")
		if text == "" {
			return fmt.Errorf("schedule %s needs to be told what: %w", name, errUsage)
		}
		c, _, err := chosenConfig(*path, *data)
		if err != nil {
			return err
		}
		zone, err := time.LoadLocation(c.Zone)
		if err != nil {
			return err
		}
		st, closeStore, err := openStore(ctx, c, openBolt, store.Options{})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, closeStore()) }()
		clock, err := newScheduler(ctx, st, c, schedule.Options{Zone: zone})
		if err != nil {
			return err
		}
		school := func() when.School { return c.Calendar.School }
		return fn(ctx, jobShell{newDesk(clock, c, zone, school), c, st, s, *yes}, text)
	}
}

// scheduleAdd is `duban schedule add`.
func scheduleAdd(ctx context.Context, d jobShell, text string) error {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	var j schedule.Job
	var preview jobs.Preview
	var complaint string
	err := d.store.View(ctx, func(s *store.Snapshot) (err error) {
		j, complaint, err = jobs.NewJob(s, text, binary.BigEndian.Uint64(random[:]), d.Zone)
		if err == nil && complaint == "" {
			preview, err = d.Preview(s, j)
		}
		return err
	})
	if err != nil {
		complaint, err = jobs.Refused(err)
	}
	switch {
	case err != nil:
		return err
	case complaint != "":
		return d.refuse(complaint)
	}
	fmt.Fprintln(d.streams.out, preview.Text)
	if !d.yes && !agreed(d.streams, "保存") {
		return errRefused
	}
	return d.do(ctx, func(tx *store.Tx, by schedule.Edit) (string, error) { return d.Put(tx, j, by) })
}

// scheduleEdit is what `duban schedule pause 2 到12月1日` and the like have in
// common.
func scheduleEdit(do func(d *jobs.Desk, tx *store.Tx, id, when string, by schedule.Edit) (string, error), example string) func(context.Context, jobShell, string) error {
	return func(ctx context.Context, d jobShell, text string) error {
		id, when, complaint, err := d.find(ctx, text, example)
		switch {
		case err != nil:
			return err
		case complaint != "":
			return d.refuse(complaint)
		}
		return d.do(ctx, func(tx *store.Tx, by schedule.Edit) (string, error) { return do(d.Desk, tx, id, when, by) })
	}
}

// scheduleDelete is `duban schedule delete`.
func scheduleDelete(ctx context.Context, d jobShell, text string) error {
	id, _, complaint, err := d.find(ctx, text, "duban schedule delete 2")
	switch {
	case err != nil:
		return err
	case complaint != "":
		return d.refuse(complaint)
	case !d.yes && !agreed(d.streams, "删除提醒“"+id+"”"):
		return errRefused
	}
	return d.do(ctx, func(tx *store.Tx, by schedule.Edit) (string, error) { return d.Delete(tx, id, "", by) })
}

// scheduleRestore is `duban schedule restore`. A job that was deleted is named by
// its id.
func scheduleRestore(ctx context.Context, d jobShell, text string) error {
	id, _, complaint, err := d.find(ctx, text, "duban schedule restore 2")
	if err != nil {
		return err
	}
	if complaint != "" {
		id = text
	}
	return d.do(ctx, func(tx *store.Tx, by schedule.Edit) (string, error) { return d.Restore(tx, id, "", by) })
}

// find returns the id of the job that text begins with, and what follows.
func (d jobShell) find(ctx context.Context, text, example string) (id, after, complaint string, err error) {
	err = d.store.View(ctx, func(s *store.Snapshot) (err error) {
		var j schedule.Job
		j, after, complaint, err = jobs.FindJob(s, text, example)
		id = j.ID
		return err
	})
	return id, after, complaint, err
}

// do makes one edit and prints what it did.
func (d jobShell) do(ctx context.Context, edit func(*store.Tx, schedule.Edit) (string, error)) error {
	said, complaint := "", ""
	err := d.store.Update(ctx, func(tx *store.Tx) (err error) {
		complaint = ""
		if said, err = edit(tx, schedule.Edit{Source: store.CLI}); err != nil {
			complaint, err = jobs.Refused(err)
		}
		return err
	})
	if err != nil {
		return err
	}
	if complaint != "" {
		return d.refuse(complaint)
	}
	_, err = fmt.Fprintln(d.streams.out, said)
	return err
}

func (d jobShell) refuse(complaint string) error {
	fmt.Fprintln(d.streams.out, complaint)
	return errRefused
}

// scheduleHistory is `duban schedule history`.
func scheduleHistory(ctx context.Context, d jobShell, text string) error {
	return d.store.View(ctx, func(s *store.Snapshot) error {
		j, _, complaint, err := jobs.FindJob(s, text, "duban schedule history 2")
		if err != nil {
			return err
		}
		if complaint != "" {
			return d.refuse(complaint)
		}
		r, err := roster.Current(s)
		if err != nil {
			return err
		}
		said, err := d.History(s, j.ID, func(person string) string {
			p, _ := r.Person(person)
			return p.Name
		})
		if err == nil {
			_, err = fmt.Fprintln(d.streams.out, said)
		}
		return err
	})
}
