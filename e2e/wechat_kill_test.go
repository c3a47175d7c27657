package e2e_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"duban/app"
	"duban/bot/bottest"
	"duban/bot/wechat/webwxtest"
	"duban/store"
)

// What the child on WeChat is told through its environment.
const (
	wechatVar    = "KILLTEST_WECHAT"     // the address of the fake
	wechatDirVar = "KILLTEST_WECHAT_DIR" // its folder
)

// through leads requests to the real hosts to the fake, in whose process they
// live on.
type through struct{ address string }

func (t through) RoundTrip(req *http.Request) (*http.Response, error) {
	r := req.Clone(req.Context())
	r.URL.Path, r.URL.RawPath = "/@"+req.URL.Host+req.URL.Path, ""
	r.URL.Scheme, r.URL.Host, r.Host = "http", t.address, t.address
	return http.DefaultTransport.RoundTrip(r)
}

// wechatChild is the whole program with the real openwechat, against a fake in
// another process. It ends when its input does.
func wechatChild(address string) error {
	ctx, stop := bottest.Life()
	defer stop()
	c := campusConfig(os.Getenv(wechatDirVar))
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return app.Run(ctx, c, app.Options{Log: log, In: os.Stdin, Out: io.Discard, Outside: app.Outside{Transport: through{address}}})
}

// An asylum is a campus whose program is killed.
type asylum struct {
	*campus
	rnd     *rand.Rand
	address string
	notices int
	before  int // how often the programs before this one had asked for messages
}

func reporters() []string { return []string{"JS001", "JS002", "JS003", "WY001", "JX003"} }

func newAsylum(t *testing.T) *asylum {
	t.Helper()
	c := newCampus(t, 200*time.Millisecond)
	c.wx.AutoLogin(true)
	server := httptest.NewServer(c.wx.Handler())
	t.Cleanup(server.Close)
	return &asylum{campus: c, rnd: bottest.Rand(t), address: strings.TrimPrefix(server.URL, "http://")}
}

func (a *asylum) env() []string {
	return []string{wechatVar + "=" + a.address, wechatDirVar + "=" + a.dir}
}

// live runs the program until lasts returns, and stops it in good order.
func (a *asylum) live(lasts func()) *os.ProcessState {
	a.t.Helper()
	p := spawn(a.t)
	p.Env = append(os.Environ(), a.env()...)
	in, err := p.StdinPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	defer in.Close()
	a.before = a.wx.Requests()["synccheck"]
	if err := p.Start(); err != nil {
		a.t.Fatal(err)
	}
	lasts()
	p.end(a.t)
	return p.ProcessState
}

// hears waits until the program that was just started asks for messages.
func (a *asylum) hears(ctx context.Context) error {
	for a.wx.Requests()["synccheck"] <= a.before {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

// bind lets a first life make the group known.
func (a *asylum) bind() {
	a.t.Helper()
	a.live(func() {
		if err := a.hears(a.t.Context()); err != nil {
			a.t.Error(err)
		}
		a.bindGroup()
	})
}

// talk lets people say a few things, and the network be as it is: somebody takes
// somebody else's name, the session is replaced.
func (a *asylum) talk(life int) {
	a.before = a.wx.Requests()["synccheck"]
	for range 3 {
		a.report("")
	}
	switch {
	case life%10 == 3:
		a.notices++
		a.tell("XG001", fmt.Sprintf("发通知 需回执 学工工作群：请检查第%d号楼，收到请回复", a.notices))
		a.tell("XG001", "确认")
	case life%10 == 5:
		a.wx.LoginElsewhere() // the next login has other names for everybody
	case life%10 == 7:
		a.wx.RenameFriend(reporters()[a.rnd.IntN(5)], "周主任")
	case life%20 == 9:
		a.wx.LogoutFromPhone()
	}
}

// report lets somebody report to the bot, alone or in the group.
func (a *asylum) report(group string) {
	s := &saying{person: reporters()[a.rnd.IntN(5)], act: saysReport}
	text := fmt.Sprintf("第%d条完成%d%%", 1+a.rnd.IntN(30), 1+a.rnd.IntN(98))
	if s.chat = cmp.Or(group, s.person); group != "" {
		s.id = a.says(s.person, a.wx.Mention(group, webwxtest.Self)+text)
	} else {
		s.id = a.tell(s.person, text)
	}
	a.said = append(a.said, s)
}

// judge holds the store against what was said and what the fake delivered.
func (a *asylum) judge() {
	v := &dayVerdict{never: map[string]int{}}
	view(a.t, a.dir, func(sn *store.Snapshot) {
		if posted := len(everyNotice(sn)); posted != a.notices {
			a.t.Errorf("%d notices were posted, want %d", posted, a.notices)
		}
		a.judgeInbound(sn, v)
		a.judgeOutbound(sn, v)
	})
	v.print(a.t)
	if v.lost+v.aside+v.second+v.elsewhere+v.unsent()+v.unmarked+v.wrong+v.strange > 0 {
		a.t.Errorf("%+v", v)
	}
}

// TestWeChat_kills kills the whole program on WeChat at random moments: rows A1,
// A2, C1, C2, C6 and C10, with new names for everybody after some of the kills.
func TestWeChat_kills(t *testing.T) {
	t.Parallel()
	a := newAsylum(t)
	a.bind()
	ends, err := bottest.KillLoop{
		Lives: lives(t, 24, 6), Longest: 400 * time.Millisecond, Rand: a.rnd, Signal: os.Kill, Env: a.env(),
		Before: a.talk, Started: a.hears, Settled: a.settles,
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("faults tried  kill -9: %d in %.0f s", ends.Lives, ends.Took.Seconds())
	a.judge()
}

// settles waits until everything that was said has arrived and nothing more is
// sent.
func (a *asylum) settles(ctx context.Context) error {
	a.before = a.wx.Requests()["synccheck"]
	err := a.hears(ctx)
	for n := -1; n != len(a.wx.Sent()) && ctx.Err() == nil; {
		n = len(a.wx.Sent())
		quiet, stop := context.WithTimeout(ctx, 4*time.Second)
		_, _ = a.wx.AwaitSent(quiet, n+1)
		stop()
	}
	return err
}
