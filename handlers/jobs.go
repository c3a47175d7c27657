package handlers

import (
	"fmt"
	"slices"
	"strings"

	"duban/notice"
	reporting "duban/report"
	"duban/roster"
	"duban/schedule"
)

// jobs lists the reminders.
func (t *turn) jobs(string) (string, error) {
	return t.router.o.Schedule.List(t.snap)
}

// addJob shows what a new reminder would mean and keeps it as a draft.
func (t *turn) addJob(rest string) (string, error) {
	j, complaint, err := NewJob(t.snap, rest, t.nonce, t.router.o.Zone)
	if err != nil || complaint != "" {
		return complaint, err
	}
	return t.previewJob(j)
}

// previewJob shows what saving j would mean, and waits for the confirmation.
func (t *turn) previewJob(j schedule.Job) (string, error) {
	p, complaint, err := t.router.o.Schedule.Preview(t.snap, j)
	if err != nil || complaint != "" {
		return complaint, err
	}
	d := draft{Job: &JobEdit{Do: PutJob, ID: j.ID, Job: j}, Code: t.code(), Strict: len(j.Groups) > easyGroups || p.People > easyPeople}
	if err := t.keep(d); err != nil {
		return "", err
	}
	return "预览（还没有保存）\n" + p.Text + "\n————\n" + d.howToConfirm("保存"), nil
}

// changeJob previews a change of one reminder, of what is written and of nothing
// else: 改提醒 2 每周四15:00, 改提醒 2 需回执, 改提醒 2：新正文.
func (t *turn) changeJob(rest string) (string, error) {
	j, rest, complaint, err := FindJob(t.snap, rest, changeExample)
	if err != nil || complaint != "" {
		return complaint, err
	}
	groups, err := roster.Groups(t.snap)
	if err != nil {
		return "", err
	}
	said, complaint := readJob(rest, groups, t.now().In(t.router.o.Zone))
	switch {
	case complaint != "":
		return complaint, nil
	case said.empty():
		return "请写明改成什么，例如：" + changeExample + "，或“改提醒 2 需回执”“改提醒 2：新正文”“改提醒 2 叫周报”。", nil
	case said.hasText && said.text == "":
		return "没有看到正文。", nil
	}
	return t.previewJob(said.onto(j))
}

const changeExample = "改提醒 2 每周四15:00"

// showJob says everything about one reminder.
func (t *turn) showJob(rest string) (string, error) {
	j, _, complaint, err := FindJob(t.snap, rest, "看提醒 2")
	if err != nil || complaint != "" {
		return complaint, err
	}
	p, complaint, err := t.router.o.Schedule.Preview(t.snap, j)
	return lines(fmt.Sprintf("提醒“%s”（%s）", j.Name, j.ID), complaint, p.Text), err
}

// editJob does one action on the reminder that is named, or on all.
func editJob(do JobAction, example string, needsWhen bool) func(*turn, string) (string, error) {
	return func(t *turn, rest string) (string, error) {
		if word, after := firstWord(rest); word == "全部" || word == "所有" {
			return t.editAll(JobEdit{Do: do, When: after}, needsWhen, example)
		}
		j, after, complaint, err := FindJob(t.snap, rest, example)
		if err != nil || complaint != "" {
			return complaint, err
		}
		if needsWhen && after == "" {
			return "请写明日期或时间，例如：" + example + "。", nil
		}
		return t.edit(JobEdit{Do: do, ID: j.ID, When: after})
	}
}

// editAll does one action on every reminder that still comes.
func (t *turn) editAll(e JobEdit, needsWhen bool, example string) (string, error) {
	if needsWhen && e.When == "" {
		return "请写明日期或时间，例如：" + example + "。", nil
	}
	all, err := schedule.Jobs(t.snap)
	if err != nil {
		return "", err
	}
	var said []string
	for _, j := range all {
		if !j.Ended.IsZero() || e.Do == ResumeJob && !j.Paused {
			continue
		}
		e.ID = j.ID
		line, err := t.edit(e)
		if err != nil {
			return "", err
		}
		if !slices.Contains(said, line) { // what is wrong with a date is said once
			said = append(said, line)
		}
	}
	if said == nil {
		return "没有这样的提醒。", nil
	}
	return clipLines(strings.Join(said, "\n")), nil
}

// edit makes a change of a job in the asker's name.
func (t *turn) edit(e JobEdit) (string, error) {
	e.Actor, e.Account = t.person.ID, t.m.Account
	return t.router.o.Schedule.Edit(t.tx, e)
}

// deleteJob asks for a confirmation before a reminder is taken away.
func (t *turn) deleteJob(rest string) (string, error) {
	j, _, complaint, err := FindJob(t.snap, rest, "删除提醒 2")
	if err != nil || complaint != "" {
		return complaint, err
	}
	d := draft{Job: &JobEdit{Do: DeleteJob, ID: j.ID}, Code: t.code()}
	return fmt.Sprintf("要删除提醒“%s”（%s）。%s", j.Name, j.When, d.howToConfirm("删除")), t.keep(d)
}

// restoreJob brings back the version before the last edit, also of a reminder
// that was deleted: then it is named by its id.
func (t *turn) restoreJob(rest string) (string, error) {
	j, _, complaint, err := FindJob(t.snap, rest, "恢复上一版 2")
	if err != nil {
		return "", err
	}
	id := j.ID
	if complaint != "" {
		if id = strings.TrimSpace(rest); id == "" {
			return complaint, nil
		}
	}
	return t.edit(JobEdit{Do: RestoreJob, ID: id})
}

// jobHistory says who changed a reminder.
func (t *turn) jobHistory(rest string) (string, error) {
	j, _, complaint, err := FindJob(t.snap, rest, "谁改的 2")
	if err != nil || complaint != "" {
		return complaint, err
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	return t.router.o.Schedule.History(t.snap, j.ID, func(person string) string {
		p, _ := r.Person(person)
		return p.Name
	})
}

// tryJob sends exactly what a reminder would post, to the asker alone: the one
// that waits for confirmation, or the one that is named.
func (t *turn) tryJob(rest string) (string, error) {
	var j schedule.Job
	if strings.TrimSpace(rest) == "" {
		d, ok, err := t.kept()
		if err != nil {
			return "", err
		}
		if !ok || d.Job == nil || d.Job.Do != PutJob {
			return "没有等待保存的提醒。请写序号，例如：试发给我 2。", nil
		}
		j = d.Job.Job
	} else {
		var complaint string
		var err error
		if j, _, complaint, err = FindJob(t.snap, rest, "试发给我 2"); err != nil || complaint != "" {
			return complaint, err
		}
	}
	p, complaint, err := t.router.o.Schedule.Preview(t.snap, j)
	if err != nil || complaint != "" {
		return complaint, err
	}
	if phrase, ok := reporting.Parse(j.Report, t.local()); ok {
		return "", t.tryReport(phrase)
	}
	number, err := notice.Last(t.snap)
	if err != nil {
		return "", err
	}
	return notice.Notice{Number: number + 1, Class: j.Class, Text: p.Post}.Post(), nil
}

// trustClock goes on with the reminders after the clock was not believed.
func (t *turn) trustClock(string) (string, error) { return t.edit(JobEdit{Do: TrustClock}) }
