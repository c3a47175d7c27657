package e2e_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/app"
	"duban/bot/bottest"
	"duban/bot/dingtalk/dingtalktest"
	"duban/bot/feishu/feishutest"
	"duban/bot/ilink/ilinktest"
	"duban/bot/wecom/wecomtest"
	"duban/config"
)

// A robot is the whole program on the fake of an official network, beside a console.
type robot struct {
	*testing.T
	net     network
	console logbook
	logs    logbook
	typed   io.Writer
}

// A network is what people do on a fake, and see there.
type network interface {
	doing
	Person(name string) string // their private chat
	Shown(chat string) []string
	Files(chat string) []bottest.File
}

// doing is what people do.
type doing interface {
	Say(chat, person, text string) string
	Press(chat, person, label string)
	Attach(chat, person string, f bottest.File) string
}

// A feishu is a [network].
type feishu struct{ *feishutest.Network }

// Say lets somebody say text.
func (f feishu) Say(chat, person, text string) string { return f.Network.Say(chat, person, text, "") }

// A wecom is a [network] in which people are called by their 工号.
type wecom struct {
	*wecomtest.Server
	ids map[string]string
}

// Person returns somebody's private chat.
func (w wecom) Person(name string) string { return w.ids[name] }

// Say lets somebody say text.
func (w wecom) Say(chat, person, text string) string {
	return w.Server.Say(chat, w.ids[person], text)
}

// Press lets somebody press a button.
func (w wecom) Press(chat, person, label string) { w.Server.Press(chat, w.ids[person], label) }

// Attach lets somebody send a file.
func (w wecom) Attach(chat, person string, f bottest.File) string {
	return w.Server.Attach(chat, w.ids[person], f)
}

// An ilink is a [network] of one person.
type ilink struct{ *ilinktest.Server }

// Person returns the chat of the only person.
func (ilink) Person(string) string { return ilinktest.User }

// Say lets the person say text.
func (i ilink) Say(_, _, text string) string { return i.Server.Say(text) }

// Press does nothing: there are no buttons.
func (ilink) Press(_, _, _ string) {}

// Attach lets the person send a file.
func (i ilink) Attach(_, _ string, f bottest.File) string { return i.Server.Attach(f) }

// Shown returns what the person is shown.
func (i ilink) Shown(chat string) []string {
	if chat != ilinktest.User {
		return nil
	}
	return i.Server.Shown()
}

// Files returns nothing: the bot sends none.
func (ilink) Files(string) []bottest.File { return nil }

// newRobot returns the program with that account and a console, which has not started,
// and its configuration.
func newRobot(t *testing.T, net network, account config.Account) (*robot, config.Config) {
	t.Helper()
	dir := t.TempDir()
	c := campusConfig(filepath.Join(dir, "data"))
	c.Path, c.Key = filepath.Join(dir, "config.yaml"), filepath.Join(dir, "duban.key")
	account.Pace = c.Accounts[0].Pace
	c.Accounts = []config.Account{account, {Name: "console", Kind: "console", Pace: account.Pace}}
	return &robot{T: t, net: net}, c
}

// start runs the program until the test ends, or stop is called.
func (r *robot) start(c config.Config, x app.Outside) (stop func()) {
	var in io.Reader
	in, r.typed = io.Pipe()
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	ended := make(chan error, 1)
	go func() {
		log := slog.New(slog.NewTextHandler(&r.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
		ended <- app.Run(ctx, c, app.Options{Log: log, In: in, Out: &r.console, Outside: x})
	}()
	over := false
	stop = func() {
		if cancel(); over {
			return
		}
		over = true
		if err := <-ended; err != nil {
			r.Errorf("the program ended with %v", err)
		}
	}
	r.Cleanup(stop)
	return stop
}

// says types a line on the console.
func (r *robot) says(line string) { fmt.Fprintln(r.typed, line) }

// asks lets somebody say something in private and returns the answer that has the
// parts.
func (r *robot) asks(person, text string, parts ...string) string {
	r.Helper()
	r.net.Say(r.net.Person(person), person, text)
	return r.sees(r.net.Person(person), parts...)
}

// sees waits until one text of a chat has the parts, and returns it.
func (r *robot) sees(chat string, parts ...string) string {
	r.Helper()
	var all []string
	for late := time.Now().Add(slowMachine); time.Now().Before(late); <-time.After(5 * time.Millisecond) {
		all = r.net.Shown(chat)
		for _, text := range slices.Backward(all) {
			if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(text, p) }) {
				return text
			}
		}
	}
	r.Fatalf("no text has %q: %q\n%s", parts, all, r.logs.String())
	return ""
}

// binds lets an admin bind themselves by the console, and others by the admin.
func (r *robot) binds(admin string, others ...string) {
	r.Helper()
	r.says(admin + ": 绑定码 " + admin)
	r.await("the console has the first code", func() bool { return codes.MatchString(r.console.String()) })
	r.asks(admin, "绑定 "+codes.FindStringSubmatch(r.console.String())[1], "已绑定："+admin)
	for _, person := range others {
		code := codes.FindStringSubmatch(r.asks(admin, "绑定码 "+person, person, "请本人私聊我发"))[1]
		r.asks(person, "绑定 "+code, "已绑定："+person)
	}
}

// bindsAlone lets the only person of a network bind themselves by a code that an admin gets
// on the console.
func (r *robot) bindsAlone(person string) {
	r.Helper()
	r.says("周明远: 绑定码 " + person)
	r.await("the console has the code", func() bool { return codes.MatchString(r.console.String()) })
	r.asks(person, "绑定 "+codes.FindStringSubmatch(r.console.String())[1], "已绑定："+person)
}

// codes are the numbers that the bot says a person is bound by.
var codes = regexp.MustCompile(`请本人私聊我发：绑定 (\d{6})`)

// await waits until something is so.
func (r *robot) await(what string, so func() bool) {
	r.Helper()
	for late := time.Now().Add(slowMachine); !so(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(late) {
			r.Fatalf("waited in vain until %s: %s", what, r.console.String())
		}
	}
}

// keeps checks that nothing of what must not be there stands in the log.
func (r *robot) keeps(secrets ...string) {
	r.Helper()
	for _, bad := range append(secrets, "王雪晴", "安全会", "绑定 ", "第3条", "13812345678", "附件") {
		if at := strings.Index(r.logs.String(), bad); at >= 0 {
			r.Errorf("the log holds %q: %s", bad, r.logs.String()[max(at-80, 0):at])
		}
	}
}

// day is the office's day on a network: who binds themselves, the group that is bound,
// a notice whose button is pressed, an answer after the connection was lost, who has not
// answered, a report with its evidence, the report as a picture, and a query in the group.
func (r *robot) day(group string, updates bool, lose func()) {
	r.Helper()
	r.binds("周明远", "王雪晴", "刘畅")
	r.net.Say(group, "周明远", "@学工小助手 绑定群 学工工作群")
	r.sees(r.net.Person("周明远"), "将发到群")
	r.asks("周明远", "确认", "已绑定：“学工工作群”")

	r.asks("周明远", "发通知 学工工作群：明天下午召开寒假安全会，收到请回复", "预览")
	r.asks("周明远", "确认", "已发出：通知1")
	r.sees(group, "【通知1】明天下午召开寒假安全会")
	r.net.Press(group, "王雪晴", "收到")
	r.sees(r.net.Person("王雪晴"), "已记：王雪晴 已回复通知1")
	if updates {
		r.sees(group, "【通知1】", "应回12，已回1")
	}
	lose()
	r.net.Say(group, "刘畅", "@学工小助手 收到")
	r.sees(group, "已记：刘畅 已回复通知1")
	r.asks("周明远", "谁没回 通知1", "应回12，已回2，未回10")

	r.asks("王雪晴", "第3条完成80%，电话13812345678", "已记：3→80%")
	r.net.Attach(r.net.Person("王雪晴"), "王雪晴", bottest.Picture())
	r.sees(r.net.Person("王雪晴"), "已附到第3条的填报")
	r.asks("周明远", "第3条的佐证", "王雪晴")
	r.await("the evidence is sent", func() bool { return len(r.net.Files(r.net.Person("周明远"))) == 1 })
	r.net.Say(r.net.Person("周明远"), "周明远", "进度汇总图片")
	r.await("the report is sent as a picture", func() bool { return len(r.net.Files(r.net.Person("周明远"))) >= 2 })
	r.net.Say(group, "王雪晴", "@学工小助手 第3条")
	r.sees(group, "第3条", "80%")
}

// TestStory_day is that over the fakes of all networks, through the whole program.
func TestStory_day(t *testing.T) {
	people := []string{"周明远", "王雪晴", "刘畅"}
	t.Run("feishu", func(t *testing.T) {
		net := feishu{feishutest.New()}
		defer net.Shut()
		net.Group("1", people...)
		r, c := newRobot(t, net, config.Account{Name: "feishu", Kind: "feishu", Feishu: config.Feishu{
			App: feishutest.AppID, Secret: config.Secret{File: write(t, t.TempDir(), "feishu.secret", feishutest.Secret)}, Domain: net.URL,
		}})
		stop := r.start(c, app.Outside{})
		connected := func() { r.await("it is connected", func() bool { return net.Connected() == 1 }) }
		connected()
		r.day("oc_1", true, func() {
			net.Cut()
			net.Say("oc_1", "王雪晴", "这句是断开时说的")
			connected()
		})
		stop()
		r.keeps("geheim", feishutest.AppID, "ou_", "断开时")
	})
	t.Run("dingtalk", func(t *testing.T) {
		const group = "cidKe6BBL+4x7/Eiodo=="
		net := dingtalktest.New(dingtalktest.Options{Name: "学工小助手"})
		defer net.Close()
		net.Group(group, people...)
		r, c := newRobot(t, net, config.Account{Name: "dingtalk", Kind: "dingtalk", DingTalk: config.DingTalk{
			Client: dingtalktest.Client, Secret: config.Secret{File: write(t, t.TempDir(), "dingtalk.secret", dingtalktest.Secret)}, Card: dingtalktest.Card,
		}})
		stop := r.start(c, app.Outside{Transport: net.Transport()})
		connected(t, net.Connected)
		r.day(group, true, func() { net.Move(); connected(t, net.Connected) })
		stop()
		r.keeps("geheim", dingtalktest.Client, "ticket", "manager0", "@lAD")
	})
	t.Run("wecom", func(t *testing.T) {
		net := wecom{wecomtest.New(wecomtest.Options{Name: "学工小助手", PerMinute: -1}), map[string]string{"周明远": "XG001", "王雪晴": "JS002", "刘畅": "JS003"}}
		defer net.Close()
		net.Group("wr1", "XG001", "JS002", "JS003")
		r, c := newRobot(t, net, config.Account{Name: "wecom", Kind: "wecom", WeCom: config.WeCom{
			Bot: "aib-1", Secret: config.Secret{File: write(t, t.TempDir(), "wecom.secret", "secret-1")},
		}})
		stop := r.start(c, app.Outside{Transport: net.Transport()})
		connected(t, net.Subscribed)
		r.day("wr1", false, func() { net.Cut(); connected(t, net.Subscribed) })
		stop()
		r.keeps("secret-1", "JS002", "myqcloud", "aeskey")
	})
}

// TestStory_ilink is one person's side door: they ask and answer there, and what nobody
// asked for goes another way.
func TestStory_ilink(t *testing.T) {
	net := ilink{ilinktest.New()}
	defer net.Close()
	r, c := newRobot(t, net, config.Account{Name: "ilink", Kind: "ilink", ILink: config.ILink{
		User: ilinktest.User, Secret: config.Secret{File: write(t, t.TempDir(), "ilink.secret", net.Token())},
	}})
	slices.Reverse(c.Accounts) // the groups are on the console
	stop := r.start(c, app.Outside{Transport: net.Transport()})
	r.await("it is connected", net.Online)
	r.bindsAlone("王雪晴")
	r.asks("王雪晴", "第3条完成80%，电话13812345678", "已记：3→80%")
	r.says("周明远: 发通知 学工工作群：明天下午召开寒假安全会，收到请回复")
	r.await("the notice is shown", func() bool { return strings.Contains(r.console.String(), "预览") })
	r.says("周明远: 确认")
	r.await("the notice is out", func() bool { return strings.Contains(r.console.String(), "【通知1】") })
	asked := 0
	r.await("the chase is shown", func() bool {
		if asked == strings.Count(r.console.String(), "没有人可催") { // it is not known yet that the notice has left
			asked++
			r.says("周明远: 催一下 1")
		}
		return strings.Contains(r.console.String(), "私聊提醒")
	})
	r.says("周明远: 确认")
	r.await("she is chased elsewhere", func() bool { return strings.Contains(r.console.String(), "王雪晴 ← 【通知1】") })
	net.Cut()
	r.asks("王雪晴", "通知1收到", "已记：王雪晴 已回复通知1")
	for _, text := range net.Shown(ilinktest.User) {
		if strings.HasPrefix(text, "【通知") {
			t.Errorf("a reminder came through the side door: %s", text)
		}
	}
	stop()
	r.keeps("geheim", "im.wechat")
}

// connected waits until a network says that it has a connection.
func connected(t *testing.T, is func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*slowMachine)
	defer cancel()
	if err := is(ctx); err != nil {
		t.Fatalf("the program is not connected: %v", err)
	}
}
