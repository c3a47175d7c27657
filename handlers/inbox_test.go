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

// TestAlso_answered: what a report asks that the bot can answer is answered with it.
func TestAlso_answered(t *testing.T) {
	tell(t, []story{
		{"from the plan, and how far something is", `
王雪晴 私: 第1条办结，另外第2条谁牵头？
  私: 已记：1→办结。有误回“改…”或“撤回”⏎【一、学风建设】第2条
刘畅 私: 第4条完成30%，对了第1条完成得怎么样了？
  私: 已记：4→30%。有误回“改…”或“撤回”⏎第1条 抓好课堂考勤：办结
= 第2条 王雪晴: -
= 收件箱: 0
`},
	})
}

// TestGiveUp: who calls off what waits takes back nothing that is stored.
func TestGiveUp(t *testing.T) {
	tell(t, []story{
		{"in several words", `
周明远 私: 第1条完成60%
  私: 1→60%
周明远 私: 发通知 需回执 学工群：测试一下群发
  私: 预览（还没有发出）
周明远 私: 不发了，取消
  私: 已取消，什么也没有做
周明远 私: 确认
  私: 没有等待确认的内容
周明远 私: 发通知 需回执 学工群：测试一下群发
  私: 预览（还没有发出）
周明远 私: 先别发，我再想想
  私: 已取消，什么也没有做
周明远 私: 发通知 需回执 学工群：测试一下群发
  私: 预览（还没有发出）
周明远 私: 撤回
  私: 已取消，什么也没有做
周明远 私: 发通知 需回执 学工群：测试一下群发
  私: 预览（还没有发出）
周明远 私: 等等，内容还要改
  私: 已取消，什么也没有做
周明远 私: 发通知 需回执 学工群：测试一下群发
  私: 预览（还没有发出）
周明远 私: 取消发送
  私: 已取消，什么也没有做
= 第1条 周明远: 60%
周明远 私: 撤回
  私: 已撤回：第1条 60%
`},
		{"of all that one wrote", `
王雪晴 私: 第1条完成60%，还差三名
  私: 1→60%
王雪晴 私: 删除我的数据
  私: 将删除您写的内容
王雪晴 私: 算了，取消
  私: 好的，这次没有记录，什么也没有做
= 第1条 王雪晴: 60%，还差三名
`},
	})
}

// TestInbox_told: the office hears of a question when it comes, and of several at once if
// it was told of one a moment ago.
func TestInbox_told(t *testing.T) {
	offices(t, func(o *office) {
		o.news = true
		o.tell(`
刘畅 私: 第4条要不要交纸质版？
  何志勤: 收件箱新来问题1，刘畅：第4条要不要交纸质版?⏎请回“答 1 内容”
  周明远: 收件箱新来问题1
  私: 已转给学工处老师（问题1）
+1m
王雪晴 私: 第5条要不要盖章？
  私: 已转给学工处老师（问题2）
+1m
王雪晴 私: 第2条要不要盖章？
  私: 已转给学工处老师（问题3）
+1m
刘畅 私: 第1条要不要盖章？
  私: 已转给学工处老师（问题4）
刘畅 私: 撤回
  私: 已撤回：问题4
~8m
  何志勤: 收件箱新来2个问题（问题2、问题3），请发“收件箱”查看
  周明远: 收件箱新来2个问题
`)
	})
}
