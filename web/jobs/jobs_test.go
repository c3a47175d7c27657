package jobs_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"duban/outbox"
	"duban/schedule"
	"duban/store"
	"duban/web/webtest"
)

// form is what the editor posts for a new reminder.
func form(when, text string) url.Values {
	return url.Values{"when": {when}, "days": {""}, "groups[]": {"学工群"}, "class": {"填报"}, "text": {text}}
}

// seen finds the print of what a preview shows.
var seen = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// saved posts a form until it is saved: the first time its preview is shown.
func saved(v *webtest.Visitor, path string, f url.Values, preview ...string) (to string) {
	v.Helper()
	a := v.Do(http.MethodPost, path, f)
	if a.Status != http.StatusOK {
		v.Fatalf("POST %s: got status %d, want the preview; it says: %s", path, a.Status, a.Text)
	}
	v.Shows(a.Text, append(preview, "再按一次“保存”")...)
	m := seen.FindStringSubmatch(a.Text)
	if m == nil {
		v.Fatalf("the preview has no print:\n%s", a.Text)
	}
	f.Set("seen", m[1])
	a = v.Do(http.MethodPost, path, f)
	if a.Status != http.StatusSeeOther {
		v.Fatalf("POST %s: got status %d, want 303; it says: %s", path, a.Status, a.Text)
	}
	return a.Header.Get("Location")
}

// job is the reminder with a number; ok is false if it is not there.
func job(o *webtest.House, number int) (j schedule.Job, ok bool) {
	o.View(func(s *store.Snapshot) {
		for _, x := range schedule.Listed(s) {
			if x.Number == number {
				j, ok = x, true
			}
		}
	})
	return j, ok
}

// TestEditor: a reminder is saved only as its preview was seen, and what is typed stays
// when it is refused.
func TestEditor(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	o.Shows(v.Get("/jobs"), "还没有定时提醒", `href="/jobs/new"`)
	o.Shows(v.Get("/jobs/new"), "这里列出会发的日子", "学工群", "名单上3人")

	for what, c := range map[string]struct{ when, text, says string }{
		"no time":         {"", "请填报", "还没有写什么时候发"},
		"a span of time":  {"工作日下午16点半到17点", "请填报", "是一段时间"},
		"no text":         {"每周五16:00", " ", "还没有写正文"},
		"too often":       {"每分钟", "请填报", "太频繁"},
		"a wrong place":   {"每周五16:00", "请填报{{没有}}", "没有“没有”这个用法"},
		"a past date":     {"2020年1月1日9点", "请填报", "已经过去"},
		"no such measure": {"每周五16:00", "{{措施 99}}", "没有第99条措施"},
	} {
		f := form(c.when, c.text)
		a := v.Do(http.MethodPost, "/jobs/new", f)
		if a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: got status %d, want 422", what, a.Status)
		}
		o.Shows(a.Text, "还没保存", c.says, `value="`+c.when+`"`, strings.TrimSpace(c.text)+"</textarea>", `value="填报" checked`, `value="学工群" checked`)
	}
	f := form("每周五16:00", "请报进展")
	f.Del("groups[]")
	o.Shows(v.Do(http.MethodPost, "/jobs/new", f).Text, "还没有选发到哪个群")

	f = form("每周五下午4点", "请报{{周几}}的进展，谢谢。\r\n写在群里。")
	live := v.Do(http.MethodPost, "/jobs/new/look", f, "HX-Request", "true").Text
	o.Shows(live, "每周五 16:00", "写法：<code>0 16 * * 5</code>", "接下来：", "请报周五的进展", `hx-swap-oob="true"`, "4人要回")
	if _, ok := job(o, 1); ok {
		t.Error("looking at a reminder has saved it")
	}
	if to := saved(v, "/jobs/new", f, "每周五 16:00", "请报周五的进展"); to != "/jobs/1?done=job-saved" {
		t.Errorf("saving led to %s", to)
	}
	j, _ := job(o, 1)
	if j.When != "每周五 16:00" || j.Text != "请报{{周几}}的进展，谢谢。\n写在群里。" || j.Name != "请报{{周几}}的进展" || j.By != webtest.Admin || j.Source != store.Page || j.Version != 1 {
		t.Errorf("got the reminder %+v", j)
	}
	if to := v.Do(http.MethodPost, "/jobs/new", f).Header.Get("Location"); to != "/jobs/1?done=job-saved" {
		t.Errorf("sending the form twice led to %s", to)
	}
	if j, ok := job(o, 2); ok {
		t.Errorf("sending the form twice has made a second reminder: %+v", j)
	}
	o.Shows(v.Get("/jobs"), `href="/jobs/1"`, "每周五 16:00", "学工群")
	o.Shows(v.Get("/"), `href="/jobs"`)
}

// TestEditor_change: what is rare is kept as it is, and somebody else's edit is shown
// before it is replaced.
func TestEditor_change(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	o.Order(webtest.Admin, "job.add", "工作日16:00 安全群 法定工作日 考试周除外：请核对值班。")
	if _, ok := job(o, 1); ok {
		t.Fatal("考试周除外 was taken without a school year")
	}
	o.Order(webtest.Admin, "job.add", "工作日16:00 安全群 法定工作日：请核对值班。")
	until := o.Store.Time().AddDate(0, 0, 60).Format(time.DateOnly)
	f := url.Values{
		"number": {"1"}, "version": {"1"}, "when": {"工作日 16:00"}, "days": {"法定工作日"}, "unsure": {"1"}, "groups[]": {"学工群", "安全群"}, "class": {"需回执"}, "text": {"请核对值班。"},
		"name": {"值班"}, "missed": {"skip"}, "until": {until}, "from0": {until}, "to0": {""}, "why0": {"装修"}, "from3": {""}, "always": {"1"},
	}
	saved(v, "/jobs/1/change", f, "调休上班的周末也发", "学工群、安全群")
	j, _ := job(o, 1)
	if j.Name != "值班" || j.Days != "法定工作日，无放假安排的年份不发" || len(j.Groups) != 2 || j.Missed != schedule.SendNone || !j.Always || j.Until.In(o.Zone).Format(time.DateOnly) != until ||
		len(j.Silent) != 1 || j.Silent[0] != (schedule.Period{From: until, To: until, Why: "装修"}) {
		t.Errorf("got the reminder %+v", j)
	}
	o.Shows(v.Get("/jobs/1"), `value="值班"`, `value="`+until+`"`, "一共2版", "需回执", `value="装修"`, "网页上改的")

	o.Order(webtest.Admin, "job.change", "1 工作日15:00")
	f.Set("version", "2")
	f.Set("when", "工作日14:00")
	a := v.Do(http.MethodPost, "/jobs/1/change", f)
	o.Shows(a.Text, "您打开以后，周明远", "15:00", `value="工作日14:00"`, `name="version" value="3"`)
	if j, _ := job(o, 1); j.When != "工作日 15:00" {
		t.Errorf("somebody's edit was lost: %+v", j)
	}
	f.Set("version", "3")
	f.Set("seen", seen.FindStringSubmatch(a.Text)[1])
	if to := v.Do(http.MethodPost, "/jobs/1/change", f).Header.Get("Location"); to != "/jobs/1?done=job-saved" {
		t.Errorf("saving all the same led to %s", to)
	}
	f.Set("until", "never")
	f.Set("to0", "2020-01-01")
	o.Shows(v.Do(http.MethodPost, "/jobs/1/change", f).Text, "哪天截止，没读懂", "停发的日子没读懂")
	if a := v.Do(http.MethodGet, "/jobs/9", nil); a.Status != http.StatusNotFound {
		t.Errorf("a reminder that is not there: got status %d, want 404", a.Status)
	}
}

// TestEditor_silences: however many rows of silent days there are, none is lost.
func TestEditor_silences(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	f := form("每周五16:00", "请报进展")
	const rows = 60
	for i := range rows {
		f.Set(fmt.Sprintf("from%d", i), o.Store.Time().AddDate(0, 0, 10*i).Format(time.DateOnly))
	}
	saved(v, "/jobs/new", f)
	if j, _ := job(o, 1); len(j.Silent) != rows {
		t.Errorf("got %d rows of silent days, want %d", len(j.Silent), rows)
	}
}

// TestEditor_fixes: what a refusal proposes can be taken with one tap.
func TestEditor_fixes(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	f := form("工作日下午16点半到17点", "请填报")
	a := v.Do(http.MethodPost, "/jobs/new", f)
	o.Shows(a.Text, `name="use" value="工作日 16:30"`, `name="use" value="工作日 17:00"`)
	_, editor, _ := strings.Cut(a.Text, `<form id="edit"`)
	if first, _, _ := strings.Cut(editor, "</button>"); strings.Contains(first, `name="use"`) {
		t.Error("Enter takes a proposal instead of what is typed") // a browser presses the first button
	}
	f.Set("use", "工作日 17:00")
	a = v.Do(http.MethodPost, "/jobs/new", f)
	o.Shows(a.Text, `value="工作日 17:00" autocomplete`, "再按一次“保存”")
}

// TestTry: what is tried comes to the person alone, and nothing is saved.
func TestTry(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	f := form("每周五16:00", "请报{{周几}}的进展")
	o.Shows(v.Do(http.MethodPost, "/jobs/new/try", f).Text, "已发到您和机器人的私聊", "请报{{周几}}的进展</textarea>")
	count := func() (mine, all int) {
		o.View(func(s *store.Snapshot) {
			for r := range outbox.Rows(s, webtest.Account, outbox.Waiting) {
				all++
				if r.Chat == "p/"+webtest.Admin && strings.Contains(r.Text, "【通知1】请报周五的进展") {
					mine++
				}
			}
		})
		return mine, all
	}
	if mine, all := count(); mine != 1 || all != 1 {
		t.Errorf("%d of %d texts are the one that was tried, want 1 of 1", mine, all)
	}
	if _, ok := job(o, 1); ok {
		t.Error("trying a reminder has saved it")
	}
	f.Set("when", "什么时候")
	if a := v.Do(http.MethodPost, "/jobs/new/try", f); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "没有发。") {
		t.Errorf("got status %d, want 422 and why nothing was sent", a.Status)
	}
}

// TestDeeds: a reminder is paused, goes on, is deleted and is found again; each version can
// be brought back.
func TestDeeds(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	o.Order(webtest.Admin, "job.add", "每天16:00 学工群：早报")
	o.Order(webtest.Admin, "job.change", "1 每天17:00")
	o.Shows(v.Get("/jobs/1/pause"), "暂停“早报”？", "下次本来是")
	a := v.Do(http.MethodPost, "/jobs/1/pause", url.Values{"until": {"2020-01-01"}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a pause until a day that is over: got status %d, want 422", a.Status)
	}
	o.Shows(a.Text, "已经过去", `value="2020-01-01"`)
	day := o.Store.Time().AddDate(0, 0, 20)
	if to := v.Post("/jobs/1/pause", "until", day.In(o.Zone).Format(time.DateOnly)); to != "/jobs/1?done=job-paused" {
		t.Errorf("pausing led to %s", to)
	}
	o.Shows(v.Get("/jobs"), "停着的", "周明远", "自动继续", "现在继续")
	o.Shows(v.Get("/jobs/1"), "继续</button>", "这条现在停着")
	v.Post("/jobs/1/resume")
	v.Post("/jobs/1/pause")
	if j, _ := job(o, 1); !j.Paused || !j.Resume.IsZero() {
		t.Errorf("got the reminder %+v, want it paused for good", j)
	}
	v.Post("/jobs/1/resume")
	if to := v.Post("/jobs/1/restore", "version", "1"); to != "/jobs/1?done=job-restored" {
		t.Errorf("restoring led to %s", to)
	}
	if j, _ := job(o, 1); j.When != "每天 16:00" || j.Version != 7 {
		t.Errorf("got the reminder %+v, want its first version as the seventh", j)
	}
	o.Shows(v.Get("/jobs/1"), "时间 每天 17:00→每天 16:00", "一共7版")
	if a := v.Do(http.MethodPost, "/jobs/1/restore", url.Values{"version": {"99"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a version that is not there: got status %d, want 422", a.Status)
	}
	o.Shows(v.Get("/jobs/1/delete"), "删除“早报”？", "还能找回")
	if to := v.Post("/jobs/1/delete"); to != "/jobs?done=job-deleted" {
		t.Errorf("deleting led to %s", to)
	}
	o.Shows(v.Get("/jobs"), "删掉的1条", "找回", "还没有定时提醒")
	if a := v.Do(http.MethodGet, "/jobs/1", nil); a.Status != http.StatusNotFound {
		t.Errorf("a reminder that was deleted: got status %d, want 404", a.Status)
	}
	v.Post("/jobs/1/restore")
	if _, ok := job(o, 1); !ok {
		t.Error("what was deleted cannot be found again")
	}
	var did []string
	o.View(func(s *store.Snapshot) {
		for _, a := range store.Collect(store.Scan[store.Audit](s, store.AuditPrefix(""), 0)) {
			did = append(did, a.Action)
		}
	})
	if got, want := fmt.Sprint(did), "job.pause job.resume job.pause job.resume job.restore job.delete job.restore"; !strings.Contains(got, want) {
		t.Errorf("the log has %s, want %s", got, want)
	}
}
