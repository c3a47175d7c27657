package board_test

import (
	"net/http"
	"net/url"
	"slices"
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

// TestTrend: everybody sees how the plan moved, with a table of the same numbers, and the
// figures of the colleges that the chat would tell them of.
func TestTrend(t *testing.T) {
	o := webtest.New(t)
	o.Say("C1", "第3条 受阻，缺设备")
	o.Say(webtest.Counselor, "第4条 办结，第1人第1句")
	o.Order(webtest.Admin, "announce", "需回执 学工群：请回复。")
	o.Say(webtest.Counselor, "通知1收到")
	for who, want := range map[string]struct {
		colleges []string
		answers  bool
	}{
		webtest.Admin:     {[]string{"机械工程学院", "经济管理学院", "计算机学院"}, true},
		webtest.Office:    {[]string{"机械工程学院", "经济管理学院", "计算机学院"}, true},
		webtest.Lead:      {[]string{"机械工程学院"}, true},
		webtest.Counselor: {[]string{"计算机学院"}, false},
		"C2":              {[]string{"经济管理学院"}, false},
	} {
		text := o.Visit(who).Get("/plan/colleges")
		o.Shows(text, `<svg class="chart"`, "现在办结1条，推进中0条，受阻1条，未启动或未填报2条", "看数字", `<th scope="row" role="rowheader">现在</th>`, "一、学风建设")
		at := 0
		for _, c := range []string{"机械工程学院", "经济管理学院", "计算机学院"} {
			i := strings.Index(text, `rowheader">`+c)
			if (i >= 0) != slices.Contains(want.colleges, c) || i >= 0 && i < at {
				t.Errorf("%s: got %s at %d, want of %v in the order of the roster", who, c, i, want.colleges)
			}
			at = max(at, i)
			told := o.Ask(who, c+" 进度")
			if refused := strings.Contains(told[0].Text, "只能看本学院"); refused == (i >= 0) {
				t.Errorf("%s is shown %s: %v; in chat they are told %s", who, c, i >= 0, told[0].Text)
			}
		}
		if strings.Contains(text, "通知回复") != want.answers {
			t.Errorf("%s reads who has answered notices: %v", who, !want.answers)
		}
		_, text, _ = strings.Cut(text, `id="main"`)
		if strings.Contains(text, "第1人第1句") || strings.Contains(text, "张伟") {
			t.Errorf("%s reads somebody's words or name", who)
		}
	}
}
