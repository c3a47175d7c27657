package board_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"duban/web/webtest"
)

// TestBoard: everybody sees how far the measures are and nobody's words; a filter and a
// search leave what they say, and a search that finds nothing says so.
func TestBoard(t *testing.T) {
	o := webtest.New(t)
	o.Say(webtest.Counselor, "第3条 80%，已经查了两栋楼")
	for _, who := range []string{webtest.Counselor, webtest.Lead, webtest.Office, webtest.Admin} {
		text := o.Visit(who).Get("/plan")
		o.Shows(text, "临江大学2026年工作要点", "一、学风建设", "抓好课堂考勤", "80%", "未填报")
		if who != webtest.Counselor && strings.Contains(text, "王雪晴") || strings.Contains(text, "两栋楼") {
			t.Errorf("%s reads who said what on the board", who)
		}
	}
	v := o.Visit(webtest.Admin)
	const another = `href="/plan/import"`
	o.Shows(v.Get("/plan"), another)
	if text := o.Visit(webtest.Counselor).Get("/plan"); strings.Contains(text, another) {
		t.Error("a counselor is offered to bring another plan in")
	}
	if text := v.Get("/plan?show=silent"); strings.Contains(text, "宿舍消防检查") || !strings.Contains(text, "深化反诈宣传") {
		t.Errorf("not reported on: got\n%s", text)
	}
	for query, want := range map[string]string{"第4条": "深化反诈宣传", "反诈": "深化反诈宣传"} {
		a := v.Do(http.MethodPost, "/plan/find", url.Values{"q": {query}})
		if !strings.Contains(a.Text, want) || strings.Contains(a.Text, "抓好课堂考勤") {
			t.Errorf("looking for %s: got %d\n%s", query, a.Status, a.Text)
		}
	}
	o.Shows(v.Do(http.MethodPost, "/plan/find", url.Values{"q": {"<b>团建</b>"}}).Text, "没有找到“&lt;b&gt;团建&lt;/b&gt;”")
}
