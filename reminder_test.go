package main //nolint:testpackage // runs the whole program in a bubble

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A story is the whole program in a bubble of its own time, with a console
// account at its ends.
type story struct {
	t    *testing.T
	dir  string
	in   *io.PipeWriter
	stop context.CancelFunc
	done chan error

	mu  sync.Mutex
	out bytes.Buffer
}

func (s *story) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

// text returns what was said so far.
func (s *story) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// begin starts the program with a configuration.
func begin(t *testing.T, dir, config string) *story {
	t.Helper()
	s := &story{t: t, dir: dir, done: make(chan error, 1)}
	s.configure(config)
	r, w := io.Pipe()
	s.in = w
	ctx, stop := context.WithCancel(t.Context())
	s.stop = stop
	go func() {
		s.done <- run(ctx, []string{"run", "-config", filepath.Join(dir, "config.yaml")}, r, s, io.Discard)
	}()
	return s
}

// configure writes the configuration as an editor would, under the program's eyes.
func (s *story) configure(config string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, "config.yaml"), []byte(config), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// end stops the program.
func (s *story) end() {
	s.t.Helper()
	s.stop()
	s.in.Close()
	if err := <-s.done; err != nil {
		s.t.Errorf("the program ended with %v", err)
	}
}

// pass lets time pass.
func (*story) pass(d time.Duration) { <-time.After(d) }

// say lets somebody say a line and returns what the program says within ten
// seconds of it.
func (s *story) say(line string) string {
	s.t.Helper()
	before := len(s.text())
	if _, err := io.WriteString(s.in, line+"\n"); err != nil {
		s.t.Fatal(err)
	}
	s.pass(10 * time.Second)
	return s.text()[before:]
}

// during returns what the program says while d passes.
func (s *story) during(d time.Duration) string {
	before := len(s.text())
	s.pass(d)
	return s.text()[before:]
}

func (s *story) want(got string, parts ...string) {
	s.t.Helper()
	for _, part := range parts {
		if !strings.Contains(got, part) {
			s.t.Errorf("got %q, want %q in it", got, part)
		}
	}
}

func (s *story) wantNot(got, part string) {
	s.t.Helper()
	if strings.Contains(got, part) {
		s.t.Errorf("got %q, want no %q in it", got, part)
	}
}

const accountsOnly = "accounts: [{name: console, kind: console}]\nanswers: {per_minute: 100}\n"

func TestReminders(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, dir, accountsOnly+`jobs:
  - {id: soon, name: 演示, when: 1分钟后, groups: [学工工作群], text: 一分钟到了。}
  - {id: daily, name: 晨报, when: 每天10点, groups: [学工工作群], class: 需回执, text: 早上好。}
`)
		defer s.end()
		s.want(s.during(70*time.Second), "学工工作群 ← 【通知1】一分钟到了。")
		s.want(s.say("周明远: 提醒列表"), "晨报（daily）每天 10:00", "已结束")

		t.Log("one is added by phrase, and fires")
		s.want(s.say("周明远: 加提醒 每天11点 学工工作群：该喝水了。"), "预览（还没有保存）", "每天 11:00")
		s.want(s.say("周明远: 确认"), "已保存")
		morning := s.during(3*time.Hour - 2*time.Minute) // it was eight
		s.want(morning, "学工工作群 ← 【通知2】早上好。\\n收到请回复")
		if n := strings.Count(morning, "早上好"); n != 1 {
			t.Errorf("the morning's reminder was posted %d times", n)
		}
		s.want(s.during(5*time.Minute), "学工工作群 ← 【通知3】该喝水了。")

		t.Log("the file changes while the program runs")
		s.configure(accountsOnly + `jobs:
  - {id: daily, name: 晨报, when: 每天10点, groups: [学工工作群], text: 新的早上好。}
`)
		s.pass(5 * time.Second)
		s.want(s.during(24*time.Hour), "】新的早上好。", "】该喝水了。")

		t.Log("a broken file changes nothing, and the admins hear of it")
		s.configure(accountsOnly + "jobs:\n  - {id: daily, when: 每天25点, name: 晨报, groups: [学工工作群], text: 坏了。}\n")
		s.want(s.during(time.Minute), "周明远 ← config.yaml 有误，没有生效")
		s.want(s.during(24*time.Hour), "】新的早上好。")

		t.Log("a pause over a period, and the version before it")
		s.want(s.say("周明远: 停发提醒 晨报 1月4日到1月6日"), "停发")
		s.wantNot(s.during(24*time.Hour), "新的早上好")
		s.want(s.say("周明远: 恢复上一版 晨报"), "已恢复到上一版")
		s.want(s.during(24*time.Hour), "】新的早上好。")
		s.want(s.say("周明远: 谁改的 晨报"), "配置文件", "周明远")
	})
}

func TestReminders_afterAnOutage(t *testing.T) {
	dir := t.TempDir()
	const jobs = accountsOnly + "jobs:\n  - {id: daily, name: 晨报, when: 每天10点, groups: [学工工作群], text: 早上好。}\n"
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, dir, jobs)
		s.wantNot(s.during(time.Hour), "早上好")
		s.end()
		<-time.After(2 * time.Hour) // it is eleven
		s = begin(t, dir, jobs)
		s.want(s.during(time.Minute), "早上好。", "补发", "原定10:00")
		s.end()
		<-time.After(26 * time.Hour) // past ten of the next day, by three hours
		s = begin(t, dir, jobs)
		defer s.end()
		s.wantNot(s.during(time.Hour), "早上好")
	})
}
