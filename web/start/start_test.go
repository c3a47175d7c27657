package start_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"duban/notice"
	"duban/plan/outline"
	"duban/progress"
	"duban/schedule"
	"duban/store"
	"duban/web/webtest"
)

var code = regexp.MustCompile(`name="code" value="(\d+)"`)

// TestStart: the five steps say what is there, and the last two make the first reminder
// and the first notice, after a preview.
func TestStart(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	o.Shows(v.Get("/start/1"), "《临江大学2026年工作要点》", "2部分、4条措施", "先用示例")
	o.Shows(v.Get("/start/2"), "6人，2个群", "周明远", `href="/people/import"`)
	o.Shows(v.Get("/start/3"), "模拟群")
	o.Shows(v.Get("/start/4"), "每周五16:00")
	a := v.Do(http.MethodPost, "/start/4", url.Values{"when": {"每周八"}, "group": {"学工群"}, "text": {"请报进展"}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a time that nobody understands: got status %d, want 422", a.Status)
	}
	o.Shows(a.Text, "请报进展", "每周八", "role=\"alert\"")
	a = v.Do(http.MethodPost, "/start/4", url.Values{"when": {"每周五16:00"}, "group": {"安全群"}, "text": {"请报<本周>进展"}})
	o.Shows(a.Text, "还没有保存", "每周五 16:00", "请报&lt;本周&gt;进展")
	a = v.Do(http.MethodPost, "/start/4", url.Values{"code": {code.FindStringSubmatch(a.Text)[1]}})
	o.Shows(a.Text, "已保存")
	a = v.Do(http.MethodPost, "/start/5", url.Values{"kind": {"需回执"}, "group": {"学工群"}, "text": {"请自查宿舍"}})
	o.Shows(a.Text, "还没有发出", "请自查宿舍", "应回4人", `action="/confirm"`) // where one that needs a second admin can be sent without
	a = v.Do(http.MethodPost, "/start/5", url.Values{"code": {code.FindStringSubmatch(a.Text)[1]}})
	o.Shows(a.Text, "做完了，去今日")
	o.View(func(s *store.Snapshot) {
		jobs := schedule.Listed(s)
		if len(jobs) != 1 || jobs[0].Source != store.Page || jobs[0].By != webtest.Admin || jobs[0].Groups[0] != "安全群" {
			t.Errorf("got the reminders %+v, want one by the admin through the page", jobs)
		}
		if n, ok := notice.Find(s, 1); !ok || n.Class != notice.Receipt || n.By != webtest.Admin {
			t.Errorf("got the notice %+v, want one that asks for 收到, by the admin", n)
		}
	})
	o.Change(func(tx *store.Tx) { progress.SetPlan(tx, outline.Parse(webtest.Plan), "plan.txt", webtest.Admin) })
	if text := v.Get("/start/1"); strings.Contains(text, "示例") {
		t.Errorf("a plan of the office's own is called the sample:\n%s", text)
	}
	for _, path := range []string{"/start/0", "/start/6", "/start/12", "/start/x"} {
		if a := v.Do(http.MethodGet, path, nil); a.Status != http.StatusNotFound {
			t.Errorf("%s: got status %d, want 404", path, a.Status)
		}
	}
}
