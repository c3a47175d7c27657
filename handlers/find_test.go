package handlers_test

import "testing"

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
  私: 【一、学风建设】第2条
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
