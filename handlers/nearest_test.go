package handlers_test

import (
	"strings"
	"testing"
)

// TestMisspelt: a misspelt command is asked about and never read as something else; a
// number does it with the rest of what was said.
func TestMisspelt(t *testing.T) {
	tell(t, []story{
		{"asks, and a number does what was meant", `
周明远 私: 登计请假 刘畅 到周五
  私: 是不是要说“登记请假”？回1就办
周明远 私: 请假名单
  私: 现在没有人请假
周明远 私: 1
  私: 已记：刘畅请假
周明远 私: 请假名单
  私: 刘畅
周明远 私: 1
  私: 抓好课堂考勤
`},
		{"offers all that it may be", `
通知 需回执 学工群: 明天开会
周明远 私: 撒回通知 1
  私: 是不是要说“撤回通知”？
周明远 私: 不是
  私: 好的，这次没有记录，什么也没有做
周明远 私: 查提醒 1
  私: 请回序号，或改好再发一次。⏎1. 加提醒⏎2. 看提醒⏎3. 改提醒
周明远 私: 2
  私: 没有找到这条提醒
`},
		{"does not do it later, nor for another, nor without the right", `
周明远 私: 撤回通之 1
  私: 是不是要说“撤回通知”？
何志勤 私: 1
  私: 抓好课堂考勤
+6m
周明远 私: 1
  私: 抓好课堂考勤
刘畅 私: 登计请假 王雪晴 到周五
  私: 如果要说“登记请假”，这个需要管理员、学工处老师或学院负责人来办
刘畅 私: 第1条完成60%
  私: 已记：1→60%
刘畅 私: 测回
  私: 是不是要说“撤回”？
= 第1条 刘畅: 60%
刘畅 私: 1
  私: 已撤回：第1条 60%
`},
		{"keeps no private number", `
周明远 私: 发通之 学工群：请打13912345678
  私: 是不是要说“发通知”？请改好再发一次。
周明远 私: 1
  私: 抓好课堂考勤
`},
		{"in a group answers who addresses it, and no others", `
王雪晴 群@: 进度会总
  学工群: 是不是要说“进度汇总”？
王雪晴 群: 1
  学工群: 进度汇总（截至
王雪晴 群: 进度会总
`},
	})
	o := newOffice(t, newMem(t), "")
	for line := range strings.FieldsSeq(`加题醒_每周五16:00_学工群：请报进展=加提醒 加醒_每周五16:00=加提醒 发通只_学工群：开会=发通知 通发知_学工群：开会=发通知
		关闭通只_1=关闭通知 改通之_3_小改：九点=改通知 提醒例表=提醒列表 恢复发宋=恢复发送 账号状太=账号状态 带认领=待认领 绑定马_张三=绑定码 导入药点=导入要点
		模版=模板 收件相=收件箱 登记请假张伟_到周五=登记请假 登记销架_张三=登记销假 帮组=帮助 我的数剧=我的数据 还有谁没恢复=还有谁没回复 试发给窝_1=试发给我 导处_表格=导出`) {
		said, want, _ := strings.Cut(line, "=")
		o.hear(o.message("周明远", "私", strings.ReplaceAll(said, "_", " ")))
		if got := o.last["p-A1"]; !strings.Contains(got, "是不是要说“"+want+"”") {
			t.Errorf("got %q after %q, want to be asked for %s", got, said, want)
		}
	}
	for _, said := range []string{"第3条", "通知书什么时候发", "发通知书的时间", "同一个学生", "模范评选", "目标任务", "提醒学生注意安全", "请假条要不要交", "登记表交给谁", "日程", "答应了", "收到通知", "进度条"} {
		o.hear(o.message("周明远", "私", said))
		if got := o.last["p-A1"]; strings.Contains(got, "是不是要说") {
			t.Errorf("got %q after %q, want it read as it stands", got, said)
		}
	}
}
