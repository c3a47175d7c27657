package e2e_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"duban/app"
	"duban/bot/dingtalk/dingtalktest"
	"duban/config"
)

// TestStory_dingtalk is the office's day over the fake of DingTalk, through the whole
// program: who binds themselves, the group that is bound, a notice whose button is
// pressed, an answer after the network has moved the stream, who has not answered, a
// report in private and a query in the group.
func TestStory_dingtalk(t *testing.T) {
	const group = "cidKe6BBL+4x7/Eiodo=="
	dir := t.TempDir()
	c := campusConfig(filepath.Join(dir, "data"))
	c.Path, c.Key = filepath.Join(dir, "config.yaml"), filepath.Join(dir, "duban.key")
	net := dingtalktest.New(dingtalktest.Options{Name: "学工小助手"})
	defer net.Close()
	net.Group(group, "周明远", "王雪晴", "刘畅")
	r := &robot{T: t, net: net}
	pace := c.Accounts[0].Pace
	c.Accounts = []config.Account{
		{Name: "dingtalk", Kind: "dingtalk", Pace: pace, DingTalk: config.DingTalk{
			Client: dingtalktest.Client, Secret: config.Secret{File: write(t, dir, "dingtalk.secret", dingtalktest.Secret)}, Card: dingtalktest.Card,
		}},
		{Name: "console", Kind: "console", Pace: pace},
	}
	var logs logbook
	var in io.Reader
	in, r.typed = io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- app.Run(ctx, c, app.Options{
			Log: slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug})), In: in, Out: &r.console,
			Outside: app.Outside{Transport: net.Transport()},
		})
	}()

	connected := func() {
		t.Helper()
		if err := net.Connected(ctx); err != nil {
			t.Fatal(err)
		}
	}
	connected()
	r.binds("周明远", "王雪晴", "刘畅")
	net.Say(group, "周明远", "@学工小助手 绑定群 学工工作群")
	r.sees(net.Person("周明远"), "将发到群")
	r.asks("周明远", "确认", "已绑定：“学工工作群”")

	r.asks("周明远", "发通知 学工工作群：明天下午召开寒假安全会，收到请回复", "预览")
	r.asks("周明远", "确认", "已发出：通知1")
	r.sees(group, "【通知1】明天下午召开寒假安全会")
	net.Press(group, "王雪晴", "收到")
	r.sees(net.Person("王雪晴"), "已记：王雪晴 已回复通知1")
	r.sees(group, "【通知1】", "应回12，已回1")
	net.Move()
	connected()
	net.Say(group, "刘畅", "@学工小助手 收到")
	r.sees(group, "已记：刘畅 已回复通知1")
	r.asks("周明远", "谁没回 通知1", "应回12，已回2，未回10")
	r.asks("王雪晴", "第3条完成80%", "已记：3→80%")
	net.Say(group, "王雪晴", "@学工小助手 第3条")
	t.Log(r.sees(group, "第3条", "80%"))

	stop()
	if err := <-ended; err != nil {
		t.Errorf("the program ended with %v", err)
	}
	for _, bad := range []string{"geheim", dingtalktest.Client, "ticket", "manager0", "王雪晴", "安全会", "绑定", "第3条"} {
		if at := strings.Index(logs.String(), bad); at >= 0 {
			t.Errorf("the log holds %q: %s", bad, logs.String()[max(at-80, 0):at])
		}
	}
}

// The doctor asks the network itself.
func TestDoctor_dingtalk(t *testing.T) {
	net := dingtalktest.New(dingtalktest.Options{})
	defer net.Close()
	server := httptest.NewServer(net.Handler())
	defer server.Close()
	dir := t.TempDir()
	write(t, dir, "dingtalk.secret", dingtalktest.Secret)
	conf := write(t, dir, "config.yaml", fmt.Sprintf(
		"accounts: [{name: dt, kind: dingtalk, dingtalk: {client: %s, domain: %q, secret: {file: dingtalk.secret}}}]\n", dingtalktest.Client, server.URL))
	said, err := command(t, app.Outside{}, nil, "doctor", "-config", conf)
	if err != nil || !strings.Contains(said, "钉钉机器人：可以发消息") || !strings.Contains(said, "没有配卡片模板") {
		t.Errorf("got %v, %s", err, said)
	}
	net.Forbid("/v1.0/robot/oToMessages/readStatus")
	said, err = command(t, app.Outside{}, nil, "doctor", "-config", conf)
	if err == nil || !strings.Contains(said, "qyapi_robot_sendmsg") {
		t.Errorf("without a permission: got %v, %s", err, said)
	}
}
