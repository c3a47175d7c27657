package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duban/config"
	deskjobs "duban/handlers/jobs"
	"duban/notice"
	"duban/outbox"
	"duban/report"
	"duban/roster"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
)

// newScheduler makes the scheduler of the jobs in the store.
func (o *Office) newScheduler(ctx context.Context) (*schedule.Scheduler, error) {
	calendar, err := o.settings.storedCalendar(ctx)
	if isRefused(err) {
		return nil, fmt.Errorf("%w: %w", o.Config.Refused(fmt.Errorf("calendar: %w", err)), ErrConfig)
	} else if err != nil {
		return nil, err
	}
	_, built := Version()
	return schedule.New(o.Store, schedule.Options{
		Zone: o.Zone, Built: built, Now: o.opts.Now, Log: o.log,
		Calendar: calendar, Make: o.settings.calendarWith, Quiet: o.Config.Quiet(),
		Report: jobReport, Post: post, Withdraw: withdraw, Rewound: rewound, Looked: o.monitor.Looked,
		Alarm: func(a schedule.Alarm) {
			o.log.Warn("the schedule needs a person; the admins are told", "kind", a.Kind, "job", a.Job)
			o.alarm(ctx, a.Text)
		},
	}), nil
}

// post makes the notice of a job's turn, in the transaction of the turn.
func post(tx *store.Tx, j schedule.Job, f schedule.Firing, text string) error {
	targets := roster.Targets(tx.Snapshot, j.Groups)
	if len(targets) == 0 {
		return fmt.Errorf("job %s: %w", j.ID, schedule.ErrNobody)
	}
	tellUnreached(tx, j, targets)
	if j.Report != "" {
		report.PutWant(tx, report.Want{Reason: f.Key(), What: j.Report, Group: true, To: targets, Since: report.LastReport(tx, j.ID)})
		return nil
	}
	notice.Post(tx, f.Key(), notice.Notice{Class: cmp.Or(j.Class, notice.Plain), Text: text, Job: j.ID, Always: j.Always}, targets)
	return nil
}

// tellUnreached tells the admins which of a job's groups its turn does not reach.
func tellUnreached(tx *store.Tx, j schedule.Job, reached []roster.Target) {
	var missing []string
	for _, g := range j.Groups {
		if !slices.ContainsFunc(reached, func(t roster.Target) bool { return t.Group == g }) {
			missing = append(missing, g)
		}
	}
	if missing == nil {
		return
	}
	roster.TellAdmins(tx, fmt.Sprintf("提醒“%s”没有发到%s：机器人不在这些群里。", j.Name, strings.Join(missing, "、")))
}

// withdraw takes back what was not sent yet of a turn, because its job was
// changed.
func withdraw(tx *store.Tx, key string) {
	report.TakeWant(tx, key)
	notice.WithdrawPosting(tx, key)
}

// rewound looks again at everything that waits for a time, because the clock was set
// back.
func rewound(tx *store.Tx) {
	for _, account := range tx.AccountNames() {
		outbox.Hasten(tx, account)
	}
	notice.LookAgain(tx)
}

// jobReport reads the name of a report that a job may post: one that does not
// depend on who asks.
func jobReport(text string, now time.Time) (usual string, ok bool) {
	p, ok := report.Parse(text, now)
	if !ok || p.Kind != report.Progress && p.Kind != report.Stale && p.Kind != report.Month {
		return "", false
	}
	return p.String(), true
}

// reload applies what a changed configuration file says about the calendar and
// about jobs; a file that is refused changes neither. An error means that the file
// may be right and must be tried again.
func (o *settings) reload(ctx context.Context, data []byte) error {
	c, err := parse(o.Config.Path, data)
	held := false
	if err == nil {
		held, err = o.put(ctx, c)
		if err != nil && !isRefused(err) {
			return fmt.Errorf("apply the changed configuration: %w", err)
		}
	}
	if err != nil {
		o.log.Error("configuration not taken; what ran before goes on", "err", err)
		line, _, _ := strings.Cut(err.Error(), "\n")
		o.alarm(ctx, "config.yaml 有误，没有生效，原来的设置继续运行："+line)
		return nil
	}
	warnRenamed(o.log, c)
	if held {
		return nil
	}
	o.log.Info("calendar and jobs of the changed configuration applied", "jobs", len(c.Jobs))
	if !config.SameBeyondJobs(c, o.Config) {
		o.log.Warn("the rest of the changed configuration takes effect at the next start")
	}
	return nil
}

// isRefused tells whether an error is a fault of the configuration file.
func isRefused(err error) bool {
	refused, refusal := (*schedule.RefusedError)(nil), (*when.Refusal)(nil)
	return errors.As(err, &refused) || errors.As(err, &refusal)
}

// warnRenamed says which fields of a configuration have new names.
func warnRenamed(log *slog.Logger, c config.Config) {
	if c.Renamed != nil {
		log.Warn("fields of the configuration have new names; the old ones still hold", "fields", strings.Join(c.Renamed, ", "))
	}
}

// settings are what the configuration file says that takes effect while duban runs: the
// calendar and the jobs.
type settings struct {
	*Office
	lock     sync.Mutex                      // held while they are put in force
	calendar atomic.Pointer[config.Calendar] // as the file says it now
	waiting  atomic.Pointer[config.Config]   // the file as it is, if it is half of one and an admin is asked about jobs; nil if not
}

// put makes the calendar and the jobs of a configuration so. One that is held is half
// a file: its calendar and what it lacks wait for a person's word.
func (o *settings) put(ctx context.Context, c config.Config) (held bool, err error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	if _, held, err = o.whole(ctx, c); err != nil {
		return false, err
	}
	if held {
		return true, o.hold(ctx, c)
	}
	return false, o.apply(ctx, c, reflect.DeepEqual(c.Accounts, o.Config.Accounts))
}

// hold keeps what runs, because a configuration is half a file, and asks the admins.
func (o *settings) hold(ctx context.Context, c config.Config) error {
	if err := o.applyJobs(ctx, c); err != nil {
		return err
	}
	o.log.Warn("the configuration is only the beginning of the last whole one; that one holds until a person decides")
	left, err := store.Read(ctx, o.Store, schedule.LeftJobs)
	if err != nil {
		return err
	}
	o.waiting.Store(nil)
	word := "在文件末尾加一行以 # 开头的话"
	if len(left) > 0 {
		o.waiting.Store(&c)
		word = "管理员私聊我发“清理提醒”"
	}
	o.alarm(ctx, "config.yaml 现在只是原来那份的前一部分，没有生效，仍照原来那份运行。请把文件补全；确实只要这些，就请"+word+"。")
	return nil
}

// apply puts a configuration in force. It is kept as the last whole one if its accounts
// are known to work, or a person wants it.
func (o *settings) apply(ctx context.Context, c config.Config, keep bool) error {
	before := o.calendar.Swap(&c.Calendar)
	err := o.recalendar(ctx)
	if isRefused(err) {
		err = c.Refused(fmt.Errorf("calendar: %w", err))
	}
	if err == nil {
		err = o.applyJobs(ctx, c)
	}
	if err == nil && !reflect.DeepEqual(*before, c.Calendar) {
		err = o.Store.Write(ctx, func(tx *store.Tx) {
			tx.Audit(store.Audit{Source: store.Config, Action: "calendar.put", Object: filepath.Base(o.Config.Path)})
		})
	}
	if err != nil {
		o.calendar.Store(before)
		return errors.Join(err, o.recalendar(ctx))
	}
	o.waiting.Store(nil)
	return o.Store.Write(ctx, func(tx *store.Tx) {
		if kept, _ := store.Load[[]byte](tx, wholeKey); keep && c.Text() != nil && !bytes.Equal(kept, c.Text()) {
			store.Save(tx, wholeKey, c.Text())
		}
	})
}

// wholeKey is the key of the newest file that was not half of one.
const wholeKey = store.Work + "config"

func wholeText(s *store.Snapshot) []byte {
	text, _ := store.Load[[]byte](s, wholeKey)
	return text
}

// parse reads a configuration and checks it.
func parse(path string, text []byte) (config.Config, error) {
	c, err := config.Parse(path, text)
	if err == nil {
		err = Check(c)
	}
	return c, err
}

// asBefore returns the configuration of a process that stood by, as its file says it now.
// If that has another calendar or other jobs than the machine had that ran before, these
// stay, until somebody edits this file: nobody may have, since that one was edited.
func (o *settings) asBefore(ctx context.Context, c config.Config) (config.Config, error) {
	if text, err := os.ReadFile(c.Path); err == nil {
		if fresh, err := parse(c.Path, text); err == nil {
			c = c.WithJobs(fresh)
			o.Config = o.Config.WithJobs(fresh)
		}
	}
	before, known, err := taken(ctx, o.Store, c.Path)
	if err != nil || !known || c.Text() == nil || config.SameJobs(before, c) {
		return c, err
	}
	o.log.Warn("the calendar or the jobs of the configuration are others than on the machine that ran before; these go on until the file is changed")
	o.alarm(ctx, "接替的这台机器上的 config.yaml 与原来那台的不同，提醒和日历仍照原来那份运行。请把两台的文件改成一样。")
	return c.WithJobs(before), nil
}

// SameJobs tells whether the jobs and the calendar of a configuration, by their digest, are
// those of the last one that was taken.
func SameJobs(ctx context.Context, o *Office, sum string) (bool, error) {
	c, known, err := taken(ctx, o.Store, o.Config.Path)
	return !known || c.JobsSum() == sum, err
}

// taken is the last configuration that was taken, if that is known.
func taken(ctx context.Context, st *store.Store, path string) (c config.Config, known bool, err error) {
	text, err := store.Read(ctx, st, wholeText)
	if err == nil && text != nil {
		var bad error
		c, bad = parse(path, text)
		known = bad == nil
	}
	return c, known, err
}

// whole returns what the last whole file said, if a file is only the beginning of it
// and says something else: then nothing in that is as it was meant.
func (o *Office) whole(ctx context.Context, file config.Config) (c config.Config, half bool, err error) {
	text, err := store.Read(ctx, o.Store, wholeText)
	if err != nil || !beginning(file.Text(), text) {
		return c, false, err
	}
	c, bad := parse(file.Path, text)
	if bad != nil {
		o.log.Warn("the configuration is only the beginning of the last whole one, which is not taken any more", "err", bad)
		return c, false, nil
	}
	c.Data, c.Key = file.Data, file.Key
	return c, !config.SameBeyondJobs(c, file) || !config.SameJobs(c, file), nil
}

// beginning tells whether a file is another that was cut, wherever its lines end with
// what.
func beginning(file, of []byte) bool {
	plain := func(text []byte) []byte {
		text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		return bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	}
	return file != nil && len(plain(file)) < len(plain(of)) && bytes.HasPrefix(plain(of), plain(file))
}

// tellStrangeGroups tells the admins of jobs in the configuration that name a
// group which is not on the roster: it is most likely a slip.
func (o *settings) tellStrangeGroups(ctx context.Context, jobs []schedule.ConfigJob) error {
	people, err := store.Read(ctx, o.Store, roster.Current)
	if err != nil {
		return err
	}
	known := people.Groups()
	var said []string
	for _, j := range jobs {
		for _, g := range j.Groups {
			if !slices.Contains(known, g) {
				said = append(said, fmt.Sprintf("提醒“%s”要发的群“%s”不在名单里", j.Name, g))
			}
		}
	}
	if said != nil {
		o.log.Warn("jobs of the configuration name groups that are not on the roster", "count", len(said))
		o.alarm(ctx, "请检查 config.yaml："+strings.Join(said, "；")+"。")
	}
	return nil
}

// pruned applies the configuration that waited, once nothing is left of what it lacks.
func (o *settings) pruned(ctx context.Context) error {
	o.lock.Lock()
	defer o.lock.Unlock()
	c := o.waiting.Load()
	if c == nil {
		return nil
	}
	left, err := store.Read(ctx, o.Store, schedule.LeftJobs)
	if err != nil || len(left) > 0 {
		return err
	}
	return o.apply(ctx, *c, true)
}

// applyJobs makes the jobs of a configuration so.
func (o *settings) applyJobs(ctx context.Context, c config.Config) error {
	jobs, err := o.inTime(ctx, c.Jobs)
	if err != nil {
		return err
	}
	left, err := o.Schedule.Apply(ctx, jobs)
	if isRefused(err) {
		return &schedule.RefusedError{Err: c.Located(err, jobs)}
	}
	if err != nil {
		return err
	}
	if left != nil {
		o.log.Warn("the configuration lacks jobs that it had; they are kept, and the admins are asked", "count", len(left))
		o.alarm(ctx, deskjobs.Left(left)+"文件不全就请补全；确实不要了，请管理员私聊我发“清理提醒”。")
	}
	return o.tellStrangeGroups(ctx, jobs)
}

// inTime leaves out jobs that a new store meets only after their last day: a
// file that was right once must not keep the program from starting.
func (o *settings) inTime(ctx context.Context, jobs []schedule.ConfigJob) (left []schedule.ConfigJob, err error) {
	applied, err := store.Read(ctx, o.Store, schedule.AppliedTexts)
	today := when.DayOf(o.opts.Now().In(o.Zone))
	for _, j := range jobs {
		until, dayErr := when.ParseDay(j.Until)
		if _, known := applied[cmp.Or(j.ID, j.Name)]; dayErr == nil && until < today && !known {
			o.log.Warn("job of the configuration is past its last day and left out", "job", cmp.Or(j.ID, j.Name))
			continue
		}
		left = append(left, j)
	}
	return left, err
}

// leastAbsence is for how long duban must not have run for a report to say so: the
// schedule notes only every ten minutes that it runs.
const leastAbsence = 12 * time.Minute

// noteAbsence writes down that duban did not run until now, if it was long.
func (o *Office) noteAbsence(ctx context.Context) error {
	last, err := store.Read(ctx, o.Store, store.Believed)
	if err != nil || last.IsZero() || o.Store.Time().Sub(last) < leastAbsence {
		return err
	}
	return o.Store.Write(ctx, func(tx *store.Tx) { report.PutAbsence(tx, last) })
}
