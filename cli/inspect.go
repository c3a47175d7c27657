package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/app"
	"duban/bot"
	"duban/config"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/schedule"
	"duban/store"
)

// standing is an order of the doctor: how does an office stand?
func standing(f *flag.FlagSet) order {
	deep := f.Bool("deep", false, "read every record")
	jobs := f.String("jobs", "", "the digest of the jobs that who asks has in its file")
	return func(ctx context.Context, o *app.Office, _ []string, s streams) error {
		d := &doctor{out: s.Out}
		if *jobs != "" {
			same, err := app.SameJobs(ctx, o, *jobs)
			if err != nil {
				return err
			}
			if !same {
				d.bad("configuration", "the jobs or the calendar here are not those of the machine that owns the office: make the files the same")
			}
		}
		if err := d.inspect(ctx, o, *deep); err != nil {
			return err
		}
		return d.verdict()
	}
}

// inspect says how an office stands: its accounts, and what its store holds.
func (d *doctor) inspect(ctx context.Context, o *app.Office, deep bool) error {
	if err := errors.Join(d.standings(ctx, o), d.stored(ctx, o)); err != nil {
		return err
	}
	d.copies(o)
	d.year(o)
	if !deep {
		return nil
	}
	return d.records(ctx, o)
}

// files checks the roster and the plan as a start does. It is nil if it cannot be read.
func (d *doctor) files(ctx context.Context, c config.Config, planned bool) *roster.Roster {
	people, err := app.CheckFiles(ctx, c, planned)
	if err != nil {
		d.bad("roster and plan", "%v; mend the file, or roster and plan in config.yaml", err)
		return nil
	}
	d.good("roster and plan", "they can be read, with %d people", len(people.People))
	for _, j := range c.Jobs {
		for _, g := range j.Groups {
			if !slices.Contains(people.Groups(), g) {
				d.bad("reminders", "%s is for the group %s, which is not on the roster: mend config.yaml or the roster", j.Name, g)
			}
		}
	}
	return people
}

// unmeant says why a start would not take the roster of the file.
func (d *doctor) unmeant(why []string) {
	if why != nil {
		d.bad("roster", "%s: a start does not take it; mend the file, or if it is meant so, an admin says 导入名单", strings.Join(why, "；"))
	}
}

// opened opens the accounts that can be opened without a network, as a start does.
func (d *doctor) opened(o *app.Office, people *roster.Roster) {
	for _, c := range o.Config.Accounts {
		if app.Abilities(c).Simulated == nil {
			continue
		}
		a, err := o.OpenAccount(c, people)
		if err != nil {
			d.bad("account "+c.Name, "cannot be opened, and a start fails too: %v", err)
			continue
		}
		if x := bot.AbilitiesOf(a).Closer; x != nil {
			if err := x.Close(); err != nil {
				d.bad("account "+c.Name, "%v", err)
			}
		}
	}
}

// stored says what in the store needs a person: a pause, jobs without a group, a clock
// that does not go on where the store ended.
func (d *doctor) stored(ctx context.Context, o *app.Office) error {
	type state struct {
		paused   bool
		last     time.Time
		strange  []string
		planless bool
	}
	st, err := store.Read(ctx, o.Store, func(s *store.Snapshot) (st state) {
		_, st.paused = outbox.Paused(s)
		st.last = store.Believed(s)
		_, there := progress.HeadOf(s)
		st.planless = !there
		groups := roster.Current(s).Groups()
		for _, j := range schedule.Jobs(s) {
			for _, g := range j.Groups {
				if !slices.Contains(groups, g) {
					st.strange = append(st.strange, fmt.Sprintf("%s (%s)", j.Name, g))
				}
			}
		}
		return st
	})
	if err != nil {
		return err
	}
	if st.paused {
		d.note("sending", "it is stopped; duban resume lets it go on, or an admin who says 恢复发送")
	}
	if st.strange != nil {
		d.note("reminders", "for groups that are not on the roster: %s; mend the reminders or the roster", strings.Join(st.strange, "、"))
	}
	if st.planless {
		d.note("plan", "none is in force yet: a start takes it from the file that plan: names")
	}
	switch doubt := o.Schedule.Doubt(o.Store.Clock()); {
	case doubt != "":
		d.bad("clock", "%s", doubt)
	case time.Until(st.last) > time.Minute:
		d.bad("clock", "it is earlier than duban ran last (%s): set it", st.last.In(o.Zone).Format(minute))
	}
	return nil
}

// copies says how old the newest backup is.
func (d *doctor) copies(o *app.Office) {
	if o.Config.Backup.Every == 0 {
		d.note("backups", "they are off: set backup.every in config.yaml")
		return
	}
	last, err := o.Backups().Newest(o.Source().Data, time.Now())
	newest := last.Made
	switch {
	case err != nil:
		d.note("backups", "%v", err)
	case newest.IsZero():
		d.note("backups", "there is none yet: a running duban makes them, and so does duban backup")
	case time.Since(newest) > 48*time.Hour:
		d.bad("backups", "the newest is of %s: look at their folder and at the log, then run duban backup", newest.In(o.Zone).Format(minute))
	default:
		d.good("backups", "the newest is of %s", newest.In(o.Zone).Format(minute))
	}
}

// year says whether the holidays of the year are known.
func (d *doctor) year(o *app.Office) {
	year := time.Now().In(o.Zone).Year()
	if !o.Schedule.Calendar().Known(year) {
		d.note("calendar", "the holidays of %d are not known, so that workdays are Monday to Friday: write them into calendar.days of config.yaml", year)
	}
}

// records reads every record, and the audit logs.
func (d *doctor) records(ctx context.Context, o *app.Office) error {
	n, damaged, err := o.Store.VerifyRecords(ctx)
	if err != nil {
		return err
	}
	if len(damaged) > 0 {
		d.bad("records", "of %d some are damaged: %v; look at the disk; a start sets them aside, and duban restore brings a copy back", n, damaged)
	} else {
		d.good("records", "%d, each was read and is whole", n)
	}
	var tampered error
	err = o.Store.View(ctx, func(s *store.Snapshot) error {
		_, tampered = s.VerifyAudits()
		return nil
	})
	if tampered != nil {
		d.bad("audit log", "it is not as it was written: %v; leave all as it is, and run duban audit verify", tampered)
	} else if err == nil {
		d.good("audit log", "nobody has changed it")
	}
	return err
}
