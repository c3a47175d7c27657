package webchat_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/webchat"
)

func TestAccount(t *testing.T) {
	bottest.TestAccount(t, func(t *testing.T) bottest.Scene { return scene(t, options(t.TempDir())) })
}

// direct asks a handler, also while nothing runs.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// scene lets the suite act through the requests that the page makes.
func scene(t *testing.T, o webchat.Options) bottest.Scene {
	a, err := webchat.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	b := &bench{Account: a, t: t, page: http.Client{Transport: direct{a.Handler()}}}
	ids := map[string]string{}
	for _, p := range o.People {
		ids[p.Name] = p.ID
	}
	messages := func(chat string) []said {
		return b.state(strings.TrimPrefix(strings.Replace(chat, group, "@p1", 1), "@")).chat(chat).Messages
	}
	find := func(chat, text string) string {
		for _, m := range messages(chat) {
			if m.Text == text {
				return m.ID
			}
		}
		t.Fatalf("nobody said %q in %s", text, chat)
		return ""
	}
	return bottest.Scene{
		Account: a, Group: group, People: [2]string{o.People[1].Name, o.People[2].Name},
		Private: func(person string) string { return "@" + ids[person] }, Mention: "@学工小助手\u2005",
		Say: func(chat, person, text string) { b.quote(ids[person], chat, text, "") },
		Quote: func(chat, person, quoted, text string) {
			b.quote(ids[person], chat, text, find(chat, quoted))
		},
		Recall: func(chat, person, text string) {
			b.post("/api/recall", fields{"as": ids[person], "id": find(chat, text)})
		},
		Press: func(chat, person, label string) {
			for _, m := range slices.Backward(messages(chat)) {
				if slices.ContainsFunc(m.Buttons, func(b bot.Button) bool { return b.Label == label }) {
					b.press(ids[person], m, label)
					return
				}
			}
			t.Fatalf("no button %q in %s", label, chat)
		},
		Read: func(chat, person, text string) {
			for _, m := range messages(chat) {
				if m.From == "" && m.Text == text {
					b.post("/api/read", fields{"as": ids[person], "chat": chat, "upto": m.Seq})
				}
			}
		},
		Attach: func(chat, person string, f bottest.File) {
			client++
			path := "/api/file" + query("as", ids[person], "chat", chat, "name", f.Name, "client", fmt.Sprintf("client-%d", client))
			if code, _, body := b.do("POST", path, "application/octet-stream", f.Data); code != http.StatusOK && code != http.StatusAccepted {
				t.Fatalf("file: status %d, %s", code, body)
			}
		},
		Files: func(chat string) (all []bottest.File) {
			for _, m := range messages(chat) {
				if m.From == "" && m.Kind != bot.Text {
					_, _, body := b.do("GET", "/api/file/"+m.ID+"?as="+ids[o.People[1].Name], "", nil)
					all = append(all, bottest.File{Name: m.Text, Data: []byte(body)})
				}
			}
			return all
		},
		Shown: func(chat string) (shown []string) {
			for _, m := range messages(chat) {
				if m.From == "" && m.Kind == bot.Text {
					shown = append(shown, m.Text)
				}
			}
			return shown
		},
	}
}
