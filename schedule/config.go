package schedule

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"duban/notice"
	"duban/schedule/when"
	"duban/store"
)

// A ConfigJob is a job as config.yaml says it.
type ConfigJob struct {
	ID     string            `json:"id" yaml:"id"`                             // stays the same when the job is changed; "" is the name
	Name   string            `json:"name" yaml:"name"`                         // as people call it
	When   string            `json:"when" yaml:"when"`                         // cron fields or a Chinese phrase
	Days   string            `json:"days,omitempty" yaml:"days,omitempty"`     // 每天, 法定工作日, 教学周工作日, 仅假期; 考试周除外
	Groups []string          `json:"groups" yaml:"groups,flow"`                // names of groups
	Class  string            `json:"class,omitempty" yaml:"class,omitempty"`   // 普通, 需回执, 填报, 紧急
	Text   string            `json:"text,omitempty" yaml:"text,omitempty"`     // a template
	Vars   map[string]string `json:"vars,omitempty" yaml:"vars,omitempty"`     // what the template may name
	Report string            `json:"report,omitempty" yaml:"report,omitempty"` // the report that is posted instead of a text: 进度汇总
	Format string            `json:"format,omitempty" yaml:"format,omitempty"` // of the report: 文字, 图片, 表格
	Missed string            `json:"missed,omitempty" yaml:"missed,omitempty"` // latest, all, skip
	Window string            `json:"window,omitempty" yaml:"window,omitempty"` // how late a missed firing may be: 3h
	Always bool              `json:"always,omitempty" yaml:"always,omitempty"` // also in quiet hours
	Until  string            `json:"until,omitempty" yaml:"until,omitempty"`   // the last day: 2027-01-15
	Paused bool              `json:"paused,omitempty" yaml:"paused,omitempty"`
	Resume string            `json:"resume,omitempty" yaml:"resume,omitempty"` // the day on which a pause ends
	Silent []Period          `json:"silent,omitempty" yaml:"silent,omitempty"` // rows of days without it
}

func (c ConfigJob) id() string { return cmp.Or(c.ID, c.Name) }

// job reads c, without checking it.
func (c ConfigJob) job(zone *time.Location) (Job, error) {
	j := Job{
		ID: c.id(), Name: c.Name, When: c.When, Days: c.Days, Groups: c.Groups, Text: c.Text, Vars: c.Vars,
		Always: c.Always, Silent: c.Silent, Paused: c.Paused || c.Resume != "",
	}
	if j.Report = strings.TrimSpace(c.Report + " " + c.Format); c.Report == "" && c.Format != "" {
		return j, when.Refuse("只有报表才写 format，请补上 report，例如 report: 进度汇总")
	}
	if c.Missed != "latest" {
		j.Missed = Missed(c.Missed)
	}
	if c.Class != "" {
		class, ok := notice.ParseClass(c.Class)
		if !ok {
			return j, when.Refuse("没有“%s”这种通知，请从普通、需回执、填报、紧急里选", c.Class)
		}
		j.Class = class
	}
	if c.Window != "" {
		if err := j.Window.UnmarshalText([]byte(c.Window)); err != nil {
			return j, when.Refuse("window “%s”不对，请写如 90m 或 3h", c.Window)
		}
	}
	if c.Until != "" {
		d, err := when.ParseDay(c.Until)
		if err != nil {
			return j, err
		}
		j.Until = (d + 1).At(0, zone).Add(-time.Second)
	}
	if c.Resume != "" {
		d, err := when.ParseDay(c.Resume)
		if err != nil {
			return j, err
		}
		j.Resume = d.At(0, zone)
	}
	return j, nil
}

// configJob is the reverse of job.
func configJob(j Job, zone *time.Location) ConfigJob {
	c := ConfigJob{
		ID: j.ID, Name: j.Name, When: j.When, Days: j.Days, Groups: j.Groups, Class: j.Class.String(), Text: j.Text,
		Vars: j.Vars, Missed: string(j.Missed), Always: j.Always, Silent: j.Silent, Paused: j.Paused,
	}
	if j.Report != "" {
		c.Text, c.Class, c.Report = "", "", j.Report
	}
	if j.Window > 0 {
		c.Window = time.Duration(j.Window).String()
	}
	if !j.Until.IsZero() {
		c.Until = when.DayOf(j.Until.In(zone)).String()
	}
	if !j.Resume.IsZero() {
		c.Resume = when.DayOf(j.Resume.In(zone)).String()
	}
	return c
}

// A RefusedError says what is wrong in the configuration file. Every other error means
// that the file could not be applied.
type RefusedError struct{ Err error }

// Error says what is wrong.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *RefusedError) Unwrap() error { return e.Err }

// Apply makes the jobs of the configuration file so: each whose text differs
// from what was last applied of it, so that an edit made elsewhere since then
// stays. A job that the file does not have any more stays until a person has said
// that it is meant ([LeftJobs]); fresh are those that nobody was asked about yet. If
// one job is refused, nothing is changed, and the error, a [RefusedError], names each
// that is.
func (s *Scheduler) Apply(ctx context.Context, jobs []ConfigJob) (fresh []Left, err error) {
	var over, lost []string
	err = s.store.Update(ctx, func(tx *store.Tx) (refused error) {
		if fresh, over, refused = s.apply(tx, jobs); refused != nil {
			return &RefusedError{refused}
		}
		lost = nil
		for _, j := range Listed(tx.Snapshot) {
			if groups := LostGroups(tx.Snapshot, j); len(groups) > 0 && j.Ended.IsZero() {
				lost = append(lost, fmt.Sprintf("“%s”（%s）", j.Name, strings.Join(groups, "、")))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	tell(s, over, "config.yaml 里这些提醒的时间已经过去，没有启用：%s。")
	tell(s, lost, "这些提醒要发的群名单里没有，发不到：%s。请改提醒，或在名单里写上群。")
	s.Wake()
	return fresh, nil
}

// tell raises an alarm about some jobs, once.
func tell(s *Scheduler, jobs []string, format string) {
	if text := fmt.Sprintf(format, strings.Join(jobs, "、")); len(jobs) > 0 && !s.sick.known(text) {
		s.o.Alarm(Alarm{Kind: "job", Text: text})
	}
}

// takeUp numbers the jobs of an older version, and revives those that come again under
// the present calendar.
func takeUp(s *Scheduler, tx *store.Tx) {
	numberJobs(tx)
	for _, j := range Jobs(tx.Snapshot) {
		revive(s, tx, j, s.cal.Load())
	}
}

// apply does what Apply does. Over are the names of those that are left out because
// their time has passed.
func (s *Scheduler) apply(tx *store.Tx, jobs []ConfigJob) (fresh []Left, over []string, refused error) {
	takeUp(s, tx)
	applied := AppliedTexts(tx.Snapshot)
	e := Edit{Source: store.Config}
	seen, left := map[string]bool{}, map[string]bool{}
	leave := func(id, text string) {
		if left[id] = true; s.leave(tx, id, text) {
			l, _ := store.Load[Left](tx, leftKey(id))
			fresh = append(fresh, l)
		}
	}
	for i, c := range jobs {
		if seen[c.id()] {
			refused = errors.Join(refused, fmt.Errorf("jobs[%d]: %w", i, when.Refuse("编号“%s”用了两次", c.id())))
			continue
		}
		seen[c.id()] = true
		raw, err := json.Marshal(c)
		if i == len(jobs)-1 && err == nil && cut(string(raw), applied[c.id()]) {
			leave(c.id(), string(raw))
			continue
		}
		if err == nil {
			err = s.applyText(tx, c, string(raw), applied[c.id()], e)
		}
		switch {
		case errors.Is(err, errOver):
			over = append(over, "“"+c.Name+"”")
		case err != nil:
			refused = errors.Join(refused, fmt.Errorf("jobs[%d] %s: %w", i, c.id(), err))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(applied)) {
		if !seen[id] {
			leave(id, "")
		}
	}
	for _, l := range LeftJobs(tx.Snapshot) {
		if !left[l.ID] { // the file has it again
			store.Delete(tx, leftKey(l.ID))
		}
	}
	return fresh, over, refused
}

// applyText applies what the file says of a job, if it differs from what was applied.
func (s *Scheduler) applyText(tx *store.Tx, c ConfigJob, raw, applied string, e Edit) error {
	if raw == applied {
		return nil
	}
	j, err := c.job(s.o.Zone)
	if err != nil {
		return err
	}
	keepPause(tx, &j, c, applied)
	if _, err := s.Put(tx, j, e); err != nil && isOver(s, tx.Snapshot, j, err) {
		s.o.Log.Warn("job of the configuration is over and left out", "job", c.id())
		return errOver // it is not applied, so that another calendar may revive it
	} else if err != nil {
		return err
	}
	setApplied(tx, c.id(), raw)
	return nil
}

// keepPause leaves a job paused as it is in the store, if what the file says of
// its pause is what it said before: an edit of the text must not end a pause that
// somebody asked for elsewhere.
func keepPause(tx *store.Tx, j *Job, c ConfigJob, applied string) {
	if applied == "" {
		return
	}
	before := store.Decode[ConfigJob](tx.Snapshot, []byte(applied))
	if before.Paused != c.Paused || before.Resume != c.Resume {
		return
	}
	if stored, ok := FindJob(tx.Snapshot, j.ID); ok {
		j.Paused, j.Resume = stored.Paused, stored.Resume
	}
}

// errOver means that a job of the file is well formed, and that nothing of it is to come.
var errOver = errors.New("the job is over")

// isOver reports whether a job was refused only because its time has passed, which a
// file that was right once must not suffer from.
func isOver(s *Scheduler, sn *store.Snapshot, j Job, err error) bool {
	refusal := (*when.Refusal)(nil)
	if !errors.As(err, &refusal) || checkWords(j) != nil {
		return false
	}
	times, bad := s.timetable(j, s.cal.Load())
	return refusal.Over || bad == nil && times.Next(sn.Now()).IsZero()
}

// Export returns the jobs in the store as config.yaml would say them.
func (s *Scheduler) Export(sn *store.Snapshot) []ConfigJob {
	var all []ConfigJob
	for _, j := range Jobs(sn) {
		all = append(all, configJob(j, s.o.Zone))
	}
	return all
}
