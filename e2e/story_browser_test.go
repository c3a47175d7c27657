package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/proto"

	"duban/bot/webchat/pagetest"
)

// group is the sample roster's.
const group = "学工工作群"

// shipped writes config.yaml as it is shipped into dir, changed where a test may
// not share it with the office: port, data, and the hours of the night.
func shipped(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile("../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for old, changed := range map[string]string{
		"listen: 127.0.0.1:8642":     "listen: 127.0.0.1:0",
		`listen: "127.0.0.1:8600"`:   `listen: "127.0.0.1:0"`,
		"\ndata: data":               "\ndata: " + filepath.Join(dir, "data"),
		"\nquiet_hours: 22:00-07:00": "\nquiet_hours: \"\"",
		"plan: examples":             "plan: " + filepath.Join(root, "examples"),
		"roster: examples":           "roster: " + filepath.Join(root, "examples"),
	} {
		if !strings.Contains(text, old) {
			t.Fatalf("config.yaml has no %q any more", old)
		}
		text = strings.Replace(text, old, changed, 1)
	}
	return write(t, dir, "config.yaml", text)
}

// TestStory_browser is the first minute with duban, as its visitors see it.
func TestStory_browser(t *testing.T) {
	t.Parallel()
	chrome := pagetest.Start(t)
	duban := spawn(t, "run", "-config", shipped(t, t.TempDir()))
	page := duban.page(t)
	defer duban.end(t)
	began := time.Now()
	asIn := func(person, chat string) string { return page + "#as=" + person + "&chat=" + chat }

	t.Log("a member of the office asks the plan")
	he := chrome.Open(t, page, pagetest.Desktop())
	he.Click("#who .person", "何志勤")
	he.Click(".chat b", "^"+group+"$")
	he.See("#title", group)
	for _, c := range []struct{ ask, answer string }{
		{"第3条", `推进理论学习进宿舍进网络。依托学习小组、宿舍长会议和学院公众号，每两周推送一次短小实用的学习内容。`},
		{"二的目标任务", `形成发现、谈话、帮扶、反馈的学业支持闭环`},
		{"目录", `目录：\s*一、强化思想政治引领（第1至4条）`},
		{"冒充客服", `针对刷单返利、冒充客服、虚假贷款、兜售考试答案等常见骗局`},
		{"食堂几点开门", `^没有找到[^\n]*\n1\. [^\n]+\n2\. [^\n]+\n3\. `},
	} {
		he.Say("@学工小助手 " + c.ask)
		he.See(".msg.frombot .bubble", c.answer)
	}

	t.Log("the admin sends a notice that wants 收到")
	zhou := chrome.Open(t, page, pagetest.Desktop())
	zhou.Click("#who .person", "周明远")
	zhou.Click(".chat b", "^学工小助手$")
	const text = "本周五前请各学院完成宿舍安全自查，重点看大功率电器和消防通道。"
	zhou.Say("发通知 需回执 " + group + "：" + text)
	zhou.See(".msg.frombot .bubble", `^预览（还没有发出）\s*【通知1】本周五前[^]*应回12人`)
	if all := he.JS(`document.getElementById("log").textContent`); strings.Contains(all, "本周五前") {
		t.Error("the notice stands in the group before it was confirmed")
	}
	zhou.Say("确认")
	zhou.See(".msg.frombot .bubble", "^已发出：通知1到"+group)
	he.See(".msg.frombot .bubble", "^【通知1】本周五前[^]*收到请回复$")

	t.Log("people answer, on phones and desktops")
	wang := chrome.Open(t, page, pagetest.Phone())
	wang.Click("#who .person", "王雪晴")
	wang.Click(".chat b", "^"+group+"$")
	wang.See(".msg.frombot .bubble", "^【通知1】")
	wang.Say("收到")
	he.See(".msg .bubble", "^收到$")
	chrome.Open(t, asIn("JS003", group), pagetest.Phone()).Say("收到，谢谢")
	he.See(".msg .bubble", "^收到，谢谢$")
	chrome.Open(t, asIn("WY001", group), pagetest.Desktop()).Click(".msg.frombot .press", "^收到$")
	he.See(".msg.frombot .bubble", "^【通知1】本周五前[^]*应回12，已回3")
	he.See(".msg.frombot .read", `^已读 \d$`)
	zhou.Click(".chat b", "^"+group+"$")
	zhou.Say("@学工小助手 还有谁没回复")
	zhou.See(".msg.frombot .bubble", "^通知1：应回12，已回3，未回9（已送达未读9）。$")
	if all := he.JS(`document.getElementById("log").textContent`); strings.Contains(all, "未回：") || strings.Contains(all, "未读：") {
		t.Error("names of those who have not answered stand in the group")
	}
	zhou.Click(".chat b", "^学工小助手$")
	zhou.See(".msg.frombot .bubble", "已送达未读：[^]*张伟（机械工程学院）")

	t.Log("progress is echoed, and the measure shows it")
	wang.Say("@学工小助手 第3条完成80%，还差经费")
	const echo = "^已记：3→80%。有误回“改…”或“撤回”$"
	wang.See(".msg.frombot .bubble", echo)
	zhou.Click(".chat b", "^"+group+"$")
	zhou.See(".msg.frombot .bubble", echo)
	he.Say("@学工小助手 第3条")
	he.See(".msg.frombot .bubble", "状态：80%，还差经费（王雪晴")
	shoot(t, zhou)

	t.Log("the reminder of config.yaml comes by itself")
	he.Within(2*time.Minute).See(".msg.frombot .bubble", "这是一条定时提醒")
	wang.See(".msg.frombot .bubble", "这是一条定时提醒")
	t.Logf("the story took %v", time.Since(began).Round(time.Second))
}

// shoot saves what a window shows in the file that PICTURE names, for README.md:
// PICTURE=../docs/picture.png go test -run TestStory_browser ./e2e.
func shoot(t *testing.T, w pagetest.Window) {
	t.Helper()
	file := os.Getenv("PICTURE")
	if file == "" {
		return
	}
	w.Must(w.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: 960, Height: 1070, DeviceScaleFactor: 1}))
	w.Click("#idea", "") // more room for the conversation
	w.Must(w.Mouse.MoveTo(proto.Point{}))
	w.JS("document.activeElement.blur()")
	png, err := w.Screenshot(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, png, 0o600); err != nil {
		t.Fatal(err)
	}
	w.Click("#idea", "")
}
