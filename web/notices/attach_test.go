package notices_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"duban/bot"
	"duban/outbox"
	"duban/store"
	"duban/web/webtest"
)

// TestAttach: a file goes out behind the text of a notice; one that cannot leaves the
// preview with what to do, and without a preview nothing is taken.
func TestAttach(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	const path, pdf = "/notices/new/file", "%PDF-1.4 one"
	if a := v.Upload(path, "审核表.pdf", []byte(pdf)); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("nothing waits: got status %d, want 422", a.Status)
	} else {
		o.Shows(a.Text, "没有等着确认的通知，文件没有附上。", `href="/notices/new"`)
	}
	form := url.Values{"kind": {"需回执"}, "groups[]": {"学工群"}, "text": {"请填好附表"}, "when": {"now"}}
	preview(v, "/notices/new", form, `action="/notices/new/file"`, "共1条消息")
	for _, bad := range []struct {
		name, data, said string
		status           int
	}{
		{"a.exe", "MZ\x90\x00", "这种附件没有保存", http.StatusUnprocessableEntity},
		{"空.pdf", "", "没有收到文件", http.StatusUnprocessableEntity},
		{"大.pdf", pdf + strings.Repeat(" ", 9<<20), "最大8兆", http.StatusUnprocessableEntity},
		{"太大.pdf", pdf + strings.Repeat(" ", 13<<20), "最大8兆", http.StatusUnprocessableEntity},
	} {
		a := v.Upload(path, bad.name, []byte(bad.data))
		if a.Status != bad.status || !code.MatchString(a.Text) || strings.Contains(a.Text, "（附件：") {
			t.Errorf("%s: got status %d, want %d and the preview as it was; it says: %s", bad.name, a.Status, bad.status, a.Text)
		}
		o.Shows(a.Text, bad.said, "【通知1】请填好附表", "共1条消息")
	}
	v.Upload(path, "旧表.pdf", []byte("%PDF-1.4 old"))
	a := v.Upload(path, "审核表.pdf", []byte(pdf))
	o.Shows(a.Text, "【通知1】请填好附表", "（附件：审核表.pdf）", "共2条消息", "换一个附件", "要再附一次")
	m := code.FindStringSubmatch(a.Text)
	if a.Status != http.StatusOK || m == nil {
		t.Fatalf("got status %d and no code: %s", a.Status, a.Text)
	}
	o.Shows(v.Get("/notices/new"), "请填好附表")
	confirmed(v, m[1], "已发出：通知1到学工群")
	var sent []bot.FileInfo
	o.View(func(s *store.Snapshot) {
		outbox.EachRow(s, func(row *outbox.Row) {
			if row.File != nil {
				sent = append(sent, *row.File)
			}
		})
	})
	if len(sent) != 1 || sent[0].Name != "审核表.pdf" {
		t.Fatalf("got the files %+v, want one", sent)
	}
	f, err := o.Store.OpenFile(sent[0].Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got bytes.Buffer
	if _, err := got.ReadFrom(f); err != nil || got.String() != pdf {
		t.Errorf("the file says %q, %v", got.String(), err)
	}
}
