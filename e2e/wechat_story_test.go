package e2e_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/app"
	"duban/bot/wechat/webwxtest"
	"duban/config"
	"duban/outbox"
)

// A campus is the office's group and people on a fake of WeChat, with the whole
// program logged in there.
type campus struct {
	record
	dir  string
	logs *bytes.Buffer
	read int // how much of what was sent has been looked at
	stop func()
}

// The people of the campus: the sample roster's, with their remarks on the bot's
// phone. Who is called "guest" is on nobody's list.
func newCampus(t *testing.T, hold time.Duration) *campus {
	t.Helper()
	wx := webwxtest.New(webwxtest.Options{Hold: hold})
	wx.SetAccount(3141592653, "学工小助手")
	for id, nick := range map[string]string{
		"XG001": "周主任", "JS001": "陈老师", "JS002": "晴天", "JS003": "畅", "WY001": "静怡", "JX003": "思敏",
	} {
		wx.AddFriend(webwxtest.Friend{ID: id, Nick: nick, Remark: nick + "#" + id})
	}
	wx.AddGroup(webwxtest.Group{ID: "g", Name: "学工工作群", Saved: true, Members: []webwxtest.Member{
		{ID: "XG001"}, {ID: "JS001"}, {ID: "JS002"}, {ID: "JS003"}, {ID: "WY001"}, {ID: "JX003"}, {ID: "guest", Nick: "路人"},
	}})
	return &campus{
		record: record{t: t, wx: wx, account: "wechat", people: reporters(), names: map[string]string{"学工工作群": "g"}},
		dir:    t.TempDir(), logs: &bytes.Buffer{},
	}
}

// campusConfig is the configuration of a program on WeChat that need not spare
// its account.
func campusConfig(dir string) config.Config {
	c := config.Defaults()
	c.Data, c.QuietHours, c.Answers.PerMinute = dir, "", 1<<20
	c.Limits, c.Caps = outbox.Jobs{Gap: time.Minute}, config.Caps{GroupPerDay: 1 << 20, Stop: 1 << 20, Usual: 1 << 20}
	c.Path = filepath.Join(dir, "config.yaml")
	c.Accounts = []config.Account{{Name: "wechat", Kind: "wechat", Pace: config.Pace{
		PerMinute: 60000, Burst: 1000, Gap: 1, ChatGap: 1, PrivateGap: 1, Jitter: 0.01, PerDay: 1 << 20, PerHour: 1 << 20,
	}}}
	return c
}

// start runs the program until stop is called.
func (c *campus) start() {
	c.t.Helper()
	log := slog.New(slog.NewTextHandler(c.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c.stop = sync.OnceFunc(serve(c.t, campusConfig(c.dir), log, app.Outside{Transport: c.wx.Transport()}))
	c.t.Cleanup(c.stop)
}

const slowMachine = 30 * time.Second

// online waits until the program is logged in.
func (c *campus) online() {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), slowMachine)
	defer cancel()
	if err := c.wx.Await(ctx, func(s webwxtest.State) bool { return s.Login == webwxtest.StateOnline }); err != nil {
		c.t.Fatalf("the program did not log in: %v\n%s", err, c.logs)
	}
}

// shows waits until something that was sent to an id after what was looked at
// before has all the parts, and returns it.
func (c *campus) shows(to string, parts ...string) webwxtest.Sent {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), slowMachine)
	defer cancel()
	for {
		all := c.wx.Sent()
		for i := c.read; i < len(all); i++ {
			if all[i].To == to && holdsAll(all[i].Text+all[i].FileName, parts) {
				c.read = i + 1
				return all[i]
			}
		}
		if _, err := c.wx.AwaitSent(ctx, len(all)+1); err != nil {
			c.t.Fatalf("%s was never sent %q; since then: %s", to, parts, sentTexts(all[c.read:]))
		}
	}
}

func holdsAll(text string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}

func sentTexts(all []webwxtest.Sent) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString("\n" + s.To + " ← " + s.Text + s.FileName)
	}
	return b.String()
}

// tell lets a person write to the bot alone; says, in the group.
func (c *campus) tell(person, text string) string {
	return c.wx.Push(webwxtest.Text(person, webwxtest.Self, text))
}

func (c *campus) says(person, text string) string {
	return c.wx.Push(webwxtest.GroupText("g", person, text))
}

// bindGroup lets the admin say which group of the roster the group is.
func (c *campus) bindGroup() {
	c.t.Helper()
	c.says("XG001", c.wx.Mention("g", webwxtest.Self)+"绑定群 学工工作群")
	c.shows("XG001", "群里现有8人")
	c.tell("XG001", "确认")
	c.shows("XG001", "学工工作群")
}

// photo is a picture as a phone takes it.
func photo(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		img.Set(i%40, i/40, color.RGBA{uint8(i), uint8(i / 7), 90, 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestWeChat_story is a day of an office on WeChat, through everything that
// `duban run` wires and the real openwechat.
func TestWeChat_story(t *testing.T) {
	t.Parallel()
	c := newCampus(t, 200*time.Millisecond)
	c.start()
	if err := c.wx.Await(t.Context(), func(s webwxtest.State) bool { return s.Login == webwxtest.StateCode }); err != nil {
		t.Fatal(err)
	}
	for _, step := range []func() error{c.wx.Scan, c.wx.Confirm} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	c.online()

	at := c.wx.Mention("g", webwxtest.Self)
	c.bindGroup()
	c.says("JS002", at+"第3条")
	c.shows("g", "3.")

	c.tell("XG001", "发通知 需回执 学工工作群：请核对离校名单，收到请回复")
	c.shows("XG001", "预览", "请核对离校名单")
	c.tell("XG001", "确认")
	posted := c.shows("g", "【通知1】请核对离校名单")

	c.says("JS002", "收到")
	c.says("JS003", webwxtest.Quoted("学工小助手", posted.Text, "已核对，收到"))
	c.says("WY001", "#接龙\n1. 孙静怡 收到\n2. 李思敏 收到")
	c.wx.Push(webwxtest.GroupText("g", "JS001", "收到，陈老师"))
	c.says("guest", "中午吃什么")
	c.counts("应回12，已回5")

	c.tell("JS002", "第3条完成80%")
	c.shows("JS002", "3→80%")
	mistake := c.tell("JS002", "第4条完成50%")
	c.shows("JS002", "4→50%")
	c.wx.Recall(mistake)
	c.tell("JS002", "第4条")
	c.shows("JS002", "第4条", "状态：还没有人填报")

	c.tell("JS002", "第3条完成85%")
	c.shows("JS002", "85%")
	c.wx.Push(webwxtest.Picture("JS002", webwxtest.Self, photo(t)))
	c.shows("JS002", "已附到第3条")

	c.tell("XG001", "进度汇总 图片")
	if pic := c.shows("XG001", ".png"); pic.Kind != webwxtest.SentImage || !bytes.HasPrefix(pic.Bytes, []byte("\x89PNG")) {
		t.Errorf("the summary came as %v of %d bytes, want a PNG", pic.Kind, len(pic.Bytes))
	}

	c.kickedOutAndBack()
	c.keptQuiet()
}

// counts asks until the notice is answered by as many as it should.
func (c *campus) counts(want string) {
	c.t.Helper()
	for range 50 {
		c.tell("XG001", "还有谁没回复通知1")
		if s := c.shows("XG001", "通知1：应回"); strings.Contains(s.Text, want) {
			return
		}
	}
	c.t.Fatalf("nobody said %q; sent: %s", want, sentTexts(c.wx.Sent()))
}

// kickedOutAndBack logs the account in elsewhere, lets people speak meanwhile,
// and sees that what they said counts when the account is back.
func (c *campus) kickedOutAndBack() {
	c.t.Helper()
	c.stop()
	c.tell("JX003", "通知1收到")
	c.start()
	c.online()
	c.shows("JX003", "通知1")
	c.wx.LoginElsewhere()
	c.tell("JS003", "第5条完成30%")
	c.wx.AutoLogin(true)
	c.shows("JS003", "5→30%")
}

// keptQuiet sees that the log holds nothing that people said or are called.
func (c *campus) keptQuiet() {
	c.t.Helper()
	c.stop()
	for _, secret := range []string{"离校名单", "晴天", "中午吃什么", "3141592653"} {
		if strings.Contains(c.logs.String(), secret) {
			c.t.Errorf("the log says %q", secret)
		}
	}
}
