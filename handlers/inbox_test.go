package handlers_test

import "testing"

func TestInbox(t *testing.T) {
	tell(t, []story{
		{"takes what only a person can answer, and shows the sender the answer", `
刘畅 私: 第4条要不要交纸质版？
  私: 已转给学工处老师（问题1），答复后会在这里告诉您
王雪晴 群@: 第14条的截止时间能不能延到下周五？
  学工群: 已转给学工处老师（问题2）
= 收件箱: 2
何志勤 私: 收件箱
  私: 问题1 刘畅（11月23日 09:15）：第4条要不要交纸质版?⏎问题2 王雪晴
何志勤 私: 答 1 要的，下周一前交
  私: 已答复问题1，并告诉了刘畅
  刘畅: 何志勤老师答复：要的，下周一前交⏎（您问的是：第4条要不要交纸质版?）
何志勤 私: 答2：可以延到下周五
  私: 已答复问题2
  学工群: @王雪晴 何志勤老师答复：可以延到下周五
= 收件箱: 0
周明远 私: 答 1 不用
  私: 问题1已经答复过了
周明远 私: 答 7 不用
  私: 没有这个问题
周明远 私: 收件箱
  私: 没有待答复的问题
`},
		{"takes what quotes the bot", `
通知 需回执 学工群: 明天开会
王雪晴 群「通知1」: 请问研究生也要统计吗？
  学工群: 已转给学工处老师（问题1）
= 通知1 王雪晴: open
`},
		{"says itself what a notice says that is asked about", `
通知 需回执 学工群: 明天9点开会
王雪晴 私: 请问今天的通知最晚几点交啊
  私: 明天9点开会
= 收件箱: 0
王雪晴 私: 转人工
  私: 已转给学工处老师（问题1）
`},
		{"does not take what is asked among people", `
通知 需回执 学工群: 明天开会
王雪晴 群: 第4条要不要交纸质版？
王雪晴 群「刘畅:吃饭去」: 请问研究生也要统计吗？
= 收件箱: 0
`},
		{"answers from the plan what the plan says, and passes on if that was not it", `
王雪晴 私: 反诈是不是每月都要发案例？
  私: 没答到您的问题？回“转人工”
= 收件箱: 0
王雪晴 私: 转人工
  私: 已转给学工处老师（问题1）
= 收件箱: 1
周明远 私: 收件箱
  私: 反诈是不是每月都要发案例
`},
		{"books the 收到 that a question begins with", `
通知 需回执 学工群: 明天开会
王雪晴 私: 收到，请问要不要带电脑？
  私: 已转给学工处老师（问题1）
= 通知1 王雪晴: done
王雪晴 私: [撤回]
  私: 已撤回：通知1的回复、问题1
= 通知1 王雪晴: open
= 收件箱: 0
`},
		{"decides nothing that is itself unclear", `
王雪晴 私: 完成80%
  私: 这是哪一条的进度
王雪晴 私: 完成90%
  私: 已转给学工处老师看（问题1）
周明远 私: 答 1 第3条完成90%
  私: 没有记录：第3条在要点里有2处
周明远 私: 答 1 第9条完成90%
  私: 要点里没有第9条
= 收件箱: 1
周明远 私: 答 1 请写明是哪一条
  私: 已答复问题1
  王雪晴: 周明远老师答复：请写明是哪一条
= 收件箱: 0
`},
		{"is refused to others, in words that they can use otherwise", `
王雪晴 私: 收件箱
  私: 这个需要管理员或学工处老师来办
王雪晴 私: 待办
  私: 没有待回复的通知
`},
	})
}

// TestAlso: what begins with 收到 and goes on with a report is both.
func TestAlso(t *testing.T) {
	tell(t, []story{
		{"closes the notice that asks for 收到", `
通知 需回执 学工群: 明天开会
王雪晴 私: 收到，第1条完成80%
  私: 已记：1→80%
= 通知1 王雪晴: done
= 第1条 王雪晴: 80%
`},
		{"closes the check-in with the report even if another notice is newer", `
通知 填报 学工群: 请填报
通知 需回执 学工群: 明天开会
王雪晴 群: 第1条完成80%
  私: 已记：1→80%
= 通知1 王雪晴: done
= 通知2 王雪晴: open
`},
	})
}
