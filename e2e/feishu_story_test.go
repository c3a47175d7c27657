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
	"duban/bot/feishu/feishutest"
	"duban/config"
)

// A robot is the whole program on the fake of an official network, beside a console.
type robot struct {
	*testing.T
	net     network
	console logbook
	typed   io.Writer
}

// A network is what people do on a fake, and see there.
type network interface {
	Person(name string) string // their private chat
	Say(chat, person, text string) string
	Shown(chat string) []string
}

// A feishu is a [network].
type feishu struct{ *feishutest.Network }

// Say lets somebody say text.
func (f feishu) Say(chat, person, text string) string { return f.Network.Say(chat, person, text, "") }

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
	r.Fatalf("no text has %q: %q", parts, all)
	return ""
}

// binds lets an admin bind themselves by the console, and others by the admin.
func (r *robot) binds(admin string, others ...string) {
	r.Helper()
	fmt.Fprintln(r.typed, admin+": 绑定码 "+admin)
	r.await("the console has the first code", func() bool { return codes.MatchString(r.console.String()) })
	r.asks(admin, "绑定 "+codes.FindStringSubmatch(r.console.String())[1], "已绑定："+admin)
	for _, person := range others {
		code := codes.FindStringSubmatch(r.asks(admin, "绑定码 "+person, person, "请本人私聊我发"))[1]
		r.asks(person, "绑定 "+code, "已绑定："+person)
	}
}

// codes are the numbers that the bot says a person is bound by.
var codes = regexp.MustCompile(`请本人私聊我发：绑定 (\d{6})`)

// TestStory_feishu is the whole program on the fake of Feishu: who binds themselves,
// the group that is bound, a notice whose button is pressed, an answer that was typed
// while no connection was open, a report in private and a query in the group.
func TestStory_feishu(t *testing.T) {
	const group = "oc_1"
	dir := t.TempDir()
	c := campusConfig(filepath.Join(dir, "data"))
	c.Path, c.Key = filepath.Join(dir, "config.yaml"), filepath.Join(dir, "duban.key")
	net := feishu{feishutest.New()}
	r := &robot{T: t, net: net}
	defer net.Shut()
	net.Group("1", "周明远", "王雪晴", "刘畅")
	secret := write(t, dir, "feishu.secret", feishutest.Secret)
	pace := c.Accounts[0].Pace
	c.Accounts = []config.Account{
		{Name: "feishu", Kind: "feishu", Pace: pace, Feishu: config.Feishu{App: feishutest.AppID, Secret: config.Secret{File: secret}, Domain: net.URL}},
		{Name: "console", Kind: "console", Pace: pace},
	}
	var logs logbook
	var in io.Reader
	in, r.typed = io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- app.Run(ctx, c, app.Options{Log: slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug})), In: in, Out: &r.console})
	}()

	r.await("it is connected", func() bool { return net.Connected() == 1 })
	r.binds("周明远", "王雪晴", "刘畅")
	net.Say(group, "周明远", "@学工小助手 绑定群 学工工作群")
	r.sees(r.net.Person("周明远"), "将发到群")
	r.asks("周明远", "确认", "已绑定：“学工工作群”")

	r.asks("周明远", "发通知 学工工作群：明天下午召开寒假安全会，收到请回复", "预览")
	r.asks("周明远", "确认", "已发出：通知1")
	r.sees(group, "【通知1】明天下午召开寒假安全会")
	net.Press(group, "王雪晴", "收到")
	r.sees(r.net.Person("王雪晴"), "已记：王雪晴 已回复通知1")
	r.sees(group, "【通知1】", "应回12，已回1")
	net.Cut()
	net.Say(group, "刘畅", "收到")
	r.await("it is connected again", func() bool { return net.Connected() == 1 })
	r.asks("周明远", "谁没回 通知1", "应回12，已回2，未回10")
	r.asks("王雪晴", "第3条完成80%", "已记：3→80%")
	net.Say(group, "王雪晴", "@学工小助手 第3条")
	t.Log(r.sees(group, "第3条", "80%"))

	stop()
	if err := <-ended; err != nil {
		t.Errorf("the program ended with %v", err)
	}
	for _, bad := range []string{"geheim", feishutest.AppID, "ou_", "王雪晴", "安全会", "绑定", "第3条"} {
		if strings.Contains(logs.String(), bad) {
			t.Errorf("the log holds %q", bad)
		}
	}
}

// await waits until something is so.
func (r *robot) await(what string, so func() bool) {
	r.Helper()
	for late := time.Now().Add(slowMachine); !so(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(late) {
			r.Fatalf("waited in vain until %s: %s", what, r.console.String())
		}
	}
}

// The doctor asks the network itself.
func TestDoctor_feishu(t *testing.T) {
	net := feishutest.New()
	defer net.Shut()
	dir := t.TempDir()
	write(t, dir, "feishu.secret", feishutest.Secret)
	conf := write(t, dir, "config.yaml",
		"accounts: [{name: fs, kind: feishu, feishu: {app: "+feishutest.AppID+", domain: \""+net.URL+"\", secret: {file: feishu.secret}}}]\n")
	said, err := command(t, app.Outside{}, nil, "doctor", "-config", conf)
	if err != nil || strings.Count(said, "可以用") != 2 {
		t.Errorf("got %v, %s", err, said)
	}
	net.Forbid("/open-apis/im/v1/chats")
	said, err = command(t, app.Outside{}, nil, "doctor", "-config", conf)
	if err == nil || !strings.Contains(said, "im:chat:readonly") {
		t.Errorf("without a permission: got %v, %s", err, said)
	}
}
