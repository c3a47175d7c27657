package schedule_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"duban/roster"
	"duban/schedule"
	"duban/schedule/when/whentest"
	"duban/store"
	"duban/store/storetest"
)

func configJob(id, when string) schedule.ConfigJob {
	return schedule.ConfigJob{ID: id, Name: id, When: when, Groups: []string{"一群"}, Text: "请检查宿舍"}
}

func (f *office) apply(jobs ...schedule.ConfigJob) {
	f.t.Helper()
	left, err := f.sched.Apply(f.t.Context(), jobs)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, l := range left {
		f.asked = append(f.asked, l.ID)
	}
}

// left are the ids of the jobs that a person must decide on.
func (f *office) left() (ids []string) {
	f.view(func(sn *store.Snapshot) error {
		ids = nil
		for _, l := range schedule.LeftJobs(sn) {
			ids = append(ids, l.ID)
		}
		return nil
	})
	return ids
}

func TestApply_keepsAPause(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.apply(configJob("a", "每天10:30"))
	paused := reminder("a", "每天10:30")
	paused.Paused = true
	f.put(paused)
	f.apply(configJob("a", "每天10:45"))
	if j := f.job("a"); !j.Paused || j.When != "每天 10:45" {
		t.Errorf("after an edit of its time in the file: paused %v, %s; want paused, 每天 10:45", j.Paused, j.When)
	}
	written := configJob("a", "每天10:45")
	written.Resume = "2026-12-24"
	f.apply(written)
	if j := f.job("a"); j.Resume.IsZero() {
		t.Error("the file says when it goes on, and was not obeyed")
	}
}

// TestApply_lastEditWins edits one job in the file and elsewhere in turn.
func TestApply_lastEditWins(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	expect := func(what, want string) {
		t.Helper()
		if got := f.job("a"); got.When != want {
			t.Errorf("%s: the job is %q, want %q", what, got.When, want)
		}
	}
	f.apply(configJob("a", "每天8:30"))
	expect("in the file", "每天 08:30")
	f.put(reminder("a", "每天9:30"))
	f.apply(configJob("a", "每天8:30"))
	expect("edited in chat, the file as it was", "每天 09:30")
	f.restart()
	f.apply(configJob("a", "每天8:30"))
	expect("after a restart, the file as it was", "每天 09:30")
	f.apply(configJob("a", "每天10:30"))
	expect("edited in the file", "每天 10:30")
	f.update(func(tx *store.Tx) error { return f.sched.Delete(tx, "a", editor) })
	f.apply(configJob("a", "每天10:30"))
	expect("deleted in chat, the file as it was", "")
	f.apply(configJob("a", "每天11:30"))
	expect("deleted in chat, then edited in the file", "每天 11:30")
	f.apply()
	f.apply()
	expect("gone from the file", "每天 11:30")
	if !slices.Equal(f.asked, []string{"a"}) {
		t.Errorf("asked about %q, want about a once", f.asked)
	}
	f.apply(configJob("a", "每天11:30"))
	if left := f.left(); left != nil {
		t.Errorf("got %q left with a file that has all again, want none", left)
	}
	f.apply()
	f.update(func(tx *store.Tx) error {
		_, err := f.sched.DropLeft(tx, f.left(), schedule.Edit{Source: store.Config})
		return err
	})
	expect("gone from the file, as a person has said", "")
	f.put(reminder("b", "每天9:30"))
	f.apply()
	if f.job("b").Version == 0 {
		t.Error("a job that was never in the file went with it")
	}
	edits := 0
	f.view(func(sn *store.Snapshot) error {
		edits = 0
		for a := range storetest.Audits(sn, "") {
			if a.Source == store.Config && a.Object == "a" {
				edits++
			}
		}
		return nil
	})
	if edits != 4 {
		t.Errorf("the audit log has %d edits by the file, want 4", edits)
	}
}

func TestApply_refused(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.apply(configJob("a", "每天8:30"))
	_, err := f.sched.Apply(t.Context(), []schedule.ConfigJob{configJob("a", "每天9:30"), configJob("b", "每月32号"), configJob("c", "每周")})
	if err == nil {
		t.Fatal("a file with wrong jobs was applied")
	}
	for _, want := range []string{"jobs[1] b", "jobs[2] c", "32号", "周几"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error %q does not say %q", err, want)
		}
	}
	if got := f.job("a").When; got != "每天 08:30" {
		t.Errorf("the job is %q, want that a broken file changes nothing", got)
	}
	if _, err := f.sched.Apply(t.Context(), []schedule.ConfigJob{configJob("a", "每天9:30"), configJob("a", "每天9:40")}); err == nil {
		t.Error("a file with one id twice was applied")
	}
}

func TestApply_over(t *testing.T) {
	f := newOffice(t, "2027-02-23 12:00", schedule.Options{Calendar: whentest.School(t)})
	term, until := configJob("学期", "每天8:30"), configJob("截止", "每天8:30")
	term.Days, until.Until = "教学周工作日", "2026-12-31"
	count := configJob("倒计时", "每天8:30")
	count.Text = `还有{{还有 "2027-01-15"}}天`
	over := []schedule.ConfigJob{term, until, count, configJob("一次", "2026-11-01 9:00"), configJob("一段", "2026-12-01到2026-12-20每天9:00")}
	f.apply(append(over, configJob("b", "每天8:30"))...)
	for _, c := range over {
		if f.job(c.ID).Version != 0 {
			t.Errorf("%s was applied, want it left out, because it is over", c.ID)
		}
	}
	if f.job("b").Version != 1 {
		t.Error("a job beside those that are over was not applied")
	}
	if len(f.alarms) != 1 || !strings.Contains(f.alarms[0].Text, "时间已经过去，没有启用：“学期”、“截止”、“倒计时”、“一次”、“一段”") {
		t.Errorf("alarms %v, want one that names what is over", f.alarms)
	}
	for _, bad := range []string{"每天26点", "国庆前后9点"} {
		if _, err := f.sched.Apply(t.Context(), []schedule.ConfigJob{configJob("a", bad)}); err == nil {
			t.Errorf("a job %q was left out, want it refused: nobody can read it", bad)
		}
	}
}

// TestApply_unknownGroup takes jobs whose group nobody of the roster is in.
func TestApply_unknownGroup(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	f.update(func(tx *store.Tx) error {
		roster.Replace(tx, &roster.Roster{People: []roster.Person{{ID: "A", Name: "甲", Groups: []string{"二群"}}}})
		return nil
	})
	f.apply(configJob("a", "每天8:30"))
	f.apply(configJob("a", "每天8:30"))
	if len(f.alarms) != 1 || !strings.Contains(f.alarms[0].Text, "“a”（一群）") {
		t.Errorf("alarms %v, want one that names the job and its group", f.alarms)
	}
	f.view(func(sn *store.Snapshot) error {
		if list := f.sched.List(sn); !strings.Contains(list, "，名单里没有一群") {
			t.Errorf("got %q, want the group in it", list)
		}
		return nil
	})
}

// TestCheck_countdown ends a job after the day to which it counts.
func TestCheck_countdown(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	j := reminder("a", "每天8:30")
	j.Text = `离期末还有{{还有 "2026-11-26"}}天`
	f.put(j)
	f.advance(whentest.At(t, "2026-11-30 12:00"))
	if turns := f.turns("a"); len(turns) != 3 || f.job("a").Ended.IsZero() {
		t.Errorf("turns %v, ended %v; want those of the 24th to the 26th, and the end", turns, f.job("a").Ended)
	}
	j.ID = "b"
	f.view(func(sn *store.Snapshot) error {
		if _, err := f.sched.Check(sn, j); err == nil || !strings.Contains(err.Error(), "倒计时的日子（2026-11-26）已经过去") {
			t.Errorf("got %v, want it said that the day is over", err)
		}
		return nil
	})
}

// TestApply_keepsMissed changes a text in the file while duban is off: the turn
// that was missed meanwhile is not forgotten.
func TestApply_keepsMissed(t *testing.T) {
	f := newOffice(t, "2026-11-23 12:00", schedule.Options{})
	c := configJob("a", "每天8:30")
	f.apply(c)
	f.clock = whentest.At(t, "2026-11-24 09:00")
	f.restart()
	c.Text = "请再检查宿舍"
	f.apply(c)
	f.look()
	if rows := f.posted(); len(rows) != 1 || !strings.HasPrefix(rows[0].Text, "请再检查宿舍") {
		t.Errorf("posted %v, want the missed turn with the new text", rows)
	}
}

// TestExport applies what was exported to an empty store: it is the same.
func TestExport(t *testing.T) {
	full := configJob("a", "工作日16:00")
	full.Name, full.Class, full.Days, full.Missed, full.Window = "查寝", "需回执", "法定工作日", "all", "2h0m0s"
	full.Vars, full.Always, full.Until = map[string]string{"谁": "辅导员"}, true, "2027-01-15"
	full.Resume, full.Paused = "2026-12-01", true
	full.Silent = []schedule.Period{{From: "2026-12-24", To: "2026-12-26", Why: "活动"}}
	export := func(jobs []schedule.ConfigJob) (all []schedule.ConfigJob) {
		f := newOffice(t, "2026-11-23 12:00", schedule.Options{Calendar: whentest.School(t)})
		f.apply(jobs...)
		f.view(func(sn *store.Snapshot) (err error) {
			all = f.sched.Export(sn)
			return nil
		})
		return all
	}
	first := export([]schedule.ConfigJob{full})
	second := export(first)
	if len(first) != 1 || len(second) != 1 {
		t.Fatalf("exported %v and %v", first, second)
	}
	full.When = "工作日 16:00"
	for i, got := range []schedule.ConfigJob{first[0], second[0]} {
		if !reflect.DeepEqual(got, full) {
			t.Errorf("export %d: got %+v, want %+v", i+1, got, full)
		}
	}
}
