package handlers_test

import "testing"

func TestBinding(t *testing.T) {
	tell(t, []story{
		{"prefers the quoted notice", `
通知 需回执 学工群: 明天开会
通知 需回执 学工群: 周五填表
王雪晴 群「通知1」: 收到
  学工群: 王雪晴 已回复通知1
= 通知1 王雪晴: done
= 通知2 王雪晴: open
`},
		{"takes a quote that stands in the text as one", `
通知 需回执 学工群: 明天开会
通知 需回执 学工群: 周五填表
王雪晴 群: 「学工小助手：【通知1】明天开会⏎收到请回复」⏎- - - - - - - - - - - - - - -⏎收到
  学工群: 王雪晴 已回复通知1
= 通知2 王雪晴: open
`},
		{"then the number in the text", `
通知 需回执 学工群: 明天开会
通知 需回执 学工群: 周五填表
王雪晴 群: 通知1收到
= 通知1 王雪晴: done
= 通知2 王雪晴: open
刘畅 私: 回复通知 1：收到
  私: 刘畅 已回复通知1
= 通知2 刘畅: open
`},
		{"takes no number of other things for that of a notice", `
通知 需回执 学工群: 明天开会
通知 需回执 学工群: 周五填表
王雪晴 群@: 收到，已通知1个班
  学工群: 已回复通知2
= 通知1 王雪晴: open
= 通知2 王雪晴: done
刘畅 群: 收到，通知1次了
  私: 已回复通知2
= 通知1 刘畅: open
`},
		{"goes by the order, not by the clock of the network", `
通知 需回执 学工群: 明天开会
+1h
通知 需回执 学工群: 周五填表
+5s
王雪晴 群 -2m: 收到
  私: 已回复通知2
= 通知1 王雪晴: open
= 通知2 王雪晴: done
刘畅 私 -4m: 收到
  私: 已回复通知2
`},
		{"goes by the order, not by our clock", `
通知 需回执 学工群: 明天开会
+-2m
王雪晴 群: 收到
= 通知1 王雪晴: done
刘畅 私: 收到
  私: 已回复通知1
= 通知1 刘畅: done
`},
		{"leaves what has waited on its way to an older one", `
通知 需回执 学工群: 明天开会
+1h
通知 需回执 学工群: 周五填表
王雪晴 群 -6m: 收到
= 通知1 王雪晴: done
= 通知2 王雪晴: open
`},
		{"then takes the newest that the sender owes here and says which, privately if it was not addressed", `
通知 需回执 学工群: 明天开会
通知 需回执 学工群: 周五填表
王雪晴 群: 收到
  私: 已回复通知2。通知1还没有回复，要回请引用那一条
= 通知1 王雪晴: open
= 通知2 王雪晴: done
王雪晴 群: 收到
= 通知1 王雪晴: done
王雪晴 群@: 收到
  学工群: 通知2您已经回复过了
`},
		{"is for each notice that it names", `
通知 需回执 学工群: 明天开会
通知 需回执 学工群: 周五填表
通知 需回执 学工群: 周六值班
王雪晴 群: 通知1、3都收到了
= 通知1 王雪晴: done
= 通知2 王雪晴: open
= 通知3 王雪晴: done
刘畅 私: 收到通知1和通知2，谢谢
  私: 刘畅 已回复通知1⏎已记：刘畅 已回复通知2
= 通知3 刘畅: open
刘畅 群: 3号通知也收到
= 通知3 刘畅: done
孙静怡 群: 收到通知2
= 通知1 孙静怡: open
= 通知2 孙静怡: done
孙静怡 私: 通知1也收到了
  私: 已回复通知1
= 通知3 孙静怡: open
张伟·机械 私: 没收到通知2
  私: 已转给学工处老师
= 通知2 张伟·机械: open
`},
		{"is for all that are open if it says so", `
通知 需回执 学工群: 明天开会
通知 需回执 学工群: 周五填表
王雪晴 群: 两个通知都收到了
= 通知1 王雪晴: done
= 通知2 王雪晴: done
刘畅 私: 收到，都看到了
  私: 通知1还没有回复
= 通知1 刘畅: open
孙静怡 群: 上面两条都收到
= 通知1 孙静怡: done
= 通知2 孙静怡: done
张伟·机械 群: 都收到了
= 通知1 张伟·机械: done
= 通知2 张伟·机械: done
+26h
张伟·经济 私: 这两条通知我都看到了
  私: 已回复通知1⏎已记：张伟（经济管理学院） 已回复通知2
`},
		{"can be asked about", `
通知 需回执 学工群: 明天开会
通知 需回执 学工群: 周五填表
王雪晴 群: 通知1收到
王雪晴 私: 我回了吗
  私: 通知1（明天开会）：您11月23日 09:15回复过了，已记⏎通知2（周五填表）：还没有收到您的回复，请回“通知2收到”
王雪晴 群@: 通知2我回复了没有？
  私: 通知2（周五填表）：还没有收到您的回复
王雪晴 私: 我的收到记上了吗？
  私: 通知1（明天开会）：您
孙静怡 私: 我回复了吗
  私: 通知1（明天开会）：还没有
徐慎行 私: 我收到了吗
  私: 没有要您回复的通知
王雪晴 群: 我回了吗
王雪晴 私: 我收到了
  私: 已回复通知2
`},
		{"names them by their numbers alone, if they are owed", `
通知 需回执 学工群: 明天开会
通知 需回执 学工群: 周五填表
王雪晴 私: 1和2都收到了
  私: 王雪晴 已回复通知1⏎已记：王雪晴 已回复通知2
= 通知1 王雪晴: done
= 通知2 王雪晴: done
刘畅 私: 2收到
  私: 刘畅 已回复通知2
= 通知1 刘畅: open
张伟·机械 私: 通知2收到，通知1也收到
  私: 已回复通知2⏎已记：张伟（机械工程学院） 已回复通知1
刘畅 私: 4和5都收到了
  私: 还没有记录
= 通知1 刘畅: open
孙静怡 群: 1、2两条已收到，谢谢
= 通知1 孙静怡: done
= 通知2 孙静怡: done
`},
		{"asks if they are more than it counts", `
通知 需回执 学工群: 明天开会
通知 需回执 学工群: 周五填表
通知 需回执 学工群: 周六值班
王雪晴 群: 两个通知都收到了
  私: 没有回复的通知有3条（通知1、通知2、通知3）。请写上编号，例如：通知1、2收到
= 通知3 王雪晴: open
王雪晴 私: 通知1、4收到
  私: 王雪晴 已回复通知1⏎没有通知4，没有记录
`},
		{"knows only notices of this chat", `
通知 需回执 学工群: 明天开会
通知 需回执 安全群: 检查宿舍
王雪晴 群: 收到
= 通知1 王雪晴: done
= 通知2 王雪晴: open
王雪晴 安全: 收到
= 通知2 王雪晴: done
`},
		{"is not done by itself after 24 hours, but asks once, and a number answers", `
通知 需回执 学工群: 明天开会
+25h
王雪晴 群: 收到
= 通知1 王雪晴: open
王雪晴 群@: 收到
  学工群: 您回复的是哪一条通知？请回序号。⏎1. 通知1 明天开会
= 通知1 王雪晴: open
+23h
王雪晴 群: 1
  学工群: 王雪晴 已回复通知1
= 通知1 王雪晴: done
`},
		{"forgets its question after 24 hours", `
通知 需回执 学工群: 明天开会
+25h
王雪晴 私: 收到
  私: 您回复的是哪一条通知
+25h
王雪晴 群: 1
= 通知1 王雪晴: open
`},
		{"passes on to the office what is still not clear after one question", `
通知 需回执 学工群: 明天开会
+25h
王雪晴 私: 收到
  私: 您回复的是哪一条通知
王雪晴 私: 收到
  私: 已转给学工处老师看（问题1）
= 通知1 王雪晴: open
= 收件箱: 1
`},
		{"lets a question go", `
通知 需回执 学工群: 明天开会
+25h
王雪晴 私: 收到
  私: 您回复的是哪一条通知
王雪晴 私: 取消
  私: 这次没有记录
= 通知1 王雪晴: open
`},
		{"answers a number that is on no list as the measure that it is", `
通知 需回执 学工群: 明天开会
+25h
王雪晴 私: 收到
  私: 您回复的是哪一条通知
王雪晴 私: 4
  私: 开展宿舍消防检查
`},
		{"says why the named notice takes no answer", `
通知 普通 学工群: 明天开会
王雪晴 私: 通知1收到
  私: 通知1不需要回复
王雪晴 私: 通知9收到
  私: 没有通知9
通知 需回执 学工群: 周五填表
周明远 私: 关闭通知 2
  私: 通知2已关闭
+1m
王雪晴 私: 通知2收到
  私: 通知2已经结束
= 通知2 王雪晴: open
`},
		{"never takes an answer from before the notice", `
通知 需回执 学工群: 明天开会
王雪晴 群 -10m: 收到
= 通知1 王雪晴: open
`},
		{"does not ask those who are not asked", `
通知 需回执 学工群: 明天开会
徐慎行 群: 收到
徐慎行 群@: 收到
  学工群: 目前没有等您回复的通知
何志勤 群「通知1」: 收到
  学工群: 通知1不需要您回复
= 通知1 徐慎行: none
`},
	})
}

func TestMeasureBinding(t *testing.T) {
	tell(t, []story{
		{"asks where a number stands twice, and stores nothing until then", `
王雪晴 群@: 第3条完成80%
  学工群: 是哪一条？请回序号。⏎1. 第3条 开展诚信教育（一、学风建设）⏎2. 第3条 抓好防溺水教育（二、安全稳定）
= 第3条 王雪晴: -
王雪晴 群: 2
  私: 已记：3（抓好防溺水教育）→80%
= 第3条 王雪晴: -
= 第3条#2 王雪晴: 80%
`},
		{"keeps the other measures of the message", `
王雪晴 私: 第1条完成70%，第3条完成80%
  私: 是哪一条
= 第1条 王雪晴: -
王雪晴 私: 第2个
  私: 已记：1→70%；3（抓好防溺水教育）→80%
= 第1条 王雪晴: 70%
= 第3条#2 王雪晴: 80%
`},
		{"asks in the private chat what was not said to the bot, and takes the number there", `
通知 填报 学工群: 请填报
王雪晴 群: 第3条完成80%
  私: 是哪一条
= 通知1 王雪晴: open
王雪晴 群: 1
王雪晴 私: 1
  私: 已记：3（开展诚信教育）→80%
= 第3条 王雪晴: 80%
= 通知1 王雪晴: done
`},
		{"takes the part and the number for an answer", `
王雪晴 私: 第3条完成80%
  私: 是哪一条
王雪晴 私: 第二部分第3条
  私: 已记：3（抓好防溺水教育）→80%
= 第3条#2 王雪晴: 80%
= 第3条 王雪晴: -
`},
		{"takes the part for it where one is named", `
王雪晴 私: 第二部分第3条完成80%
  私: 已记：3（抓好防溺水教育）→80%
王雪晴 私: 一（三）完成60%
  私: 已记：3（开展诚信教育）→60%
王雪晴 私: 二、（3）改成90%
  私: 已记：3（抓好防溺水教育）→90%（3原为80%）
= 第3条 王雪晴: 60%
= 第3条#2 王雪晴: 90%
`},
		{"corrects the one that was reported on, without asking", `
王雪晴 私: 第3条完成80%
  私: 是哪一条
王雪晴 私: 2
  私: 已记：3（抓好防溺水教育）→80%
王雪晴 私: 第3条改成60%
  私: 已记：3（抓好防溺水教育）→60%（3原为80%）
= 第3条#2 王雪晴 历史: 80% 改为60%
`},
		{"asks for the number that is missing", `
王雪晴 私: 完成80%
  私: 这是哪一条的进度？请回编号
王雪晴 私: 4
  私: 已记：4→80%
= 第4条 王雪晴: 80%
`},
		{"takes a measure in full for the number", `
王雪晴 私: 完成80%了
  私: 这是哪一条的进度
王雪晴 私: 第4条
  私: 已记：4→80%
`},
		{"offers what the words are about", `
王雪晴 私: 反诈那块做完了
  私: 是哪一条？请回序号。⏎1. 第5条
王雪晴 私: 1
  私: 已记：5→办结
`},
		{"passes on what is unclear after one question", `
王雪晴 私: 完成80%
  私: 这是哪一条的进度
王雪晴 私: 完成90%
  私: 还是没看懂是哪一条，没有记录，已转给学工处老师看（问题1）
= 收件箱: 1
周明远 私: 收件箱
  私: 问题1 王雪晴（11月23日 09:15）：［没看懂］完成80%／完成90%
周明远 私: 答 1 第4条完成90%
  私: 已答复问题1
  王雪晴: 周明远老师看了您说的“完成80%／完成90%”，已记：4→90%
= 第4条 王雪晴: 90%
= 第4条 周明远: -
= 收件箱: 0
王雪晴 私: 撤回
  私: 已撤回：第4条 90%
= 第4条 王雪晴: -
`},
		{"stores nothing that does not exist or is out of range", `
王雪晴 群@: 第9条完成80%
  学工群: 要点里没有第9条（要点共6条措施），没有记录
王雪晴 私: 第1条完成120%
  私: 没有记录：进度应在0到100之间
王雪晴 私: 第1条完成60%，第9条办结
  私: 没有第9条
= 第1条 王雪晴: -
`},
		{"takes the measure of the quoted echo or check-in", `
王雪晴 群@: 第1条完成80%
  学工群: 已记：1→80%
+1m
王雪晴 群@: 第2条完成30%
  学工群: 已记：2→30%
+1m
王雪晴 群「学工小助手:已记：1→80%。有误回“改…”或“撤回”」: 改成60%
  学工群: 已记：1→60%（1原为80%）
= 第1条 王雪晴: 60%
= 第2条 王雪晴: 30%
通知 填报 学工群: 第4条 开展宿舍消防检查，请报最新进度
+1m
刘畅 群「上」: 差不多三分之二吧
  学工群: 已记：4→67%
= 通知1 刘畅: done
`},
	})
}

// Talk among colleagues is told once what a notice wants.
func TestGlance_once(t *testing.T) {
	tell(t, []story{{"only who speaks to the bot is told again", `
通知 填报 学工群: 请报第2条进展
王雪晴 群: 收到
  私: 通知1要的是进度
+5m
王雪晴 群: 收到
+5m
王雪晴 群@: 收到
  学工群: 通知1要的是进度
`}})
}

// A notice that asks for progress takes no receipt from one that asks for it.
func TestBinding_receiptNotReport(t *testing.T) {
	tell(t, []story{
		{"in a 接龙 that somebody passes on who is not asked", `
通知 需回执 学工群: 明天开会
通知 填报 学工群: 请报第2条进展
何志勤 群@: #接龙⏎收到请接龙⏎1. 王雪晴⏎2. 刘畅
  学工群: 接龙，通知1新增2人回复
= 通知1 王雪晴: done
= 通知2 王雪晴: open
`},
		{"in a question that acknowledges", `
通知 需回执 学工群: 明天开会
通知 填报 学工群: 请报第2条进展
王雪晴 私: 收到，研究生要报吗？
  私: 已转
= 通知1 王雪晴: done
= 通知2 王雪晴: open
`},
	})
}

func TestDelegateReports(t *testing.T) {
	tell(t, []story{
		{"a report for the person away answers what they were asked to report", `
刘畅 私: 我请假到周五，王雪晴代
  私: 已记
  王雪晴: 代办
通知 填报 学工群: 请报第2条进展
王雪晴 私: 代刘畅 第2条80%
  私: 2→80%
= 通知1 刘畅: done
= 通知1 王雪晴: open
王雪晴 群: 第2条完成60%
  私: 2→60%
= 通知1 王雪晴: done
`},
		{"so does the own one of a delegate who was asked nothing", `
刘畅 私: 我请假到周五，何志勤代
  私: 已记
  何志勤: 代办
通知 填报 学工群: 请报第2条进展
何志勤 私: 第2条完成60%
  私: 2→60%
= 通知1 刘畅: done
`},
	})
}
