package board_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"duban/progress"
	"duban/store"
	"duban/web/webtest"
)

var code = regexp.MustCompile(`name="code" value="(\d+)"`)

// TestDuty: who is responsible and until when is booked as in chat; a name that the roster
// does not know is asked about first, and what cannot be taken stays in the form.
func TestDuty(t *testing.T) {
	o := webtest.New(t)
	page := "/plan/m/" + o.Measure(3)
	v := o.Visit(webtest.Admin)
	if text := o.Visit(webtest.Office).Get(page); strings.Contains(text, `name="owners"`) || strings.Contains(text, `name="word"`) {
		t.Error("who is no admin is offered to change the plan")
	}
	node := func() (owners, due string) {
		o.View(func(s *store.Snapshot) {
			n := progress.Current(s).NodeByID(o.Measure(3))
			owners, due = strings.Join(n.Owners, "、"), n.Due
		})
		return owners, due
	}
	is := func(owners, due string) {
		t.Helper()
		if a, b := node(); a != owners || b != due {
			t.Errorf("got owners %q until %q, want %q until %q", a, b, owners, due)
		}
	}
	post := func(owners, due string) webtest.Answer {
		return v.Do(http.MethodPost, page+"/duty", url.Values{"owners": {owners}, "due": {due}})
	}
	o.Shows(v.Get(v.Post(page+"/duty", "owners", " 王雪晴、C1", "due", "６月30日前")), "已记下", "王雪晴、张伟（机械工程学院）", "6月30日前")
	is("王雪晴、张伟（机械工程学院）", "6月30日前")
	for _, bad := range []struct{ owners, due, said string }{
		{"张伟", "6月30日前", "名单上有2位张伟"},
		{"", "6月30日前", "不能空着"},
		{"王雪晴", "", "不能空着"},
		{strings.Repeat("长", 121), "年底", "最多120个字"},
		{"王雪晴、张伟（机械工程学院）", "6月30日前", "和原来一样"},
	} {
		a := post(bad.owners, bad.due)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, `value="`+bad.owners+`"`) {
			t.Errorf("%+v: got status %d, want 422 and what was typed", bad, a.Status)
		}
		o.Shows(a.Text, bad.said)
		is("王雪晴、张伟（机械工程学院）", "6月30日前")
	}
	a := post("后勤处", "年底")
	o.Shows(a.Text, "名单上没有“后勤处”", "请改", "照记", `value="后勤处"`)
	is("王雪晴、张伟（机械工程学院）", "6月30日前")
	m := code.FindStringSubmatch(a.Text)
	if m == nil {
		t.Fatalf("no code in %s", a.Text)
	}
	v.Post(page+"/duty", "code", m[1])
	is("后勤处", "年底")
	if a := v.Do(http.MethodPost, page+"/duty", url.Values{"code": {m[1]}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("booked again: got status %d, want 422", a.Status)
	}
	v.Post(page+"/duty", "owners", "后勤处", "due", "9月底") // who is responsible is not asked about again
	is("后勤处", "9月底")
}

// TestAlias: what people call a measure finds it, until that is taken away.
func TestAlias(t *testing.T) {
	o := webtest.New(t)
	page := "/plan/m/" + o.Measure(3)
	v := o.Visit(webtest.Admin)
	finds := func() bool {
		told := o.Ask(webtest.Counselor, "白鹭行动")
		return len(told) == 1 && strings.Contains(told[0].Text, "开展宿舍消防检查。每月一次。")
	}
	if finds() {
		t.Fatal("it is found without an alias")
	}
	for _, bad := range [][2]string{{"", "消防"}, {"白鹭行动", ""}, {"a=b", "消防"}, {strings.Repeat("长", 21), "消防"}} {
		a := v.Do(http.MethodPost, page+"/alias", url.Values{"word": {bad[0]}, "means": {bad[1]}})
		if a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%q: got status %d, want 422", bad, a.Status)
		}
		o.Shows(a.Text, "没有记：", `value="`+bad[0]+`"`)
	}
	o.Shows(v.Get(v.Post(page+"/alias", "word", "白鹭行动", "means", "宿舍消防检查")), "别的叫法1个", "也查“宿舍消防检查”")
	if !finds() {
		t.Error("it is not found by its alias")
	}
	if strings.Contains(v.Get("/plan/m/"+o.Measure(4)), "白鹭行动") {
		t.Error("another measure is called so")
	}
	if a := v.Do(http.MethodPost, page+"/alias", url.Values{"word": {"白鹭行动"}, "means": {"、"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(v.Get(page), "别的叫法1个") {
		t.Error("a form without a word takes the alias away")
	}
	v.Post(page+"/alias", "gone", "白鹭行动")
	if finds() {
		t.Error("it is still found")
	}
}
