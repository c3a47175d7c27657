package e2e_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"duban/app"
	"duban/bot/dingtalk/dingtalktest"
	"duban/bot/feishu/feishutest"
)

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
