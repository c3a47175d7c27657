package report_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"duban/progress"
	"duban/report"
	"duban/store"
)

// busy is an office in which something was said about most measures.
func busy(t *testing.T) *office {
	o := newOffice(t, samplePlan, staff()...)
	o.says("C3", "1", 3, progress.Update{Percent: new(60), Status: progress.Doing, Note: "名单在 http://evil.example.com/a 请看"})
	o.says("C4", "1", 1, progress.Update{Percent: new(80), Status: progress.Doing, Note: "还差一次抽查"})
	o.says("C1", "3", 2, progress.Update{Percent: new(50), Status: progress.Doing})
	o.says("C1", "4", 2, progress.Update{Status: progress.Blocked, Note: "等经费"})
	o.says("C3", "5", 0, progress.Update{Percent: new(100), Status: progress.Finished})
	return o
}

func TestGather_summary(t *testing.T) {
	o := busy(t)
	want := `进度汇总（截至11月23日 12:00）共6条：办结1，推进中2，受阻1，未填报2
红1 黄1 蓝1（红：已过完成时限，还没有办结；黄：受阻，或离时限不到30天进度不足一半，或超过30天没有新进展；蓝：7天内到完成时限）
一、学风建设：推进中2，未填报1
　1 80%、2 —【红】、3 50%【蓝】
二、安全稳定：办结1，受阻1，未填报1
　4 受阻【黄】、5 办结、6 —`
	if got := o.say(report.Order{Kind: report.Progress}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestGather_view(t *testing.T) {
	o := busy(t)
	for name, c := range map[string]struct {
		order report.Order
		want  string
	}{
		"of a college holds what it owns and what its people said": {
			report.Order{Kind: report.Progress, College: "机械工程学院"},
			`机械工程学院 进度汇总（截至11月23日 12:00）共2条：推进中1，受阻1
黄1 蓝1（` + rule + `）
第3条 开展诚信教育：50%（11月21日）【蓝】｜时限：11月28日前
第4条 开展宿舍消防检查：受阻，等经费（11月21日）【黄】｜责任：机械工程学院`,
		},
		"of a person holds their own words, with links that cannot be tapped": {
			report.Order{Kind: report.Progress, Person: "C3"},
			`王雪晴 进度汇总（截至11月23日 12:00）共2条：办结1，推进中1
第1条 抓好课堂考勤：60%，名单在 【链接 evil[.]example[.]com】 请看（11月20日）｜责任：学工处
第5条 深化反诈宣传：办结（11月23日）`,
		},
		"of one of two of a name says which": {
			report.Order{Kind: report.Progress, Person: "C2"},
			`张伟（计算机学院） 进度汇总（截至11月23日 12:00）：没有写明由其负责的措施，也没有填报。`,
		},
	} {
		if got := o.say(c.order); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
	err := o.View(t.Context(), func(s *store.Snapshot) error {
		_, err := report.Gather(s, report.Order{Kind: report.Progress, Person: "nobody"})
		return err
	})
	if !errors.Is(err, report.ErrNobody) {
		t.Errorf("got error %v for somebody who is not on the roster, want ErrNobody", err)
	}
}

const rule = "红：已过完成时限，还没有办结；黄：受阻，或离时限不到30天进度不足一半，或超过30天没有新进展；蓝：7天内到完成时限"

func TestGather_stale(t *testing.T) {
	o := busy(t)
	if got, want := o.say(report.Order{Kind: report.Stale}), "30天未更新的措施（截至11月23日 12:00）：没有。"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	o.turn(noon().AddDate(0, 0, 29)) // 30 days after what was said of 1, 31 after that of 3 and 4
	got := o.say(report.Order{Kind: report.Stale})
	for _, want := range []string{"共4条", "第2条", "第3条 开展诚信教育：50%（11月21日）", "第4条", "第6条 抓好防溺水教育：还没有人填报"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
	for _, no := range []string{"第1条", "第5条"} { // 30 days ago, and finished
		if strings.Contains(got, no) {
			t.Errorf("got\n%s\nwant no %q in it", got, no)
		}
	}
}

func TestGather_withoutPlan(t *testing.T) {
	o := newOffice(t, "", staff()...)
	if got := o.say(report.Order{Kind: report.Progress}); !strings.Contains(got, "还没有导入工作要点") {
		t.Errorf("got %q, want to be told that there is no plan", got)
	}
}

func TestGather_away(t *testing.T) {
	o := busy(t)
	state := func(account, log string, at time.Time, word string) {
		o.turn(at)
		o.Change(func(tx *store.Tx) {
			tx.Audit(store.Audit{Account: log, Action: "ack", Object: report.AccountState})
			tx.Audit(store.Audit{Account: log, Source: store.Clock, Action: report.AccountState, Object: account, Result: word})
		})
	}
	day := noon().AddDate(0, 0, -3)
	for _, c := range []struct {
		after time.Duration
		word  string
	}{
		{-240 * time.Hour, "offline"}, // before the time of the report
		{-216 * time.Hour, "online"},
		{0, "offline"},
		{time.Second, "scanning"},
		{2 * time.Hour, "suspect"}, // it hears
		{150 * time.Minute, "online"},
		{3 * time.Hour, "deaf"},
		{3*time.Hour + time.Minute, "online"}, // too short to speak of
	} {
		state("wx", "wx", day.Add(c.after), c.word)
	}
	state("other", "", noon().Add(-4*time.Hour), "deaf") // in the office's log
	state("wx", "wx", noon().Add(-3*time.Hour), "online")
	o.turn(noon().Add(-time.Hour))
	o.Change(func(tx *store.Tx) { report.PutAbsence(tx, noon().Add(-150*time.Minute)) })
	o.turn(noon())
	want := "机器人曾离线：11月20日 12:00至14:00，11月23日 08:00至现在，11月23日 09:30至11:00，期间的回复可能没有收到。"
	if got := o.say(report.Order{Kind: report.Progress}); !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant %q in it", got, want)
	}
	since := report.Order{Kind: report.Progress, Since: noon().Add(-30 * time.Minute)}
	if got, want := o.say(since), "机器人曾离线：11月23日 08:00至现在，"; !strings.Contains(got, want) || strings.Contains(got, "09:30") {
		t.Errorf("got\n%s\nwant %q in it: only what was since the last report", got, want)
	}
}
