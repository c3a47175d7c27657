package plans_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"duban/progress"
	"duban/store"
	"duban/web/webtest"
)

const revised = `2026年要点（修订）
一、学风建设
1. 建立学生台账。每月更新。
2. 新的一条措施。
`

func hidden(t *testing.T, text, name string) string {
	t.Helper()
	g := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(text)
	if g == nil {
		t.Fatalf("no field %s in %s", name, text)
	}
	return html.UnescapeString(g[1])
}

// TestImport: a file is shown first, is read anew as somebody says, and comes into force
// once; what is looked at changes nothing.
func TestImport(t *testing.T) {
	o := webtest.New(t)
	admin := o.Visit(webtest.Admin)
	rev := func() (now string) {
		o.View(func(s *store.Snapshot) {
			head, _ := progress.HeadOf(s)
			now = head.Rev
		})
		return now
	}
	before := rev()
	for _, who := range []string{webtest.Office, webtest.Lead, webtest.Counselor} {
		if a := o.Visit(who).Do(http.MethodGet, "/plan/import", nil); a.Status != http.StatusForbidden {
			t.Errorf("%s: got status %d, want 403", who, a.Status)
		}
	}
	o.Shows(admin.Get("/plan/import"), "要点文件")
	a := admin.Upload("/plan/import", "修订.txt", []byte(revised))
	o.Shows(a.Text, "请核对", "换成这一版")
	if rev() != before {
		t.Fatal("a preview has changed the plan")
	}
	form := url.Values{"name": {"修订.txt"}, "data": {hidden(t, a.Text, "data")}, "say": {"表9也算"}}
	if b := admin.Do(http.MethodPost, "/plan/import", form); b.Status != http.StatusUnprocessableEntity || !strings.Contains(b.Text, "没有表9") {
		t.Errorf("a table that is not there: got status %d", b.Status)
	}
	form.Set("say", "从“2. 新的”开始")
	o.Shows(admin.Do(http.MethodPost, "/plan/import", form).Text, "已改：从“2. 新的”开始", `name="said[]"`)
	form.Del("say")
	form.Set("take", hidden(t, a.Text, "take"))
	form.Set("over", hidden(t, a.Text, "over"))
	if b := admin.Do(http.MethodPost, "/plan/import", form); b.Header.Get("Location") != "/plan?done=imported" {
		t.Fatalf("taking it: got status %d, %s", b.Status, b.Text)
	}
	if rev() == before {
		t.Error("the plan that was taken is not in force")
	}
	if b := admin.Do(http.MethodPost, "/plan/import", form); b.Status != http.StatusUnprocessableEntity {
		t.Errorf("taking it twice: got status %d, want 422", b.Status)
	}
	if b := admin.Upload("/plan/import", "修订.txt", []byte(strings.Repeat("长", 5<<20))); b.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a file of 15 MB: got status %d, want 413", b.Status)
	}
}
