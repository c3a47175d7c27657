package handlers_test

import (
	"testing"

	"duban/progress"
	"duban/store"
)

// The clock of the stories stands at Monday, 23 November 2026.
func TestExtension(t *testing.T) {
	tell(t, []story{
		{"is for an admin to decide, in one word", `
王雪晴 私: 第4条延到下周五，材料没到
  周明远: 申请1：王雪晴申请把第4条延到2026年12月4日（材料没到）。⏎同意请回“同意 1”
  私: 已转给管理员：第4条申请延到2026年12月4日
= 第4条 王雪晴: -
周明远 私: 同意
  王雪晴: 已同意第4条的时限延到2026年12月4日。
  私: 已告诉申请人
刘畅 私: 第4条
  私: 时限：2026年12月4日
`},
		{"is refused with the reason, and nothing changes", `
王雪晴 群@: 1和2延期一周
  周明远: 申请1：王雪晴申请把第1、2条延到2026年11月30日。
  学工群: 已转给管理员：第1、2条申请延到
周明远 私: 不同意：月底要上报
  学工群: 第1、2条延到2026年11月30日没有同意：月底要上报。时限不变。
  私: 已告诉申请人
周明远 私: 同意 1
  私: 没有等您决定的申请
`},
		{"of several measures is decided at once", `
王雪晴 私: 1、2、4延到12.20
  周明远: 申请1：王雪晴申请把第1、2、4条延到2026年12月20日
  私: 已转给管理员
周明远 私: 同意1
  王雪晴: 已同意第1、2、4条的时限延到2026年12月20日
  私: 已告诉申请人
王雪晴 私: 第2条延期两周
  周明远: 申请2：王雪晴申请把第2条延到2027年1月3日。第2条现在的时限：2026年12月20日
  私: 已转给管理员
`},
		{"that comes for the third time is pointed out", `
周明远 私: 第4条延到12月1日
  私: 已改：第4条的时限延到2026年12月1日
周明远 私: 第4条延到12月8日
  私: 已改：第4条的时限延到2026年12月8日
王雪晴 私: 第4条延到12月15日
  周明远: 第4条现在的时限：2026年12月8日。第4条已经延过2次，这是第3次。
  私: 已转给管理员
`},
		{"without a day, to an earlier one or of no measure is not stored", `
王雪晴 私: 第4条延期
  私: 没有记录：请写明延到哪一天
周明远 私: 第4条延到12月8日
  私: 已改
王雪晴 私: 第4条延到12月2日
  私: 没有记录：第4条的时限本来就是2026年12月8日
王雪晴 私: 第4条延到11月2日
  私: 没有记录：2026年11月2日已经过去了
王雪晴 私: 第9条延到12月20日
  私: 没有记录：要点里没有第9条
王雪晴 私: 第3条延到12月20日
  私: 没有记录：第3条在要点里有2处
王雪晴 群: 第4条延到12月20日
`},
		{"can be taken back until it is decided", `
王雪晴 私: 第4条延到12月20日
  周明远: 申请1：
  私: 已转给管理员
王雪晴 私: [撤回]
  私: 已撤回：申请1
周明远 私: 同意
  私: 没有等您决定的申请
`},
	})
}

// TestExtension_history shows that what the due day was stays known.
func TestExtension_history(t *testing.T) {
	offices(t, func(o *office) {
		o.tell(`
周明远 私: 第4条延到12月1日
  私: 已改
王雪晴 私: 第4条延到12月8日，设备没到
  周明远: 申请1
  私: 已转给管理员
周明远 私: 同意
  王雪晴: 已同意
  私: 已告诉
`)
		o.view(func(s *store.Snapshot) {
			p := progress.Current(s)
			for _, n := range p.Nodes {
				if n.Number != "4" {
					continue
				}
				all := progress.Postponements(s, n.ID)
				if len(all) != 2 || all[1].Was != "2026年12月1日" || all[1].Due != "2026年12月8日" || all[1].Person != "C3" || all[1].By != "A1" || all[1].Reason != "设备没到" {
					t.Errorf("got %+v, want both changes, who asked and who agreed", all)
				}
			}
		})
	})
}
