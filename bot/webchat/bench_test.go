package webchat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/webchat"
)

const group = "学生工作群"

func people() []webchat.Person {
	return []webchat.Person{
		{ID: "p1", Name: "周文静", Label: "学工处", Admin: true},
		{ID: "p2", Name: "王晓明", Label: "计算机学院 · 辅导员"},
		{ID: "p3", Name: "李娜", Label: "外国语学院 · 辅导员"},
	}
}

func options(dir string) webchat.Options {
	return webchat.Options{
		Listen: ":0", Dir: dir, People: people(),
		Groups: []webchat.Group{{Name: group}, {Name: "小群", Members: []string{"p1", "p2"}}},
	}
}

// A bench is an account that runs, and what it brought.
type bench struct {
	*webchat.Account
	*bottest.Ear
	t    testing.TB
	page http.Client
	stop func() // ends Run and waits

	then func(context.Context, []bot.Message) error // what Run calls
}

func start(t testing.TB, o webchat.Options) *bench {
	t.Helper()
	a, err := webchat.New(o)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Account: a, Ear: bottest.NewEar(), t: t}
	b.then = b.Receive
	b.run()
	t.Cleanup(func() {
		b.stop()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// end is the end of the process, before another one begins.
func (b *bench) end() {
	b.t.Helper()
	b.stop()
	if err := b.Close(); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) run() {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx, b.then) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("Run returned %v after its context ended, want nil", err)
		}
	})
}

// awaitOpen waits until the page can be reached.
func (b *bench) awaitOpen() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 10*time.Second)
	defer cancel()
	if err := listens(ctx, b.Addr().String()); err != nil {
		b.t.Fatal(err)
	}
}

// do sends a request and returns the status, the headers and the body.
func (b *bench) do(method, path, contentType string, body []byte, change ...func(*http.Request)) (int, http.Header, string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.URL()+strings.TrimPrefix(path, "/"), bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for _, c := range change {
		c(req)
	}
	req.Close = true // a connection kept alive may be one that a restart closes
	res, err := b.page.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(data)
}

type fields map[string]any

// said is what the page is told of a message.
type said struct {
	Seq      uint64
	ID       string
	Chat     string
	From     string
	Text     string
	Recall   string
	Recalled bool
	Marks    string
	Marked   bool
	Stored   bool
	Kind     bot.Kind
	Quote    *bot.Quote
	Buttons  []bot.Button
}

func (b *bench) post(path string, in fields) (int, said) {
	b.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		b.t.Fatal(err)
	}
	code, _, answer := b.do("POST", path, "application/json", body)
	var s said
	if err := json.Unmarshal([]byte(answer), &s); err != nil {
		b.t.Fatalf("answer %q: %v", answer, err)
	}
	return code, s
}

var client int

// say posts a text that must be taken.
func (b *bench) say(as, chat, text string) said {
	b.t.Helper()
	code, s := b.quote(as, chat, text, "")
	if code != http.StatusOK {
		b.t.Fatalf("say %q as %s in %s: status %d, want 200", text, as, chat, code)
	}
	return s
}

// quote posts a text that answers the message with an id, if that is not "".
func (b *bench) quote(as, chat, text, id string) (int, said) {
	b.t.Helper()
	client++
	return b.post("/api/say", fields{"as": as, "chat": chat, "text": text, "quote": id, "client": fmt.Sprintf("client-%d", client)})
}

// press presses a button of m.
func (b *bench) press(as string, m said, label string) (int, said) {
	b.t.Helper()
	client++
	return b.post("/api/press", fields{"as": as, "chat": m.Chat, "id": m.ID, "label": label, "client": fmt.Sprintf("client-%d", client)})
}

type chatState struct {
	ID       string
	Messages []said
	More     bool
}

type state struct {
	Epoch string
	Seq   uint64
	Chats []chatState
}

func (b *bench) state(as string) state {
	b.t.Helper()
	code, _, body := b.do("GET", "/api/state?as="+as, "", nil)
	var s state
	if err := json.Unmarshal([]byte(body), &s); err != nil || code != http.StatusOK {
		b.t.Fatalf("state of %s: status %d, %v", as, code, err)
	}
	return s
}

// all returns all messages of a chat, page by page, as somebody sees them.
func (b *bench) all(as, chat string) []said {
	b.t.Helper()
	page := b.state(as).chat(chat)
	all := page.Messages
	for page.More {
		_, _, body := b.do("GET", "/api/history"+query("as", as, "chat", chat, "before", fmt.Sprint(all[0].Seq)), "", nil)
		page = chatState{}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			b.t.Fatal(err)
		}
		all = append(page.Messages, all...)
	}
	return all
}

func (s state) chat(id string) chatState {
	for _, c := range s.Chats {
		if c.ID == id {
			return c
		}
	}
	return chatState{}
}

func texts(ms []said) string {
	var ts []string
	for _, m := range ms {
		ts = append(ts, m.Text)
	}
	return strings.Join(ts, "|")
}

func query(kv ...string) string {
	q := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		q.Set(kv[i], kv[i+1])
	}
	return "?" + q.Encode()
}
