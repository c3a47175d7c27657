package handlers_test

import "testing"

func TestQuery(t *testing.T) {
	tell(t, []story{
		{"answers with the plan's own words, where they stand and how far it is", `
王雪晴 群@: 第1条
  学工群: 【一、学风建设】第1条⏎1. 抓好课堂考勤。每周抽查两次。责任单位：学工处⏎——⏎状态：还没有人填报｜责任：学工处
王雪晴 私: 1
  私: 抓好课堂考勤
刘畅 私: 第1条完成80%，还差经费
  私: 1→80%
王雪晴 群@: 第1条
  学工群: 状态：80%，还差经费（刘畅 11月23日 09:15）
王雪晴 群@: 二的目标任务
  学工群: 目标任务：隐患清零
王雪晴 群@: 目录
  学工群: 目录：⏎一、学风建设（第1至3条）⏎二、安全稳定
`},
		{"says of a part how far its measures are", `
王雪晴 私: 第2条已办结
  私: 2→办结
王雪晴 私: 一
  私: 共3条措施：办结1，未填报2
`},
		{"says what is not there, and what is nearest, from which a number chooses", `
王雪晴 群@: 第9条
  学工群: 没有找到第9条（要点共6条措施）
王雪晴 私: 食堂几点开门
  私: 没有找到
路人 群@: 反诈宣传
  学工群: 深化反诈宣传
`},
		{"offers all places of a number, and a number chooses one", `
王雪晴 群@: 第3条
  学工群: 开展诚信教育
王雪晴 群: 2
  学工群: 抓好防溺水教育
刘畅 群: 2
+6m
王雪晴 群: 2
`},
		{"sums up", `
王雪晴 私: 第1条完成80%
  私: 1→80%
王雪晴 私: 第5条办结
  私: 5→办结
刘畅 私: 第4条卡在经费上
  私: 4→受阻
周明远 群@: 进度汇总
  学工群: 进度汇总（截至11月23日 09:15）共6条：办结1，推进中1，受阻1，未填报3
周明远 群@: 哪些受阻了
  学工群: 受阻的措施1条：⏎第4条 开展宿舍消防检查
王雪晴 私: 我的进度
  私: 第1条 抓好课堂考勤：80%
`},
		{"is open to everybody only as far as the plan", `
路人 私: 第1条
  路人: 抓好课堂考勤
路人 私: 进度汇总
  路人: 还不知道您是名单上的哪一位
路人 群@: 还有谁没回复
  学工群: 还不知道您是名单上的哪一位
`},
	})
}
