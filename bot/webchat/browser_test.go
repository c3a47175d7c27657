package webchat_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"

	"duban/bot"
	"duban/bot/webchat"
)

// browser starts Chromium, or skips the test where there is none.
func browser(t *testing.T) *rod.Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("no browser in short tests")
	}
	bin := os.Getenv("CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && bin == "" {
			bin = path
		}
	}
	if bin == "" {
		t.Skip("no chromium: apt-get install chromium, or name it in CHROMIUM")
	}
	l := launcher.New().Bin(bin).Leakless(false).Headless(true).NoSandbox(true).UserDataDir(t.TempDir()).
		Set("disable-gpu").Set("disable-quic").Set("disable-background-networking").
		Set("disable-component-update").Set("disable-sync").Set("disable-dev-shm-usage")
	address, err := l.Launch()
	if err != nil {
		t.Fatalf("start %s: %v", bin, err)
	}
	b := rod.New().ControlURL(address)
	if err := b.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = b.Close()
		l.Cleanup()
	})
	return b
}

// A window is one tab, in which somebody is played.
type window struct {
	*rod.Page
	t *testing.T
}

// open opens the page, and fails the test if the page ever complains.
func open(t *testing.T, b *rod.Browser, url string, width, height int, mobile bool) window {
	t.Helper()
	p, err := b.Page(proto.TargetCreateTarget{})
	if err != nil {
		t.Fatal(err)
	}
	p, leave := p.WithCancel()
	w := window{p.Timeout(time.Minute), t}
	w.must(p.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: mobile}))
	w.must(proto.LogEnable{}.Call(p))
	wait := p.EachEvent(func(e *proto.RuntimeExceptionThrown) {
		t.Errorf("page threw %s %s", e.ExceptionDetails.Text, e.ExceptionDetails.Exception.Description)
	}, func(e *proto.LogEntryAdded) {
		if !strings.Contains(e.Entry.Text, "net::ERR_") { // the page lives through those
			t.Errorf("page logged %s", e.Entry.Text)
		}
	})
	var wg sync.WaitGroup
	wg.Go(wait)
	t.Cleanup(func() {
		leave()
		wg.Wait()
	})
	w.must(w.Navigate(url))
	return w
}

func (w window) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// see waits for an element, with a text if it is not "".
func (w window) see(selector, text string) *rod.Element {
	w.t.Helper()
	find := func() (*rod.Element, error) { return w.ElementR(selector, text) }
	if text == "" {
		find = func() (*rod.Element, error) { return w.Element(selector) }
	}
	e, err := find()
	if err != nil {
		w.t.Fatalf("%s with %q does not appear: %v", selector, text, err)
	}
	return e
}

func (w window) click(selector, text string) {
	w.t.Helper()
	w.press(selector, text, proto.InputMouseButtonLeft)
}

// press clicks in this tab, which must be in front for that.
func (w window) press(selector, text string, button proto.InputMouseButton) {
	w.t.Helper()
	w.must(proto.PageBringToFront{}.Call(w))
	w.must(w.see(selector, text).Click(button, 1))
}

// say types a text and presses enter.
func (w window) say(text string) {
	w.t.Helper()
	w.must(proto.PageBringToFront{}.Call(w))
	w.must(w.see("#text", "").Input(text))
	w.must(w.Keyboard.Type(input.Enter))
}

// js evaluates an expression.
func (w window) js(expr string) string {
	w.t.Helper()
	r, err := w.Eval("() => String(" + expr + ")")
	w.must(err)
	return r.Value.Str()
}

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
		return b.receive(ctx, ms)
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
	chrome := browser(t)
	o := options(t.TempDir())
	b := startAnswering(t, o)
	o.Listen = b.Addr().String()

	wang := open(t, chrome, b.URL(), 1280, 800, false)
	wang.click("#who .person", "王晓明")
	wang.see("#title", group)
	wang.must(wang.see("#text", "").Input("@学"))
	wang.see("#mention li", "学工小助手")
	wang.must(wang.Keyboard.Type(input.Enter))
	wang.say("第3条")
	wang.see(".msg.mine .bubble", "^@学工小助手\u2005第3条$")
	wang.see(".msg.frombot .bubble", "^答：@学工小助手\u2005第3条$")

	li := open(t, chrome, b.URL()+"#as=p3&chat="+group, 1280, 800, false)
	li.see(".msg.frombot .bubble", "^答：")
	const canary = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`
	li.say(canary)
	wang.see(".msg .bubble", "onerror")
	if n, title := wang.js("document.querySelectorAll('#log img, #log script').length"), wang.js("document.title"); n != "0" || strings.Contains(title, "hacked") {
		t.Errorf("%s elements made of a text, title %q", n, title)
	}

	t.Log("quote and take back")
	li.press(".msg.frombot .bubble", "^答：", proto.InputMouseButtonRight)
	li.click("#menu button", "引用")
	li.say("这条我来办")
	wang.see(".quoted", "^学工小助手：答：")
	li.press(".msg.mine .bubble", "这条我来办", proto.InputMouseButtonRight)
	li.click("#menu button", "撤回")
	li.see(".sys", "你撤回了一条消息")
	wang.see(".sys", "李娜撤回了一条消息")
	if all := wang.js("document.getElementById('log').textContent"); strings.Contains(all, "这条我来办") {
		t.Errorf("the words are still there: %s", all)
	}

	t.Log("unread")
	if _, err := b.Send(t.Context(), "@p2", bot.Outgoing{Key: "private", Text: "只给王晓明"}); err != nil {
		t.Fatal(err)
	}
	wang.see(".chat .badge", "^1$")
	wang.click(".chat", "只给王晓明")
	wang.see(".msg.frombot .bubble", "只给王晓明")
	wang.must(wang.Wait(rod.Eval("() => !document.querySelector('.chat .badge')")))

	t.Log("restart")
	b.stop()
	wang.see("#banner", "正在重连")
	wang.say("关机时写的")
	wang.see(".msg.mine .bubble", "关机时写的")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	startAnswering(t, o)
	wang.see(".msg.frombot .bubble", "^答：关机时写的$")
	wang.see(".sys", "duban 已重新启动")
	li.see("#net", "小助手在线")
	if n := wang.js("document.querySelectorAll('.msg.mine').length"); n != "1" {
		t.Errorf("the message stands there %s times, want once", n)
	}
}

func TestBrowser_manyTabs(t *testing.T) {
	chrome := browser(t)
	b := startAnswering(t, options(""))
	var tabs []window // more than a browser has connections
	for i := range 7 {
		tabs = append(tabs, open(t, chrome, fmt.Sprintf("%s#as=p%d&chat=%s", b.URL(), i%3+1, group), 800, 600, false))
		tabs[i].see("#net", "小助手在线")
	}
	for i, w := range tabs {
		w.say(fmt.Sprintf("第%d个标签页", i))
		w.see(".msg.mine .bubble", fmt.Sprintf("^第%d个标签页$", i))
	}
	for _, w := range tabs {
		w.must(proto.PageBringToFront{}.Call(w)) // one behind the others may lag
		w.see(".msg .bubble", "^第6个标签页$")
		if n := w.js("document.querySelectorAll('.msg').length"); n != "7" {
			t.Errorf("a tab shows %s messages, want 7", n)
		}
	}
}

func TestBrowser_longConversation(t *testing.T) {
	chrome := browser(t)
	b := startAnswering(t, options(""))
	post := func(i int) {
		text := fmt.Sprintf("第%d句：%s", i, strings.Repeat("长", i*7%600))
		if _, err := b.Send(t.Context(), group, bot.Outgoing{Key: fmt.Sprint(i), Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		post(i)
	}
	w := open(t, chrome, b.URL()+"#as=p2&chat="+group, 1280, 800, false)
	w.see(".msg .bubble", "^第99句")
	const atEnd = "document.getElementById('jump').hidden && " +
		"[...document.querySelectorAll('.msg')].at(-1).getBoundingClientRect().bottom <= document.getElementById('composer').getBoundingClientRect().top"
	w.must(w.Wait(rod.Eval("() => " + atEnd)))
	w.click("#idea", "")
	w.must(w.Wait(rod.Eval("() => " + atEnd)))

	w.js("document.getElementById('scroll').scrollTop = 0")
	w.see(".msg .bubble", "^第0句") // the older ones come by themselves
	w.js("document.getElementById('scroll').scrollTop = 2000")
	post(100)
	w.see("#jump", "1 条新消息")
	w.click("#jump", "")
	w.must(w.Wait(rod.Eval("() => " + atEnd)))
	if n := w.js("document.querySelectorAll('.msg').length"); n != "101" {
		t.Errorf("the page shows %s messages, want 101", n)
	}
}

func TestBrowser_phone(t *testing.T) {
	chrome := browser(t)
	o := options("")
	o.People[1].Name = "买买提·阿卜杜热合曼·依明江·吐尔逊"
	b := startAnswering(t, o)
	w := open(t, chrome, b.URL(), 390, 844, true)
	w.click("#who .person", "买买提")
	w.click(".chat", group)
	w.see("#title", group)
	w.click(".tip", "第3条")
	w.see(".msg.frombot .bubble", "^答：@学工小助手")
	w.say(strings.Repeat("一个很长的词", 200) + strings.Repeat("a", 300))
	w.see(".msg.mine .bubble", "aaa$")
	for what, expr := range map[string]string{
		"the page is as wide as the screen": "document.documentElement.scrollWidth <= 390",
		"nothing sticks out":                "[...document.querySelectorAll('.conv *')].every(e => e.closest('.tips') || e.getBoundingClientRect().right <= 391)",
		"iOS does not zoom in":              "getComputedStyle(document.getElementById('text')).fontSize === '16px'",
		"one pane is shown":                 "getComputedStyle(document.querySelector('.side')).display === 'none'",
		"the input is on the screen":        "document.getElementById('composer').getBoundingClientRect().bottom <= 845",
		"the last message is seen":          "[...document.querySelectorAll('.msg')].at(-1).getBoundingClientRect().bottom <= document.getElementById('composer').getBoundingClientRect().top",
	} {
		if got := w.js(expr); got != "true" {
			t.Errorf("%s: %s is %s", what, expr, got)
		}
	}
	w.click("#back", "")
	w.see(".chat", group)
	w.must(w.Wait(rod.Eval("() => getComputedStyle(document.querySelector('.conv')).display === 'none'")))
}
