package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duban/notice"
	"duban/store"
	"duban/zh"
)

// A Schedule reads, previews and edits jobs; the schedule package does it.
type Schedule interface {
	// List says in Chinese which jobs there are and when they come next.
	List(s *store.Snapshot) (string, error)

	// Preview says what saving a job would mean. What is wrong with the job is
	// said in Chinese in complaint, and nothing else is set then.
	Preview(s *store.Snapshot, j store.Job) (p JobPreview, complaint string, err error)

	// Edit changes a job and says in Chinese what it did, or why it did not.
	Edit(tx *store.Tx, e JobEdit) (said string, err error)

	// History says in Chinese who changed a job and when.
	History(s *store.Snapshot, id string, name func(person string) string) (string, error)
}

// A JobPreview is what an admin sees before saving a job.
type JobPreview struct {
	Text string // meaning, next turns, skipped and added days, cost
	Post string // exactly what the next turn would post
}

// A JobEdit is one change of one job.
type JobEdit struct {
	Do      JobAction `json:"do"`
	ID      string    `json:"id"`
	Job     store.Job `json:"job"`            // for PutJob
	When    string    `json:"when,omitempty"` // until when it is paused, to when it is moved, which days it is silent
	Actor   string    `json:"actor"`          // a person's id
	Account string    `json:"account"`
}

// A JobAction is what is done to a job.
type JobAction string

// The actions of a [JobEdit].
const (
	PutJob     JobAction = "put"
	DeleteJob  JobAction = "delete"
	PauseJob   JobAction = "pause"
	ResumeJob  JobAction = "resume"
	RestoreJob JobAction = "restore"
	SnoozeJob  JobAction = "snooze"
	SilenceJob JobAction = "silence"
	TrustClock JobAction = "trust" // of no job: the clock is right, go on
)

const jobUsage = "请这样写：加提醒 每周五16:00 学工工作群 填报 法定工作日：正文。群名、类别、日子可省略。"

// jobs lists the reminders.
func (t *turn) jobs(string) (string, error) {
	return t.router.o.Schedule.List(t.snap)
}

// addJob shows what a new reminder would mean and keeps it as a draft.
func (t *turn) addJob(rest string) (string, error) {
	all, err := t.snap.Groups()
	if err != nil {
		return "", err
	}
	j, complaint := parseJob(rest, all)
	if complaint != "" {
		return complaint, nil
	}
	j.ID = fmt.Sprintf("t%04d", t.nonce%10000)
	j.Name = jobName(j.Text)
	return t.previewJob(j)
}

// jobName calls a reminder by how its text begins.
func jobName(text string) string {
	name := strings.FieldsFunc(strings.TrimLeft(text, "【"), func(r rune) bool { return strings.ContainsRune("，。！：:；、】\n ", r) })
	if len(name) == 0 {
		return "提醒"
	}
	return oneLine(name[0], 12)
}

// parseJob reads 每周五16:00 学工工作群 填报：正文.
func parseJob(rest string, groups []string) (j store.Job, complaint string) {
	head, text, ok := cutText(rest)
	if !ok {
		return j, "没有看到正文。" + jobUsage
	}
	j.Class = notice.Plain
	var when []string
	for _, word := range strings.FieldsFunc(head, func(r rune) bool { return strings.ContainsRune(" 　,，", r) }) {
		class, isClass := notice.ParseClass(word)
		switch {
		case isClass:
			j.Class = class
		case slices.Contains(groups, word):
			j.Groups = append(j.Groups, word)
		case word == "法定工作日", word == "教学周工作日", word == "仅假期", word == "考试周除外":
			j.Days = strings.TrimSpace(j.Days + " " + word)
		default:
			when = append(when, word)
		}
	}
	j.When, j.Text = strings.Join(when, " "), strings.TrimSpace(text)
	switch {
	case j.When == "":
		return j, "没有看到时间。" + jobUsage
	case j.Text == "":
		return j, "没有看到正文。" + jobUsage
	case len(j.Text) > maxNotice:
		return j, fmt.Sprintf("正文太长（最多%d字节），请精简。", maxNotice)
	case len(groups) == 0:
		return j, "还没有可发的群，请先把机器人拉进群。"
	}
	if len(j.Groups) == 0 {
		j.Groups = groups[:1]
	}
	return j, ""
}

// cutText cuts at the first line break, or the first colon that does not stand
// between the digits of a clock time.
func cutText(rest string) (head, text string, ok bool) {
	runes := []rune(rest)
	digit := func(i int) bool {
		return i >= 0 && i < len(runes) && zh.Fold(string(runes[i])) >= "0" && zh.Fold(string(runes[i])) <= "9"
	}
	for i, r := range runes {
		colon := (r == ':' || r == '：') && !(digit(i-1) && digit(i+1))
		if r == '\n' || colon {
			return string(runes[:i]), string(runes[i+1:]), true
		}
	}
	return "", "", false
}

// previewJob shows what saving j would mean, and waits for the confirmation.
func (t *turn) previewJob(j store.Job) (string, error) {
	p, complaint, err := t.router.o.Schedule.Preview(t.snap, j)
	if err != nil || complaint != "" {
		return complaint, err
	}
	d := draft{Job: &JobEdit{Do: PutJob, ID: j.ID, Job: j}, Code: t.code(), Strict: len(j.Groups) > easyGroups}
	if err := t.keep(d); err != nil {
		return "", err
	}
	return "预览（还没有保存）\n" + p.Text + "\n————\n" + d.howToConfirm("保存"), nil
}

// changeJob previews a change of one reminder: 改提醒 2 每周四15:00, or 改提醒 2：新正文.
func (t *turn) changeJob(rest string) (string, error) {
	j, rest, complaint, err := t.namedJob(rest, "改提醒 2 每周四15:00")
	if err != nil || complaint != "" {
		return complaint, err
	}
	all, err := t.snap.Groups()
	if err != nil {
		return "", err
	}
	if _, _, hasText := cutText(rest); !hasText {
		rest += "：" + j.Text
	} else if strings.ContainsAny(rest[:1], ":") || strings.HasPrefix(rest, "：") {
		rest = j.When + rest
	}
	changed, complaint := parseJob(rest, all)
	if complaint != "" {
		return complaint, nil
	}
	j.When, j.Text = changed.When, changed.Text
	if changed.Days != "" {
		j.Days = changed.Days
	}
	return t.previewJob(j)
}

// namedJob finds the reminder that a command names, by its place in the list, its
// id or its name, and returns what follows.
func (t *turn) namedJob(rest, example string) (j store.Job, after, complaint string, err error) {
	all, err := t.snap.Jobs()
	if err != nil {
		return j, "", "", err
	}
	rest = strings.TrimSpace(rest)
	word, after, _ := strings.Cut(strings.ReplaceAll(rest, "　", " "), " ")
	for i := range []rune(word) {
		if r := []rune(word)[i]; r == '：' || r == ':' {
			after = string([]rune(word)[i:]) + after
			word = string([]rune(word)[:i])
			break
		}
	}
	if n, err := strconv.Atoi(zh.Fold(word)); err == nil && n >= 1 && n <= len(all) {
		return all[n-1], strings.TrimSpace(after), "", nil
	}
	for _, j := range all {
		if word != "" && (j.ID == word || j.Name == word) {
			return j, strings.TrimSpace(after), "", nil
		}
	}
	return j, "", fmt.Sprintf("没有找到这条提醒。请写“提醒列表”里的序号，例如：%s。", example), nil
}

// editJob does one action on the reminder that is named.
func editJob(do JobAction, example string, needsWhen bool) func(*turn, string) (string, error) {
	return func(t *turn, rest string) (string, error) {
		j, after, complaint, err := t.namedJob(rest, example)
		if err != nil || complaint != "" {
			return complaint, err
		}
		after = strings.TrimSpace(strings.TrimPrefix(after, "到"))
		if needsWhen && after == "" {
			return "请写明日期或时间，例如：" + example + "。", nil
		}
		return t.edit(JobEdit{Do: do, ID: j.ID, When: after})
	}
}

// edit makes a change of a job in the asker's name.
func (t *turn) edit(e JobEdit) (string, error) {
	e.Actor, e.Account = t.person.ID, t.m.Account
	return t.router.o.Schedule.Edit(t.tx, e)
}

// deleteJob asks for a confirmation before a reminder is taken away.
func (t *turn) deleteJob(rest string) (string, error) {
	j, _, complaint, err := t.namedJob(rest, "删除提醒 2")
	if err != nil || complaint != "" {
		return complaint, err
	}
	d := draft{Job: &JobEdit{Do: DeleteJob, ID: j.ID}, Code: t.code()}
	return fmt.Sprintf("要删除提醒“%s”（%s）。%s", j.Name, j.When, d.howToConfirm("删除")), t.keep(d)
}

// restoreJob brings back the version before the last edit, also of a reminder
// that was deleted: then it is named by its id.
func (t *turn) restoreJob(rest string) (string, error) {
	j, _, complaint, err := t.namedJob(rest, "恢复上一版 2")
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
	j, _, complaint, err := t.namedJob(rest, "谁改的 2")
	if err != nil || complaint != "" {
		return complaint, err
	}
	r, err := t.snap.Roster()
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
	var j store.Job
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
		if j, _, complaint, err = t.namedJob(rest, "试发给我 2"); err != nil || complaint != "" {
			return complaint, err
		}
	}
	p, complaint, err := t.router.o.Schedule.Preview(t.snap, j)
	if err != nil || complaint != "" {
		return complaint, err
	}
	number, err := t.snap.LastNotice()
	if err != nil {
		return "", err
	}
	return notice.Notice{Number: number + 1, Class: j.Class, Text: p.Post}.Post(), nil
}

// trustClock goes on with the reminders after the clock was not believed.
func (t *turn) trustClock(string) (string, error) { return t.edit(JobEdit{Do: TrustClock}) }
