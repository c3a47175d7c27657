package notices_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"duban/roster"
	"duban/store"
	"duban/web/webtest"
)

// TestDraft: what was written and not sent is there for its author alone, until it is sent
// or thrown away.
func TestDraft(t *testing.T) {
	o := webtest.New(t)
	o.Change(func(tx *store.Tx) {
		people := webtest.Staff()
		people.People[1].Roles = append(people.People[1].Roles, roster.Admin)
		roster.Replace(tx, people)
	})
	v := o.Visit(webtest.Admin)
	form := url.Values{"kind": {"紧急"}, "applied": {"1"}, "groups[]": {"安全群"}, "text": {"夜查通知\r\n<b>今晚</b>十点"}, "when": {"now"}, "due": {""}}
	const mark = "夜查通知\n&lt;b&gt;今晚&lt;/b&gt;十点"
	written := func(who *webtest.Visitor) bool {
		return strings.Contains(who.Get("/notices/new"), mark) && strings.Contains(who.Get("/notices"), "有一份没发的：“夜查通知”")
	}
	keeps := func(form url.Values) string {
		return v.Do(http.MethodPost, "/notices/new/keep", form, "HX-Request", "true").Text
	}
	if text := keeps(url.Values{"kind": {"普通"}, "text": {" "}}); strings.Contains(text, "已存") || written(v) {
		t.Errorf("nothing was written, and it says %s", text)
	}
	o.Shows(keeps(form), "今天", "已存")
	o.Shows(v.Get("/notices/new"), mark, `value="紧急" checked`, `value="安全群" checked`, `name="applied" value="1" checked`, "扔掉，从头写")
	if !written(v) || written(o.Visit(webtest.Office)) {
		t.Error("what was written must be there for its author, and for nobody else")
	}
	v.Post("/notices/new/drop")
	if written(v) {
		t.Error("it was thrown away, and is still there")
	}

	bad := url.Values{"kind": {"紧急"}, "text": {"夜查通知\r\n<b>今晚</b>十点"}}
	v.Do(http.MethodPost, "/notices/new", bad) // no group was chosen
	if !written(v) {
		t.Error("what could not be sent is not kept")
	}
	c := preview(v, "/notices/new", form)
	if v.Do(http.MethodPost, "/confirm", url.Values{"code": {"0000"}}); !written(v) {
		t.Error("nothing was sent, and the draft has gone")
	}
	confirmed(v, c, "通知1")
	if written(v) {
		t.Error("it was sent, and is still a draft")
	}
	keeps(form)
	form.Set("text", "")
	if keeps(form); written(v) {
		t.Error("all of it was taken out, and it is still there")
	}
	form.Set("text", strings.Repeat("长", 6000))
	if text := keeps(form); strings.Contains(text, "已存") {
		t.Errorf("what is too long for a notice is not kept, and it says %s", text)
	}
}
