package handlers_test

import "testing"

func TestCorrection(t *testing.T) {
	tell(t, []story{
		{"touches the sender's own latest report", `
王雪晴 私: 第1条完成80%
  私: 已记：1→80%
刘畅 私: 第1条完成20%
  私: 已记：1→20%
王雪晴 私: 改成60%
  私: 已记：1→60%（1原为80%）
= 第1条 王雪晴 历史: 80% 改为60%
= 第1条 刘畅: 20%
`},
		{"names the measure that it is about", `
王雪晴 私: 第1条完成80%
  私: 1→80%
王雪晴 私: 第2条完成50%
  私: 2→50%
王雪晴 私: 1改60
  私: 已记：1→60%（1原为80%）
= 第2条 王雪晴: 50%
`},
		{"moves a report from the wrong measure", `
王雪晴 私: 5完成了
  私: 已记：5→办结
王雪晴 私: 上面的5应该是4，4完成了
  私: 已记：4→办结（5的办结已撤）
= 第5条 王雪晴: -
= 第4条 王雪晴: 办结
`},
		{"is too late after 7 days", `
王雪晴 私: 第1条完成80%
  私: 1→80%
+8d
王雪晴 私: 改成60%
  私: 7天内没有您的填报可以改
= 第1条 王雪晴: 80%
`},
		{"keeps whose report it was", `
郭建平 私: 张伟的第1条完成了60%
  私: 已记：张伟1→60%
= 第1条 张伟·机械: 60%
郭建平 私: 改成70%
  私: 已记：张伟1→70%（1原为60%）
= 第1条 张伟·机械: 70%
= 第1条 郭建平: -
`},
		{"is not overtaken by what was said before it", `
王雪晴 私: 第1条完成80%
  私: 1→80%
王雪晴 私 -3m: 第1条完成40%
  私: 1→40%
= 第1条 王雪晴: 80%
= 第1条 王雪晴 历史: 40% 80%
`},
	})
}

func TestRetraction(t *testing.T) {
	tell(t, []story{
		{"takes back the latest, and what was there before stands again", `
王雪晴 私: 第1条完成80%
  私: 1→80%
王雪晴 私: 改成60%
  私: 1→60%
王雪晴 私: 撤回
  私: 已撤回：第1条 60%
= 第1条 王雪晴: 80%
王雪晴 私: 撤回
  私: 已撤回：第1条 80%
= 第1条 王雪晴: -
= 第1条 王雪晴 历史: 80%× 改为60%×
王雪晴 私: 撤回
  私: 7天内没有您的填报或回执可以撤回
`},
		{"opens the item again that an acknowledgement closed", `
通知 需回执 学工群: 明天开会
王雪晴 群: 收到
= 通知1 王雪晴: done
王雪晴 私: 撤回
  私: 已撤回：通知1的回复
= 通知1 王雪晴: open
王雪晴 群: 收到
= 通知1 王雪晴: done
`},
		{"opens the item again when the network says that the message was recalled", `
通知 需回执 学工群: 明天开会
王雪晴 群: 收到
= 通知1 王雪晴: done
刘畅 群: [撤回]
王雪晴 群: [撤回]
  私: 已撤回：通知1的回复
= 通知1 王雪晴: open
`},
		{"opens the item of a check-in only when no report is left", `
通知 填报 学工群: 请填报
王雪晴 群@: 第1条完成80%
  学工群: 1→80%
王雪晴 私: 第2条完成30%
  私: 2→30%
= 通知1 王雪晴: done
王雪晴 私: 撤回第1条
  私: 已撤回：第1条 80%。
= 通知1 王雪晴: done
王雪晴 私: 撤回第2条
  私: 已撤回：第2条 30%
= 通知1 王雪晴: open
`},
		{"of somebody else's report needs the right and leaves one's own alone", `
张伟·机械 私: 第1条完成80%
  私: 1→80%
王雪晴 私: 第1条完成50%
  私: 1→50%
王雪晴 私: 撤回张伟的第1条
  私: 替别人填报、回复或请假需要
= 第1条 张伟·机械: 80%
= 第1条 王雪晴: 50%
`},
		{"of a recalled report drops its words", `
王雪晴 私: 第1条卡在经费上了
  私: 1→受阻
王雪晴 私: [撤回]
  私: 已撤回：第1条 受阻
= 第1条 王雪晴: -
= 第1条 王雪晴 历史: 受阻×
`},
		{"forgets the question that a recalled message raised", `
王雪晴 私: 第3条完成80%
  私: 是哪一条
王雪晴 私: [撤回]
王雪晴 私: 1
  私: 抓好课堂考勤
= 第3条 王雪晴: -
`},
		{"takes back a leave rather than what came before it", `
通知 需回执 学工群: 明天开会
王雪晴 私: 第1条完成80%
  私: 1→80%
王雪晴 私: 我请假到周三，刘老师代
  刘畅: 王雪晴 11月23日至11月25日请假，请您代办：发给王雪晴的通知可由您回“代王雪晴 收到”
  私: 王雪晴请假 11月23日至11月25日，刘畅代
= 通知1 王雪晴: absent
王雪晴 私: 撤回
  私: 已撤回：请假
= 通知1 王雪晴: open
= 第1条 王雪晴: 80%
`},
		{"takes back a question that nobody has answered", `
王雪晴 私: 第4条要不要交纸质版？
  私: 已转给学工处老师（问题1）
= 收件箱: 1
王雪晴 私: [撤回]
  私: 已撤回：问题1
= 收件箱: 0
`},
	})
}

func TestNoChange(t *testing.T) {
	tell(t, []story{
		{"is confirmed by one digit", `
王雪晴 私: 第1条完成60%，还差经费
  私: 1→60%
+7d
通知 填报 学工群: 请填报
王雪晴 私: 第1条没有新进展
  私: 第1条仍为60%？回1确认
= 通知1 王雪晴: open
王雪晴 私: 1
  私: 已记：1→60%
= 第1条 王雪晴 历史: 60% 60%
= 第1条 王雪晴: 60%，还差经费
= 通知1 王雪晴: done
`},
		{"is confirmed in words by people who may not confirm anything else", `
王雪晴 私: 第1条完成60%
  私: 1→60%
王雪晴 私: 第1条老样子
  私: 第1条仍为60%？回1确认
王雪晴 私: 确认
  私: 已记：1→60%
`},
		{"needs a report to go on", `
王雪晴 私: 第2条没有新进展
  私: 第2条还没有填报过
`},
		{"is of the last report if no number is named", `
王雪晴 私: 第1条完成60%
  私: 1→60%
王雪晴 私: 没有新进展
  私: 第1条仍为60%？回1确认
`},
		{"can be denied", `
王雪晴 私: 第1条完成60%
  私: 1→60%
王雪晴 私: 第1条没变化
  私: 仍为60%
王雪晴 私: 不是
  私: 这次没有记录
王雪晴 私: 1
  私: 抓好课堂考勤
`},
	})
}

func TestStanding(t *testing.T) {
	tell(t, []story{
		{"a word without a figure takes nobody's figure back", `
王雪晴 私: 第1条完成80%
  私: 1→80%
刘畅 私: 第1条还在推进
  私: 1→推进中
王雪晴 私: 第1条又开了两次会
  私: 已记：1
= 第1条 王雪晴: 80%，第1条又开了两次会
周明远 私: 第1条进度
  私: 80%，第1条又开了两次会（王雪晴 11月23日 09:15），共2人填报，发“第1条 各方”看全部
周明远 私: 第1条 各方
  私: 第1条 抓好课堂考勤，2人填报：⏎（状态取责任人最近一次有进度的填报，责任人没有报的取最近一次有进度的填报；只有文字的不改状态）⏎王雪晴：80%，第1条又开了两次会（11月23日 09:15）⏎刘畅：推进中（11月23日 09:15）
刘畅 私: 第1条各方情况
  私: 计算机学院一位老师：80%
王雪晴 私: 改成60%
  私: 1→60%（1原为80%）
刘畅 私: 第1条卡住了，没有经费
  私: 1→受阻
周明远 私: 第1条进度
  私: 受阻
`},
		{"who is responsible says where a measure stands", `
周明远 私: 第1条 负责人 刘畅
  私: 已记
刘畅 私: 第1条完成50%
  私: 1→50%
王雪晴 私: 第1条完成90%
  私: 1→90%
周明远 私: 第1条进度
  私: 50%（刘畅
`},
	})
}

func TestEvidence(t *testing.T) {
	tell(t, []story{
		{"attaches to the sender's last report within 10 minutes", `
王雪晴 私: 第1条完成80%
  私: 1→80%
+9m
王雪晴 私: [图片]
  私: 已附到第1条的填报
刘畅 私: [图片]
  私: 请先写是哪一条的进度
+2m
王雪晴 私: [文件]台账.xlsx
  私: 请先写是哪一条的进度
`},
		{"attaches in a group only to what was reported there", `
王雪晴 群@: 第1条完成80%
  学工群: 1→80%
王雪晴 群: [图片]
王雪晴 群: [撤回]
  私: 已撤回：第1条的附件
刘畅 群: [图片]
王雪晴 安全: [图片]
`},
		{"belongs to the measure that it names, and changes no state", `
王雪晴 私: 第1条完成80%
  私: 1→80%
王雪晴 私: [文件]第4条_检查台账.xlsx
  私: 已附到第4条的填报
王雪晴 私: [文件]第1条完成90%.xlsx
  私: 已附到第1条的填报。
= 第1条 王雪晴: 80%
周明远 私: 第1条进度
  私: 80%（王雪晴 11月23日 09:15），佐证1份
周明远 私: 第1条 佐证
  私: 第1条完成90%.xlsx
刘畅 私: 第1条 佐证
  私: 有1份，只有本人、本学院负责人和学工处能看
`},
	})
}
