package schedule

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duban/notice"
	"duban/outbox"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// An Edit says who changes a job, and through what.
type Edit struct {
	Actor   string // a person's id; "" for duban itself
	Source  store.Source
	Account string // through which account, if it was in a chat
}

func (e Edit) audit(action, object, result string) store.Audit {
	return store.Audit{Actor: e.Actor, Source: e.Source, Account: e.Account, Action: action, Object: object, Result: result}
}

// A JobPreview is what a person should see before saving a job.
type JobPreview struct {
	Job  Job    // with its schedule in canonical form
	Text string // what its next firing would say
	Cost int    // messages on its busiest day
	Cron string // its schedule in five fields; "" if they cannot say it
	when.Preview
}

// Check reads a job as somebody wrote it, and shows what it would do. An error
// is a [*when.Refusal], or comes from the store.
func (s *Scheduler) Check(sn *store.Snapshot, j Job) (JobPreview, error) {
	if err := checkWords(j); err != nil {
		return JobPreview{}, err
	}
	end, err := countEnds(j.Text, s.o.Zone)
	switch {
	case err != nil:
		return JobPreview{}, err
	case end.IsZero():
	case end.Before(sn.Now()):
		return JobPreview{}, &when.Refusal{Over: true, Text: "文字里倒计时的日子（" + when.DayOf(end).String() + "）已经过去，请改成将来的日子"}
	case j.Until.IsZero() || j.Until.After(end):
		j.Until = end // nothing is left to count after it
	}
	times, err := timetable(j, when.Parse, when.Setting{Now: sn.Now(), Zone: s.o.Zone, Calendar: s.cal.Load()})
	if err != nil {
		return JobPreview{}, err
	}
	j.When, j.Days, j.Class = times.Spec.String(), times.Rule.String(), cmp.Or(j.Class, notice.Plain)
	if j, err = s.o.asReport(j, sn.Now()); err != nil {
		return JobPreview{}, err
	}
	p := JobPreview{Job: j, Preview: times.Preview(sn.Now(), previewed), Cost: len(times.Spec.Times()) * len(j.Groups), Cron: times.Spec.Cron()}
	if err := s.limits(sn, p, times.Spec); err != nil {
		return JobPreview{}, err
	}
	turn := sn.Now() // of a job that waits for its calendar
	if len(p.Next) > 0 {
		turn = p.Next[0]
	}
	p.Text, err = render(sn, j, turn)
	return p, err
}

// asReport reads the report that a job posts, if it posts one.
func (o Options) asReport(j Job, now time.Time) (Job, error) {
	if j.Report == "" {
		return j, nil
	}
	usual, ok := o.Report(j.Report, now.In(o.Zone))
	if !ok {
		return j, when.Refuse("没有“%s”这种报表，请写“进度汇总”“30天未更新”或“某某学院 进度”，后面可加“图片”“表格”", j.Report)
	}
	j.Report, j.Text, j.Class = usual, usual, notice.Plain
	return j, nil
}

// previewed is how many firings a preview shows.
const previewed = 5

// jobID says nothing of the length: a class of all letters that is counted takes 1.6 MB.
var jobID = regexp.MustCompile(`^[\p{L}\p{N}][-_.\p{L}\p{N}]*$`)

const longestID = 40

func checkWords(j Job) error {
	switch {
	case !jobID.MatchString(j.ID), utf8.RuneCountInString(j.ID) > longestID:
		return when.Refuse("编号“%s”不对，请用字母、数字、汉字或短横线，40字以内", j.ID)
	case strings.TrimSpace(j.Name) == "" || len(j.Name) > 120:
		return when.Refuse("请给提醒起一个名字，40字以内")
	case len(j.Groups) == 0:
		return when.Refuse("没有写发到哪个群")
	case j.Class != "" && j.Class.String() == "":
		return when.Refuse("没有“%s”这种通知，请从普通、需回执、填报、紧急里选", string(j.Class))
	case !slices.Contains([]Missed{SendLatest, SendAll, SendNone}, j.Missed):
		return when.Refuse("错过时的做法“%s”不对，请写 latest、all 或 skip", j.Missed)
	}
	return nil
}

func (s *Scheduler) limits(sn *store.Snapshot, p JobPreview, spec *when.Schedule) error {
	l := outbox.LimitsOf(sn).Jobs
	switch {
	case len(p.Next) == 0 && !spec.Waits():
		return when.Refuse("按现在的日历和规则，今后没有一次会发送，请检查时间、规则和停发期")
	case spec.Gap() < l.Gap:
		return when.Refuse("太频繁：两次之间只有%s，至少要隔%s，请写如“8:00到18:00每两小时”",
			when.Minutes(int(spec.Gap().Minutes())), when.Minutes(int(l.Gap.Minutes())))
	case len(p.Job.Groups) > outbox.MostGroups:
		return when.Refuse("一条提醒最多发到%d个群，请分成几条", outbox.MostGroups)
	case l.PerDay > 0 && p.Cost > l.PerDay:
		return when.Refuse("超出发送额度：一天要发%d条，最多%d条，请减少次数或群", p.Cost, l.PerDay)
	case p.Job.Always:
		return nil
	}
	for _, c := range spec.Times() {
		if s.o.Quiet.Has(c) {
			return when.Refuse("%s在安静时段（%s）内，不会发送；请换个时刻，确有必要时注明“安静时段也发”", c, s.o.Quiet)
		}
	}
	return nil
}

// Put saves a job as somebody wrote it: a new one, or a new version of the one
// with its id. A changed schedule counts from now on.
func (s *Scheduler) Put(tx *store.Tx, j Job, e Edit) (JobPreview, error) {
	p, err := s.Check(tx.Snapshot, j)
	if err != nil {
		return p, err
	}
	old, known := FindJob(tx.Snapshot, j.ID)
	p.Job.Source, p.Job.By, p.Job.Ended = e.Source, e.Actor, time.Time{}
	if known && same(old, p.Job) {
		p.Job = old
		return p, nil
	}
	p.Job = s.save(tx, old, known, p.Job, e, "job.put")
	return p, nil
}

// Save is [Scheduler.Put] of a job as somebody saw its preview. If it was changed since
// then, that change would be lost, and nothing is saved; nor is what costs more than an
// account may send. A new job that does what another does was sent twice, and is that one.
func (s *Scheduler) Save(tx *store.Tx, j Job, e Edit) (JobPreview, error) {
	now, known := FindJob(tx.Snapshot, j.ID)
	if known && now.Version != j.Version || !known && j.Version != 0 {
		return JobPreview{}, when.Refuse("预览以后，这条提醒又被改过或删除了，没有保存。请重新预览一次")
	}
	if !known {
		p, err := s.Check(tx.Snapshot, j)
		all := Jobs(tx.Snapshot)
		if i := slices.IndexFunc(all, func(o Job) bool { return same(o, p.Job) }); err == nil && i >= 0 {
			p.Job = all[i]
			return p, nil
		}
	}
	if _, err := s.Cost(tx.Snapshot, j); err != nil {
		return JobPreview{}, err
	}
	return s.Put(tx, j, e)
}

// same reports whether two versions of a job do the same.
func same(a, b Job) bool {
	return !moved(a, b) && a.Name == b.Name && a.Text == b.Text && a.Report == b.Report && a.Class == b.Class && maps.Equal(a.Vars, b.Vars) &&
		slices.Equal(a.Groups, b.Groups) && a.Missed == b.Missed && a.Window == b.Window && a.Always == b.Always &&
		a.Ended.Equal(b.Ended)
}

// moved reports whether two versions fire at different times.
func moved(a, b Job) bool {
	return a.When != b.When || a.Days != b.Days || !a.Until.Equal(b.Until) || !slices.Equal(a.Silent, b.Silent) ||
		a.Paused != b.Paused || !a.Resume.Equal(b.Resume)
}

// save stores a new version, takes back what the old one has not sent yet, and
// writes it into the audit log.
func (s *Scheduler) save(tx *store.Tx, old Job, known bool, j Job, e Edit, action string) Job {
	if !known || moved(old, j) {
		setCursor(tx, j.ID, tx.Now())
	}
	if known {
		s.o.withdraw(tx, old)
	}
	j.Number = cmp.Or(old.Number, j.Number)
	j = putJob(tx, j, false)
	tx.Audit(e.audit(action, j.ID, fmt.Sprintf("v%d", j.Version)))
	return j
}

// withdrawFor is how long after a firing its unsent texts are taken back when the
// job is changed.
const withdrawFor = 24 * time.Hour

func (o Options) withdraw(tx *store.Tx, j Job) {
	for _, f := range Firings(tx.Snapshot, j.ID, tx.Now().Add(-withdrawFor), tx.Now().Add(time.Minute)) {
		if f.posts() {
			o.Withdraw(tx, f.Key())
		}
	}
}

// named returns the job with the id, or a Refusal.
func named(sn *store.Snapshot, id string) (Job, error) {
	j, ok := FindJob(sn, id)
	if !ok {
		return j, when.Refuse("没有编号为“%s”的提醒，发“提醒列表”可以查看", id)
	}
	return j, nil
}

// Delete takes a job away. Restore brings it back.
func (s *Scheduler) Delete(tx *store.Tx, id string, e Edit) error {
	j, err := named(tx.Snapshot, id)
	if err != nil {
		return err
	}
	s.o.withdraw(tx, j)
	j.Source, j.By = e.Source, e.Actor
	putJob(tx, j, true)
	tx.Audit(e.audit("job.delete", id, ""))
	return nil
}

// Pause stops a job until a time, or until Resume if that is the zero time.
// Turns in the pause are not sent later.
func (s *Scheduler) Pause(tx *store.Tx, id string, until time.Time, e Edit) (Job, error) {
	return s.change(tx, id, e, "job.pause", func(j *Job) error {
		if !until.IsZero() && !until.After(tx.Now()) {
			return when.Refuse("暂停的结束时间已经过去，请写将来的日期")
		}
		j.Paused, j.Resume = true, until
		return nil
	})
}

// Resume ends a pause.
func (s *Scheduler) Resume(tx *store.Tx, id string, e Edit) (Job, error) {
	return s.change(tx, id, e, "job.resume", func(j *Job) error {
		if !j.Paused {
			return when.Refuse("“%s”没有暂停", j.Name)
		}
		j.Paused, j.Resume = false, time.Time{}
		return nil
	})
}

// Snooze moves the next firing of a job to a later time, once.
func (s *Scheduler) Snooze(tx *store.Tx, id string, to time.Time, e Edit) (Job, error) {
	return s.change(tx, id, e, "job.snooze", func(j *Job) error {
		plain := *j
		plain.Snooze, plain.Until = nil, time.Time{}
		times, err := s.timetable(plain, s.Calendar())
		if err != nil {
			return err
		}
		next := times.Next(tx.Now())
		if next.IsZero() {
			return when.Refuse("“%s”今后没有一次会发送，不能推迟", j.Name)
		}
		if !to.After(next) {
			return when.Refuse("下一次是%s，推迟后的时间应在它之后", zh.Date(next)+zh.Clock(next))
		}
		j.Snooze = &when.Snooze{Turn: next, To: to.Truncate(time.Minute)}
		return nil
	})
}

// Silence adds days on which a job says nothing.
func (s *Scheduler) Silence(tx *store.Tx, id string, from, to when.Day, why string, e Edit) (Job, error) {
	return s.change(tx, id, e, "job.silence", func(j *Job) error {
		if to < from {
			return when.Refuse("停发期的结束 %s 在开始 %s 之前", to, from)
		}
		j.Silent = append(slices.Clone(j.Silent), Period{From: from.String(), To: to.String(), Why: why})
		return nil
	})
}

func (s *Scheduler) change(tx *store.Tx, id string, e Edit, action string, fn func(*Job) error) (Job, error) {
	old, err := named(tx.Snapshot, id)
	if err != nil {
		return old, err
	}
	j := old
	if err := fn(&j); err != nil {
		return old, err
	}
	j.Source, j.By = e.Source, e.Actor
	return s.save(tx, old, true, j, e, action), nil
}

// Restore brings back a version of a job, also of a deleted one; 0 is the version before
// the last edit.
func (s *Scheduler) Restore(tx *store.Tx, id string, version int, e Edit) (Job, error) {
	now, known := FindJob(tx.Snapshot, id)
	for _, j := range slices.Backward(JobVersions(tx.Snapshot, id)) {
		if j.Deleted || known && j.Version >= now.Version || version > 0 && j.Version != version {
			continue
		}
		if _, err := s.Check(tx.Snapshot, j); err != nil {
			return now, err
		}
		j.Source, j.By, j.Ended = e.Source, e.Actor, time.Time{}
		return s.save(tx, now, known, j, e, "job.restore"), nil
	}
	return now, when.Refuse("“%s”没有更早的版本", id)
}
