package handlers_test

import (
	"strings"
	"testing"

	"duban/plan/outline"
	"duban/progress"
	"duban/store"
)

// TestCrisis: where somebody's life may be in danger, help is said first and the
// office is told at once; only what is said to the bot is looked at.
func TestCrisis(t *testing.T) {
	offices(t, func(o *office) {
		o.tell(`
王雪晴 私: 有学生想轻生，电话13912345678，怎么办
  私: 请先保证人身安全，马上打电话联系学院和学工处。我已同时私聊告诉学工处老师。
  周明远: 紧急，请马上联系：王雪晴在私聊里对我说“有学生想轻生,电话
  何志勤: 紧急，请马上联系
刘畅 群@: 我们班一个学生失联两天了
  学工群: 请先保证人身安全
  周明远: 刘畅在群“学工群”里对我说
  何志勤: 刘畅在群“学工群”里对我说
刘畅 群: 我们班一个学生失联两天了
刘畅 群「王雪晴:在吗」: 我们班一个学生失联两天了
路人 私: 我不想活了
  路人: 请先保证人身安全
  周明远: 路人（没有绑定）在私聊里
  何志勤: 路人（没有绑定）在私聊里
刘畅 群@: 有个学生联系不上了，昨晚没回宿舍
  学工群: 请先保证人身安全
  周明远: 刘畅在群“学工群”里对我说
  何志勤: 刘畅在群“学工群”里对我说
刘畅 私: 已查寝，未发现学生夜不归宿
  私: 还没有记录：这是哪一条的进度
通知 需回执 学工群: 请排查
王雪晴 群「通知1」: 收到，我班有个学生被打了
  学工群: 请先保证人身安全，马上打电话联系学院和学工处。我已同时私聊告诉学工处老师。⏎已记：王雪晴 已回复通知1
  周明远: 紧急
  何志勤: 紧急
= 通知1 王雪晴: done
刘畅 私: 收到，已排查，未发现学生失联
  私: 已记：刘畅 已回复通知1
刘畅 私: 第4条防自杀讲座完成80%
  私: 已记：4→80%
刘畅 私: 第4条自杀干预培训已完成
  私: 已记：4→办结
王雪晴 私: 第1条完成80%，有个学生扬言要跳楼
  私: 请先保证人身安全
  周明远: 紧急
  何志勤: 紧急
= 第1条 王雪晴: 80%
= 收件箱: 0
`)
		for line := range strings.SplitSeq(dump(o.T, o.engine), "\n") {
			if strings.Contains(line, "13912345678") {
				o.Errorf("got a private number stored: %s", line)
			}
		}
	})
}

// TestCrisis_help: the office's own line is said if there is one, and otherwise the
// measure of the plan that names one; no number is invented.
func TestCrisis_help(t *testing.T) {
	o := newOffice(t, newMem(t), "")
	next := outline.Parse(strings.Replace(samplePlan, "5. ", "5. 畅通心理援助渠道。开通每天8时至22时的校内求助电话。\n6. ", 1))
	o.update(func(tx *store.Tx) { progress.SetPlan(tx, next, "plan.txt", "") })
	o.hear(o.message("王雪晴", "私", "有学生割腕了"))
	o.has(o.last["p-C3"], "要点第5条：5. 畅通心理援助渠道。开通每天8时至22时的校内求助电话。\n请先保证人身安全")
	set := options(nil)
	set.CrisisHelp = "心理中心24小时电话见办公室门牌"
	o.router = route(o.store, set)
	o.hear(o.message("刘畅", "私", "有学生割腕了"))
	if got := o.last["p-C4"]; !strings.HasPrefix(got, "心理中心24小时电话见办公室门牌\n请先保证人身安全") {
		t.Errorf("got %q, want the office's own line first", got)
	}
}
