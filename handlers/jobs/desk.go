package jobs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/outbox"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// A Desk shows and edits the jobs of a schedule for people, in chat and on the
// command line. The errors of its methods may be meant for people; see
// [chat.Complained].
type Desk struct {
	Schedule *schedule.Scheduler
	Zone     *time.Location
	Quiet    when.Quiet
}

// A Preview is what an admin sees before saving a job.
type Preview struct {
	Text   string // meaning, next turns, skipped and added days, audience, cost
	Post   string // exactly what the next turn would post
	People int    // who read it
}

// Preview says what saving a job would mean.
func (d *Desk) Preview(s *store.Snapshot, j schedule.Job) (Preview, error) {
	p, err := d.Schedule.Check(s, j)
	if err != nil {
		return Preview{}, err
	}
	cost, err := d.Schedule.Cost(s, p.Job)
	if err != nil {
		return Preview{}, err
	}
	text := p.Preview.String() + d.settings(s, p.Job) + "\n" + costs(cost, p, outbox.LimitsOf(s).Jobs.PerDay, s.Now().In(d.Zone)) + "\n" + whatJobSays(p.Job) + "：" + p.Text
	return Preview{Text: text, Post: p.Text, People: cost.People}, nil
}

// whatJobSays is the word before what a job posts.
func whatJobSays(j schedule.Job) string {
	if j.Report != "" {
		return "报表"
	}
	return "文字"
}

// Delete takes a job away.
func (d *Desk) Delete(tx *store.Tx, id, _ string, by schedule.Edit) (string, error) {
	return fmt.Sprintf("已删除。发“恢复上一版 %s”可以找回。", id), d.Schedule.Delete(tx, id, by)
}

// Resume ends a pause.
func (d *Desk) Resume(tx *store.Tx, id, _ string, by schedule.Edit) (string, error) {
	j, err := d.Schedule.Resume(tx, id, by)
	return fmt.Sprintf("“%s”已继续：%s", j.Name, d.next(tx, j)), err
}

// Restore brings back the version before the last edit.
func (d *Desk) Restore(tx *store.Tx, id, _ string, by schedule.Edit) (string, error) {
	j, err := d.Schedule.Restore(tx, id, 0, by)
	return fmt.Sprintf("“%s”已恢复到上一版：%s，%s", j.Name, j.When, d.next(tx, j)), err
}

// Put saves a job as it was previewed.
func (d *Desk) Put(tx *store.Tx, j schedule.Job, by schedule.Edit) (string, error) {
	p, err := d.Schedule.Save(tx, j, by)
	return fmt.Sprintf("已保存“%s”（%s）：%s编号%d。", p.Job.Name, p.Job.ID, d.next(tx, p.Job), p.Job.Number), err
}

// next says when a job comes next.
func (d *Desk) next(tx *store.Tx, j schedule.Job) string {
	from, pause := tx.Now(), ""
	switch {
	case j.Paused && j.Resume.IsZero():
		return "现在是暂停状态，发“继续提醒”恢复。"
	case j.Paused && j.Resume.After(from):
		from, pause = j.Resume.Add(-time.Second), "暂停到"+d.day(j.Resume, tx.Now())+"，当天起继续，"
	}
	at, err := d.Schedule.Next(j, from)
	if err != nil || at.IsZero() {
		return d.Schedule.Stands(tx.Snapshot, j) + "。" // never again, or not before a calendar knows more
	}
	at = at.In(d.Zone)
	return pause + "下次" + d.day(at, tx.Now()) + zh.Clock(at) + "。"
}

// day writes a day, with its year if that is not the present one's.
func (d *Desk) day(t, now time.Time) string {
	return zh.DateSeen(t.In(d.Zone), now.In(d.Zone))
}

// Pause stops a job, until a day if at names one: 到12月1日.
func (d *Desk) Pause(tx *store.Tx, id, at string, by schedule.Edit) (string, error) {
	var until time.Time
	if at != "" {
		var size int
		text := afterTo(at)
		if until, size = readDay(text, tx.Now().In(d.Zone)); until.IsZero() || strings.TrimSpace(text[size:]) != "" {
			return "", when.Refuse("没看懂暂停到哪天，请写如“暂停提醒 2 到12月1日”")
		}
	}
	j, err := d.Schedule.Pause(tx, id, until, by)
	if until.IsZero() {
		return fmt.Sprintf("“%s”已暂停，发“继续提醒”恢复。", j.Name), err
	}
	return fmt.Sprintf("“%s”已%s", j.Name, d.next(tx, j)), err
}

// Snooze moves the next turn of a job alone: 到明天9点.
func (d *Desk) Snooze(tx *store.Tx, id, at string, by schedule.Edit) (string, error) {
	now := tx.Now().In(d.Zone)
	spec, err := when.Parse(afterTo(at), when.Setting{Now: now, Zone: d.Zone, Calendar: d.Schedule.Calendar()})
	if err != nil {
		return "", err
	}
	if !spec.Once() {
		return "", when.Refuse("推迟要写一个确定的时间，例如“明天9点”")
	}
	to := spec.Next(now)
	if to.IsZero() {
		return "", when.Refuse("这个时间已经过去，请写将来的时间，例如“明天9点”")
	}
	if j, _ := schedule.FindJob(tx.Snapshot, id); !j.Always && d.Quiet.Has(when.ClockOf(to)) {
		return "", when.Refuse("%s在安静时段（%s）内，不会发送，请换个时刻", zh.Clock(to), d.Quiet)
	}
	j, err := d.Schedule.Snooze(tx, id, to, by)
	return fmt.Sprintf("“%s”的下一次推迟到%s%s，之后照常。", j.Name, d.day(to, now), zh.Clock(to)), err
}

// Silence makes a job say nothing on some days: 1月16日到2月21日 寒假, 1月26日, 到2月21日, or a holiday of the
// school's calendar: 寒假.
func (d *Desk) Silence(tx *store.Tx, id, at string, by schedule.Edit) (string, error) {
	now := tx.Now().In(d.Zone)
	from, to, why, ok := d.period(at, now)
	if !ok {
		return "", when.Refuse("没看懂停发的日期，请写如“停发提醒 2 1月16日到2月21日 寒假”")
	}
	if j, _ := schedule.FindJob(tx.Snapshot, id); slices.ContainsFunc(j.Silent, func(p schedule.Period) bool { return p.From == from.String() && p.To == to.String() }) {
		return "", when.Refuse("“%s”%s本来就停发", j.Name, span(from, to, now))
	}
	j, err := d.Schedule.Silence(tx, id, from, to, why, by)
	return fmt.Sprintf("“%s”%s停发，%s", j.Name, span(from, to, now), d.next(tx, j)), err
}

func (d *Desk) period(text string, now time.Time) (from, to when.Day, why string, ok bool) {
	today := when.DayOf(now)
	for _, h := range d.Schedule.Calendar().School().Holidays {
		if text != "" && h.To >= today && (text == h.Name || text == h.Name+"期间") {
			return h.From, h.To, h.Name, true
		}
	}
	start, size := readDay(text, now)
	rest := strings.TrimSpace(text[size:])
	if size == 0 && afterTo(text) != text {
		start = now
	}
	if start.IsZero() {
		return 0, 0, "", false
	}
	end := start
	if after := afterTo(rest); after != rest {
		if end, size = readDay(after, start); end.IsZero() {
			return 0, 0, "", false
		}
		rest = strings.TrimSpace(after[size:])
	}
	return when.DayOf(start), when.DayOf(end), rest, true
}

// Lift takes away the rows of silent days of a job.
func (d *Desk) Lift(tx *store.Tx, id, _ string, by schedule.Edit) (string, error) {
	j, ok := schedule.FindJob(tx.Snapshot, id)
	if !ok || len(j.Silent) == 0 {
		return "", when.Refuse("“%s”没有停发的日子", j.Name)
	}
	j.Silent = nil
	p, err := d.Schedule.Put(tx, j, by)
	return fmt.Sprintf("“%s”不再停发，%s", p.Job.Name, d.next(tx, p.Job)), err
}

// afterTo is what follows 到.
func afterTo(text string) string {
	for _, word := range []string{"到", "至", "-", "—", "~", "～"} {
		if rest, ok := strings.CutPrefix(text, word); ok {
			return strings.TrimLeft(rest, "—- ")
		}
	}
	return text
}

// readDay reads the day that text begins with, as 2027-01-16 or as people name
// it, and returns how many bytes it takes.
func readDay(text string, now time.Time) (day time.Time, size int) {
	const iso = len(time.DateOnly)
	if len(text) >= iso {
		if t, err := time.ParseInLocation(time.DateOnly, text[:iso], now.Location()); err == nil {
			return t, iso
		}
	}
	named, size := zh.ParseDay(text)
	return named.On(now), size
}

// span writes a row of days, with its year if that is not the present one's.
func span(from, to when.Day, now time.Time) string {
	return zh.Span(from.At(0, now.Location()), to.At(0, now.Location()), now)
}
