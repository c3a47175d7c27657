package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"duban/handlers/jobs"
	"duban/notice"
	"duban/report"
	"duban/roster"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
)

// watchEvery is how often the configuration file is looked at. Its content is
// compared, not its time, because editors and network drives write files in
// many ways.
const watchEvery = 2 * time.Second

// newScheduler makes the scheduler of the jobs in st; o is what the
// configuration does not say.
func newScheduler(ctx context.Context, st *store.Store, c Config, o schedule.Options) (*schedule.Scheduler, error) {
	calendar, err := storedCalendar(ctx, st, c.Calendar)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	quiet, err := when.ParseQuiet(c.Quiet)
	if err != nil {
		return nil, fmt.Errorf("quiet: %w", err)
	}
	o.Calendar, o.Quiet, o.Limits = calendar, quiet, schedule.Limits{Gap: time.Duration(c.Limits.Gap), PerDay: c.Limits.PerDay}
	o.Report = jobReport
	o.Post, o.Withdraw = post, withdraw
	return schedule.New(st, o), nil
}

// newDesk lets people see and edit the jobs of a scheduler by a configuration.
func newDesk(s *schedule.Scheduler, c Config, zone *time.Location, school func() when.School) *jobs.Desk {
	quiet, _ := when.ParseQuiet(c.Quiet) // the scheduler was made with it
	return &jobs.Desk{Schedule: s, Zone: zone, Quiet: quiet, PerDay: c.Limits.PerDay, School: school}
}

// post makes the notice of a job's turn, in the transaction of the turn.
func post(tx *store.Tx, f schedule.Fire) error {
	targets, err := roster.Targets(tx.Snapshot, f.Job.Groups)
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return fmt.Errorf("job %s: %w", f.Job.ID, schedule.ErrNobody)
	}
	if err := tellUnreached(tx, f.Job, targets); err != nil {
		return err
	}
	if f.Job.Report != "" {
		return wantReport(tx, f, targets)
	}
	n := notice.Notice{Class: f.Job.Class, Text: f.Text, Job: f.Job.ID, Always: f.Job.Always}
	if n.Class == "" {
		n.Class = notice.Plain
	}
	_, err = notice.Post(tx, f.Key(), n, targets)
	return err
}

// tellUnreached tells the admins which of a job's groups its turn does not reach.
func tellUnreached(tx *store.Tx, j schedule.Job, reached []roster.Target) error {
	var missing []string
	for _, g := range j.Groups {
		if !slices.ContainsFunc(reached, func(t roster.Target) bool { return t.Group == g }) {
			missing = append(missing, g)
		}
	}
	if missing == nil {
		return nil
	}
	return roster.TellAdmins(tx, fmt.Sprintf("提醒“%s”没有发到%s：机器人不在这些群里。", j.Name, strings.Join(missing, "、")))
}

// withdraw takes back what was not sent yet of a turn, because its job was
// changed.
func withdraw(tx *store.Tx, key string) error {
	if _, err := report.TakeWant(tx, key); err != nil {
		return err
	}
	return notice.WithdrawPosting(tx, key)
}

// startClock makes the scheduler of a running program and applies the jobs of
// its configuration.
func (p *program) startClock(ctx context.Context) (*schedule.Scheduler, error) {
	s, err := newScheduler(ctx, p.store, p.config, schedule.Options{
		Zone: p.zone, Built: buildTime(), Now: p.now, Log: p.log,
		Alarm: func(a schedule.Alarm) {
			p.log.Warn("the schedule needs a person; the admins are told", "kind", a.Kind, "job", a.Job)
			p.alarm(ctx, a.Text)
		},
	})
	if err != nil {
		return nil, err
	}
	if err := p.applyJobs(ctx, s, p.config); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(p.config.path), err)
	}
	return s, nil
}

// tick runs the scheduler until ctx ends.
func tick(ctx context.Context, s *schedule.Scheduler) error {
	if err := s.Run(ctx); ctx.Err() == nil {
		return err
	}
	return nil
}

// watch applies the jobs of the configuration file again whenever it changes,
// until ctx ends. A file that does not parse, or whose jobs are refused, changes
// nothing.
func (p *program) watch(ctx context.Context, s *schedule.Scheduler) error {
	if p.config.path == "" {
		return nil
	}
	last := p.config.raw
	t := time.NewTicker(watchEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		data, err := os.ReadFile(p.config.path)
		if err != nil || bytes.Equal(data, last) {
			continue // an editor may have it away for a moment
		}
		last = data
		p.reload(ctx, s, data)
	}
}

// reload applies what a changed configuration file says about the calendar and
// about jobs, both or neither.
func (p *program) reload(ctx context.Context, s *schedule.Scheduler, data []byte) {
	c, err := parseConfig(p.config.path, data)
	if err == nil {
		err = p.apply(ctx, s, c)
	}
	if err != nil {
		p.log.Error("configuration not taken; what ran before goes on", "err", err)
		p.alarm(ctx, "config.yaml 有误，没有生效，原来的设置继续运行："+firstLine(err))
		return
	}
	p.log.Info("calendar and jobs of the changed configuration applied", "jobs", len(c.Jobs))
	if !sameBeyondJobs(c, p.config) {
		p.log.Warn("the rest of the changed configuration takes effect at the next start")
	}
}

func (p *program) apply(ctx context.Context, s *schedule.Scheduler, c Config) error {
	before := p.calendar.Swap(&c.Calendar)
	err := p.recalendar(ctx, s)
	if err == nil {
		err = p.applyJobs(ctx, s, c)
	}
	if err == nil && !reflect.DeepEqual(*before, c.Calendar) {
		err = p.calendarChanged(ctx)
	}
	if err != nil {
		p.calendar.Store(before)
		return errors.Join(err, p.recalendar(ctx, s))
	}
	return nil
}

// alarm says something to every admin in private.
func (p *program) alarm(ctx context.Context, text string) {
	err := p.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error { return roster.TellAdmins(tx, text) })
	if err != nil && !errors.Is(err, store.ErrClosed) {
		p.log.Error("admins not told", "err", err)
	}
}
