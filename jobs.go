package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/handlers"
	"duban/schedule"
	"duban/store"
	"duban/zh"
)

// A jobDesk lets the chat edit jobs: it is what handlers know of the schedule.
type jobDesk struct {
	*schedule.Scheduler
	zone *time.Location
}

// Preview says what saving a job would mean.
func (d jobDesk) Preview(s *store.Snapshot, j store.Job) (handlers.JobPreview, string, error) {
	p, err := d.Check(s, j)
	if complaint, other := refusal(err); err != nil {
		return handlers.JobPreview{}, complaint, other
	}
	return handlers.JobPreview{Text: p.String(), Post: p.Text}, "", nil
}

// Edit changes a job and says what it did, or why it did not.
func (d jobDesk) Edit(tx *store.Tx, e handlers.JobEdit) (string, error) {
	said, err := d.edit(tx, e)
	if complaint, other := refusal(err); err != nil {
		return complaint, other
	}
	return said, nil
}

// refusal takes the Chinese text out of an error that is meant for people.
func refusal(err error) (complaint string, other error) {
	if r := (*schedule.Refusal)(nil); errors.As(err, &r) {
		return r.Text + "。", nil
	}
	return "", err
}

func (d jobDesk) edit(tx *store.Tx, e handlers.JobEdit) (string, error) {
	by := schedule.Edit{Actor: e.Actor, Source: store.Chat, Account: e.Account}
	switch e.Do {
	case handlers.PutJob:
		p, err := d.Put(tx, e.Job, by)
		return fmt.Sprintf("已保存“%s”（%s）：%s", p.Job.Name, p.Job.ID, d.next(tx, p.Job)), err
	case handlers.DeleteJob:
		return fmt.Sprintf("已删除。发“恢复上一版 %s”可以找回。", e.ID), d.Delete(tx, e.ID, by)
	case handlers.PauseJob:
		return d.pause(tx, e, by)
	case handlers.ResumeJob:
		j, err := d.Resume(tx, e.ID, by)
		return fmt.Sprintf("“%s”已继续：%s", j.Name, d.next(tx, j)), err
	case handlers.RestoreJob:
		j, err := d.Restore(tx, e.ID, by)
		return fmt.Sprintf("“%s”已恢复到上一版：%s，%s", j.Name, j.When, d.next(tx, j)), err
	case handlers.SnoozeJob:
		return d.snooze(tx, e, by)
	case handlers.TrustClock:
		return "好的，按现在的时间继续发提醒。", d.Trust(tx, by)
	case handlers.SilenceJob:
		return d.silence(tx, e, by)
	}
	return "", fmt.Errorf("job edit %q is not known", e.Do)
}

// next says when a job comes next.
func (d jobDesk) next(tx *store.Tx, j store.Job) string {
	coming, err := d.Coming(j, tx.Now(), 1)
	if err != nil || len(coming) == 0 {
		return "今后没有一次。"
	}
	return "下次" + coming[0].In(d.zone).Format("1月2日15:04") + "。"
}

func (d jobDesk) pause(tx *store.Tx, e handlers.JobEdit, by schedule.Edit) (string, error) {
	var until time.Time
	if e.When != "" {
		day, _ := zh.ParseDay(e.When)
		if until = day.On(tx.Now().In(d.zone)); until.IsZero() {
			return "", &schedule.Refusal{Text: "没看懂暂停到哪天，请写如“暂停提醒 2 到12月1日”"}
		}
	}
	j, err := d.Pause(tx, e.ID, until, by)
	if until.IsZero() {
		return fmt.Sprintf("“%s”已暂停，发“继续提醒”恢复。", j.Name), err
	}
	return fmt.Sprintf("“%s”已暂停到%s，当天起继续。", j.Name, until.Format("1月2日")), err
}

func (d jobDesk) snooze(tx *store.Tx, e handlers.JobEdit, by schedule.Edit) (string, error) {
	now := tx.Now().In(d.zone)
	spec, err := schedule.Parse(e.When, schedule.Setting{Now: now, Zone: d.zone, Calendar: d.Calendar()})
	if err != nil {
		return "", err
	}
	if !spec.Once() {
		return "", &schedule.Refusal{Text: "推迟要写一个确定的时间，例如“明天9点”"}
	}
	to := spec.Next(now)
	j, err := d.Snooze(tx, e.ID, to, by)
	return fmt.Sprintf("“%s”的下一次推迟到%s，之后照常。", j.Name, to.Format("1月2日15:04")), err
}

// silence reads 1月16日到2月21日 寒假.
func (d jobDesk) silence(tx *store.Tx, e handlers.JobEdit, by schedule.Edit) (string, error) {
	now := tx.Now().In(d.zone)
	first, size := zh.ParseDay(e.When)
	rest := strings.TrimSpace(e.When[size:])
	for _, word := range []string{"到", "至", "-", "—", "~"} {
		rest = strings.TrimSpace(strings.TrimPrefix(rest, word))
	}
	last, n := zh.ParseDay(rest)
	from := first.On(now)
	to := last.On(from)
	if from.IsZero() || to.IsZero() || n == 0 {
		return "", &schedule.Refusal{Text: "没看懂停发的日期，请写如“停发提醒 2 1月16日到2月21日 寒假”"}
	}
	j, err := d.Silence(tx, e.ID, schedule.DayOf(from), schedule.DayOf(to), strings.TrimSpace(rest[n:]), by)
	return fmt.Sprintf("“%s”%s至%s停发，%s", j.Name, from.Format("1月2日"), to.Format("1月2日"), d.next(tx, j)), err
}
