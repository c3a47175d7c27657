package today_test

import (
	"strings"
	"testing"

	"duban/web/webtest"
)

// TestToday: who sends notices sees who is missing of all and what was said, a lead of the
// own college only, and a counselor nothing of others.
func TestToday(t *testing.T) {
	o := webtest.New(t)
	o.Order(webtest.Admin, "announce", "需回执 学工群：请自查宿舍")
	o.Say(webtest.Counselor, "通知1收到，已经排查完两栋")
	o.Say("C1", "通知1收到，正在看<三楼>")
	o.Say("C2", "第4条 受阻，经费没到账")
	of := func(person string) string { return o.Visit(person).Get("/") }
	o.Shows(of(webtest.Admin), "还有2人没回", `href="/notices/1"`, "应回4，已回2", "已经排查完两栋", "正在看&lt;三楼&gt;", "经费没到账", "还没有")
	lead := of(webtest.Lead)
	o.Shows(lead, "还有1人没回", "应回2，已回1", "正在看&lt;三楼&gt;")
	for who, text := range map[string]string{"lead": lead, "counselor": of(webtest.Counselor)} {
		if strings.Contains(text, "排查完两栋") || strings.Contains(text, "经费没到账") {
			t.Errorf("a %s reads what another college said:\n%s", who, text)
		}
	}
	if text := of(webtest.Counselor); strings.Contains(text, "没回") || strings.Contains(text, "三楼") {
		t.Errorf("a counselor sees who has not answered:\n%s", text)
	}
}
