package notices_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"duban/notice"
	"duban/store"
	"duban/web"
	"duban/web/page"
	"duban/web/webtest"
)

// TestCompose: a notice is written, previewed by the chat to the byte, and sent now or
// later; what is missing is said where it is missing, and what was typed stays.
func TestCompose(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	o.Shows(v.Get("/notices"), "还没有发过通知", "写通知")
	o.Shows(v.Get("/notices/new"), "要大家做什么", "学工群", "名单上6人")
	bad := url.Values{"kind": {"紧急"}, "text": {"第一行\r\n<b>：全部群 截止"}, "when": {"later"}, "at": {""}, "due": {"下周"}}
	a := v.Do(http.MethodPost, "/notices/new", bad)
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("what cannot be sent: got status %d, want 422", a.Status)
	}
	o.Shows(a.Text, "还没有选发到哪个群", "截止的时间没读懂", "定在什么时候，还没有选", "&lt;b&gt;：全部群 截止", `value="紧急" checked`, `value="later" checked`)

	at := o.Store.Time().In(o.Zone).AddDate(0, 0, 2).Truncate(time.Hour)
	const field = "2006-01-02T15:04"
	text := "需回执 安全群：第一行\n第二行，18:00前"
	good := url.Values{
		"kind": {"紧急"}, "applied": {"1"}, "groups[]": {"学工群"}, "text": {strings.ReplaceAll(text, "\n", "\r\n")},
		"when": {"later"}, "at": {at.Format(field)}, "due": {at.Add(24 * time.Hour).Format(field)},
	}
	look := v.Do(http.MethodPost, "/notices/new/look", good, "HX-Request", "true").Text
	c := preview(v, "/notices/new", good, "【通知1】"+text, "紧急", "应回4人", "到时发出", `href="/notices/new"`)
	if n := found(o, 1); n.Number != 0 {
		t.Error("a preview has sent the notice")
	}
	o.Shows(v.Get("/notices/new"), text, `value="`+at.Format(field)+`"`, `value="later" checked`)
	confirmed(v, c, "还没有发出", "通知1")
	n := found(o, 1)
	if n.Text != text || !n.Confirm || n.Class != notice.Urgent || !n.Created.Equal(at) || !n.Due.Equal(at.Add(24*time.Hour)) || len(n.Groups) != 1 || n.By != webtest.Admin {
		t.Errorf("got the notice %+v", n)
	}
	if want := n.Post(); !strings.Contains(look, want) {
		t.Errorf("while it was written it looked like %s, and it is posted as %s", look, want)
	}
	o.Shows(v.Get("/notices?show=waiting"), "需回执 安全群：第一行")
}

// TestCompose_wide: what goes to two groups waits two minutes where no other admin can
// agree to it, and is called off by a button; what is too long is refused.
func TestCompose_wide(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	form := url.Values{"kind": {"需回执"}, "groups[]": {"学工群", "安全群"}, "text": {"请自查"}, "when": {"now"}}
	confirmed(v, preview(v, "/notices/new", form, "共2条消息"), "2分钟后办", "2分钟内取消")
	o.Shows(v.Do(http.MethodPost, "/confirm", url.Values{"stop": {"1"}}).Text, "通知1已撤回，没有发出过")
	form.Set("text", strings.Repeat("长", 501))
	a := v.Do(http.MethodPost, "/notices/new", form)
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("too long: got status %d, want 422", a.Status)
	}
	o.Shows(a.Text, "正文太长", form.Get("text"))
}

// TestCompose_template: the places of a template are fields, and none may stay empty.
func TestCompose_template(t *testing.T) {
	o := webtest.New(t, func(h *page.House, _ *web.Options) {
		m, err := notice.ParseTemplate("返校", "类别：普通\n标题：返校安排\n\n请在{{返校日期}}前返校，电话{{电话}}。")
		if err != nil {
			t.Fatal(err)
		}
		h.Desk.Options.Templates = []notice.Template{m}
	})
	v := o.Visit(webtest.Admin)
	o.Shows(v.Get("/notices/new?template=1"), "返校日期", `value="普通" checked`, "请在{{返校日期}}前返校")
	form := url.Values{"template": {"1"}, "kind": {"普通"}, "groups[]": {"学工群"}, "place0": {"2月20日 周五"}}
	o.Shows(v.Do(http.MethodPost, "/notices/new", form).Text, "还缺：电话", "2月20日 周五")
	form.Set("place1", "8800-1200")
	confirmed(v, preview(v, "/notices/new", form, "请在2月20日 周五前返校，电话8800-1200。"), "通知1")
	o.View(func(s *store.Snapshot) {
		if n, _ := notice.Find(s, 1); n.Text != "返校安排\n请在2月20日 周五前返校，电话8800-1200。" {
			t.Errorf("the notice says %q", n.Text)
		}
	})
}
