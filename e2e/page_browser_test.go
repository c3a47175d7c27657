package e2e_test

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"duban/app"
	"duban/bot/webchat/pagetest"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/web/door"
)

// addresses starts the process and returns where its chat and its admin page are.
func (p *process) addresses(t testing.TB) (chat, admin string) {
	t.Helper()
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(out); lines.Scan(); said += lines.Text() + "\n" {
		at := regexp.MustCompile(`^(admin page)?.*(http://127\.0\.0\.1:\d+/)`).FindStringSubmatch(lines.Text())
		switch {
		case at == nil:
		case at[1] == "":
			chat = at[2]
		default:
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return chat, at[2]
		}
	}
	_ = p.Process.Kill()
	t.Fatalf("got %q on standard output, want the addresses of both pages\n%s", said, p.out.Bytes())
	return "", ""
}

// enters opens the admin page and sets the first admin's password with the code of the
// terminal.
func enters(t *testing.T, chrome *pagetest.Browser, s pagetest.Screen, admin, conf string) pagetest.Window {
	t.Helper()
	said, err := command(t, app.Outside{}, nil, "web", "code", "-config", conf)
	code := regexp.MustCompile(`\d{4} \d{4}`).FindString(said)
	if err != nil || code == "" {
		t.Fatalf("web code: got %q, %v", said, err)
	}
	w := chrome.Open(t, admin, s)
	w.Click("a", "第一次使用")
	w.Type("#code", code)
	w.Type("#who", "周明远")
	w.Type("#password", "春天的操场上有三只小黑猫")
	w.Click("button", "设好，开始")
	w.See("h1", "把今年的工作要点给它")
	return w
}

// TestStory_page is the first run of an office by its admin page alone: from the code of
// the terminal to the first reminder and the first notice, which somebody answers in the
// chat while the page shows it, on a phone; then the way out.
func TestStory_page(t *testing.T) {
	t.Parallel()
	chrome := pagetest.Start(t)
	dir := t.TempDir()
	conf := shipped(t, dir)
	duban := spawn(t, "run", "-config", conf)
	chat, admin := duban.addresses(t)

	t.Log("the admin sets a password with the code of the terminal, and is led through five steps")
	w := enters(t, chrome, pagetest.Phone(), admin, conf)
	w.Click(".act a", "先用示例")
	w.See("dd", "周明远")
	w.Click(".act a", "名单没错")
	w.See("dd", "模拟群")
	w.Click(".act a", "下一步")
	w.Click("button", "看看预览")
	w.See(".bub", "每周五 16:00")
	keepViews(t, w, "story", "start-reminder", pagetest.Phone())
	w.Click("button", "保存这条提醒")
	w.See(".ban", "已保存")
	w.Click(".act a", "下一步")
	w.Click("button", "看看预览")
	w.See(".bub", "宿舍安全自查")
	keepViews(t, w, "story", "start-notice", pagetest.Phone())
	w.Click("button", "发到")
	w.See(".ban", "已发出：通知1到")
	w.Must(w.Navigate(admin))
	w.See(".t1", "还有12人没回")

	t.Log("somebody answers in the chat, and the page shows it by itself")
	wang := chrome.Open(t, chat+"#as=JS001&chat="+group, pagetest.Phone())
	wang.See(".msg.frombot .bubble", "宿舍安全自查")
	wang.Say("收到，已经排查完两栋")
	w.Front()
	w.See(".said", "已经排查完两栋")
	w.See(".t1", "还有11人没回")

	t.Log("a second notice takes a file along")
	file := filepath.Join(dir, "自查表.txt")
	w.Must(os.WriteFile(file, []byte("楼栋 问题"), 0o600))
	w.Must(w.Navigate(admin + "notices/new"))
	w.Type("#text", "请填好自查表")
	w.Click(".opts .opt", group)
	w.See("#kept", "今天.*已存")
	w.Must(w.Navigate(admin + "notices"))
	w.See(".ban", "有一份没发的：“请填好自查表”")
	keepViews(t, w, "story", "draft", pagetest.Phone())
	w.Click(".ban a", "接着写")
	w.See(".bub", "请填好自查表")
	keepViews(t, w, "story", "compose", pagetest.Phone())
	w.Click("button", "下一步")
	w.See(".bub", "请填好自查表")
	w.Must(w.See("#file", "").SetFiles([]string{file}))
	w.Click("button", "附上")
	w.See(".bub", "（附件：自查表.txt）")
	keepViews(t, w, "story", "file", pagetest.Phone())
	w.Click("button.p", "发出")
	w.See(".ban", "已发出：通知2到")
	wang.Front()
	wang.See(".msg.frombot", "自查表.txt")

	t.Log("sending is stopped and goes on")
	w.Must(w.Navigate(admin + "outbox"))
	w.Click("button", "暂停发送")
	w.See(".ban", "发送停着")
	keepViews(t, w, "story", "paused", pagetest.Phone())
	w.Click("button", "恢复发送")
	w.See(".ban", "已恢复发送")

	t.Log("who did it is in the log, and can be taken out once a reason is given")
	w.Must(w.Navigate(admin + "audit"))
	w.See("th", "发通知：通知1")
	w.See("th", "恢复发送")
	w.Must(w.Navigate(admin + "more"))
	w.Click("button", "退出登录")
	w.See("h1", "登录")
	w.Must(w.Navigate(admin + "audit"))
	w.See("h1", "登录")
	duban.end(t)
	view(t, dir+"/data", func(s *store.Snapshot) {
		if jobs := schedule.Listed(s); len(jobs) != 3 {
			t.Errorf("got %d reminders, want the 2 of config.yaml and the one of the page", len(jobs))
		}
		p, _ := roster.Find(s, door.People(s)[0])
		if p.Name != "周明远" || len(door.Sessions(s, p.ID)) != 0 {
			t.Errorf("got a password of %q with %d logins, want the admin's with none", p.Name, len(door.Sessions(s, p.ID)))
		}
	})
}
