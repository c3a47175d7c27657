package webchat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"path/filepath"
	"strings"
	"testing"

	"duban/bot"
)

func TestPicture(t *testing.T) {
	dir := t.TempDir()
	b := start(t, options(dir))
	png := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{0}, 100)...)
	to := func(client string) string {
		return "/api/file" + query("as", "p1", "chat", "小群", "client", client)
	}
	code, _, body := b.do("POST", to("picture-1"), "image/png", png)
	var s said
	if err := json.Unmarshal([]byte(body), &s); err != nil || code != 200 {
		t.Fatalf("status %d, %s", code, body)
	}
	if m := b.Await(t, 1)[0]; m.Kind != bot.Picture || m.ID != s.ID {
		t.Errorf("brought %+v, want a picture", m)
	} else if got := open(t, m.File); got != string(png) {
		t.Errorf("the bot opens %d bytes, want %d", len(got), len(png))
	}
	code, h, body := b.do("GET", "/api/file/"+s.ID+"?as=p2", "", nil)
	if code != 200 || body != string(png) || h.Get("Content-Type") != "image/png" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("picture: status %d, %d bytes, %v", code, len(body), h)
	}
	if code, _, _ := b.do("GET", "/api/file/"+s.ID+"?as=p3", "", nil); code != 404 {
		t.Errorf("seen by somebody outside: status %d, want 404", code)
	}
	for name, c := range map[string]struct {
		data []byte
		code int
	}{
		"a page":           {[]byte("<html><script>alert(1)</script>"), 415},
		"a drawing":        {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), 415},
		"nothing":          {nil, 415},
		"a picture of 6 M": {append(png, make([]byte, 6<<20)...), 413},
	} {
		if code, _, _ := b.do("POST", to("wrong-one-"+fmt.Sprint(len(c.data))), "image/png", c.data); code != c.code {
			t.Errorf("%s: status %d, want %d", name, code, c.code)
		}
	}
	if code, _ := b.post("/api/recall", fields{"as": "p1", "id": s.ID}); code != 200 {
		t.Errorf("recall: status %d, want 200", code)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "files", "*")); len(left) != 0 {
		t.Errorf("files left after the recall: %v", left)
	}
	if code, _, _ := b.do("GET", "/api/file/"+s.ID+"?as=p2", "", nil); code != 404 {
		t.Errorf("after the recall: status %d, want 404", code)
	}
}

// open returns the bytes of a file that the bot was told of.
func open(t *testing.T, f *bot.FileInfo) string {
	t.Helper()
	if f == nil {
		t.Fatal("the bot was told of no file")
	}
	r, err := f.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestDocument(t *testing.T) {
	b := start(t, options(t.TempDir()))
	path := "/api/file" + query("as", "p1", "chat", "小群", "client", "document-1", "name", `C:\桌面\台账 <"终">：甲.xlsx`)
	code, _, body := b.do("POST", path, "application/octet-stream", []byte("PK台账"))
	var s said
	if err := json.Unmarshal([]byte(body), &s); err != nil || code != 200 {
		t.Fatalf("status %d, %s", code, body)
	}
	m := b.Await(t, 1)[0]
	if m.Kind != bot.File || m.Text != "台账 终：甲.xlsx" || open(t, m.File) != "PK台账" {
		t.Errorf("brought %+v, want the document without its path", m)
	}
	code, h, body := b.do("GET", "/api/file/"+s.ID+"?as=p2", "", nil)
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil || code != 200 || body != "PK台账" || params["filename"] != m.Text || h.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("document: status %d, %q, %v, %v", code, body, h, err)
	}
	if code, _, _ := b.do("POST", path[:len(path)-1]+"2&client=document-2", "application/octet-stream", nil); code != 400 {
		t.Errorf("a parameter twice: status %d, want 400", code)
	}
}

func TestSend_files(t *testing.T) {
	b := start(t, options(t.TempDir()))
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("0", 100)
	for name, content := range map[string]string{"汇总.png": png, "汇总.csv": "序号,进展"} {
		f := &bot.FileInfo{Name: name, Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(content)), nil
		}}
		for range 2 { // a repeat shows no second copy
			if _, err := b.Send(t.Context(), group, bot.Outgoing{Key: name, Text: "见附件", File: f}); err != nil {
				t.Fatal(err)
			}
		}
	}
	ms := b.state("p2").chat(group).Messages
	if len(ms) != 2 {
		t.Fatalf("got %d messages, want 2", len(ms))
	}
	for _, m := range ms {
		want, text := bot.Picture, ""
		if _, _, body := b.do("GET", "/api/file/"+m.ID+"?as=p2", "", nil); body != png {
			want, text = bot.File, "汇总.csv"
		}
		if m.Kind != want || m.Text != text || !m.Stored {
			t.Errorf("shown as %q %q, want %q %q with its bytes", m.Kind, m.Text, want, text)
		}
	}
}
