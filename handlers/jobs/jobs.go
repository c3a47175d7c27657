package jobs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/reports"
	"duban/roster"
	"duban/schedule"
	"duban/store"
)

// list lists the reminders.
func (d *Desk) list(t *chat.Request, _ string) (string, error) {
	return d.Schedule.List(t.Snap), nil
}

// add shows what a new reminder would mean and keeps it as a draft.
func (d *Desk) add(t *chat.Request, rest string) (string, error) {
	return d.preview(t, store.Must(NewJob(t.Snap, rest, t.Nonce, d.Zone)), "")
}

// preview shows what saving j would mean, and waits for the confirmation. Changed says
// what is different from now; "" if it is new.
func (d *Desk) preview(t *chat.Request, j schedule.Job, changed string) (string, error) {
	p := store.Must(d.Preview(t.Snap, j))
	how := t.Propose(j, "保存", len(j.Groups) > chat.EasyGroups || p.People > chat.EasyPeople)
	return chat.Lines("预览（还没有保存）", changed, p.Text, "————", how), nil
}

// change previews a change of one reminder, of what is written and of nothing
// else: 改提醒 2 每周四15:00, 改提醒 2 需回执, 改提醒 2：新正文.
func (d *Desk) change(t *chat.Request, j schedule.Job, rest string) (string, error) {
	groups := roster.Groups(t.Snap)
	said := store.Must(readJob(rest, groups, t.Now().In(d.Zone)))
	switch {
	case said.empty():
		return "请写明改成什么，例如：" + changeExample + "，或“改提醒 2 需回执”“改提醒 2：新正文”“改提醒 2 叫周报”。", nil
	case said.hasText && said.text == "":
		return "没有看到正文。", nil
	}
	after := said.onto(j)
	usual, err := d.Schedule.Check(t.Snap, after)
	store.Check(err)
	return d.preview(t, after, fmt.Sprintf("%s：%s", called(j), schedule.Changes(&j, usual.Job, d.Zone)))
}

// called names a reminder with its number: 提醒2“请报进展”.
func called(j schedule.Job) string { return fmt.Sprintf("提醒%d“%s”", j.Number, j.Name) }

const changeExample = "改提醒 2 每周四15:00"

// show says everything about one reminder.
func (d *Desk) show(t *chat.Request, j schedule.Job, _ string) (string, error) {
	said, err := d.Preview(t.Snap, j)
	text, err := answer(said.Text, err)
	if said.Text == "" { // it cannot come any more
		text = chat.Lines(j.When, "发到："+strings.Join(j.Groups, "、")+"（"+j.Class.String()+"）", whatJobSays(j)+"："+j.Text, "现在："+d.Schedule.Stands(t.Snap, j)+"。"+text)
	}
	return chat.Lines(called(j)+"（"+j.ID+"）", text), err
}

// onJob is the Run of a command on the reminder that its text begins with; example
// is how to write it.
func onJob(example string, do func(t *chat.Request, j schedule.Job, after string) (string, error)) func(*chat.Request, string) (string, error) {
	return func(t *chat.Request, rest string) (string, error) {
		j, after, err := FindJob(t.Snap, rest, example)
		store.Check(err)
		return do(t, j, after)
	}
}

// An edit is one action on a job, as a command asks for it.
type edit struct {
	do        func(tx *store.Tx, id, when string, by schedule.Edit) (string, error)
	example   string
	needsWhen bool
	paused    bool // only a paused job can want it
}

// edits returns the Run of the command that does e on the reminder that is named, or
// on all.
func edits(e edit) func(*chat.Request, string) (string, error) {
	named := onJob(e.example, e.one)
	return func(t *chat.Request, rest string) (string, error) {
		if word, after := firstWord(rest); word == "全部" || word == "所有" {
			return e.all(t, after)
		}
		return named(t, rest)
	}
}

func (e edit) one(t *chat.Request, j schedule.Job, when string) (string, error) {
	if e.needsWhen && when == "" {
		return "", chat.Complain("请写明日期或时间，例如：%s。", e.example)
	}
	return e.do(t.Tx, j.ID, when, by(t))
}

// all does e on every reminder that still comes.
func (e edit) all(t *chat.Request, when string) (string, error) {
	all := schedule.Listed(t.Snap)
	var said []string
	for _, j := range all {
		if !j.Ended.IsZero() || e.paused && !j.Paused {
			continue
		}
		line := store.Must(answer(e.one(t, j, when)))
		if !slices.Contains(said, line) { // what is wrong with a date is said once
			said = append(said, line)
		}
	}
	if said == nil {
		return "没有这样的提醒。", nil
	}
	return chat.ClipLines(strings.Join(said, "\n")), nil
}

// by says that the asker makes an edit.
func by(t *chat.Request) schedule.Edit {
	return schedule.Edit{Actor: t.Person.ID, Source: t.Source, Account: t.Msg.Account}
}

// answer is what is said of an edit: what it did, or why it was refused.
func answer(said string, err error) (string, error) {
	if complaint, ok := chat.Complained(err); ok {
		return complaint, nil
	}
	return said, err
}

// save puts the reminder that was previewed.
func (d *Desk) save(t *chat.Request, j schedule.Job) (string, error) {
	return d.Put(t.Tx, j, by(t))
}

// gone deletes the reminder whose deletion was confirmed.
func (d *Desk) gone(t *chat.Request, id string) (string, error) {
	return d.Delete(t.Tx, id, "", by(t))
}

// remove asks for a confirmation before a reminder is taken away.
func (d *Desk) remove(t *chat.Request, j schedule.Job, _ string) (string, error) {
	how := t.Propose(j.ID, "删除", false)
	return fmt.Sprintf("要删除%s（%s）。%s", called(j), j.When, how), nil
}

// bringBack brings back the version before the last edit, also of a reminder
// that was deleted: then it is named by its id.
func (d *Desk) bringBack(t *chat.Request, rest string) (string, error) {
	id, _, err := FindVersions(t.Snap, rest, "恢复上一版 2")
	store.Check(err)
	return d.Restore(t.Tx, id, "", by(t))
}

// history says who changed a reminder, also one that was deleted.
func (d *Desk) history(t *chat.Request, rest string) (string, error) {
	id, _, err := FindVersions(t.Snap, rest, "谁改的 2")
	store.Check(err)
	return d.History(t.Snap, id), nil
}

// try sends exactly what a reminder would post, to the asker alone: the one
// that waits for confirmation, or the one that is named.
func (d *Desk) try(t *chat.Request, rest string) (string, error) {
	var j schedule.Job
	if strings.TrimSpace(rest) == "" {
		kept := t.Kept()
		if kept == nil || kept.Of != "job.add" && kept.Of != "job.change" {
			return "没有等待保存的提醒。请写编号，例如：试发给我 2。", nil
		}
		store.Check(json.Unmarshal(kept.Data, &j))
	} else {
		var err error
		j, _, err = FindJob(t.Snap, rest, "试发给我 2")
		store.Check(err)
	}
	p := store.Must(d.Preview(t.Snap, j))
	return reports.TryJob(t, j, p.Post), nil
}

// trust goes on with the reminders after the clock was not believed.
func (d *Desk) trust(t *chat.Request, _ string) (string, error) {
	d.Schedule.Trust(t.Tx, by(t))
	return "好的，按现在的时间继续发提醒。", nil
}
