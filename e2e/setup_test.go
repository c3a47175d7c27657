package e2e_test

import (
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/app"
	"duban/bot/dingtalk/dingtalktest"
	"duban/bot/feishu/feishutest"
	"duban/bot/ilink/ilinktest"
	"duban/bot/wecom/wecomtest"
	"duban/cli"
	"duban/config"
)

// TestSetup_feishu is a newcomer's walk: a secret that is wrong at first, a permission
// that is missing at first, and then a configuration that the doctor finds well.
func TestSetup_feishu(t *testing.T) {
	net := feishutest.New()
	defer net.Shut()
	dir := t.TempDir()
	conf := write(t, dir, "config.yaml", "# our office\naccounts:\n  - name: webchat\n    kind: webchat # for the first day\n\nanswers: {per_minute: 20}\n")
	net.Forbid("/open-apis/im/v1/chats")
	in := &script{steps: []string{
		"", "", "", "", "", // what to click
		feishutest.AppID, "wrong", // and is asked again
		"", feishutest.AppID, feishutest.Secret,
		"", "", "", // what to click while the connection stands
		"allow", "", // the permission is opened, and looked for again
	}, on: map[string]func(){"allow": net.Allow}}
	said, err := command(t, app.Outside{}, in, "setup", "-config", conf, "-domain", net.URL, "feishu")
	t.Log(said)
	if err != nil {
		t.Fatalf("setup: %v", err)
	}
	last := 0
	for _, part := range []string{
		"1/5 打开 open.feishu.cn", "机器人", "im:message.group_msg", "创建版本", "请粘贴App ID", "请粘贴App Secret", "没有连上：", "核对app和secret",
		"这不像是App ID", "正在连接飞书", "连上了", "使用长连接", "card.action.trigger", "✗ 飞书群：不能用", "im:chat:readonly", "✓ 飞书群：可以用", "好了", "duban run", "核对通讯录",
	} {
		at := strings.Index(said[last:], part)
		if at < 0 {
			t.Fatalf("%q does not come in its turn", part)
		}
		last += at
	}
	text, err := os.ReadFile(conf)
	if err != nil || !strings.HasPrefix(string(text), "# our office\n") || !strings.Contains(string(text), "# for the first day\n  - {name: feishu, kind: feishu") || strings.Contains(string(text), feishutest.Secret) {
		t.Errorf("config.yaml is %v\n%s", err, text)
	}
	c, _, err := config.Load(conf)
	if err != nil || len(c.Accounts) != 2 || c.Accounts[1].Feishu.App != feishutest.AppID || c.Answers.PerMinute != 20 {
		t.Errorf("the configuration is %+v, %v", c.Accounts, err)
	}
	if err := config.Private(filepath.Join(dir, "feishu.secret")); err != nil {
		t.Error(err)
	}
	if said, err := command(t, app.Outside{}, nil, "doctor", "-config", conf); err != nil || strings.Count(said, "可以用") != 2 {
		t.Errorf("the doctor says %v, %s", err, said)
	}
	if _, err := command(t, app.Outside{}, &script{}, "setup", "-config", conf, "feishu"); err == nil {
		t.Error("it sets the same up twice")
	}
}

// Who stops on the way leaves everything as it was; where there is no configuration, one
// is made.
func TestSetup_wecom(t *testing.T) {
	s := wecomtest.New(wecomtest.Options{Name: "学工小助手"})
	defer s.Close()
	dir := t.TempDir()
	conf := filepath.Join(dir, "config.yaml")
	steps := []string{"", "", "", "aib-1", "secret-1"}
	if said, err := command(t, app.Outside{Transport: s.Transport()}, &script{steps: steps}, "setup", "-config", conf, "wecom"); err == nil {
		t.Errorf("it ends well without an end: %s", said)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("it left %v", left)
	}
	typing, hand := io.Pipe()
	defer hand.Close()
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, stop) // Ctrl-C
	if err := cli.Run(ctx, []string{"setup", "-config", conf, "wecom"}, cli.Env{In: typing, Out: io.Discard, Err: io.Discard}); err == nil {
		t.Error("it ends well although it was stopped")
	}
	flat := write(t, t.TempDir(), "config.yaml", "accounts: [{name: webchat, kind: webchat}]\n")
	_, err := command(t, app.Outside{Transport: s.Transport()}, &script{steps: append(slices.Clone(steps), "")}, "setup", "-config", flat, "wecom")
	if err == nil || !strings.Contains(err.Error(), "add this line") || config.Private(filepath.Join(filepath.Dir(flat), "wecom.secret")) != nil {
		t.Errorf("a list that it cannot add to: %v, want that it says the line and keeps the secret", err)
	}
	if said, err := command(t, app.Outside{Transport: s.Transport()}, &script{steps: append(steps, "")}, "setup", "-config", conf, "wecom"); err != nil {
		t.Fatalf("setup: %v, %s", err, said)
	}
	c, _, err := config.Load(conf)
	if err != nil || len(c.Accounts) != 2 || c.Accounts[1].WeCom.Bot != "aib-1" {
		t.Errorf("the configuration is %+v, %v", c.Accounts, err)
	}
}

// A newcomer's walk on DingTalk: a secret that is wrong at first, a permission that is
// missing at first, the events while the connection stands, and then a configuration with
// which the program connects.
func TestSetup_dingtalk(t *testing.T) {
	net := dingtalktest.New(dingtalktest.Options{})
	defer net.Close()
	server := httptest.NewServer(net.Handler())
	defer server.Close()
	dir := t.TempDir()
	conf := filepath.Join(dir, "config.yaml")
	net.Forbid("/v1.0/robot/oToMessages/readStatus")
	in := &script{steps: []string{
		"", "", "", "", "", // what to click
		dingtalktest.Client, "wrong", // and is asked again
		dingtalktest.Client, dingtalktest.Secret,
		"", "", // what to click while the connection stands
		"allow", "", // the permission is opened, and looked for again
	}, on: map[string]func(){"allow": net.Allow}}
	said, err := command(t, app.Outside{}, in, "setup", "-config", conf, "-domain", server.URL, "dingtalk")
	t.Log(said)
	if err != nil {
		t.Fatalf("setup: %v", err)
	}
	last := 0
	for _, part := range []string{
		"1/5 打开 open-dev.dingtalk.com", "Stream模式", "企业内机器人发送消息权限", "创建版本", "请粘贴Client ID", "请粘贴Client Secret", "没有连上：",
		"正在连接钉钉", "连上了", "群会话添加人员", "添加机器人", "✗ 钉钉机器人不能发消息", "qyapi_robot_sendmsg", "✓ 钉钉机器人：可以发消息", "好了", "duban run",
	} {
		at := strings.Index(said[last:], part)
		if at < 0 {
			t.Fatalf("%q does not come in its turn", part)
		}
		last += at
	}
	c, _, err := config.Load(conf)
	if err != nil || len(c.Accounts) != 2 || c.Accounts[1].DingTalk.Client != dingtalktest.Client || c.Accounts[1].DingTalk.Domain != server.URL {
		t.Errorf("the configuration is %+v, %v", c.Accounts, err)
	}
	if err := config.Private(filepath.Join(dir, "dingtalk.secret")); err != nil {
		t.Error(err)
	}
	if said, err := command(t, app.Outside{}, nil, "doctor", "-config", conf); err != nil || !strings.Contains(said, "钉钉机器人：可以发消息") {
		t.Errorf("the doctor says %v, %s", err, said)
	}
}

// A script types lines, one at a time, and does something before some of them.
type script struct {
	steps []string
	on    map[string]func()
}

// Read implements [io.Reader].
func (s *script) Read(p []byte) (int, error) {
	if len(s.steps) == 0 {
		return 0, os.ErrClosed
	}
	line := s.steps[0]
	if do := s.on[line]; do != nil {
		do()
		line = ""
	}
	s.steps = s.steps[1:]
	return copy(p, line+"\n"), nil
}

// A walk for one person: the code is scanned, and scanned anew when the login has ended, by
// the same person only.
func TestSetup_ilink(t *testing.T) {
	net := ilinktest.New()
	defer net.Close()
	net.Expire()
	dir := t.TempDir()
	conf := filepath.Join(dir, "config.yaml")
	walk := func(steps ...string) (string, error) {
		t.Helper()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() {
			if net.Coded(ctx) == nil {
				net.Scan()
			}
		}()
		return command(t, app.Outside{Transport: net.Transport()}, &script{steps: steps}, "setup", "-config", conf, "ilink")
	}
	said, err := walk("", "")
	if err != nil {
		t.Fatalf("setup: %v, %s", err, said)
	}
	last := 0
	for _, part := range []string{"1/1 这是一个人的入口", "▀", "请用手机微信扫描", "已扫码", "正在连接微信ClawBot", "连上了", "说一句“你好”", "✓ 微信ClawBot的登录有效", "好了", "绑定码 姓名"} {
		at := strings.Index(said[last:], part)
		if at < 0 {
			t.Fatalf("%q does not come in its turn: %s", part, said)
		}
		last += at
	}
	c, _, err := config.Load(conf)
	if err != nil || len(c.Accounts) != 2 || c.Accounts[1].ILink.User != ilinktest.User {
		t.Fatalf("the configuration is %+v, %v", c.Accounts, err)
	}
	secret := func() string {
		t.Helper()
		token, err := c.Secret(c.Accounts[1].ILink.Secret)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	if secret() != net.Token() || strings.Contains(said, "geheim-token") {
		t.Error("another secret is kept than that of the login, or it is shown")
	}
	net.Expire()
	if said, err := walk(); err != nil || !strings.Contains(said, "重新扫码") || secret() != net.Token() {
		t.Errorf("once more: %v, %s", err, said)
	}
	old := secret()
	text, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "config.yaml", strings.Replace(string(text), ilinktest.User, "somebody-else", 1))
	if _, err := walk(); err == nil || secret() != old {
		t.Errorf("another person scans: got %v, want that the secret stays", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.fresh*")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}
