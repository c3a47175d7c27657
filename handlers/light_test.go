package handlers_test

import "testing"

// The clock of the stories stands at Monday, 23 November 2026.
func TestLights(t *testing.T) {
	tell(t, []story{
		{"stand beside a measure with their rule, and follow the due day", `
周明远 私: 第4条 时限 11月30日
  私: 时限：11月30日
周明远 私: 第4条 负责人 王雪晴
  私: 责任：王雪晴
王雪晴 私: 第4条
  私: 时限：11月30日｜黄灯，还剩7天，进度不足一半（规则：受阻，或离时限不到30天进度不足一半
王雪晴 私: 第4条60%
  私: 已记
王雪晴 私: 第4条
  私: 时限：11月30日｜蓝灯，还剩7天到期（规则：7天内到完成时限）
+8d
王雪晴 私: 我的进度
  私: 第4条 开展宿舍消防检查：60%（11月23日 09:15）｜时限：11月30日｜红灯，已超期1天
周明远 私: 第4条延到12月31日
  私: 已改
王雪晴 私: 第4条
  私: 时限：2026年12月31日
`},
	})
}
