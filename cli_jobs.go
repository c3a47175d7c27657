package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/handlers/chat"
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
	jobDesk
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
		return fn(ctx, jobShell{newDesk(clock, c, zone, school, store.CLI), c, st, s, *yes}, text)
	}
}

// scheduleAdd is `duban schedule add`.
func scheduleAdd(ctx context.Context, d jobShell, text string) error {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	var j schedule.Job
	var preview chat.JobPreview
	var complaint string
	err := d.store.View(ctx, func(s *store.Snapshot) (err error) {
		j, complaint, err = jobs.NewJob(s, text, binary.BigEndian.Uint64(random[:]), d.zone)
		if err == nil && complaint == "" {
			preview, complaint, err = d.Preview(s, j)
		}
		return err
	})
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
	return d.do(ctx, chat.JobEdit{Do: chat.PutJob, ID: j.ID, Job: j})
}

// scheduleEdit is what `duban schedule pause 2 到12月1日` and the like have in
// common.
func scheduleEdit(do chat.JobAction, example string) func(context.Context, jobShell, string) error {
	return func(ctx context.Context, d jobShell, text string) error {
		e := chat.JobEdit{Do: do}
		var complaint string
		err := d.store.View(ctx, func(s *store.Snapshot) (err error) {
			var j schedule.Job
			j, e.When, complaint, err = jobs.FindJob(s, text, example)
			if e.ID = j.ID; complaint != "" && do == chat.RestoreJob {
				e.ID, complaint = text, "" // one that was deleted is named by its id
			}
			return err
		})
		switch {
		case err != nil:
			return err
		case complaint != "":
			return d.refuse(complaint)
		case do == chat.DeleteJob && !d.yes && !agreed(d.streams, "删除提醒“"+e.ID+"”"):
			return errRefused
		}
		return d.do(ctx, e)
	}
}

// do makes one edit and prints what it did.
func (d jobShell) do(ctx context.Context, e chat.JobEdit) error {
	said := ""
	refused := false
	err := d.store.Update(ctx, func(tx *store.Tx) error {
		var err error
		said, err = d.edit(tx, e)
		complaint, other := refusal(err)
		if refused = err != nil; refused {
			said = complaint
		}
		return other
	})
	if err != nil {
		return err
	}
	if refused {
		return d.refuse(said)
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
