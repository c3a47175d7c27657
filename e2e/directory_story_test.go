package e2e_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"duban/app"
	"duban/bot/feishu/feishutest"
	"duban/config"
)

// TestStory_directory is the first connect of an office to Feishu: the address book says
// who is who, an admin looks at it and confirms, and from then on they have the rights
// that the roster gives them. Nobody is bound whose name is another there.
// Who comes into a group later waits to be claimed, and the admins hear of who leaves it.
func TestStory_directory(t *testing.T) {
	dir := t.TempDir()
	c := campusConfig(filepath.Join(dir, "data"))
	c.Path, c.Key = filepath.Join(dir, "config.yaml"), filepath.Join(dir, "duban.key")
	c.Roster = write(t, dir, "roster.csv", `工号,姓名,学院/部门,角色,群,手机号
A1,周明远,学工处,管理员,学工群,138 0000 0001
C1,王雪晴,计算机学院,辅导员,学工群,+86 13800000002
C2,刘畅,计算机学院,辅导员,学工群,
C3,张伟,机械学院,辅导员,学工群,13800000003
C4,张伟,经管学院,辅导员,学工群,
C5,孙静怡,外国语学院,辅导员,学工群,13800000005
C6,赵文博,外国语学院,辅导员,学工群,13800000006
`)
	net := feishu{feishutest.New()}
	r := &robot{T: t, net: net}
	defer net.Shut()
	for _, p := range []struct{ name, staff, mobile string }{
		{"周明远", "", "13800000001"}, {"王雪晴", "", "13800000002"}, {"刘畅", "C2", ""}, {"张伟", "", "13800000003"}, {"李四", "", "13800000005"}, {"钱多多", "X9", "13911111111"},
	} {
		net.Enrol(p.name, p.staff, p.mobile)
	}
	pace := c.Accounts[0].Pace
	c.Accounts = []config.Account{
		{Name: "feishu", Kind: "feishu", Pace: pace, Feishu: config.Feishu{App: feishutest.AppID, Secret: config.Secret{File: write(t, dir, "feishu.secret", feishutest.Secret)}, Domain: net.URL}},
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
	says := func(parts ...string) {
		t.Helper()
		for _, p := range parts {
			r.await(p, func() bool { return strings.Contains(r.console.String(), p) })
		}
	}
	says("账号“feishu”第一次连上了", "核对通讯录")
	if answer := r.asks("周明远", "绑定码 王雪晴"); strings.Contains(answer, "24小时") {
		t.Errorf("before anybody is bound: %q", answer)
	}
	fmt.Fprintln(r.typed, "周明远: 核对通讯录")
	says("对上4人", "同名，请核对学院1人：张伟（机械学院）", "姓名或已有的绑定与名单对不上，不绑定1人：孙静怡", "没找到2人：张伟（经管学院）、赵文博", "要绑定4人")
	fmt.Fprintln(r.typed, "周明远: 确认")
	says("已按通讯录绑定4人")
	r.asks("周明远", "绑定码 赵文博", "赵文博的绑定码", "24小时")
	r.asks("刘畅", "第3条完成80%", "已记：3→80%")
	r.asks("李四", "第3条完成80%", "还不知道您是名单上的哪一位")
	fmt.Fprintln(r.typed, "周明远: 核对通讯录")
	says("（其中4人已经绑定）", "没有需要绑定的人")

	net.Group("1", "周明远", "王雪晴")
	net.Say("oc_1", "周明远", "@学工小助手 绑定群 学工群")
	r.sees(r.net.Person("周明远"), "将发到群")
	r.asks("周明远", "确认", "已绑定：“学工群”")
	net.Join("oc_1", "赵老师")
	r.sees(r.net.Person("周明远"), "有1人新进“学工群”", "赵老师", "待认领")
	r.asks("周明远", "待认领", "待认领1人", "赵老师", "还没有说话")
	r.asks("周明远", "发通知 学工群：明天下午召开寒假安全会，收到请回复", "预览")
	r.asks("周明远", "确认", "已发出：通知1")
	r.sees("oc_1", "【通知1】")
	net.Say("oc_1", "赵老师", "收到")
	r.has(r.eventually("周明远", "待认领", "：收到"), "待认领1人", "赵老师")
	r.asks("周明远", "认领 1 赵文博", "1号是赵文博，可以回复和填报，留着的1条里有1条已补记")
	r.asks("周明远", "谁没回 通知1", "应回6，已回1")
	net.Leave("oc_1", "王雪晴")
	r.sees(r.net.Person("周明远"), "王雪晴离开了“学工群”", "名单上还在这个群")

	code := regexp.MustCompile(`[0-9]{6}`).FindString(r.asks("周明远", "绑定码 赵文博", "24小时"))
	r.asks("刘畅", "绑定 "+code, "赵文博")
	r.asks("周明远", "核对通讯录", "不绑定2人：刘畅、孙静怡", "没有需要绑定的人")

	stop()
	if err := <-ended; err != nil {
		t.Errorf("the program ended with %v", err)
	}
	for _, bad := range []string{"13800000", "王雪晴", "ou_"} {
		if strings.Contains(logs.String(), bad) {
			t.Errorf("the log holds %q", bad)
		}
	}
}
