package webchat_test

import (
	"net/http"
	"slices"
	"testing"

	"duban/bot"
	"duban/bot/webchat/pagetest"
)

// card is a text with two buttons.
func card(text string) bot.Outgoing {
	return bot.Outgoing{Key: "n/3/announce", Text: text, Buttons: []bot.Button{{Label: "收到", Says: "通知3收到"}, {Label: "请假", Says: "通知3请假"}}}
}

func TestPress(t *testing.T) {
	o := options(t.TempDir())
	b := start(t, o)
	o.Listen = b.Addr().String()
	r, err := b.Send(t.Context(), group, card("通知3：开会"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Send(t.Context(), "@p2", bot.Outgoing{Key: "other", Text: "只给你看"}); err != nil {
		t.Fatal(err)
	}
	b.end()
	b = start(t, o) // the buttons outlive a restart
	m := said{ID: r.ID, Chat: group}
	in := fields{"as": "p2", "chat": group, "id": r.ID, "label": "收到", "client": "client-of-press"}
	for range 2 { // the browser that got no answer posts it again
		if code, _ := b.post("/api/press", in); code != http.StatusOK {
			t.Fatalf("press: status %d", code)
		}
	}
	got := b.Await(t, 1)
	if len(got) != 1 || got[0].Text != "通知3收到" || got[0].Sender != "p2" || got[0].Press == nil || *got[0].Press != (bot.Press{Message: r.ID, Key: "n/3/announce"}) {
		t.Errorf("heard %+v", got)
	}
	m2 := card("通知3：开会\n已收到：1人")
	m2.Buttons = m2.Buttons[1:]
	if err := b.Update(t.Context(), group, r.ID, m2); err != nil {
		t.Fatal(err)
	}
	elsewhere := said{ID: r.ID, Chat: "@p2"}
	for name, c := range map[string]struct {
		as    string
		m     said
		label string
		code  int
	}{
		"a button that is gone":            {"p2", m, "收到", http.StatusConflict},
		"a message of another chat":        {"p2", elsewhere, "请假", http.StatusNotFound},
		"somebody who is nobody":           {"nobody", m, "请假", http.StatusNotFound},
		"a button that stayed":             {"p3", m, "请假", http.StatusOK},
		"what a person said has no button": {"p3", b.say("p3", group, "在"), "请假", http.StatusNotFound},
	} {
		if code, _ := b.press(c.as, c.m, c.label); code != c.code {
			t.Errorf("%s: status %d, want %d", name, code, c.code)
		}
	}
	b.end()
	b = start(t, o) // and so does what they became
	i := slices.IndexFunc(b.state("p2").chat(group).Messages, func(m said) bool { return m.ID == r.ID })
	if shown := b.state("p2").chat(group).Messages[i]; shown.Text != m2.Text || len(shown.Buttons) != 1 {
		t.Errorf("after a restart: %+v", shown)
	}
}

// TestBrowser_buttons presses a button in the page, and sees what the message becomes.
func TestBrowser_buttons(t *testing.T) {
	chrome := pagetest.Start(t)
	b := start(t, options(t.TempDir()))
	r, err := b.Send(t.Context(), group, card("通知3：开会"))
	if err != nil {
		t.Fatal(err)
	}
	li := chrome.Open(t, b.URL()+"#as=p3&chat="+group, pagetest.Desktop())
	li.Click(".msg.frombot .press", "^收到$")
	if m := b.Await(t, 1)[0]; m.Text != "通知3收到" || m.Sender != "p3" || m.Press == nil || m.Press.Message != r.ID {
		t.Errorf("heard %+v", m)
	}
	li.See("#toast", "已提交：收到")
	m := card("通知3：开会\n已收到：1人")
	m.Buttons = m.Buttons[1:]
	if err := b.Update(t.Context(), group, r.ID, m); err != nil {
		t.Fatal(err)
	}
	li.See(".msg.frombot .bubble", "已收到：1人$")
	if got := li.JS("[...document.querySelectorAll('.press')].map(b => b.textContent).join()"); got != "请假" {
		t.Errorf("the page shows the buttons %q, want 请假 alone", got)
	}
	if n := li.JS("document.querySelectorAll('.msg').length"); n != "1" {
		t.Errorf("the page shows %s messages, want one: a press is none, and an update takes the place", n)
	}
}
