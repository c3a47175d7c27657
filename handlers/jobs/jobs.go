package jobs

import (
	"fmt"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/reports"
	"duban/notice"
	reporting "duban/report"
	"duban/roster"
	"duban/schedule"
)

// Jobs lists the reminders.
func Jobs(t *chat.Request, _ string) (string, error) {
	return t.Desk.Options.Schedule.List(t.Snap)
}

// addJob shows what a new reminder would mean and keeps it as a draft.
func addJob(t *chat.Request, rest string) (string, error) {
	j, complaint, err := NewJob(t.Snap, rest, t.Nonce, t.Desk.Options.Zone)
	if err != nil || complaint != "" {
		return complaint, err
	}
	return previewJob(t, j)
}

// previewJob shows what saving j would mean, and waits for the confirmation.
func previewJob(t *chat.Request, j schedule.Job) (string, error) {
	p, complaint, err := t.Desk.Options.Schedule.Preview(t.Snap, j)
	if err != nil || complaint != "" {
		return complaint, err
	}
	d := chat.Draft{Job: &chat.JobEdit{Do: chat.PutJob, ID: j.ID, Job: j}, Code: t.Code(), Strict: len(j.Groups) > chat.EasyGroups || p.People > chat.EasyPeople}
	if err := t.Keep(d); err != nil {
		return "", err
	}
	return "预览（还没有保存）\n" + p.Text + "\n————\n" + d.HowToConfirm("保存"), nil
}

// changeJob previews a change of one reminder, of what is written and of nothing
// else: 改提醒 2 每周四15:00, 改提醒 2 需回执, 改提醒 2：新正文.
func changeJob(t *chat.Request, rest string) (string, error) {
	j, rest, complaint, err := FindJob(t.Snap, rest, changeExample)
	if err != nil || complaint != "" {
		return complaint, err
	}
	groups, err := roster.Groups(t.Snap)
	if err != nil {
		return "", err
	}
	said, complaint := readJob(rest, groups, t.Now().In(t.Desk.Options.Zone))
	switch {
	case complaint != "":
		return complaint, nil
	case said.empty():
		return "请写明改成什么，例如：" + changeExample + "，或“改提醒 2 需回执”“改提醒 2：新正文”“改提醒 2 叫周报”。", nil
	case said.hasText && said.text == "":
		return "没有看到正文。", nil
	}
	return previewJob(t, said.onto(j))
}

const changeExample = "改提醒 2 每周四15:00"

// showJob says everything about one reminder.
func showJob(t *chat.Request, rest string) (string, error) {
	j, _, complaint, err := FindJob(t.Snap, rest, "看提醒 2")
	if err != nil || complaint != "" {
		return complaint, err
	}
	p, complaint, err := t.Desk.Options.Schedule.Preview(t.Snap, j)
	return chat.Lines(fmt.Sprintf("提醒“%s”（%s）", j.Name, j.ID), complaint, p.Text), err
}

// editJob does one action on the reminder that is named, or on all.
func editJob(do chat.JobAction, example string, needsWhen bool) func(*chat.Request, string) (string, error) {
	return func(t *chat.Request, rest string) (string, error) {
		if word, after := firstWord(rest); word == "全部" || word == "所有" {
			return editAll(t, chat.JobEdit{Do: do, When: after}, needsWhen, example)
		}
		j, after, complaint, err := FindJob(t.Snap, rest, example)
		if err != nil || complaint != "" {
			return complaint, err
		}
		if needsWhen && after == "" {
			return "请写明日期或时间，例如：" + example + "。", nil
		}
		return Edit(t, chat.JobEdit{Do: do, ID: j.ID, When: after})
	}
}

// editAll does one action on every reminder that still comes.
func editAll(t *chat.Request, e chat.JobEdit, needsWhen bool, example string) (string, error) {
	if needsWhen && e.When == "" {
		return "请写明日期或时间，例如：" + example + "。", nil
	}
	all, err := schedule.Jobs(t.Snap)
	if err != nil {
		return "", err
	}
	var said []string
	for _, j := range all {
		if !j.Ended.IsZero() || e.Do == chat.ResumeJob && !j.Paused {
			continue
		}
		e.ID = j.ID
		line, err := Edit(t, e)
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
	return chat.ClipLines(strings.Join(said, "\n")), nil
}

// Edit makes a change of a job in the asker's name.
func Edit(t *chat.Request, e chat.JobEdit) (string, error) {
	e.Actor, e.Account = t.Person.ID, t.Msg.Account
	return t.Desk.Options.Schedule.Edit(t.Tx, e)
}

// deleteJob asks for a confirmation before a reminder is taken away.
func deleteJob(t *chat.Request, rest string) (string, error) {
	j, _, complaint, err := FindJob(t.Snap, rest, "删除提醒 2")
	if err != nil || complaint != "" {
		return complaint, err
	}
	d := chat.Draft{Job: &chat.JobEdit{Do: chat.DeleteJob, ID: j.ID}, Code: t.Code()}
	return fmt.Sprintf("要删除提醒“%s”（%s）。%s", j.Name, j.When, d.HowToConfirm("删除")), t.Keep(d)
}

// restoreJob brings back the version before the last edit, also of a reminder
// that was deleted: then it is named by its id.
func restoreJob(t *chat.Request, rest string) (string, error) {
	j, _, complaint, err := FindJob(t.Snap, rest, "恢复上一版 2")
	if err != nil {
		return "", err
	}
	id := j.ID
	if complaint != "" {
		if id = strings.TrimSpace(rest); id == "" {
			return complaint, nil
		}
	}
	return Edit(t, chat.JobEdit{Do: chat.RestoreJob, ID: id})
}

// jobHistory says who changed a reminder.
func jobHistory(t *chat.Request, rest string) (string, error) {
	j, _, complaint, err := FindJob(t.Snap, rest, "谁改的 2")
	if err != nil || complaint != "" {
		return complaint, err
	}
	r, err := roster.Current(t.Snap)
	if err != nil {
		return "", err
	}
	return t.Desk.Options.Schedule.History(t.Snap, j.ID, func(person string) string {
		p, _ := r.Person(person)
		return p.Name
	})
}

// tryJob sends exactly what a reminder would post, to the asker alone: the one
// that waits for confirmation, or the one that is named.
func tryJob(t *chat.Request, rest string) (string, error) {
	var j schedule.Job
	if strings.TrimSpace(rest) == "" {
		d, ok, err := t.Kept()
		if err != nil {
			return "", err
		}
		if !ok || d.Job == nil || d.Job.Do != chat.PutJob {
			return "没有等待保存的提醒。请写序号，例如：试发给我 2。", nil
		}
		j = d.Job.Job
	} else {
		var complaint string
		var err error
		if j, _, complaint, err = FindJob(t.Snap, rest, "试发给我 2"); err != nil || complaint != "" {
			return complaint, err
		}
	}
	p, complaint, err := t.Desk.Options.Schedule.Preview(t.Snap, j)
	if err != nil || complaint != "" {
		return complaint, err
	}
	if phrase, ok := reporting.Parse(j.Report, t.Local()); ok {
		return "", reports.TryReport(t, phrase)
	}
	number, err := notice.Last(t.Snap)
	if err != nil {
		return "", err
	}
	return notice.Notice{Number: number + 1, Class: j.Class, Text: p.Post}.Post(), nil
}

// trustClock goes on with the reminders after the clock was not believed.
func trustClock(t *chat.Request, _ string) (string, error) {
	return Edit(t, chat.JobEdit{Do: chat.TrustClock})
}
