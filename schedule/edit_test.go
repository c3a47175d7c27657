package schedule_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/outbox"
	"duban/schedule"
	"duban/schedule/when"
	"duban/schedule/when/whentest"
	"duban/store"
)

func (f *office) view(fn func(sn *store.Snapshot) error) {
	f.t.Helper()
	if err := f.store.View(f.t.Context(), fn); err != nil {
		f.t.Fatal(err)
	}
}

// job returns the stored job; its Version is 0 if there is none.
func (f *office) job(id string) (j schedule.Job) {
	f.t.Helper()
	f.view(func(sn *store.Snapshot) (err error) {
		j, _ = schedule.FindJob(sn, id)
		return nil
	})
	return j
}

// try runs an edit and returns its error.
func (f *office) try(fn func(tx *store.Tx) error) error {
	return f.store.Update(f.t.Context(), fn)
}

func TestPut_refused(t *testing.T) {
	quiet, err := when.ParseQuiet("22:00-07:00")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		edit func(j *schedule.Job)
		want string
	}{
		{"a date that never comes", func(j *schedule.Job) { j.When = "0 9 31 2 *" }, "没有2月31日"},
		{"more often than allowed", func(j *schedule.Job) { j.When = "每10分钟" }, "太频繁"},
		{"more often than allowed around midnight", func(j *schedule.Job) { j.When = "每天0:00、12:00、23:50" }, "太频繁"},
		{"a time that is over", func(j *schedule.Job) { j.When = "2026-11-01 9:00" }, "已经过去"},
		{"quiet hours", func(j *schedule.Job) { j.When = "每天23:00" }, "安静时段"},
		{"a rule without its calendar", func(j *schedule.Job) { j.Days = "教学周工作日" }, "校历"},
		{"a rule that does not exist", func(j *schedule.Job) { j.Days = "晴天" }, "晴天"},
		{"a rule that lets nothing pass", func(j *schedule.Job) {
			j.When, j.Silent = "2026-12-01 9:00", []schedule.Period{{From: "2026-11-30", To: "2026-12-05"}}
		}, "今后没有一次"},
		{"no group", func(j *schedule.Job) { j.Groups = nil }, "哪个群"},
		{"no name", func(j *schedule.Job) { j.Name = " " }, "名字"},
		{"an id with a slash", func(j *schedule.Job) { j.ID = "a/b" }, "编号"},
		{"an unknown class", func(j *schedule.Job) { j.Class = "loud" }, "loud"},
		{"an unknown way with missed turns", func(j *schedule.Job) { j.Missed = "never" }, "never"},
		{"an empty text", func(j *schedule.Job) { j.Text = "{{if false}}x{{end}}" }, "空的"},
		{"a variable that is missing", func(j *schedule.Job) { j.Text = "截止{{.日子}}" }, "日子"},
		{"a broken template", func(j *schedule.Job) { j.Text = "{{" }, "模板"},
		{"more messages than the budget", func(j *schedule.Job) { j.Groups = slices.Repeat([]string{"群"}, 11) }, "额度"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newOffice(t, "2026-11-23 12:00", schedule.Options{Quiet: quiet}, outbox.Limits{Jobs: outbox.Jobs{PerDay: 10}})
			j := reminder("a", "每天8:30")
			tt.edit(&j)
			err := f.try(func(tx *store.Tx) error {
				_, err := f.sched.Put(tx, j, editor)
				return err
			})
			if refusal := (*when.Refusal)(nil); !errors.As(err, &refusal) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want a refusal that says %q", err, tt.want)
			}
			if f.job("a").Version != 0 {
				t.Error("the job was stored all the same")
			}
		})
	}
}

func TestCheck_template(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // what is said, or
		refused    string
	}{
		{"says the date of the turn", "今天是{{日期}}{{周几}}", "今天是11月24日周二", ""},
		{"counts the days that are left", `还有{{还有 "2026-12-01"}}天`, "还有7天", ""},
		{"takes variables", "请{{.谁}}注意", "请辅导员注意", ""},
		{"takes conditions", `{{if eq .谁 "辅导员"}}是{{else}}否{{end}}`, "是", ""},
		{"treats a variable as data", "{{.坏}}", "{{日期}}<b>", ""},
		{"refuses loops", "{{range 1000000000}}x{{end}}", "", "range"},
		{"refuses formats of any width", `{{printf "%99999d" 1}}`, "", "printf"},
		{"refuses to call functions from data", "{{call .谁}}", "", "call"},
		{"refuses further templates", `{{define "a"}}x{{end}}{{template "a"}}`, "", "template"},
		{"refuses a measure that the plan lacks", "{{措施 99}}", "", "第99条"},
		{"refuses a notice that was never sent", "{{未回 99}}", "", "第99号"},
		{"refuses a date that is none", `{{还有 "明天"}}`, "", "明天"},
		{"names a function that is unknown", "好\n{{天气}}", "", "第2行没有“天气”"},
		{"names a variable without a value", "{{.时间}}", "", "变量“时间”没有值"},
		{"finds braces that do not close", "今天{{日期", "", "没有写完"},
		{"finds empty braces", "今天{{}}", "", "空的"},
		{"finds an end too many", "{{end}}", "", "多了一个 {{end}}"},
		{"finds what does not belong into braces", "{{日期 =}}", "", "写法不对"},
		{"says what a function wants", "{{措施}}", "", "{{措施 3}}"},
		{"says what kind a function wants", `{{措施 "三"}}`, "", "写数字"},
		{"refuses a text that is too long", strings.Repeat("长", 700), "", "太长"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
			j := reminder("a", "每天8:30")
			j.Text, j.Vars = tt.text, map[string]string{"谁": "辅导员", "坏": "{{日期}}<b>"}
			f.view(func(sn *store.Snapshot) error {
				p, err := f.sched.Check(sn, j)
				if tt.refused != "" {
					if err == nil || !strings.Contains(err.Error(), tt.refused) {
						t.Errorf("got %q, %v; want a refusal that says %q", p.Text, err, tt.refused)
					}
				} else if err != nil || p.Text != tt.want {
					t.Errorf("got %q, %v; want %q", p.Text, err, tt.want)
				}
				return nil
			})
		})
	}
}

func TestRestore(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.put(reminder("a", "每天8:30"))
	f.clock = f.clock.Add(time.Minute)
	f.put(reminder("a", "每天9:30"))
	version := 0
	restore := func(want string) {
		t.Helper()
		f.clock = f.clock.Add(time.Minute)
		f.edit(func(tx *store.Tx) (schedule.Job, error) { return f.sched.Restore(tx, "a", version, editor) })
		if got := f.job("a").When; got != want {
			t.Errorf("restored %q, want %q", got, want)
		}
	}
	restore("每天 08:30")
	restore("每天 09:30") // the version before the restored one
	f.update(func(tx *store.Tx) error { return f.sched.Delete(tx, "a", editor) })
	if f.job("a").Version != 0 {
		t.Fatal("the job is still there")
	}
	restore("每天 09:30")
	if v := f.job("a").Version; v != 6 {
		t.Errorf("version %d, want 6: every edit counts", v)
	}
	f.view(func(sn *store.Snapshot) error {
		if gone := schedule.DeletedJobs(sn); len(gone) > 0 {
			t.Errorf("%v are deleted, want none: it was brought back", gone)
		}
		return nil
	})
	f.view(func(sn *store.Snapshot) error {
		all := schedule.JobVersions(sn, "a")
		if len(all) != 6 || !all[4].Deleted || all[4].By != editor.Actor {
			t.Errorf("versions are %v, want six, of which the fifth is deleted by %s", all, editor.Actor)
		}
		return nil
	})
	version = 1
	restore("每天 08:30")
	f.update(func(tx *store.Tx) error {
		for _, no := range []int{5, 7, 99} { // deleted, the present one, none
			if _, err := f.sched.Restore(tx, "a", no, editor); err == nil {
				t.Errorf("version %d was restored, want a refusal", no)
			}
		}
		return f.sched.Delete(tx, "a", editor)
	})
	f.view(func(sn *store.Snapshot) error {
		if gone := schedule.DeletedJobs(sn); len(gone) != 1 || gone[0].ID != "a" || gone[0].Version != 8 {
			t.Errorf("%v are deleted, want the job", gone)
		}
		return nil
	})
}

func TestPause(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.put(reminder("a", "每天8:30"))
	f.edit(func(tx *store.Tx) (schedule.Job, error) {
		return f.sched.Pause(tx, "a", whentest.At(t, "2026-11-26 00:00"), editor)
	})
	f.advance(whentest.At(t, "2026-11-27 09:00"))
	if got := len(f.posted()); got != 2 {
		t.Errorf("posted %d after a pause over two of four days, want 2", got)
	}
	if turn := f.turns("a")["11-25 08:30"]; turn.Outcome != schedule.Skipped || turn.Why != "已暂停" {
		t.Errorf("the turn in the pause ended as %s %s", turn.Outcome, turn.Why)
	}
	f.edit(func(tx *store.Tx) (schedule.Job, error) { return f.sched.Pause(tx, "a", time.Time{}, editor) })
	f.advance(whentest.At(t, "2026-12-02 12:00"))
	f.edit(func(tx *store.Tx) (schedule.Job, error) { return f.sched.Resume(tx, "a", editor) })
	f.advance(whentest.At(t, "2026-12-03 09:00"))
	if got := len(f.posted()); got != 3 {
		t.Errorf("posted %d in all, want 3: nothing of the pause is sent later", got)
	}
}

func TestSnooze(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.put(reminder("a", "每天8:30"))
	f.edit(func(tx *store.Tx) (schedule.Job, error) {
		return f.sched.Snooze(tx, "a", whentest.At(t, "2026-11-24 10:00"), editor)
	})
	f.advance(whentest.At(t, "2026-11-25 09:00"))
	if want := map[string]int{"11-24 10:00": 1, "11-25 08:30": 1}; !maps.Equal(f.count, want) {
		t.Errorf("posted %v, want %v", f.count, want)
	}
	err := f.try(func(tx *store.Tx) error {
		_, err := f.sched.Snooze(tx, "a", whentest.At(t, "2026-11-25 10:00"), editor)
		return err
	})
	if err == nil {
		t.Error("a turn was snoozed to before its time")
	}
}

func TestSilence(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.put(reminder("a", "每天8:30"))
	day := when.DayOf(whentest.At(t, "2026-11-24 00:00"))
	f.edit(func(tx *store.Tx) (schedule.Job, error) {
		return f.sched.Silence(tx, "a", day, day+1, "运动会", editor)
	})
	f.view(func(sn *store.Snapshot) error {
		p, err := f.sched.Check(sn, f.job("a"))
		if len(p.Skipped) != 1 || p.Skipped[0].Why != "运动会" || p.Skipped[0].To != day+1 {
			t.Errorf("the preview skips %v, want the two silent days", p.Skipped)
		}
		return err
	})
	f.advance(whentest.At(t, "2026-11-26 09:00"))
	if len(f.count) != 1 || f.count["11-26 08:30"] != 1 {
		t.Errorf("posted %v, want only what follows the silent days", f.count)
	}
}

// TestPut_uncommitted edits a job in a transaction that fails, and then in
// another way: what was read for the first must not stay.
func TestPut_uncommitted(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.put(reminder("a", "每天8:30"))
	fails := errors.New("fails")
	edit := func(when string, end error) {
		err := f.try(func(tx *store.Tx) error {
			p, err := f.sched.Put(tx, reminder("a", when), editor)
			if err != nil {
				return err
			}
			if _, err := f.sched.Next(p.Job, tx.Now()); err != nil {
				return err
			}
			return end
		})
		if !errors.Is(err, end) {
			t.Fatal(err)
		}
	}
	edit("每天9:00", fails)
	edit("每天10:00", nil)
	f.advance(whentest.At(t, "2026-11-24 12:00"))
	if len(f.count) != 1 || f.count["11-24 10:00"] != 1 {
		t.Errorf("posted %v, want one at 10:00", f.count)
	}
}

func TestLook_nobody(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.put(reminder("a", "每天8:30"))
	f.broken = schedule.ErrNobody
	f.advance(whentest.At(t, "2026-11-24 09:00"))
	if turn := f.turns("a")["11-24 08:30"]; turn.Outcome != schedule.Skipped {
		t.Errorf("the turn ended as %v, want skipped", turn)
	}
	if len(f.alarms) != 1 || f.alarms[0].Job != "a" {
		t.Errorf("alarms %v, want one about the job", f.alarms)
	}
	f.broken = nil
	f.advance(whentest.At(t, "2026-11-25 09:00"))
	if len(f.count) != 1 {
		t.Errorf("posted %v, want the next turn", f.count)
	}
}
