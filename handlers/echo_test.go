package handlers_test

import "testing"

func TestEcho(t *testing.T) {
	tell(t, []story{
		{"goes to the group when the bot was addressed", `
王雪晴 群@: 第1条完成80%，还差经费
  学工群: 已记：1→80%
= 第1条 王雪晴: 80%，还差经费
`},
		{"names all measures of one message in one line", `
王雪晴 群@: 1完成80%，2、5办结，第4条卡在经费上
  学工群: 已记：1→80%；2、5→办结；4→受阻
= 第5条 王雪晴: 办结
`},
		{"comes once in 30 seconds to one sender in a group, and then privately", `
王雪晴 群@: 第1条完成80%
  学工群: 已记：1→80%
+10s
王雪晴 群@: 第2条完成50%
  私: 已记：2→50%
刘畅 群@: 第2条完成30%
  学工群: 已记：2→30%
+20s
王雪晴 群@: 第4条办结
  学工群: 已记：4→办结
`},
		{"is private when the answer to an open notice was not said to the bot", `
通知 填报 学工群: 请填报本周进展
王雪晴 群: 第1条完成80%
  私: 已记：1→80%
= 第1条 王雪晴: 80%
= 通知1 王雪晴: done
`},
		{"is silent for 收到 that was not said to the bot", `
通知 需回执 学工群: 明天开会
王雪晴 群: 收到
= 通知1 王雪晴: done
刘畅 群@: 收到
  学工群: 刘畅 已回复通知1
= 通知1 刘畅: done
`},
	})
}
