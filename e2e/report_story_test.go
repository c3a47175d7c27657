package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/store"
	"duban/store/storetest"
)

func TestReportJob(t *testing.T) {
	t.Parallel()
	config := accountsOnly + `jobs:
  - {id: daily, name: 日报, when: 每天8点到21点每小时, groups: [学工工作群], report: 进度汇总, format: 图片}
`
	tell(t, t.TempDir(), config, func(s *story) {
		s.want(s.say("学工工作群 王雪晴: @学工小助手 第3条完成80%，还差经费"), "已记：3→80%")
		first := s.during(70 * time.Minute)
		s.want(first, "学工工作群 ← [文件：进度汇总-20000101-0900", "推进中1，未填报33", "3 80%")
		if n := strings.Count(first, "-1.png"); n != 1 {
			s.Errorf("the first picture of a turn was posted %d times", n)
		}
		s.wantNot(first, "机器人曾离线")
		s.wantNot(first, "王雪晴")

		s.Log("duban does not run for some hours; the next report says so, and the one after does not")
		s.restart(5*time.Hour, strings.Replace(config, "图片", "文字", 1)) // a group gets so many messages a day only
		second := s.during(time.Hour)
		s.want(second, "学工工作群 ← 进度汇总（截至1月1日 15:00）", "机器人曾离线：1月1日 09:10至14:10")
		third := s.during(time.Hour)
		s.want(third, "学工工作群 ← 进度汇总（截至1月1日 16:00）")
		s.wantNot(third, "机器人曾离线")

		s.Log("one is added in chat, tried out, changed and deleted before its turn")
		s.want(s.say("周明远: 加提醒 每天10点 学工工作群 报表：30天没更新"), "预览（还没有保存）", "报表：30天未更新")
		s.want(s.say("周明远: 试发给我"), "周明远 ← 30天未更新的措施（截至1月1日")
		s.want(s.say("周明远: 确认"), "已保存")
		s.want(s.say("周明远: 加提醒 每天11点 学工工作群 报表：天气"), "没有“天气”这种报表")
		s.want(s.say("周明远: 提醒列表"), "30天没更新（t")
	})
}

func TestExport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tell(t, dir, accountsOnly, func(s *story) {
		s.want(s.say("周明远: 发通知 需回执 学工工作群：请检查宿舍。"), "预览")
		s.want(s.say("周明远: 确认"), "已发出")
		s.want(s.say("学工工作群 王雪晴: 收到"), "")

		s.Log("who may, where, and how often")
		s.want(s.say("刘畅: 导出 表格"), "这个需要管理员或学工处老师来办")
		s.want(s.say("刘畅: 进度汇总 表格"), "导出表格需要管理员或学工处老师来办")
		s.want(s.say("学工工作群 周明远: @学工小助手 导出 表格"), "学工工作群 ← 这个请私聊我发")
		s.want(s.say("学工工作群 周明远: @学工小助手 进度汇总 表格"), "学工工作群 ← 导出请私聊我发")
		for _, what := range []string{"导出 表格 事由 报学校", "导出 CSV", "导出 月报 12月", "导出 通知1", "进度汇总 表格"} {
			s.want(s.say("周明远: "+what), "周明远 ← [文件：")
		}
		s.want(s.say("周明远: 导出 表格"), "今天已经导出5次")
		s.want(s.say("周明远: 导出 通知9"), "没有通知9")
		s.want(s.say("周明远: 导出 天气"), "请这样写")
		s.restart(16*time.Hour, accountsOnly)
		s.want(s.say("周明远: 导出 表格"), "周明远 ← [文件：进度汇总-2000010")

		s.Log("names in private to those who may see them, and none in the group")
		s.want(s.say("周明远: 谁回复了 1 图片"), "周明远 ← [文件：通知1回复情况", "未回：郭建平")
		s.wantNot(s.say("学工工作群 周明远: @学工小助手 谁回复了 1 图片"), "郭建平")
		lead := s.say("郭建平: 谁回复了 1")
		s.want(lead, "未回：郭建平、张伟", "另有9人，只计人数")
		s.wantNot(lead, "陈立群")
		s.wantNot(s.say("刘畅: 谁回复了 1"), "陈立群")
		s.want(s.say("刘畅: 陈立群 进度"), "只能看本人或本学院老师的进度")
		s.want(s.say("刘畅: 机械工程学院 进度"), "只能看本学院的进度")
		s.want(s.say("刘畅: 计算机学院 进度"), "计算机学院 进度汇总")
		s.want(s.say("学工工作群 周明远: @学工小助手 王雪晴 进度"), "周明远 ← 王雪晴 进度汇总")
	})
	if got := audited(t, dir, "export"); got != 6 {
		t.Errorf("got %d exports in the audit log, want each of the 6", got)
	}
}

// audited counts the entries of an action, in a store that nobody uses.
func audited(t *testing.T, dir, action string) (n int) {
	t.Helper()
	view(t, filepath.Join(dir, "data"), func(s *store.Snapshot) {
		for a := range storetest.Audits(s, "console") {
			if a.Action == action {
				n++
			}
		}
	})
	return n
}
