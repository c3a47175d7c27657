package webchat_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"

	"duban/bot"
	"duban/bot/webchat"
	"duban/bot/webchat/pagetest"
)

// answering is a bot that answers those who mention it.
func answering(b *bench) func(context.Context, []bot.Message) error {
	return func(ctx context.Context, ms []bot.Message) error {
		for _, m := range ms {
			if m.Mention && m.Kind == bot.Text {
				if _, err := b.Send(ctx, m.Chat, bot.Outgoing{Key: "answer/" + m.ID, Text: "答：" + m.Text}); err != nil {
					return fmt.Errorf("answer: %w", err)
				}
			}
		}
		return b.Receive(ctx, ms)
	}
}

func startAnswering(t *testing.T, o webchat.Options) *bench {
	t.Helper()
	b := start(t, o)
	b.stop()
	b.then = answering(b)
	b.run()
	b.awaitOpen()
	return b
}

func TestBrowser_story(t *testing.T) {
	chrome := pagetest.Start(t)
	o := options(t.TempDir())
	b := startAnswering(t, o)
	o.Listen = b.Addr().String()

	wang := chrome.Open(t, b.URL(), pagetest.Desktop())
	wang.Click("#who .person", "王晓明")
	wang.See("#title", group)
	wang.Type("#text", "@学")
	wang.See("#mention li", "学工小助手")
	wang.Enter()
	wang.Say("第3条")
	wang.See(".msg.mine .bubble", "^@学工小助手\u2005第3条$")
	wang.See(".msg.frombot .bubble", "^答：@学工小助手\u2005第3条$")

	li := chrome.Open(t, b.URL()+"#as=p3&chat="+group, pagetest.Desktop())
	li.See(".msg.frombot .bubble", "^答：")
	const canary = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`
	li.Say(canary)
	wang.See(".msg .bubble", "onerror")
	if n, title := wang.JS("document.querySelectorAll('#log img, #log script').length"), wang.JS("document.title"); n != "0" || strings.Contains(title, "hacked") {
		t.Errorf("%s elements made of a text, title %q", n, title)
	}

	t.Log("quote and take back")
	li.Press(".msg.frombot .bubble", "^答：", proto.InputMouseButtonRight)
	li.Click("#menu button", "引用")
	li.Say("这条我来办")
	wang.See(".quoted", "^学工小助手：答：")
	li.Press(".msg.mine .bubble", "这条我来办", proto.InputMouseButtonRight)
	li.Click("#menu button", "撤回")
	li.See(".sys", "你撤回了一条消息")
	wang.See(".sys", "李娜撤回了一条消息")
	if all := wang.JS("document.getElementById('log').textContent"); strings.Contains(all, "这条我来办") {
		t.Errorf("the words are still there: %s", all)
	}

	t.Log("unread")
	if _, err := b.Send(t.Context(), "@p2", bot.Outgoing{Key: "private", Text: "只给王晓明"}); err != nil {
		t.Fatal(err)
	}
	wang.See(".chat .badge", "^1$")
	wang.Click(".chat", "只给王晓明")
	wang.See(".msg.frombot .bubble", "只给王晓明")
	wang.Await("!document.querySelector('.chat .badge')")

	t.Log("restart")
	b.stop()
	wang.See("#banner", "正在重连")
	wang.Say("关机时写的")
	wang.See(".msg.mine .bubble", "关机时写的")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	startAnswering(t, o)
	wang.See(".msg.frombot .bubble", "^答：关机时写的$")
	wang.See(".sys", "duban 已重新启动")
	li.See("#net", "小助手在线")
	if n := wang.JS("document.querySelectorAll('.msg.mine').length"); n != "1" {
		t.Errorf("the message stands there %s times, want once", n)
	}
}

func TestBrowser_manyTabs(t *testing.T) {
	chrome := pagetest.Start(t)
	b := startAnswering(t, options(t.TempDir()))
	var tabs []pagetest.Window // more than a browser has connections
	for i := range 7 {
		tabs = append(tabs, chrome.Open(t, fmt.Sprintf("%s#as=p%d&chat=%s", b.URL(), i%3+1, group), pagetest.Screen{Width: 800, Height: 600}))
		tabs[i].See("#net", "小助手在线")
	}
	for i, w := range tabs {
		w.Say(fmt.Sprintf("第%d个标签页", i))
		w.See(".msg.mine .bubble", fmt.Sprintf("^第%d个标签页$", i))
	}
	for _, w := range tabs {
		w.Front() // one behind the others may lag
		w.See(".msg .bubble", "^第6个标签页$")
		if n := w.JS("document.querySelectorAll('.msg').length"); n != "7" {
			t.Errorf("a tab shows %s messages, want 7", n)
		}
	}
}

func TestBrowser_longConversation(t *testing.T) {
	chrome := pagetest.Start(t)
	b := startAnswering(t, options(t.TempDir()))
	post := func(i int) {
		text := fmt.Sprintf("第%d句：%s", i, strings.Repeat("长", i*7%600))
		if _, err := b.Send(t.Context(), group, bot.Outgoing{Key: fmt.Sprint(i), Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		post(i)
	}
	w := chrome.Open(t, b.URL()+"#as=p2&chat="+group, pagetest.Desktop())
	w.See(".msg .bubble", "^第99句")
	const atEnd = "document.getElementById('jump').hidden && " +
		"[...document.querySelectorAll('.msg')].at(-1).getBoundingClientRect().bottom <= document.getElementById('composer').getBoundingClientRect().top"
	w.Await(atEnd)
	w.Click("#idea", "")
	w.Await(atEnd)

	w.JS("document.getElementById('scroll').scrollTop = 0")
	w.See(".msg .bubble", "^第0句") // the older ones come by themselves
	w.JS("document.getElementById('scroll').scrollTop = 2000")
	post(100)
	w.See("#jump", "1 条新消息")
	w.Click("#jump", "")
	w.Await(atEnd)
	if n := w.JS("document.querySelectorAll('.msg').length"); n != "101" {
		t.Errorf("the page shows %s messages, want 101", n)
	}
}

func TestBrowser_phone(t *testing.T) {
	chrome := pagetest.Start(t)
	o := options(t.TempDir())
	o.People[1].Name = "买买提·阿卜杜热合曼·依明江·吐尔逊"
	b := startAnswering(t, o)
	w := chrome.Open(t, b.URL(), pagetest.Phone())
	w.Click("#who .person", "买买提")
	w.Click(".chat", group)
	w.See("#title", group)
	w.Click(".tip", "第3条")
	w.See(".msg.frombot .bubble", "^答：@学工小助手")
	w.Say(strings.Repeat("一个很长的词", 200) + strings.Repeat("a", 300))
	w.See(".msg.mine .bubble", "aaa$")
	for what, expr := range map[string]string{
		"the page is as wide as the screen": "document.documentElement.scrollWidth <= 390",
		"nothing sticks out":                "[...document.querySelectorAll('.conv *')].every(e => e.closest('.tips') || e.getBoundingClientRect().right <= 391)",
		"iOS does not zoom in":              "getComputedStyle(document.getElementById('text')).fontSize === '16px'",
		"one pane is shown":                 "getComputedStyle(document.querySelector('.side')).display === 'none'",
		"the input is on the screen":        "document.getElementById('composer').getBoundingClientRect().bottom <= 845",
		"the last message is seen":          "[...document.querySelectorAll('.msg')].at(-1).getBoundingClientRect().bottom <= document.getElementById('composer').getBoundingClientRect().top",
	} {
		if got := w.JS(expr); got != "true" {
			t.Errorf("%s: %s is %s", what, expr, got)
		}
	}
	w.Click("#back", "")
	w.See(".chat", group)
	w.Await("getComputedStyle(document.querySelector('.conv')).display === 'none'")
}

// What the page does beside talk: it finds people by pinyin and old messages by words,
// takes what is dropped on it, and shows pictures near.
func TestBrowser_page(t *testing.T) {
	chrome := pagetest.Start(t)
	b := startAnswering(t, options(t.TempDir()))
	for i := range 130 {
		if _, err := b.Send(t.Context(), group, bot.Outgoing{Key: fmt.Sprint("k", i), Text: fmt.Sprintf("第%d次提醒", i)}); err != nil {
			t.Fatal(err)
		}
	}
	li := chrome.Open(t, b.URL()+"#as=p3&chat="+group, pagetest.Desktop())
	li.See(".msg .bubble", "^第129次提醒$")

	t.Log("pinyin")
	li.Type("#text", "@wxm")
	li.See("#mention li", "王晓明")
	li.Enter()
	li.Await("document.getElementById('text').value.startsWith('@王晓明')")

	t.Log("an old message")
	li.Click("#search", "")
	li.Type("#past-find", "第3次")
	li.Click("#past .person", "第3次提醒")
	li.See(".msg.flash .bubble", "^第3次提醒$")

	t.Log("dropped")
	li.JS(`(() => { const drop = (f) => { const d = new DataTransfer(); d.items.add(f);
		document.getElementById("conv").dispatchEvent(new DragEvent("drop", { dataTransfer: d, bubbles: true, cancelable: true })); };
		drop(new File(["x"], "台账.txt", { type: "text/plain" }));
		const c = document.createElement("canvas"); c.width = c.height = 400; c.getContext("2d").fillRect(90, 90, 99, 99);
		c.toBlob((x) => drop(new File([x], "图.png", { type: "image/png" }))); return ""; })()`)
	li.See(".msg.mine .bubble.file", "台账")
	li.Await("document.querySelector('.msg.mine .bubble.picture img')?.naturalWidth === 400")

	t.Log("near")
	li.JS("(document.querySelector('.msg.mine .bubble.picture').click(), '')")
	li.Await("document.getElementById('look').open")
	li.JS("(document.querySelector('#look img').dispatchEvent(new WheelEvent('wheel', { deltaY: -400, clientX: 640, clientY: 400, bubbles: true, cancelable: true })), '')")
	li.Await("new DOMMatrix(document.querySelector('#look img').style.transform).a > 2")
	li.JS("(document.querySelector('#look .close').click(), '')")
	li.Await("!document.getElementById('look').open")
}
