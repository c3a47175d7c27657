package notices_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/web/webtest"
)

// leave lets everything that waits leave.
func leave(o *webtest.House) {
	o.Helper()
	d := outbox.Delivery{Store: o.Store}
	for {
		rows, err := d.Exchange(o.Context(), webtest.Account, nil, 10, time.Minute)
		if err != nil {
			o.Fatal(err)
		}
		if len(rows) == 0 {
			return
		}
		var done []bot.Attempt
		for _, row := range rows {
			done = append(done, bot.Attempt{Outgoing: row})
		}
		if _, err = d.Exchange(o.Context(), webtest.Account, done, 0, time.Minute); err != nil {
			o.Fatal(err)
		}
	}
}

// office has a notice that asks four people of one group; one has answered, and one is
// on leave.
func office(t *testing.T) *webtest.House {
	o := webtest.New(t)
	o.Order(webtest.Admin, "announce", "紧急 学工群：宿舍消防与用电安全\n请自查<b>宿舍</b>")
	leave(o)
	o.Say("C1", "收到，东区两栋已查")
	now := o.Store.Time()
	o.Change(func(tx *store.Tx) {
		notice.PutLeave(tx, roster.Leave{Person: webtest.Counselor, From: now.Add(-time.Hour), To: now.Add(72 * time.Hour), Delegate: "C1"})
	})
	return o
}

func found(o *webtest.House, number int) (n notice.Notice) {
	o.Helper()
	o.View(func(s *store.Snapshot) { n, _ = notice.Find(s, number) })
	return n
}

var code = regexp.MustCompile(`name="code" value="(\d+)"`)

// preview posts a form, and returns the code by which its preview is confirmed.
func preview(v *webtest.Visitor, path string, form url.Values, want ...string) string {
	v.Helper()
	a := v.Do(http.MethodPost, path, form)
	v.Shows(a.Text, want...)
	m := code.FindStringSubmatch(a.Text)
	if a.Status != http.StatusOK || m == nil {
		v.Fatalf("POST %s: got status %d and no code; it says: %s", path, a.Status, a.Text)
	}
	return m[1]
}

func confirmed(v *webtest.Visitor, code string, want ...string) {
	v.Helper()
	v.Shows(v.Do(http.MethodPost, "/confirm", url.Values{"code": {code}, "back": {"/notices/1"}}).Text, want...)
}

// TestNotice: who has not answered stands there with the reason, who has with their words;
// a lead sees the names of the own college alone, and nothing to do.
func TestNotice(t *testing.T) {
	o := office(t)
	admin, lead := o.Visit(webtest.Admin), o.Visit(webtest.Lead)
	o.Shows(admin.Get("/notices"), "宿舍消防与用电安全", "紧急", "已回1/4", "学工群")
	text := admin.Get("/notices/1")
	o.Shows(text, "【通知1】宿舍消防与用电安全", "请自查&lt;b&gt;", "没回的2人", "郭建平", "经济管理学院", "没有回", "不催的", "请假到", "张伟（机械工程学院）代办", "已回1人", "东区两栋已查", "催一下", "撤回通知1")
	text = lead.Get("/notices/1")
	o.Shows(text, "郭建平", "没回的1人", "东区两栋已查", "另有其他学院2人")
	for _, hidden := range []string{"王雪晴", "经济管理学院", "何志勤", "催一下", "撤回通知", "改正文", "写通知"} {
		if strings.Contains(text+lead.Get("/notices"), hidden) {
			t.Errorf("a lead sees %s", hidden)
		}
	}
	for _, path := range []string{"/notices/2", "/notices/0", "/notices/x"} {
		if a := admin.Do(http.MethodGet, path, nil); a.Status != http.StatusNotFound {
			t.Errorf("%s: got status %d, want 404", path, a.Status)
		}
	}
	o.Order(webtest.Admin, "close", "1")
	o.Shows(admin.Get("/notices"), "没有进行中的通知")
	o.Shows(admin.Get("/notices?show=closed"), "宿舍消防与用电安全", "关闭")
	if strings.Contains(admin.Get("/notices/1"), "撤回通知1") {
		t.Error("a notice that is closed can be withdrawn")
	}
}

// TestDeeds: what is done to a notice is previewed as the chat does, and done once it was
// seen; nothing happens before.
func TestDeeds(t *testing.T) {
	o := office(t)
	v := o.Visit(webtest.Admin)
	c := preview(v, "/notices/1/chase", nil, "催通知1？", "私聊提醒2人", "已回复1人", "请假1人")
	confirmed(v, c, "正在提醒没有回复通知1的人")

	due := o.Store.Time().In(o.Zone).AddDate(0, 0, 3).Truncate(time.Hour)
	c = preview(v, "/notices/1/change", url.Values{"due": {due.Format("2006-01-02T15:04")}}, "照这样改通知1？", "截止")
	if n := found(o, 1); !n.Due.IsZero() {
		t.Errorf("a preview has moved the deadline to %v", n.Due)
	}
	confirmed(v, c, "通知1的截止已改为")
	if n := found(o, 1); !n.Due.Equal(due) {
		t.Errorf("the deadline is %v, want %v", n.Due, due)
	}

	c = preview(v, "/notices/1/change", url.Values{"size": {"大改"}, "text": {"改过的正文：请再查一次"}}, "改过的正文：请再查一次", "重新发出")
	confirmed(v, c, "通知1已重新发出")
	if n := found(o, 1); n.Text != "改过的正文：请再查一次" || n.Version != 1 || !n.Due.Equal(due) {
		t.Errorf("the changed notice is %+v", n)
	}
	for _, form := range []url.Values{{"text": {"改过的正文：请再查一次"}}, {"due": {"明天"}}, {}} {
		if a := v.Do(http.MethodPost, "/notices/1/change", form); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("change %v: got status %d, want 422", form, a.Status)
		} else if form.Get("due") != "" {
			o.Shows(a.Text, "截止的时间没读懂", `value="明天"`)
		}
	}

	c = preview(v, "/notices/1/withdraw", nil, "撤回通知1？", "请不要按它办理")
	if n := found(o, 1); !n.Closed.IsZero() {
		t.Error("a preview has withdrawn the notice")
	}
	confirmed(v, c, "通知1已撤回")
	if n := found(o, 1); n.End != notice.Withdrawn {
		t.Errorf("the notice ended as %q, want withdrawn", n.End)
	}
	o.Shows(v.Do(http.MethodPost, "/notices/1/chase", nil).Text, "通知1已经撤回了")
	o.Shows(v.Do(http.MethodPost, "/confirm", url.Values{"code": {c}}).Text, "没有等待确认的内容")
}
