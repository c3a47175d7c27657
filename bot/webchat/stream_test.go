package webchat_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/webchat"
)

// An event is one of a stream.
type event struct{ id, name, data string }

func (e event) said(t *testing.T) said {
	t.Helper()
	var s said
	if err := json.Unmarshal([]byte(e.data), &s); err != nil {
		t.Fatalf("event %+v: %v", e, err)
	}
	return s
}

// follow opens a stream as a browser does that has seen last.
func (b *bench) follow(as, last string) (next func() (event, bool), stop func()) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 20*time.Second)
	req, err := http.NewRequestWithContext(ctx, "GET", b.URL()+"api/events?as="+as, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", last)
	res, err := http.DefaultClient.Do(req) //nolint:bodyclose // stop closes it
	if err != nil {
		b.t.Fatal(err)
	}
	if ct := res.Header.Get("Content-Type"); !strings.HasPrefix(ct, "text/event-stream") {
		b.t.Errorf("stream is %q with status %d", ct, res.StatusCode)
	}
	lines := bufio.NewScanner(res.Body)
	next = func() (event, bool) {
		var e event
		for lines.Scan() {
			k, v, _ := strings.Cut(lines.Text(), ": ")
			switch k {
			case "id":
				e.id = v
			case "event":
				e.name = v
			case "data":
				e.data = v
			case "":
				return e, true
			}
		}
		return e, false
	}
	return next, func() { cancel(); _ = res.Body.Close() }
}

// until reads messages until one says text.
func until(t *testing.T, next func() (event, bool), text string) (got []string, last string) {
	t.Helper()
	for {
		e, ok := next()
		if !ok {
			t.Fatalf("stream ended after %q, want %q", got, text)
		}
		if e.id != "" {
			last = e.id
		}
		if e.name != "say" {
			continue
		}
		got = append(got, e.said(t).Text)
		if got[len(got)-1] == text {
			return got, last
		}
	}
}

func (b *bench) position() string {
	s := b.state("p1")
	return fmt.Sprintf("%s-%d", s.Epoch, s.Seq)
}

func TestStream_missesNothingOverRestarts(t *testing.T) {
	dir := t.TempDir()
	o := options(dir)
	b := start(t, o)
	o.Listen = b.Addr().String()
	last := b.position()
	var got, want []string
	for round := range 4 {
		next, stop := b.follow("p2", last)
		for i := range 5 {
			want = append(want, fmt.Sprint(round, ".", i))
			b.say("p1", group, want[len(want)-1])
			b.say("p1", "@p1", "nobody else's business")
		}
		var seen []string
		seen, last = until(t, next, want[len(want)-3]) // two are on their way when the connection goes
		got = append(got, seen...)
		stop()
		b.say("p3", group, fmt.Sprint(round, " while away"))
		want = append(want, fmt.Sprint(round, " while away"))
		b.end()
		b = start(t, o)
	}
	next, stop := b.follow("p2", last)
	defer stop()
	b.say("p1", group, "end")
	seen, _ := until(t, next, "end")
	if got = append(got, seen...); !slices.Equal(got, append(want, "end")) {
		t.Errorf("got  %q\nwant %q", got, append(want, "end"))
	}
}

func TestStream_startsAnewWhereItCannotGoOn(t *testing.T) {
	b := start(t, options(t.TempDir()))
	b.say("p1", group, "早")
	epoch, _, _ := strings.Cut(b.position(), "-")
	for name, last := range map[string]string{
		"another transcript":    "other-1",
		"a number from nowhere": epoch + "-99",
		"no number":             epoch,
		"noise":                 "--",
		"nothing":               "",
	} {
		next, stop := b.follow("p1", last)
		if e, ok := next(); !ok || e.name != "reset" {
			t.Errorf("%s: got %+v, want reset", name, e)
		}
		if e, ok := next(); ok {
			t.Errorf("%s: got %+v after reset, want the end", name, e)
		}
		stop()
	}
}

func TestStream_tellsWhatHappensToTheBot(t *testing.T) {
	b := start(t, options(t.TempDir()))
	next, stop := b.follow("p1", b.position())
	defer stop()
	expect := func(name, part string) {
		t.Helper()
		for {
			e, ok := next()
			if !ok {
				t.Fatalf("stream ended, want %s with %s", name, part)
			}
			if e.name == name && strings.Contains(e.data, part) {
				return
			}
		}
	}
	expect("hello", `"online":true`)
	b.Refuse(math.MaxInt)
	if code, _ := b.post("/api/say", fields{"as": "p1", "chat": "@p1", "text": "在吗", "client": "are-you-there"}); code != http.StatusAccepted {
		t.Errorf("status %d, want 202", code)
	}
	expect("bot", `"online":false`)
	b.Refuse(0)
	expect("bot", `"online":true`)
	go b.stop()
	expect("bye", "")
}

func TestStream_once(t *testing.T) {
	b := start(t, options(t.TempDir()))
	last := b.position()
	b.say("p1", group, "一")
	b.say("p1", group, "二")
	code, _, body := b.do("GET", "/api/events"+query("as", "p2", "after", last, "once", "1"), "", nil)
	if code != 200 || strings.Count(body, "event: say") != 2 || strings.Index(body, "一") > strings.Index(body, "二") {
		t.Errorf("status %d, got %s, want 一 and 二", code, body)
	}
}

func TestStream_tooMany(t *testing.T) {
	b := start(t, options(t.TempDir()))
	for range webchat.MaxStream {
		next, stop := b.follow("p1", b.position())
		defer stop()
		next()
	}
	if code, _, _ := b.do("GET", "/api/events?as=p1&after="+b.position(), "", nil); code != http.StatusServiceUnavailable {
		t.Errorf("one more than %d streams: status %d, want 503", webchat.MaxStream, code)
	}
}

func TestStream_keepsTheOrderOfManyWriters(t *testing.T) {
	b := start(t, options(t.TempDir()))
	next, stop := b.follow("p3", b.position())
	defer stop()
	done := make(chan error, 4)
	for w := range cap(done) {
		go func() {
			for i := range 20 {
				key := fmt.Sprintf("%d/%d", w, i)
				if _, err := b.Send(t.Context(), group, bot.Outgoing{Key: key, Text: key}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	b.say("p1", group, "end")
	at := map[string]int{}
	got, _ := until(t, next, "end")
	for _, text := range got[:len(got)-1] {
		w, i, _ := strings.Cut(text, "/")
		if fmt.Sprint(at[w]) != i {
			t.Fatalf("writer %s: got %s, want %d", w, i, at[w])
		}
		at[w]++
	}
	if len(got) != 81 {
		t.Errorf("got %d messages, want 81", len(got))
	}
}

func TestMark(t *testing.T) {
	dir := t.TempDir()
	b := start(t, options(dir))
	m := b.say("p2", group, "收到")
	next, stop := b.follow("p3", b.position())
	for _, chat := range []string{"小群", group, group} {
		if err := b.Mark(t.Context(), chat, m.ID); (err == nil) != (chat == group) {
			t.Errorf("a mark in %s returned %v", chat, err)
		}
	}
	for e, ok := next(); e.name != "mark"; e, ok = next() {
		if !ok {
			t.Fatal("the stream ended before the mark")
		}
		if s := e.said(t); e.name == "mark" && s.Marks != m.ID {
			t.Errorf("marked %q, want %q", s.Marks, m.ID)
		}
	}
	stop()
	for _, when := range []string{"before", "after"} {
		if ms := b.state("p1").chat(group).Messages; len(ms) != 1 || !ms[0].Marked {
			t.Errorf("%s a restart: got %+v, want one message with a mark", when, ms)
		}
		b.end()
		b = start(t, options(dir))
	}
	if got := b.Await(t, 0); len(got) > 0 {
		t.Errorf("brought %+v again, want nothing: a mark is no message", got)
	}
}
