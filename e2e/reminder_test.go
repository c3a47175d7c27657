package e2e_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"duban/cli"
)

// A story is the whole program in a bubble of its own time, with a console
// account at its ends.
type story struct {
	*testing.T
	dir  string
	in   *io.PipeWriter
	stop context.CancelFunc
	done chan error
	line *line
	free atomic.Int64 // megabytes on the disk

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

// tell tells a story of the program with a configuration, in a bubble.
func tell(t *testing.T, dir, config string, what func(*story)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, dir, config)
		defer s.end()
		what(s)
	})
}

func begin(t *testing.T, dir, config string) *story {
	t.Helper()
	s := &story{T: t, dir: dir}
	s.free.Store(50 << 10)
	s.start(config)
	return s
}

// start starts the program with a configuration.
func (s *story) start(config string) {
	s.Helper()
	s.configure(config)
	done := make(chan error, 1)
	s.done, s.line = done, newLine()
	outside := s.line.outside()
	outside.Space = func(string) (free, total uint64, known bool) { return uint64(s.free.Load()) << 20, 100 << 30, true }
	r, w := io.Pipe()
	s.in = w
	ctx, stop := context.WithCancel(s.Context())
	s.stop = stop
	go func() {
		err := cli.Run(ctx, []string{"run", "-config", filepath.Join(s.dir, "config.yaml")}, cli.Env{In: r, Out: s, Err: io.Discard, Outside: outside})
		r.CloseWithError(fmt.Errorf("the program has ended: %w", cmp.Or(err, io.EOF)))
		done <- err
		close(done)
	}()
}

// restart stops the program and starts it some time after.
func (s *story) restart(after time.Duration, config string) {
	s.Helper()
	s.end()
	s.pass(after)
	s.start(config)
}

// configure writes the configuration as an editor would, under the program's eyes. In a
// bubble nobody listens on an address.
func (s *story) configure(config string) {
	write(s, s.dir, "config.yaml", "web: {listen: \"\"}\n"+config)
}

// end stops the program.
func (s *story) end() {
	s.Helper()
	s.stop()
	_ = s.in.Close()
	if err := <-s.done; err != nil {
		s.Errorf("the program ended with %v", err)
	}
}

// pass lets time pass.
func (*story) pass(d time.Duration) { <-time.After(d) }

// say lets somebody say a line and returns what the program says within ten
// seconds of it.
func (s *story) say(line string) string {
	s.Helper()
	before := len(s.text())
	if _, err := io.WriteString(s.in, line+"\n"); err != nil {
		s.Fatal(err)
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
	s.Helper()
	for _, part := range parts {
		if !strings.Contains(got, part) {
			s.Errorf("got %q, want %q in it", got, part)
		}
	}
}

func (s *story) wantNot(got, part string) {
	s.Helper()
	if strings.Contains(got, part) {
		s.Errorf("got %q, want no %q in it", got, part)
	}
}

const accountsOnly = "accounts: [{name: console, kind: console}]\nanswers: {per_minute: 100}\n"

// hourly fires at each full hour of the day. In the bubble it is eight in the
// morning of Saturday, the first of January 2000.
const hourly = "when: 每天8点到21点每小时, groups: [学工工作群]"

func TestReminders(t *testing.T) {
	t.Parallel()
	tell(t, t.TempDir(), accountsOnly+`jobs:
  - {id: soon, name: 演示, when: 1分钟后, groups: [学工工作群], text: 一分钟到了。}
  - {id: report, name: 播报, `+hourly+`, class: 需回执, text: 整点了。}
`, func(s *story) {
		s.want(s.during(70*time.Second), "学工工作群 ← 【通知1】一分钟到了。")
		s.want(s.say("周明远: 提醒列表"), "播报（report）每天", "已结束")

		s.Log("one is added by phrase, and fires")
		s.want(s.say("周明远: 加提醒 每天9点半 学工工作群：该喝水了。"), "预览（还没有保存）", "每天 09:30")
		s.want(s.say("周明远: 确认"), "已保存")
		nine := s.during(time.Hour)
		s.want(nine, "学工工作群 ← 【通知2】整点了。\\n收到请回复")
		if n := strings.Count(nine, "整点了"); n != 1 {
			s.Errorf("one hour's reminder was posted %d times", n)
		}
		s.want(s.during(30*time.Minute), "学工工作群 ← 【通知3】该喝水了。")

		s.Log("the file changes while the program runs")
		s.configure(accountsOnly + "jobs:\n  - {id: report, name: 播报, " + hourly + ", text: 又一小时。}\n")
		s.want(s.during(time.Hour), "】又一小时。")

		s.Log("a broken file changes nothing, and the admins hear of it")
		s.configure(accountsOnly + "jobs:\n  - {id: report, name: 播报, when: 每天25点, groups: [学工工作群], text: 坏了。}\n")
		s.want(s.during(time.Minute), "周明远 ← config.yaml 有误，没有生效")
		s.want(s.during(time.Hour), "】又一小时。")

		s.Log("a pause over a period, and the version before it")
		s.want(s.say("周明远: 停发提醒 播报 1月1日到1月6日"), "停发")
		s.wantNot(s.during(2*time.Hour), "又一小时")
		s.want(s.say("周明远: 恢复上一版 播报"), "已恢复到上一版")
		s.want(s.during(time.Hour), "】又一小时。")
		s.want(s.say("周明远: 谁改的 播报"), "配置文件", "周明远")
	})
}

func TestReminders_afterAnOutage(t *testing.T) {
	t.Parallel()
	const jobs = accountsOnly + "jobs:\n  - {id: daily, name: 晨报, when: 每天10点, groups: [学工工作群], text: 早上好。}\n"
	tell(t, t.TempDir(), jobs, func(s *story) {
		s.wantNot(s.during(time.Hour), "早上好")
		s.restart(2*time.Hour, jobs) // it is eleven
		s.want(s.during(time.Minute), "早上好。", "补发", "原定10:00")
		s.restart(26*time.Hour, jobs) // past ten of the next day, by three hours
		s.wantNot(s.during(time.Hour), "早上好")
	})
}

func TestReminders_followTheCalendar(t *testing.T) {
	t.Parallel()
	const jobs = "jobs:\n  - {id: work, name: 上班, " + hourly + ", days: 法定工作日, text: 上班了。}\n"
	tell(t, t.TempDir(), accountsOnly+jobs, func(s *story) {
		s.wantNot(s.during(2*time.Hour), "上班了") // Saturday
		s.want(s.say("周明远: 日历 2000-01-01 班 补课 学校通知1号"), "已记入日历", "上班，增加：1月1日")
		s.want(s.during(time.Hour), "上班了")
		s.want(s.say("周明远: 日历"), "2000-01-01 班 补课（学校通知1号）")
		s.want(s.say("周明远: 日历 2000-13-01 休 校庆 依据"), "请这样写")
		s.want(s.say("刘畅: 日历 2000-01-05 休 校庆 依据"), "管理员")
		s.want(s.say("周明远: 删除日历 2000-01-01"), "已从日历删除", "上班，不再发：1月1日")
		s.wantNot(s.during(time.Hour), "上班了")
		s.configure(accountsOnly + "calendar: {days: [{day: 2000-01-08, kind: 班, name: 补课, source: 校历}]}\n" + jobs)
		s.want(s.during(time.Minute), "上班，增加：1月8日")
	})
}
