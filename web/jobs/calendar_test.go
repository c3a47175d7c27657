package jobs_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/web/webtest"
)

// TestMonth: a month shows what came and what is to come, on each day; one that nobody can
// mean is not there.
func TestMonth(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	o.Order(webtest.Admin, "job.add", "每天0:30 学工群 安静时段也发 需回执：夜里的<b>")
	o.Order(webtest.Admin, "job.add", "每天1:30 学工群 安静时段也发：停着的")
	o.Order(webtest.Admin, "job.pause", "2")
	now := o.Store.Time().In(o.Zone)
	next := time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, o.Zone)
	of := next.Format("2006-01")
	last := next.AddDate(0, 1, -1).Day()
	text := v.Get("/jobs/month?of=" + of + "&day=9")
	o.Shows(text, next.Format("2006年1月"), `<span class="dot phone rep"></span><a class="e desk" href="/jobs/1">00:30 夜里的&lt;b&gt;</a>`, next.AddDate(0, 0, 8).Format("1月2日"), "发到学工群", "/jobs/month?of="+next.AddDate(0, 1, 0).Format("2006-01"))
	if n := strings.Count(text, "00:30 夜里的"); n != last+1 { // and in the list of the day
		t.Errorf("a month of %d days shows the reminder %d times, want each day and the list of one", last, n)
	}
	if strings.Contains(text, "停着的") {
		t.Error("the month has a reminder that is paused")
	}
	o.Change(func(tx *store.Tx) {
		j, _ := schedule.FindJob(tx.Snapshot, schedule.Listed(tx.Snapshot)[0].ID)
		store.Save(tx, "job/turn/"+j.ID+"/"+store.Stamp(next.AddDate(0, -2, 3)), schedule.Firing{Job: j.ID, Instant: next.AddDate(0, -2, 3), Outcome: schedule.OnTime})
		store.Save(tx, "job/turn/"+j.ID+"/"+store.Stamp(next.AddDate(0, -2, 4)), schedule.Firing{Job: j.ID, Instant: next.AddDate(0, -2, 4), Outcome: schedule.Skipped, Why: "停机错过，按设置不补发"})
	})
	before := next.AddDate(0, -2, 0).Format("2006-01")
	o.Shows(v.Get("/jobs/month?of="+before+"&day=4"), "00:00 夜里的", "发了")
	o.Shows(v.Get("/jobs/month?of="+before+"&day=5"), "没发：夜里的", "停机错过")
	for _, bad := range []string{"2026-13", "x", "2026"} {
		if a := v.Do(http.MethodGet, "/jobs/month?of="+bad, nil); a.Status != http.StatusNotFound {
			t.Errorf("the month %s: got status %d, want 404", bad, a.Status)
		}
	}
	o.Shows(v.Get("/jobs/month?day=77"), now.Format("2006年1月"))
}

// free is a workday to come that nobody has named yet.
func free(o *webtest.House) when.Day {
	d := when.DayOf(o.Store.Time().In(o.Zone)) + 7
	for !o.Jobs.Calendar().Workday(d) {
		d++
	}
	return d
}

// TestCalendar: an entry is made and taken away only after its effect on the reminders was
// shown, and what was typed stays.
func TestCalendar(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	o.Order(webtest.Admin, "job.add", "工作日16:00 学工群 法定工作日：请核对值班")
	o.Shows(v.Get("/calendar"), "放假和校历", "还没有录。")
	day := free(o).String()
	f := url.Values{"day": {day}, "to": {day}, "kind": {"休"}, "name": {"校 庆"}, "source": {" "}}
	a := v.Do(http.MethodPost, "/calendar", f)
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("an entry without its source: got status %d, want 422", a.Status)
	}
	o.Shows(a.Text, "依据都要写", `value="`+day+`"`)
	f.Set("source", "校办 通知第9号")
	o.Shows(v.Do(http.MethodPost, "/calendar", f).Text, "这样记入日历？", "请核对值班，不再发：", "校庆放假", `name="save"`)
	days := func() (all []schedule.DayEntry) {
		o.View(func(s *store.Snapshot) { all = schedule.Days(s) })
		return all
	}
	if n := len(days()); n != 0 {
		t.Errorf("looking at the effect has made %d entries", n)
	}
	own := regexp.MustCompile(`name="own" value="([0-9a-f]+)"`).FindStringSubmatch(v.Do(http.MethodPost, "/calendar", f).Text)
	if own == nil {
		t.Fatal("the effect is shown without a print of the calendar")
	}
	o.Order(webtest.Admin, "job.day", day+" 休 运动会 体育部")
	f.Set("save", "1")
	f.Set("own", own[1])
	o.Shows(v.Do(http.MethodPost, "/calendar", f).Text, "日历又改过", "替换原来的：", "运动会放假，依据：体育部")
	if all := days(); len(all) != 1 || all[0].Name != "运动会" {
		t.Errorf("what was entered meanwhile was replaced unseen: %+v", all)
	}
	o.Shows(v.Do(http.MethodPost, "/calendar", url.Values{"delete": {day}}).Text, "运动会放假")
	o.Order(webtest.Admin, "job.day.delete", day)
	f.Del("save")
	f.Del("own")
	f.Set("edit", "1")
	o.Shows(v.Do(http.MethodPost, "/calendar", f).Text, `value="校办 通知第9号"`)
	f.Del("edit")
	f.Set("save", "1")
	if to := v.Do(http.MethodPost, "/calendar", f).Header.Get("Location"); to != "/calendar?done=day-put" {
		t.Errorf("saving led to %q", to)
	}
	if all := days(); len(all) != 1 || all[0].Day != day || all[0].To != "" || all[0].Name != "校庆" || all[0].Source != "校办 通知第9号" || all[0].By != webtest.Admin {
		t.Errorf("got the entries %+v", all)
	}
	if d, _ := when.ParseDay(day); o.Jobs.Calendar().Workday(d) {
		t.Error("the calendar in force does not have the entry")
	}
	o.Shows(v.Get("/calendar"), "校庆，校办 通知第9号", `name="delete" value="`+day+`"`)
	o.Shows(v.Get("/jobs/1"), "校庆放假", "跳过")

	o.Shows(v.Do(http.MethodPost, "/calendar", url.Values{"delete": {day}}).Text, "请核对值班，增加：", `name="delete" value="`+day+`"`)
	if to := v.Post("/calendar", "delete", day, "save", "1"); to != "/calendar?done=day-deleted" {
		t.Errorf("deleting led to %q", to)
	}
	if n := len(days()); n != 0 {
		t.Errorf("%d entries are left", n)
	}
	if a := v.Do(http.MethodPost, "/calendar", url.Values{"delete": {day}, "save": {"1"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("deleting it again: got status %d, want 422", a.Status)
	}
	for what, bad := range map[string][4]string{"back to front": {day, "2020-01-01", "休", "结束应在开始之后"}, "no kind": {day, "", "休息", "休"}, "no day": {"soon", "", "休", "还没有记"}} {
		a := v.Do(http.MethodPost, "/calendar", url.Values{"day": {bad[0]}, "to": {bad[1]}, "kind": {bad[2]}, "name": {"校庆"}, "source": {"x"}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, bad[3]) {
			t.Errorf("%s: got status %d, want 422 and %s", what, a.Status, bad[3])
		}
	}
}

// TestSchool: the school year is replaced as a whole, after its effect was shown.
func TestSchool(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	o.Shows(v.Get("/calendar/school"), "寒假", "暑假")
	today := when.DayOf(o.Store.Time().In(o.Zone))
	day := func(n when.Day) string { return (today + n).String() }
	f := url.Values{
		"kind[]": {"学期", "考试周", "假期", "学期"}, "name[]": {"本 学期", "", "寒假", ""},
		"from[]": {day(-30), day(40), day(51), ""}, "to[]": {day(50), day(50), day(80), ""},
	}
	o.Shows(v.Do(http.MethodPost, "/calendar/school", f).Text, "换成这个校历？", "学期 本学期 "+day(-30)+"到"+day(50)+" 考试 "+day(40)+"到"+day(50), "假期 寒假")
	f.Set("save", "1")
	if to := v.Do(http.MethodPost, "/calendar/school", f).Header.Get("Location"); to != "/calendar?done=school-put" {
		t.Errorf("saving led to %q", to)
	}
	s := o.Jobs.Calendar().School()
	if len(s.Terms) != 1 || s.Terms[0].Name != "本学期" || s.Terms[0].To != today+50 || len(s.Terms[0].Exams) != 1 || len(s.Holidays) != 1 || s.Holidays[0].From != today+51 {
		t.Errorf("got the school year %+v", s)
	}
	o.Shows(v.Get("/calendar"), "本学期", "考试周", "寒假", "今天是第")
	o.Shows(v.Get("/calendar/school"), `value="本学期"`, `value="`+day(40)+`"`)
	o.Order(webtest.Admin, "job.add", "每周一9:00 学工群 教学周工作日 考试周除外：周会")
	f.Del("save")
	f["to[]"][0], f["from[]"][1], f["to[]"][1] = day(10), day(9), day(10)
	o.Shows(v.Do(http.MethodPost, "/calendar/school", f).Text, "周会，不再发：")
	for what, bad := range map[string]url.Values{
		"还没有写日期":   {"kind[]": {"学期"}, "name[]": {"x"}, "from[]": {""}, "to[]": {""}},
		"没写全":      {"kind[]": {"学期"}, "name[]": {"x"}, "from[]": {day(0)}, "to[]": {""}},
		"还没有名字":    {"kind[]": {"假期"}, "name[]": {" "}, "from[]": {day(0)}, "to[]": {day(1)}},
		"不在哪个学期里":  {"kind[]": {"考试周"}, "name[]": {""}, "from[]": {day(0)}, "to[]": {day(1)}},
		"在开始":      {"kind[]": {"学期"}, "name[]": {"x"}, "from[]": {day(5)}, "to[]": {day(1)}},
		"还没有换：还没有": {},
	} {
		a := v.Do(http.MethodPost, "/calendar/school", bad)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, what) {
			t.Errorf("%s: got status %d, want 422 and these words", fmt.Sprint(bad), a.Status)
		}
	}
}
