package webchat_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/webchat"
)

func TestPage_headersOnEveryRoute(t *testing.T) {
	b := start(t, options(t.TempDir()))
	for _, c := range []struct {
		method, path string
		code         int
	}{
		{"GET", "/", 200},
		{"GET", "/static/app.js", 200},
		{"GET", "/static/app.css", 200},
		{"GET", "/api/people", 200},
		{"GET", "/api/state?as=p1", 200},
		{"GET", "/api/state?as=p9", 404},
		{"GET", "/api/state?as=p1&as=p2", 400},
		{"GET", "/api/events?as=p9", 404},
		{"GET", "/api/events?as=p1&after=x-1", 200}, // told to start anew
		{"GET", "/api/history?as=p1&chat=x&before=1", 404},
		{"GET", "/api/history?as=p1&chat=@p1&before=x", 400},
		{"GET", "/api/search?as=p1&chat=x&q=a", 404},
		{"GET", "/api/search?as=p1&chat=@p1&q=+", 400},
		{"GET", "/api/file/x?as=p1", 404},
		{"GET", "/static/index.html", 404},
		{"GET", "/static/../webchat.go", 404},
		{"GET", "/nothing", 404},
		{"GET", "/api/say", 405},
		{"POST", "/", 405},
		{"PUT", "/api/say", 405},
		{"TRACE", "/", 405},
		{"POST", "/api/say", 415},
	} {
		code, h, _ := b.do(c.method, c.path, "", nil)
		if code != c.code {
			t.Errorf("%s %s: status %d, want %d", c.method, c.path, code, c.code)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
				"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"X-Frame-Options":              "DENY",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", c.method, c.path, name, got, want)
			}
		}
		if h.Get("Access-Control-Allow-Origin") != "" || h.Get("Content-Type") == "" || h.Get("Cache-Control") == "" {
			t.Errorf("%s %s: headers %v", c.method, c.path, h)
		}
	}
}

func TestPage_hasNothingInlineOrForeign(t *testing.T) {
	b := start(t, options(t.TempDir()))
	for _, name := range []string{"", "static/app.js", "static/app.css", "static/view.js", "static/net.js", "static/dom.js", "static/compose.js", "static/people.js", "static/menu.js"} {
		_, _, body := b.do("GET", "/"+name, "", nil)
		for _, bad := range []string{"https://", "//cdn", "style=", "innerHTML", "insertAdjacentHTML", "document.write", "eval(", "@import", "javascript:"} {
			if strings.Contains(body, bad) {
				t.Errorf("%q contains %q", name, bad)
			}
		}
		if len(body) == 0 {
			t.Errorf("%q is empty", name)
		}
	}
}

func TestPage_host(t *testing.T) {
	b := start(t, options(t.TempDir()))
	port := b.Addr().String()[strings.LastIndex(b.Addr().String(), ":"):]
	for host, want := range map[string]int{
		"127.0.0.1" + port: 200, "localhost" + port: 200, "LOCALHOST": 200, "[::1]" + port: 200, "127.0.0.1": 200,
		"evil.example" + port: 421, "127.0.0.1.evil.example": 421, "localhost.evil.example" + port: 421,
		"0.0.0.0" + port: 421, "192.168.1.5" + port: 421, "example.edu.cn": 421,
	} {
		for _, path := range []string{"", "api/people", "static/app.js", "none"} {
			code, _, _ := b.do("GET", path, "", nil, func(r *http.Request) { r.Host = host })
			if code != want && (path != "none" || want != 200) {
				t.Errorf("host %s, path %q: status %d, want %d", host, path, code, want)
			}
		}
	}
}

func TestPage_origin(t *testing.T) {
	b := start(t, options(t.TempDir()))
	own := strings.TrimSuffix(b.URL(), "/")
	for i, c := range []struct {
		name, site, origin string
		want               int
	}{
		{"the page itself", "same-origin", own, 200},
		{"typed by hand", "none", "", 200},
		{"no browser", "", "", 200},
		{"another site", "cross-site", "https://evil.example", 403},
		{"another port", "same-site", "http://127.0.0.1:1", 403},
		{"a frame without origin", "cross-site", "null", 403},
		{"an old browser, the page itself", "", own, 200},
		{"an old browser, another site", "", "https://evil.example", 403},
		{"an old browser, a frame", "", "null", 403},
	} {
		body := fmt.Sprintf(`{"as":"p1","chat":"@p1","text":"x","client":"origin-%d"}`, i)
		code, _, _ := b.do("POST", "/api/say", "application/json", []byte(body), func(r *http.Request) {
			for k, v := range map[string]string{"Sec-Fetch-Site": c.site, "Origin": c.origin} {
				if v != "" {
					r.Header.Set(k, v)
				}
			}
		})
		if code != c.want {
			t.Errorf("%s: status %d, want %d", c.name, code, c.want)
		}
	}
	if got := len(b.Await(t, 4)); got != 4 {
		t.Errorf("brought %d messages, want the 4 that were allowed", got)
	}
}

func TestSay_refuses(t *testing.T) {
	b := start(t, options(t.TempDir()))
	good := func() fields { return fields{"as": "p3", "chat": group, "text": "x", "client": "client-id"} }
	for _, c := range []struct {
		name string
		set  fields
		code int
	}{
		{"nobody", fields{"as": "p9"}, 404},
		{"no chat", fields{"chat": "别的群"}, 404},
		{"a group without them", fields{"chat": "小群"}, 404},
		{"somebody's private chat", fields{"chat": "@p1"}, 404},
		{"a blank text", fields{"text": " \n"}, 400},
		{"an invisible text", fields{"text": "\u200b"}, 400},
		{"a long text", fields{"text": strings.Repeat("字", 5001)}, 413},
		{"a huge body", fields{"text": strings.Repeat("字", 40000)}, 413},
		{"a picture without bytes", fields{"kind": "picture"}, 400},
		{"a system line", fields{"kind": "system"}, 400},
		{"a recall", fields{"kind": "recall"}, 400},
		{"a file of negative size", fields{"kind": "file", "size": -1}, 400},
		{"a short client id", fields{"client": "x"}, 400},
		{"a wild client id", fields{"client": "../../../etc/passwd"}, 400},
		{"an unknown quote", fields{"quote": "nothing"}, 404},
		{"a field too many", fields{"admin": true}, 400},
		{"a number for a text", fields{"text": 7}, 400},
	} {
		in := good()
		maps.Copy(in, c.set)
		if code, _ := b.post("/api/say", in); code != c.code {
			t.Errorf("%s: status %d, want %d", c.name, code, c.code)
		}
	}
	if code, _, _ := b.do("POST", "/api/say", "application/json", []byte(`{"as":"p3"} {"as":"p3"}`)); code != 400 {
		t.Errorf("two bodies: status %d, want 400", code)
	}
	for _, ct := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		body, _ := json.Marshal(good())
		if code, _, _ := b.do("POST", "/api/say", ct, body); code != 415 {
			t.Errorf("%s: status %d, want 415", ct, code)
		}
	}
	if n := len(b.state("p3").chat(group).Messages); n != 0 {
		t.Errorf("%d messages were taken, want 0", n)
	}
}

func TestSay_twiceHasOneEffect(t *testing.T) {
	b := start(t, options(t.TempDir()))
	in := fields{"as": "p1", "chat": group, "text": "一次", "client": "double-click"}
	results := make(chan said, 8)
	for range cap(results) {
		go func() {
			_, s := b.post("/api/say", in)
			results <- s
		}()
	}
	first := <-results
	for range cap(results) - 1 {
		if s := <-results; s.ID != first.ID {
			t.Errorf("got id %s and %s for one message", first.ID, s.ID)
		}
	}
	in["as"] = "p2" // another person may happen to use the same client id
	if _, s := b.post("/api/say", in); s.ID == first.ID {
		t.Errorf("two people's messages have the id %s", s.ID)
	}
	if got := b.Await(t, 2); len(got) != 2 {
		t.Errorf("brought %d messages, want 2: %+v", len(got), got)
	}
}

func TestSay_tooMuch(t *testing.T) {
	now := time.Now()
	o := options(t.TempDir())
	o.Now = func() time.Time { return now }
	b := start(t, o)
	for range webchat.Burst {
		b.say("p1", "@p1", "刷屏")
	}
	code, _ := b.post("/api/say", fields{"as": "p1", "chat": "@p1", "text": "x", "client": "one-too-many"})
	if code != http.StatusTooManyRequests {
		t.Errorf("after %d messages at once: status %d, want 429", webchat.Burst, code)
	}
	b.say("p2", "@p2", "别人不受影响")
}

func TestFile_isBroughtByName(t *testing.T) {
	b := start(t, options(t.TempDir()))
	code, _ := b.post("/api/say", fields{"as": "p1", "chat": group, "kind": "file", "text": "台账.xlsx", "size": 1234, "client": "file-client"})
	if m := b.Await(t, 1)[0]; code != 200 || m.Kind != bot.File || m.Text != "台账.xlsx" || m.Mention {
		t.Errorf("status %d, brought %+v, want a file", code, m)
	}
}

func TestRecall(t *testing.T) {
	now := time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	o := options(dir)
	o.Now = func() time.Time { return now }
	b := start(t, o)
	const secret = "说漏嘴了"
	m := b.say("p1", group, secret)
	if _, s := b.post("/api/say", fields{"as": "p2", "chat": group, "text": "什么", "client": "quoting-it", "quote": m.ID}); s.Quote == nil {
		t.Fatal("not quoted")
	}
	old := b.say("p1", group, "太久了")
	for _, c := range []struct {
		name, as, id string
		later        time.Duration
		code         int
	}{
		{"somebody else's", "p2", m.ID, 0, 404},
		{"unknown", "p1", "nothing", 0, 404},
		{"nobody", "p9", m.ID, 0, 404},
		{"own", "p1", m.ID, 2 * time.Minute, 200},
		{"own, twice", "p1", m.ID, 3 * time.Minute, 200},
		{"own, but old", "p1", old.ID, 2*time.Minute + time.Second, 409},
	} {
		start := now
		now = now.Add(c.later)
		if code, _ := b.post("/api/recall", fields{"as": c.as, "id": c.id}); code != c.code {
			t.Errorf("%s: status %d, want %d", c.name, code, c.code)
		}
		now = start
	}
	got := b.Await(t, 4)
	if last := got[3]; len(got) != 4 || last.Kind != bot.Recall || last.Recall != m.ID || last.Sender != "p1" || last.ID == m.ID {
		t.Errorf("brought %+v, want one recall of %s at the end", got, m.ID)
	}
	if _, _, body := b.do("GET", "/api/history"+query("as", "p3", "chat", group, "before", "99"), "", nil); strings.Contains(body, `"text":"`+secret) {
		t.Errorf("history still has the words: %s", body)
	}
	b.end()
	b = start(t, o)
	data, err := os.ReadFile(filepath.Join(dir, "transcript.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte(secret)) {
		t.Error("the file still has the words after a restart")
	}
	if ms := b.state("p2").chat(group).Messages; len(ms) != 3 || !ms[0].Recalled {
		t.Errorf("after restart: got %+v, want the first of 3 recalled", ms)
	}
}

func TestSearch(t *testing.T) {
	b := start(t, options(t.TempDir()))
	for i := range 130 {
		for _, chat := range []string{group, "@p2"} {
			if _, err := b.Send(t.Context(), chat, bot.Outgoing{Key: fmt.Sprint("k", i), Text: fmt.Sprintf("第%d条 Abc %s", i, chat)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, _, body := b.do("GET", "/api/search"+query("as", "p2", "chat", group, "q", "第7条 aBC"), "", nil)
	if strings.Count(body, `"text"`) != 1 || !strings.Contains(body, "第7条 Abc "+group) {
		t.Errorf("got %s, want the one message of this chat", body)
	}
	if code, _, _ := b.do("GET", "/api/search"+query("as", "p3", "chat", "@p2", "q", "Abc"), "", nil); code != 404 {
		t.Errorf("got status %d for somebody else's chat, want 404", code)
	}
}

func TestHistory_pages(t *testing.T) {
	b := start(t, options(t.TempDir()))
	for i := range 130 {
		if _, err := b.Send(t.Context(), group, bot.Outgoing{Key: fmt.Sprint("k", i), Text: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	all := b.all("p2", group)
	if len(all) != 130 || all[0].Text != "0" || all[129].Text != "129" {
		t.Errorf("got %d messages from %s to %s, want 130 from 0 to 129", len(all), all[0].Text, all[len(all)-1].Text)
	}
}
