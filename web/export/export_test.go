package export_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duban/store"
	"duban/web/door"
	"duban/web/page"
	"duban/web/webtest"
)

// TestExport: what is taken out has its reason below it and in the log, counts with what the
// chat gives out, and has names only if they are wanted.
func TestExport(t *testing.T) {
	o := webtest.New(t)
	o.Order(webtest.Admin, "announce", "需回执 学工群：请完成自查。")
	o.Say(webtest.Counselor, "通知1收到，查完两栋")
	o.Say(webtest.Counselor, "第3条 80%，差一栋")
	v := o.Visit(webtest.Office)
	o.Shows(v.Get("/notices/1"), `href="/export/notices/1"`)
	o.Shows(v.Get("/plan"), `href="/export/plan"`)
	o.Shows(v.Get("/export/notices/1"), "导出通知1的回复", "今天导过0次，每天最多5次", "只要人数")
	for _, form := range []url.Values{{}, {"reason": {"1"}, "what": {"names"}}, {"reason": {"报保卫处"}, "what": {"all"}}} {
		if a := v.Do(http.MethodPost, "/export/notices/1", form); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%v: got %d, want that it is asked for again", form, a.Status)
		}
	}
	for _, c := range []struct {
		path, what string
		has, lacks []string
	}{
		{"/export/notices/1", "counts", []string{"计算机学院", "应回", "事由：报保卫处，电话139****5678", "何志勤（A2）"}, []string{"王雪晴", "查完两栋"}},
		{"/export/notices/1", "names", []string{"王雪晴", "查完两栋", "事由：报保卫处，电话139****5678"}, nil},
		{"/export/plan", "csv", []string{"宿舍消防", "80%", "差一栋", "王雪晴", "事由：报保卫处"}, nil},
		{"/export/plan", "month", []string{"PK"}, nil},
	} {
		a := v.Do(http.MethodPost, c.path, url.Values{"reason": {"报保卫处，电话13912345678"}, "what": {c.what}})
		if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%s %s: got %d\n%s", c.path, c.what, a.Status, a.Text)
		}
		text := a.Text
		if strings.Contains(a.Header.Get("Content-Type"), "sheet") {
			text = cells(t, a.Text)
		}
		o.Shows(text, c.has...)
		for _, s := range c.lacks {
			if strings.Contains(text, s) {
				t.Errorf("%s %s: %q is taken out too:\n%s", c.path, c.what, s, text)
			}
		}
	}
	o.View(func(s *store.Snapshot) {
		n := 0
		for rec := range store.Scan[store.Audit](s, store.AuditPrefix(webtest.Account), 0) {
			if a := rec.Value; a.Action == "export" && a.Actor == webtest.Office && strings.HasPrefix(a.Result, "报保卫处") {
				n++
			}
		}
		if n != 4 {
			t.Errorf("got %d exports in the log, want 4", n)
		}
	})
	o.Order(webtest.Office, "export", "表格 事由 上报")
	a := v.Do(http.MethodPost, "/export/plan", url.Values{"reason": {"再来一份"}, "what": {"csv"}})
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "今天已经导出5次") {
		t.Errorf("the sixth of a day: got %d\n%s", a.Status, a.Text)
	}
	if a := v.Do(http.MethodGet, "/export/notices/7", nil); a.Status != http.StatusNotFound {
		t.Errorf("a notice that is not there: got %d", a.Status)
	}
}

// TestExport_proof: the password must have been typed lately.
func TestExport_proof(t *testing.T) {
	o := webtest.New(t)
	v := o.With(door.Session{Person: webtest.Admin, How: door.ByPassword, Proved: o.Store.Time().Add(-2 * page.ProofLife)})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if a := v.Do(method, "/export/plan", url.Values{"reason": {"报保卫处"}, "what": {"csv"}}); !strings.HasPrefix(a.Header.Get("Location"), "/login/again") {
			t.Errorf("%s: got %d to %q, want the password asked for", method, a.Status, a.Header.Get("Location"))
		}
	}
}

// cells are the texts of a workbook.
func cells(t *testing.T, data string) string {
	f, err := excelize.OpenReader(bytes.NewReader([]byte(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			b.WriteString(strings.Join(row, "，") + "\n")
		}
	}
	return b.String()
}
