package e2e_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"duban/app"
	"duban/bot"
	"duban/bot/wechat/webwxtest"
	"duban/config"
)

const wechatConfig = `
name: 学工小助手
quiet_hours: ""
roster: ""
accounts:
  - {name: wechat, kind: wechat}
  - {name: pager, kind: ntfy, url: {env: DUBAN_NO_SUCH}}
jobs:
  - {id: daily, name: 每日, when: 每天10:00, groups: [学工工作群], class: 普通, text: 今天也请注意安全。}
`

// A pager keeps the alarms that it gets.
type pager struct {
	mu    sync.Mutex
	texts []string
	times []time.Time
}

func (*pager) Name() string { return "pager" }

func (*pager) Run(ctx context.Context, _ func(context.Context, []bot.Message) error) error {
	<-ctx.Done()
	return nil
}

func (p *pager) Send(_ context.Context, _ string, m bot.Outgoing) (bot.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts, p.times = append(p.texts, m.Text), append(p.times, time.Now())
	return bot.Receipt{ID: "1"}, nil
}

// got returns the alarms since the last time, and when the first came.
func (p *pager) got() (texts []string, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	texts = p.texts
	if len(p.times) > 0 {
		at = p.times[0]
	}
	p.texts, p.times = nil, nil
	return texts, at
}

// A wechatStory is the whole program on the campus, in a bubble, with somebody in its
// group who is known by the card there and somebody who is not.
type wechatStory struct {
	*campus
	pager *pager
}

func beginWeChat(t *testing.T) *wechatStory {
	t.Helper()
	s := &wechatStory{newCampus(t, 20*time.Second), &pager{}}
	s.wx.AddMember("g", webwxtest.Member{ID: "liu", Nick: "畅", Card: "计算机学院-刘畅"})
	s.wx.AddMember("g", webwxtest.Member{ID: "zhao", Nick: "小赵"})
	s.wx.AutoLogin(true)
	c, err := config.Parse(filepath.Join(s.dir, "config.yaml"), []byte(wechatConfig))
	if err != nil {
		t.Fatal(err)
	}
	x := app.Outside{Transport: s.wx.Transport(), Account: func(c config.Account, open func() (bot.Account, error)) (bot.Account, error) {
		if c.Name == "pager" {
			return s.pager, nil
		}
		return open()
	}}
	t.Cleanup(serve(t, c, slog.New(slog.DiscardHandler), x))
	s.pass(time.Minute)
	return s
}

func (*wechatStory) pass(d time.Duration) { <-time.After(d); synctest.Wait() }

// say lets somebody write in the group, or in private if group is false, and
// returns what was sent to whom within a minute and a half.
func (s *wechatStory) say(who string, group bool, text string) []string {
	s.t.Helper()
	if group {
		s.says(who, text)
	} else {
		s.tell(who, text)
	}
	s.pass(90 * time.Second)
	return s.sent()
}

func (s *wechatStory) sent() (sent []string) {
	all := s.wx.Sent()
	for _, m := range all[s.read:] {
		if m.To != webwxtest.Self && m.To != webwxtest.FileHelper {
			sent = append(sent, m.To+": "+m.Text)
		}
	}
	s.read = len(all)
	return sent
}

// want fails the test unless exactly one text was sent, to somebody, with words.
func (s *wechatStory) want(sent []string, to string, words ...string) {
	s.t.Helper()
	n := 0
	for _, text := range sent {
		if strings.HasPrefix(text, to+": ") && holdsAll(text, words) {
			n++
		}
	}
	if n != 1 {
		s.t.Errorf("sent %q, want one text to %s with %q", sent, to, words)
	}
}

// TestStory_wechatLost tells a day of an office on WeChat: a group is bound, a notice
// answered by people who are known in three ways, and the account is lost and
// comes back with other ids.
func TestStory_wechatLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := beginWeChat(t)
		s.want(s.say("XG001", true, "@学工小助手\u2005绑定群 学工工作群"), "XG001", "将发到群“学工工作群”：群里现有10人", "回复“确认”")
		s.want(s.say("XG001", false, "确认"), "XG001", "已绑定")
		s.want(s.say("XG001", false, "发通知 需回执 学工工作群：明天开会，请准时。"), "XG001", "预览（还没有发出）")
		posted := s.say("XG001", false, "确认")
		s.want(posted, "g", "【通知1】", "明天开会")
		for _, who := range []string{"JS002", "liu"} {
			if got := s.say(who, true, "收到"); len(got) != 0 {
				t.Errorf("%s said 收到, and %q was sent, want nothing", who, got)
			}
		}
		s.want(s.say("zhao", true, "收到"), "XG001", "没有认出是谁")
		s.want(s.say("XG001", false, "待认领"), "XG001", "1. 群“学工工作群”", "：收到")
		s.want(s.say("XG001", false, "认领 1 赵文博"), "XG001", "留着的1条里有1条已补记")
		s.want(s.say("XG001", false, "还有谁没回复"), "XG001", "已回3")
		s.pager.got() // that somebody could not be told, perhaps
		s.lost()
	})
}

// lost logs the account out from elsewhere, before the daily reminder, and in again
// after it.
func (s *wechatStory) lost() {
	s.t.Helper()
	s.wx.AutoLogin(false)
	gone := time.Now()
	s.wx.LoginElsewhere()
	s.pass(2*time.Hour + 30*time.Minute)
	texts, at := s.pager.got()
	if len(texts) == 0 || !strings.Contains(texts[0], "等待扫码") {
		s.t.Fatalf("alarms %q, want that somebody must scan", texts)
	}
	if after := at.Sub(gone); after > time.Minute {
		s.t.Errorf("the alarm came after %v, want a minute at most", after)
	}
	if len(texts) > 4 {
		s.t.Errorf("%d alarms in two hours and a half, want no flood: %q", len(texts), texts)
	}
	if sent := s.sent(); len(sent) != 0 {
		s.t.Errorf("while it was out %q was sent", sent)
	}
	s.wx.AutoLogin(true)
	s.pass(5 * time.Minute)
	sent := s.sent()
	s.want(sent, "g", "今天也请注意安全")
	s.want(sent, "XG001", "恢复在线")
	if texts, _ := s.pager.got(); len(texts) != 1 || !strings.Contains(texts[0], "恢复在线") {
		s.t.Errorf("alarms %q, want that it is back", texts)
	}
	for _, text := range sent {
		if !strings.HasPrefix(text, "g: ") && !strings.HasPrefix(text, "XG001: ") {
			s.t.Errorf("sent %q, want nothing for anybody else", text)
		}
	}
}
