package handlers_test

import (
	"strings"
	"testing"
	"time"

	"duban/handlers/plans"
	"duban/plan/outline"
	"duban/progress"
	"duban/store"
)

func TestFind(t *testing.T) {
	tell(t, []story{
		{"a number chooses from the list for five minutes, and later is a measure", `
王雪晴 私: 第3条
  私: 1. 第3条
+4m
王雪晴 私: 2
  私: 3. 抓好防溺水教育
+6m
王雪晴 私: 2
  私: 第2条`},
		{"a list is for who asked", `
王雪晴 群@: 第3条
  学工群: 1. 第3条
刘畅 群@: 2
  学工群: 第2条
王雪晴 群@: 2
  学工群: 3. 抓好防溺水教育`},
		{"several that are asked for by number are shown one after the other", `
王雪晴 私: 第1条和第2条
  私: 【一、学风建设】⏎1. 抓好课堂考勤。每周抽查两次。责任单位：学工处⏎状态：还没有人填报⏎2. 建立重点学生台账。每月更新。⏎状态：还没有人填报
王雪晴 私: 一和二的目标任务
  私: 【二、安全稳定】⏎目标任务：隐患清零。
王雪晴 私: 2-3条
  私: （二、安全稳定）`},
		{"a question about who is responsible changes nothing", `
周明远 私: 第2条责任单位是谁
  私: 责任：未写明
周明远 私: 第2条负责人有没有变
  私: 责任：未写明
周明远 私: 第2条由刘畅负责
  私: 责任：刘畅
刘畅 私: 我的
  私: 您负责`},
	})
}

// TestFind_ofYear: last year's plan is asked for by its year, in the ways people say it.
func TestFind_ofYear(t *testing.T) {
	o := newOffice(t, newMem(t), "")
	last := outline.Parse("临江大学2025年工作要点\n一、学风建设\n1. 抓好早操。每天点名。\n2. 抓好晚自习。每周抽查。\n")
	o.update(func(tx *store.Tx) { progress.SetPlan(tx, last, "last.txt", "") })
	o.now = o.now.Add(time.Minute)
	o.update(func(tx *store.Tx) {
		progress.SetPlan(tx, plans.PreviewOf(tx.Snapshot, outline.Parse(samplePlan)).Plan, "plan.txt", "")
	})
	for _, c := range []struct{ asks, says string }{
		{"去年第1条", "抓好早操"},
		{"去年的第2条怎么写的", "抓好晚自习"},
		{"2025年工作要点第1条", "抓好早操"},
		{"2025年要点里的晚自习", "抓好晚自习"},
		{"2026年第1条", "抓好课堂考勤"},
		{"第1条", "抓好课堂考勤"},
	} {
		sent := o.hear(o.message("王雪晴", "私", c.asks))
		if len(sent) != 1 || !strings.Contains(sent[0].Text, c.says) {
			t.Errorf("%s: got %+v, want %s", c.asks, sent, c.says)
		}
	}
}
