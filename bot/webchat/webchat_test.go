package webchat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duban/bot"
	"duban/bot/webchat"
)

func TestRun_knowsAliases(t *testing.T) {
	o := options(t.TempDir())
	o.Aliases = []string{"小助手", "周文静的小助手"}
	o.People[0].Name = "小助手老师"
	b := start(t, o)
	for text, want := range map[string]bool{"@小助手 目录": true, "@周文静的小助手\u2005目录": true, "@小助手老师 在吗": false, "@助手 目录": false} {
		n := len(b.Await(t, 0))
		b.say("p2", group, text)
		if m := b.Await(t, n+1)[n]; m.Mention != want {
			t.Errorf("%q: mention %v, want %v", text, m.Mention, want)
		}
	}
}

func TestRun_bringsAgainUntilTaken(t *testing.T) {
	b := start(t, options(t.TempDir()))
	b.Refuse(math.MaxInt)
	var ids []string
	for i := range 3 {
		code, s := b.post("/api/say", fields{"as": "p1", "chat": group, "text": fmt.Sprint(i), "client": fmt.Sprint("waiting-", i)})
		if code != http.StatusAccepted {
			t.Errorf("say while the bot takes nothing: status %d, want 202", code)
		}
		ids = append(ids, s.ID)
	}
	b.Refuse(0)
	for i, m := range b.Await(t, 3) {
		if m.ID != ids[i] || m.Text != fmt.Sprint(i) {
			t.Errorf("message %d: got %q %q, want %q %d", i, m.ID, m.Text, ids[i], i)
		}
	}
}

func TestRun_bringsAfterRestartWhatWasNotTaken(t *testing.T) {
	dir := t.TempDir()
	b := start(t, options(dir))
	b.say("p1", group, "taken")
	b.Refuse(math.MaxInt)
	_, lost := b.post("/api/say", fields{"as": "p1", "chat": group, "text": "not taken", "client": "before-crash"})
	b.end()

	b = start(t, options(dir))
	got := b.Await(t, 1)
	if len(got) != 1 || got[0].Text != "not taken" || got[0].ID != lost.ID {
		t.Errorf("after restart: got %+v, want only %q with id %s", got, "not taken", lost.ID)
	}
	code, again := b.post("/api/say", fields{"as": "p1", "chat": group, "text": "not taken", "client": "before-crash"})
	if code != http.StatusOK || again.ID != lost.ID {
		t.Errorf("posted again after restart: status %d id %s, want 200 %s", code, again.ID, lost.ID)
	}
	if got := texts(b.state("p1").chat(group).Messages); got != "taken|not taken" {
		t.Errorf("history after restart: got %q, want %q", got, "taken|not taken")
	}
}

func TestRun_again(t *testing.T) {
	b := start(t, options(t.TempDir()))
	address := b.Addr().String()
	b.say("p1", group, "一")
	b.stop()
	b.run()
	b.awaitOpen()
	b.say("p1", group, "二")
	if got := b.Await(t, 2); len(got) != 2 || got[1].Text != "二" || b.Addr().String() != address {
		t.Errorf("second run at %s: got %+v, want 一 and 二 at %s", b.Addr(), got, address)
	}
	if err := b.Run(t.Context(), b.Receive); err == nil {
		t.Error("Run beside Run: got nil, want an error")
	}
}

func TestSend(t *testing.T) {
	dir := t.TempDir()
	b := start(t, options(dir))
	m := bot.Outgoing{Key: "answer/webchat/1", Text: "第3条\u202e 加强\x07心理健康教育"}
	first, err := b.Send(t.Context(), group, m)
	if err != nil || first.ID == "" || first.Sent.IsZero() {
		t.Fatalf("Send: got %+v, %v, want a receipt", first, err)
	}
	m.Repeat, m.Attempt = true, 2
	again, err := b.Send(t.Context(), group, m)
	if err != nil || again.ID != first.ID || !again.Sent.Equal(first.Sent) {
		t.Errorf("Send with the same key: got %+v, %v, want %+v", again, err, first)
	}
	if got, want := texts(b.state("p3").chat(group).Messages), "第3条 加强心理健康教育"; got != want {
		t.Errorf("shown: got %q, want %q", got, want)
	}
	b.end()
	b = start(t, options(dir))
	if again, err = b.Send(t.Context(), group, m); err != nil || again.ID != first.ID {
		t.Errorf("Send with the same key after restart: got %+v, %v, want id %s", again, err, first.ID)
	}
}

func TestSend_refuses(t *testing.T) {
	b := start(t, options(t.TempDir()))
	for name, c := range map[string]struct{ chat, text string }{
		"an unknown chat":     {"别的群", "x"},
		"an unknown person":   {"@p9", "x"},
		"an empty text":       {group, ""},
		"nothing to be seen":  {group, " \u200b\n"},
		"the name of a group": {"", "x"},
	} {
		if _, err := b.Send(t.Context(), c.chat, bot.Outgoing{Key: name, Text: c.text}); !errors.Is(err, bot.ErrRefused) {
			t.Errorf("%s: got %v, want ErrRefused", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Send(ctx, group, bot.Outgoing{Key: "late", Text: "x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("after ctx ended: got %v, want canceled", err)
	}
}

func TestNew_refuses(t *testing.T) {
	for name, change := range map[string]func(*webchat.Options){
		"every interface":            func(o *webchat.Options) { o.Listen = "0.0.0.0:0" },
		"another address":            func(o *webchat.Options) { o.Listen = "192.0.2.7:8080" },
		"a name that is not local":   func(o *webchat.Options) { o.Listen = "example.com:0" },
		"no port":                    func(o *webchat.Options) { o.Listen = "127.0.0.1" },
		"a port that is no number":   func(o *webchat.Options) { o.Listen = "127.0.0.1:http" },
		"two people of one id":       func(o *webchat.Options) { o.People = append(o.People, people()[0]) },
		"a person without a name":    func(o *webchat.Options) { o.People = []webchat.Person{{ID: "x"}} },
		"a member who is nobody":     func(o *webchat.Options) { o.Groups[0].Members = []string{"p9"} },
		"a group like a private one": func(o *webchat.Options) { o.Groups[0].Name = "@p1" },
		"two groups of one name":     func(o *webchat.Options) { o.Groups[1].Name = group },
		"a group without a name":     func(o *webchat.Options) { o.Groups[0].Name = "" },
	} {
		o := options(t.TempDir())
		change(&o)
		if a, err := webchat.New(o); err == nil {
			t.Errorf("%s: got no error", name)
			_ = a.Close()
		}
	}
}

func TestNew_takesTheNextPort(t *testing.T) {
	first := start(t, options(t.TempDir()))
	_, port, err := net.SplitHostPort(first.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	o := options(t.TempDir())
	o.Listen = "127.0.0.1:" + port
	second := start(t, o)
	if second.URL() == first.URL() {
		t.Errorf("both are at %s", first.URL())
	}
	second.say("p1", group, "在")
}

func TestNew_transcript(t *testing.T) {
	line := `{"seq":1,"type":"say","id":"a","chat":"` + group + `","from":"p1","name":"周文静","text":"早"}` + "\n"
	head := `{"format":1,"epoch":"e","next":1}` + "\n"
	for name, c := range map[string]struct {
		content string
		shown   string
		bad     bool
	}{
		"whole":                {content: head + line, shown: "早"},
		"with a torn line":     {content: head + line + `{"seq":2,"type":"sa`, shown: "早"},
		"with a torn header":   {content: `{"form`},
		"empty":                {},
		"of another format":    {content: `{"format":2}` + "\n", bad: true},
		"with a line of noise": {content: head + "noise\n" + line, bad: true},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "transcript.jsonl"), []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if c.bad {
			if a, err := webchat.New(options(dir)); err == nil {
				t.Errorf("%s: got no error", name)
				_ = a.Close()
			}
			continue
		}
		b := start(t, options(dir))
		if got := texts(b.state("p1").chat(group).Messages); got != c.shown {
			t.Errorf("%s: shows %q, want %q", name, got, c.shown)
		}
		if next := b.say("p2", group, "晚").Seq; c.shown != "" && next != 2 {
			t.Errorf("%s: next number %d, want 2", name, next)
		}
	}
}

func TestTranscript_dropsTheOldest(t *testing.T) {
	dir := t.TempDir()
	var file strings.Builder
	file.WriteString(`{"format":1,"epoch":"e","next":1}` + "\n")
	n := webchat.Keep + 10
	for i := range n {
		fmt.Fprintf(&file, `{"seq":%d,"type":"say","id":"id%d","chat":"%s","from":"p1","name":"周文静","text":"%d"}`+"\n", i+1, i, group, i)
	}
	path := filepath.Join(dir, "transcript.jsonl")
	if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	b := start(t, options(dir))
	got := b.Await(t, n) // none is dropped before the bot has it
	if got[0].Text != "0" || got[n-1].Text != fmt.Sprint(n-1) {
		t.Errorf("brought %q to %q, want 0 to %d", got[0].Text, got[n-1].Text, n-1)
	}
	b.say("p1", group, "last")
	b.end()
	b = start(t, options(dir))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(data, []byte("\n")); lines != webchat.Keep+2 {
		t.Errorf("file has %d lines after restart, want %d", lines, webchat.Keep+2)
	}
	ms := b.state("p1").chat(group).Messages
	if last := ms[len(ms)-1]; last.Text != "last" || last.Seq != uint64(n+1) {
		t.Errorf("last: got %+v, want number %d", last, n+1)
	}
}

// TestSeat: who is on a new roster is there at once, with what their group has said; who is
// not is gone.
func TestSeat(t *testing.T) {
	b := start(t, options(t.TempDir()))
	b.say("p1", group, "旧人说的")
	if err := b.Seat([]webchat.Person{{ID: "n1", Name: "新人"}}, []webchat.Group{{Name: group}, {Name: "新群"}}); err != nil {
		t.Fatal(err)
	}
	if got := texts(b.state("n1").chat(group).Messages); got != "旧人说的" {
		t.Errorf("the group of the same name: got %q, want what was said in it", got)
	}
	if _, err := b.Send(t.Context(), "新群", bot.Outgoing{Key: "new", Text: "x"}); err != nil {
		t.Errorf("to a new group: got %v", err)
	}
	if _, err := b.Send(t.Context(), "@p1", bot.Outgoing{Key: "old", Text: "x"}); !errors.Is(err, bot.ErrRefused) {
		t.Errorf("to who is gone: got %v, want ErrRefused", err)
	}
	if code, _ := b.post("/api/say", fields{"as": "p1", "chat": group, "text": "还在吗", "client": "gone"}); code == http.StatusOK {
		t.Error("who is gone still speaks")
	}
	if err := b.Seat([]webchat.Person{{ID: "x"}}, nil); err == nil {
		t.Error("a person without a name: got nil, want an error")
	}
	b.state("n1") // nothing has changed
}
