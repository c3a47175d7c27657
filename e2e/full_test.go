package e2e_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"duban/app"
	"duban/config"
	"duban/store"
	"duban/store/enginetest"
)

// TestStory_nearlyFull: below the floor nothing new is begun, which people and admins
// are told; what people answer, what was set and the stop of all sending go on.
func TestStory_nearlyFull(t *testing.T) {
	t.Parallel()
	const refused = "磁盘快满了，这件事现在不能办"
	tell(t, t.TempDir(), accountsOnly+"jobs:\n  - {id: report, name: 播报, "+hourly+", text: 整点了。}\n", func(s *story) {
		s.want(s.say("周明远: 发通知 学工工作群：明天九点开会"), "预览")
		s.free.Store(100)
		s.want(s.during(15*time.Second), "周明远 ← 磁盘快满了，只剩100 MB。")
		s.want(s.say("周明远: 确认"), "周明远 ← "+refused)
		s.want(s.say("周明远: 加提醒 每天9点半 学工工作群：该喝水了。"), "周明远 ← "+refused)
		s.want(s.say("周明远: 导出 表格 事由 报学校"), "周明远 ← "+refused)
		s.want(s.say("周明远: 进度汇总 图片"), "周明远 ← "+refused)
		s.want(s.say("王雪晴: 第3条完成80%"), "3→80%")
		s.want(s.say("王雪晴: /图片 第3条完成90%"), "已附到第3条的填报")
		s.want(s.say("周明远: 进度汇总"), "推进中1")
		s.want(s.say("周明远: 暂停发送"), "已暂停发送")
		s.want(s.say("周明远: 恢复发送"), "已恢复发送")
		hour := s.during(time.Hour)
		s.want(hour, "整点了。")
		s.wantNot(hour, "磁盘")
		s.free.Store(210) // a little more than the floor: not yet
		s.wantNot(s.during(time.Minute), "磁盘")
		s.free.Store(300)
		s.want(s.during(15*time.Second), "周明远 ← 磁盘有空间了")
		s.want(s.say("周明远: 发通知 学工工作群：明天九点开会"), "预览")
		s.want(s.say("周明远: 确认"), "已发出：通知2到学工工作群")
	})
}

// A crowded engine finds no room for its commits from the n-th to the last.
type crowded struct {
	store.Engine
	n, first, last int64
}

func (c *crowded) Update(ctx context.Context, fn func(store.Writer) error) error {
	if n := atomic.AddInt64(&c.n, 1); n >= c.first && n <= c.last {
		return store.ErrFull
	}
	return c.Engine.Update(ctx, fn)
}

// TestServe_fullAtEveryCommit tells one short day with a disk that is full at its
// n-th commit and the five after it, for every n: the program goes on, and what is
// said and kept in the end is the same.
func TestServe_fullAtEveryCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	conf, err := config.Parse(filepath.Join(dir, "config.yaml"), []byte("quiet_hours: \"\"\n"+accountsOnly))
	if err != nil {
		t.Fatal(err)
	}
	conf.Data, conf.Backup.Every = filepath.Join(dir, "data"), 0
	day := func(first int64) (said string, commits int64) {
		synctest.Test(t, func(t *testing.T) {
			e := &crowded{Engine: enginetest.New(t), first: first, last: first + 5}
			in, say := io.Pipe()
			var out strings.Builder
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				ended <- app.Run(ctx, conf, app.Options{Log: slog.New(slog.DiscardHandler), In: in, Out: &out, Outside: app.Outside{
					Engine: func(string) (store.Engine, error) { return e, nil },
				}})
			}()
			for _, line := range []string{"王雪晴: 第3条完成80%", "刘畅: 第5条办结", "周明远: 进度汇总", "王雪晴: 第3条改成90%"} {
				_, _ = io.WriteString(say, line+"\n")
				<-time.After(3 * time.Minute)
			}
			stop()
			_ = say.Close()
			if err := <-ended; err != nil {
				t.Errorf("full at commit %d: the program ended with %v, want it to go on", first, err)
			}
			said, commits = out.String(), atomic.LoadInt64(&e.n)
		})
		return said, commits
	}
	want, commits := day(1 << 40)
	if strings.Count(want, "\n") < 4 {
		t.Fatalf("got %q of the day without a fault", want)
	}
	tried := 0
	for first := int64(2); first <= commits && first <= 60; first++ { // the first makes the store
		got, _ := day(first)
		got = without(got, "磁盘")
		if answers(got) != answers(want) {
			t.Errorf("full at commit %d: got\n%s\nwant\n%s", first, got, want)
		}
		tried++
	}
	t.Logf("full at each of %d commits of %d", tried, commits)
}

// without leaves out the lines in which a word stands.
func without(text, word string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, word) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// answers are the answers of a day, without the moments in them and the marks of
// texts that may have come twice.
func answers(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		who, what, _ := strings.Cut(line, " ← ")
		what, _, _ = strings.Cut(strings.TrimPrefix(what, "【可能重复】"), "（")
		fmt.Fprintf(&b, "%s: %.60s\n", who, strings.TrimSpace(what))
	}
	return b.String()
}
