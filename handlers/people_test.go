package handlers_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestBehalf(t *testing.T) {
	tell(t, []story{
		{"needs the right", `
王雪晴 私: 代刘畅报一下，他的第1条完成了60%
  私: 没有记录：替别人填报、回复或请假需要管理员、学工处老师或学院负责人来办
= 第1条 刘畅: -
= 第1条 王雪晴: -
何志勤 私: 代刘畅报一下，他的第1条完成了60%
  私: 已记：刘畅1→60%
`},
		{"of a college lead ends with the college", `
郭建平 私: 代刘畅报一下，他的第1条完成了60%
  私: 没有记录：刘畅不在您的学院
= 第1条 刘畅: -
`},
		{"does not guess between two of one name", `
何志勤 私: 代张伟报一下，他的第1条完成了60%
  私: 没有记录：名单上有2位张伟，请写上学院
= 第1条 张伟·机械: -
= 第1条 张伟·经济: -
何志勤 私: 代经济管理学院张伟报一下，第1条完成60%
  私: 已记：张伟1→60%
= 第1条 张伟·经济: 60%
郭建平 私: 代张伟报一下，第1条完成50%
  私: 已记：张伟1→50%
= 第1条 张伟·机械: 50%
`},
		{"acknowledges for the person, not for the sender", `
通知 需回执 学工群: 明天开会
何志勤 群@: 代刘畅收到
  学工群: 已记：刘畅 已回复通知1
= 通知1 刘畅: done
王雪晴 群: 代孙静怡收到
= 通知1 王雪晴: open
= 通知1 孙静怡: open
`},
		{"is what a 收到 with another's name is", `
通知 需回执 学工群: 明天开会
王雪晴 群: 刘畅 收到
= 通知1 王雪晴: open
= 通知1 刘畅: open
王雪晴 群@: 收到，郭书记
  学工群: 王雪晴 已回复通知1
刘畅 群: 计算机学院刘畅收到
= 通知1 刘畅: done
`},
	})
}

func TestLeave(t *testing.T) {
	tell(t, []story{
		{"excuses from what is owed and what comes", `
通知 需回执 学工群: 明天开会
王雪晴 私: 我请假到周三，刘老师代
  刘畅: 王雪晴 11月23日至11月25日请假，请您代办：发给王雪晴的通知可由您回“代王雪晴 收到”
  私: 已记：王雪晴请假 11月23日至11月25日，刘畅代，期间不催您
= 通知1 王雪晴: absent
+1d
通知 需回执 学工群: 周五填表
= 通知2 王雪晴: absent
+3d
通知 需回执 学工群: 下周值班
= 通知3 王雪晴: open
`},
		{"in a part of a report is booked as well, also of one that corrects", `
王雪晴 私: 我明天到周三请假，第1条做到40%
  私: 已记：1→40%。有误回“改…”或“撤回”⏎已记：王雪晴请假 11月24日至11月25日，期间不催您。提前回来请回“销假”。
王雪晴 私: 第2条20%，第1条更正为55%，另外问一下格式要不要统一
  私: 已记：2→20%；1→55%（1原为40%）。有误回“改…”或“撤回”⏎“另外问一下格式要不要统一”已转给学工处老师（问题1），答复后会告诉您。
= 第1条 王雪晴: 55%，另外问一下格式要不要统一
`},
		{"in a group answers an open notice, and is confirmed privately", `
通知 需回执 学工群: 明天开会
王雪晴 群: 我请假到周三，刘老师代
  刘畅: 王雪晴 11月23日至11月25日请假，请您代办：发给王雪晴的通知可由您回“代王雪晴 收到”
  私: 王雪晴请假 11月23日至11月25日
= 通知1 王雪晴: absent
`},
		{"in a group without a notice is talk", `
王雪晴 群: 我请假到周三，刘老师代
通知 需回执 学工群: 明天开会
= 通知1 王雪晴: open
`},
		{"with 收到 answers the notice as well", `
通知 需回执 学工群: 明天开会
王雪晴 群@: 收到，我请假到周三
  学工群: 王雪晴请假
= 通知1 王雪晴: done
`},
		{"of others needs the right", `
通知 需回执 学工群: 明天开会
王雪晴 私: 帮刘畅请假到周三
  私: 没有记录：替别人填报、回复或请假需要
= 通知1 刘畅: open
何志勤 私: 帮刘畅请假到周三
  私: 刘畅请假 11月23日至11月25日
= 通知1 刘畅: absent
`},
		{"ends when the person is back", `
王雪晴 私: 我请假到周五
  私: 王雪晴请假
+1d
王雪晴 私: 销假
  私: 已销假
通知 需回执 学工群: 明天开会
= 通知1 王雪晴: open
王雪晴 私: 销假
  私: 没有您正在进行的请假
`},
		{"says what is missing and stores nothing until then", `
通知 需回执 学工群: 明天开会
王雪晴 私: 我要请假
  私: 还没有记录：请写明请假到哪一天
= 通知1 王雪晴: open
`},
		{"can be answered anyway", `
通知 需回执 学工群: 明天开会
王雪晴 私: 我请假到周三
  私: 王雪晴请假
王雪晴 群: 收到
= 通知1 王雪晴: done
王雪晴 群: [撤回]
  私: 通知1的回复
= 通知1 王雪晴: absent
`},
	})
}

func TestRoll(t *testing.T) {
	tell(t, []story{
		{"books everybody on it who is on the roster and flags the others", `
通知 需回执 学工群: 寒假安全提醒，收到请接龙
王雪晴 群@: #接龙⏎寒假安全提醒⏎1. 刘畅⏎2. 李四⏎3. 孙静怡 收到⏎4. 王雪晴
  学工群: 已记接龙，通知1新增3人回复。⏎名单上没有：李四
= 通知1 刘畅: done
= 通知1 孙静怡: done
= 通知1 王雪晴: done
`},
		{"counts a line once, however often the list is posted again", `
通知 需回执 学工群: 寒假安全提醒，收到请接龙
刘畅 群: #接龙⏎寒假安全提醒⏎1. 刘畅
+1m
孙静怡 群: #接龙⏎寒假安全提醒⏎1. 刘畅⏎2. 孙静怡
王雪晴 群@: #接龙⏎寒假安全提醒⏎1. 刘畅⏎2. 孙静怡⏎3. 王雪晴
  学工群: 新增1人回复
= 通知1 刘畅: done
`},
		{"does not guess between two of one name, unless the sender adds the line or it names the college", `
通知 需回执 学工群: 寒假安全提醒，收到请接龙
王雪晴 群@: #接龙⏎寒假安全提醒⏎1. 张伟⏎2. 王雪晴
  学工群: 新增1人回复。⏎有同名的：张伟，请在名字前写上学院
= 通知1 张伟·机械: open
= 通知1 张伟·经济: open
张伟·经济 群: #接龙⏎寒假安全提醒⏎1. 张伟⏎2. 王雪晴⏎3. 张伟
= 通知1 张伟·经济: done
= 通知1 张伟·机械: open
刘畅 群: #接龙⏎寒假安全提醒⏎1. 机械 张伟⏎2. 王雪晴⏎3. 刘畅
= 通知1 张伟·机械: done
`},
		{"tells senders who put an unknown name that they have not answered", `
通知 需回执 学工群: 寒假安全提醒，收到请接龙
王雪晴 群: #接龙⏎寒假安全提醒⏎1. 刘畅⏎2. 李四
  私: 名单上没有：李四
= 通知1 王雪晴: open
`},
		{"reports progress line by line", `
通知 填报 学工群: 请填报第1条
刘畅 群: #接龙⏎第1条 进度⏎1. 刘畅 80%
  私: 已记：1→80%
孙静怡 群: #接龙⏎第1条 进度⏎1. 刘畅 80%⏎2. 李四 60%⏎3. 孙静怡 已完成
  私: 已记：1→办结。有误回“改…”或“撤回”⏎名单上没有：李四
= 第1条 刘畅 历史: 80%
= 第1条 孙静怡: 办结
= 通知1 刘畅: done
= 通知1 孙静怡: done
`},
		{"does not bring back what was corrected since", `
通知 填报 学工群: 请填报第1条
刘畅 群: #接龙⏎第1条 进度⏎1. 刘畅 80%
  私: 已记：1→80%
刘畅 私: 改成90%
  私: 1→90%
孙静怡 群: #接龙⏎第1条 进度⏎1. 刘畅 80%⏎2. 孙静怡 已完成
  私: 已记：1→办结
= 第1条 刘畅: 90%
`},
		{"of a name with two values books none", `
通知 填报 学工群: 请填报第1条
刘畅 群: #接龙⏎第1条 进度⏎1. 王雪晴 80%⏎2. 王雪晴 60%⏎3. 刘畅 10%
  私: 没有记录：第1条写了两个进度
= 第1条 刘畅: -
`},
		{"about lunch is talk", `
通知 需回执 学工群: 明天开会
刘畅 群: #接龙⏎周五聚餐⏎1. 刘畅
= 通知1 刘畅: open
`},
	})
}

func TestLate(t *testing.T) {
	tell(t, []story{
		{"answers count and are marked", `
通知 需回执 学工群 2h: 明天开会
刘畅 群: 收到
+3h
王雪晴 群@: 收到
  学工群: 王雪晴 已回复通知1（迟）
= 通知1 王雪晴: done late
= 通知1 刘畅: done
周明远 群@: 还有谁没回复
  学工群: 通知1：应回6，已回2（其中迟1），未回4
  私: 未回：
`},
		{"is decided by the network's time, not by when it arrived", `
通知 需回执 学工群 2h: 明天开会
+3h
王雪晴 群 -90m: 收到
= 通知1 王雪晴: done
刘畅 群 -30m: 收到
= 通知1 刘畅: done late
`},
		{"is decided by the network's time when a notice is closed too", `
通知 需回执 学工群: 明天开会
+1h
周明远 私: 关闭通知 1
  私: 通知1已关闭
+2m
王雪晴 群 -10m: 收到
= 通知1 王雪晴: done
刘畅 群 -1m: 收到
= 通知1 刘畅: open
`},
	})
}

// TestStale is row A12: what was delivered late is booked and marked, and
// commands are not run.
func TestStale(t *testing.T) {
	tell(t, []story{
		{"commands are not run", `
周明远 私 -6m: 发通知 需回执 学工群：明天开会
  私: 已经超过5分钟，没有执行
周明远 私: 发通知 需回执 学工群：明天开会
  私: 预览（还没有发出）
+6m
周明远 私 -6m: 确认
  私: 没有执行
周明远 私 -4m: 确认
  私: 已发出：通知1
  学工群: 【通知1】明天开会
`},
		{"answers and reports are booked, and say from when", `
通知 需回执 学工群: 明天开会
+3h
王雪晴 群@ -2h: 收到
  学工群: 已补记（11月23日 10:15）：王雪晴 已回复通知1
刘畅 私 -2h: 第1条完成80%
  私: 已补记（11月23日 10:15）：1→80%
= 通知1 王雪晴: done
= 第1条 刘畅: 80%
`},
	})
}

// TestOnce is rows A2 and D1: a message that is delivered again, at any time, has
// one effect.
func TestOnce(t *testing.T) {
	offices(t, func(o *office) {
		o.tell(`
通知 需回执 学工群: 明天开会
`)
		var all []string
		script := [][2]string{
			{"群@", "第1条完成80%"},
			{"群", "收到"},
			{"私", "改成60%"},
			{"私", "第4条要不要交纸质版？"},
			{"私", "我请假到周三"},
			{"私", "第3条办结"},
			{"私", "1"},
			{"私", "撤回"},
		}
		for _, s := range script {
			m := o.heard("王雪晴", s[0], s[1])
			all = append(all, texts(o.hear(m), "王雪晴")...)
			for range 3 {
				if again := o.hear(m); len(again) > 0 {
					o.Errorf("delivered again, %q was answered again: %q", s[1], again[0].Text)
				}
			}
		}
		if got, want := o.history(o.node("1", 1), "王雪晴"), "80% 改为60%"; got != want {
			o.Errorf("got history %q, want %q", got, want)
		}
		if got := o.history(o.node("3", 1), "王雪晴"); got != "办结×" {
			o.Errorf("got history %q, want one report that was taken back", got)
		}
		if got := o.waiting(); got != 1 {
			o.Errorf("got %d questions, want 1", got)
		}
		if len(all) != len(script)-1 {
			o.Errorf("got %d texts, want one for each but the 收到:\n%s", len(all), strings.Join(all, "\n"))
		}
	})
}

var codeIn = regexp.MustCompile(`绑定码：(\d{6})`)

func TestBind(t *testing.T) {
	offices(t, func(o *office) {
		o.tell(`
通知 需回执 学工群: 明天开会
新人 群: 收到
新人 群@: 收到
  学工群: 还不知道您是名单上的哪一位
新人 私: 第1条完成80%
  新人: 还不知道您是名单上的哪一位
新人 私: 第1条
  新人: 抓好课堂考勤
王雪晴 私: 绑定码 刘畅
  私: 这个需要管理员来办
周明远 私: 绑定码 张伟
  私: 有2位张伟，请写工号：机械工程学院 C1、经济管理学院 C2
周明远 私: 绑定码 C2
  私: 张伟（经济管理学院）的绑定码
`)
		code := codeIn.FindStringSubmatch(o.last["p-A1"])[1]
		o.tell(`
新人 群@: 绑定 ` + code + `
  学工群: 这个请私聊我发
新人 私: 绑定
  新人: 请写上绑定码
新人 私: 绑定 111111
  新人: 绑定码不对或已过期
新人 私: 绑定 ` + code + `
  新人: 已绑定：张伟（经济管理学院）
新人 群: 收到
= 通知1 张伟·经济: done
别人 私: 绑定 ` + code + `
  别人: 绑定码不对或已过期
`)
	})
}

func TestBind_tries(t *testing.T) {
	offices(t, func(o *office) {
		for range 10 {
			o.tell("生人 私: 绑定 111111\n  生人: 绑定码不对或已过期")
		}
		o.tell("周明远 私: 绑定码 刘畅\n  私: 刘畅的绑定码")
		code := codeIn.FindStringSubmatch(o.last["p-A1"])[1]
		o.tell(`
生人 私: 绑定 ` + code + `
  生人: 今天试的次数太多了
刘新 私: 绑定 ` + code + `
  刘新: 已绑定：刘畅
+24h
周明远 私: 绑定码 孙静怡
  私: 孙静怡的绑定码
`)
		code = codeIn.FindStringSubmatch(o.last["p-A1"])[1]
		o.tell(`
+25h
生人 私: 绑定 ` + code + `
  生人: 绑定码不对或已过期
`)
	})
}

// TestRoster is row D8: who is renamed, or leaves and comes back, keeps what they
// did.
func TestRoster_changes(t *testing.T) {
	offices(t, func(o *office) {
		o.tell(`
通知 需回执 学工群: 明天开会
王雪晴 群: 收到
王雪晴 私: 第1条完成80%
  私: 1→80%
`)
		r := staff()
		r.People[5].Name = "王雪青"
		o.roster(r)
		o.tell(`
= 通知1 王雪晴: done
王雪晴 私: 改成60%
  私: 已记：1→60%（1原为80%）
`)
		gone := staff()
		gone.People = append(gone.People[:5], gone.People[6:]...)
		o.roster(gone)
		o.tell(`
王雪晴 私: 改成90%
  私: 还不知道您是名单上的哪一位
`)
		o.roster(staff())
		o.tell(`
王雪晴 私: 改成90%
  私: 已记：1→90%（1原为60%）
= 通知1 王雪晴: done
= 第1条 王雪晴 历史: 80% 改为60% 改为90%
`)
	})
}

// The clock of the stories stands at Monday, 23 November 2026.
func TestLeaveDays(t *testing.T) {
	tell(t, []story{
		{"are read with dots, across the new year", `
王雪晴 私: 请假 1.8-1.12 刘老师代
  刘畅: 王雪晴 2027年1月8日至1月12日请假，请您代办
  私: 王雪晴请假 2027年1月8日至1月12日，刘畅代
王雪晴 私: 请假12.28-1.5
  私: 王雪晴请假 2026年12月28日至2027年1月5日
孙静怡 私: 请假1/8
  私: 孙静怡请假 2027年1月8日
`},
		{"are refused when they are over", "王雪晴 私: 我请假11月16日到11月18日\n  私: 还没有记录：11月16日至11月18日已经过去了\n"},
		{"without an end are for an admin to decide", `
王雪晴 私: 一直请假
  周明远: 申请1：王雪晴请假 11月23日起，没有写到哪一天。⏎同意请回“同意 1”，不同意请回“不同意 1 原因”。
  私: 没有写到哪一天的请假要管理员同意，已经转过去
何志勤 私: 同意
  私: 没有找到
周明远 私: 同意
  王雪晴: 管理员已同意。王雪晴请假 11月23日起，期间不催王雪晴
  私: 已告诉申请人：管理员已同意
周明远 私: 同意
  私: 没有等您决定的申请
周明远 私: 请假名单
  私: 请假1人次：⏎王雪晴：11月23日起
`},
		{"without an end are refused with the reason", `
王雪晴 私: 我从明天起请假，刘畅代
  周明远: 申请1：王雪晴请假 11月24日起，没有写到哪一天，刘畅代
  私: 没有写到哪一天的请假要管理员同意
刘畅 私: 一直请假
  周明远: 申请2：刘畅请假 11月23日起
  私: 没有写到哪一天的请假要管理员同意
周明远 私: 不同意 期末人手不够
  私: 请写编号，例如：同意 1⏎申请1 王雪晴：请假 11月24日起⏎申请2 刘畅：请假 11月23日起
周明远 私: 不同意1 期末人手不够
  王雪晴: 王雪晴请假 11月24日起没有同意：期末人手不够。请写上到哪一天再发
  私: 已告诉申请人
刘畅 私: 撤回
  私: 已撤回：申请2
周明远 私: 同意2
  私: 没有等您决定的申请
`},
		{"can be changed, and the change be taken back", `
王雪晴 私: 我请假12月1日到12月5日
  私: 王雪晴请假 12月1日至12月5日
王雪晴 私: 请假改到12月3日
  私: 王雪晴请假 12月1日至12月3日
王雪晴 私: 撤回
  私: 已撤回：请假
周明远 私: 谁请假
  私: 请假1人次：⏎王雪晴：12月1日至12月5日
王雪晴 私: 取消请假
  私: 已取消 12月1日至12月5日的请假
周明远 私: 谁请假
  私: 现在没有人请假
`},
	})
}

// 明天 counts from today and not from when the leave begins, and who comes back on a day is
// there on it.
func TestLeaveDays_near(t *testing.T) {
	for said, want := range map[string]string{
		"我明天请假，后天回来":  "11月24日，",
		"明天和后天请假":     "11月24日至11月25日，",
		"我明后天请假":      "11月24日至11月25日，",
		"我请假，周四回来":    "11月23日至11月25日，",
		"后天请假，周五回来上班": "11月25日至11月26日，",
	} {
		tell(t, []story{{said, "\n王雪晴 私: " + said + "\n  私: 已记：王雪晴请假 " + want + "\n"}})
	}
}

func TestLeaveBooking(t *testing.T) {
	tell(t, []story{
		{"is done by an admin for somebody", `
周明远 私: 登记请假 刘畅 1.8-1.12 王雪晴代
  王雪晴: 刘畅 2027年1月8日至1月12日请假，请您代办
  私: 刘畅请假 2027年1月8日至1月12日，王雪晴代，期间不催刘畅
周明远 私: 登记销假 刘畅
  王雪晴: 刘畅没有请假，不用您代办了。
  私: 已取消 2027年1月8日至1月12日的请假
何志勤 私: 给刘畅请假到周三
  私: 刘畅请假 11月23日至11月25日
王雪晴 私: 登记请假 刘畅 到周五
  私: 这个需要管理员、学工处老师或学院负责人来办
周明远 私: 登记请假 张伟 到周五
  私: 没有记录：名单上有2位张伟，请写上学院
周明远 私: 登记请假
  私: 请这样写：登记请假 张三
`},
	})
}

func TestDelegate(t *testing.T) {
	tell(t, []story{
		{"is asked about where the name fits several", `
孙静怡 私: 我请假到周三，张老师代
  私: 还没有记录：张老师是哪一位？请回序号。⏎1. 张伟（机械工程学院）⏎2. 张伟（经济管理学院）
孙静怡 私: 2
  张伟: 孙静怡 11月23日至11月25日请假，请您代办
  私: 孙静怡请假 11月23日至11月25日，张伟（经济管理学院）代
孙静怡 私: 我请假到周五，欧阳老师代
  私: 还没有记录：名单上没有找到代办的“欧阳老师”，请写全名再发一次
`},
		{"answers and reports for who is away, and for nobody else", `
通知 需回执 学工群: 检查宿舍
王雪晴 私: 我请假到周三，刘畅代
  刘畅: 王雪晴 11月23日至11月25日请假，请您代办
  私: 王雪晴请假
刘畅 私: 代王雪晴 收到
  私: 王雪晴 已回复通知1
刘畅 私: 代孙静怡 收到
  私: 没有记录：替别人填报
刘畅 私: 代王雪晴 第1条80%
  私: 已记：王雪晴1→80%
王雪晴 私: 销假
  刘畅: 王雪晴的请假结束了，您的代办到此为止
  私: 已销假，欢迎回来
刘畅 私: 代王雪晴 第1条90%
  私: 没有记录：替别人填报
`},
		{"who comes back tomorrow is away until then", `
王雪晴 私: 我请假到周三
  私: 王雪晴请假 11月23日至11月25日
王雪晴 私: 我明天销假
  私: 王雪晴请假 11月23日
王雪晴 私: 我今天销假
  私: 已销假，欢迎回来
`},
		{"who is not asked answers for who is away with a bare 收到", `
王雪晴 私: 我请假到周三，何志勤代
  何志勤: 王雪晴 11月23日至11月25日请假，请您代办
  私: 王雪晴请假
通知 需回执 学工群: 检查宿舍
= 通知1 王雪晴: absent
何志勤 群: 收到
= 通知1 王雪晴: absent
何志勤 私: 收到
  私: 王雪晴 已回复通知1
= 通知1 王雪晴: done
`},
		{"who is away too is told to the admins, and stands in no further", `
刘畅 私: 我请假到周五
  私: 刘畅请假
王雪晴 私: 我请假到周三，刘畅代
  刘畅: 王雪晴 11月23日至11月25日请假，请您代办
  周明远: 王雪晴 11月23日至11月25日请假，代办的刘畅其间也请假。⏎代办不再往下传，请另外安排
  私: 王雪晴请假
孙静怡 私: 我请假到周五，郭建平代
  郭建平: 孙静怡 11月23日至11月27日请假，请您代办
  私: 孙静怡请假
郭建平 私: 我请假到周三，周老师代
  周明远: 孙静怡 11月23日至11月27日请假，代办的郭建平其间也请假。⏎代办不再往下传，请另外安排
  周明远: 郭建平 11月23日至11月25日请假，请您代办
  私: 郭建平请假
`},
	})
}

// Who stands in knows from when until when.
func TestStandIn_told(t *testing.T) {
	tell(t, []story{
		{"when it begins and ends", `
王雪晴 私: 我请假11月25日到11月26日，刘畅代
  刘畅: 王雪晴 11月25日至11月26日请假，请您代办
  私: 王雪晴请假
~24h
~24h
  刘畅: 王雪晴的请假开始了，请您代办。
~24h
~24h
  刘畅: 王雪晴的请假结束了，您的代办到此为止，谢谢。
~24h
`},
		{"when somebody else does, or nobody is away", `
王雪晴 私: 我请假11月25日到11月26日，刘畅代
  刘畅: 请您代办
  私: 王雪晴请假
王雪晴 私: 我请假11月25日到11月26日，孙静怡代
  刘畅: 王雪晴的请假改由别人代办，不用您代办了。
  孙静怡: 请您代办
  私: 王雪晴请假
王雪晴 私: 取消请假
  孙静怡: 王雪晴没有请假，不用您代办了。
  私: 已取消
~72h
`},
	})
}

// Who leaves the office hands over what is theirs, and speaks for themselves no longer.
func TestHandOver(t *testing.T) {
	tell(t, []story{{"to a named successor", `
周明远 私: 第1条 负责人 王雪晴、刘畅
  私: 已记
周明远 私: 第2条 负责人 王雪晴
  私: 已记
通知 需回执 安全群: 检查灭火器
周明远 私: 交接 王雪晴
  私: 请写上谁交给谁
周明远 私: 交接 王雪晴 张伟
  私: 有2位张伟，请写工号：机械工程学院 C1、经济管理学院 C2。
周明远 私: 交接 王雪晴 刘畅
  私: 预览（还没有交接）⏎王雪晴交给刘畅：负责的第1、2条，待回复的通知1。
= 通知1 王雪晴: open
`}})
	offices(t, func(o *office) {
		o.tell(`
周明远 私: 第1条 负责人 王雪晴、刘畅
  私: 已记
通知 需回执 安全群: 检查灭火器
`)
		o.hear(o.message("周明远", "私", "交接 王雪晴 刘畅"))
		o.tell(strings.ReplaceAll(`
周明远 私: 确认 ✿
  刘畅: 王雪晴的工作交给您了：负责的第1条，待回复的通知1。
  私: 已交接：王雪晴 → 刘畅
= 通知1 王雪晴: none
= 通知1 刘畅: open
刘畅 私: 收到
  私: 刘畅 已回复通知1
刘畅 私: 第1条
  私: 责任：刘畅
王雪晴 私: 第1条完成80%
  私: 还不知道您是名单上的哪一位
`, "✿", previewCode(o.last["p-A1"])))
	})
}

// Who is responsible is on the roster, or said to be meant so.
func TestOwners(t *testing.T) {
	tell(t, []story{{"a stranger is asked about", `
周明远 私: 第1条 负责人 王雪青
  私: 还没有记录：名单上没有“王雪青”。写错了请重发；是单位或名单外的人，回复“确认”照记
周明远 私: 第1条
  私: 责任：学工处
周明远 私: 第1条 负责人 保卫处
  私: 还没有记录：名单上没有“保卫处”
周明远 私: 确认
  私: 已记：第1条 抓好课堂考勤｜责任：保卫处
周明远 私: 第1条 负责人 计算机学院
  私: 已记
`}})
}

// One college's name begins like another's: the label tells namesakes apart.
func TestNamesakes_colleges(t *testing.T) {
	offices(t, func(o *office) {
		r := staff()
		r.People[3].College, r.People[4].College = "经济管理学院", "经济学院"
		o.roster(r)
		o.tell(`
通知 需回执 学工群: 检查灭火器
周明远 私: 代张伟（经济学院） 收到
  私: 已记：张伟（经济学院） 已回复通知1
= 通知1 张伟·机械: open
周明远 私: 代张伟（经济管理学院） 收到
  私: 已记：张伟（经济管理学院） 已回复通知1
`)
	})
}

// TestNamesakes: whatever label the bot prints is taken back, and a name that two have
// is asked about.
func TestNamesakes(t *testing.T) {
	tell(t, []story{{"by the label, the college before the name, or the number", `
周明远 私: 登记请假 张伟 到周五
  私: 名单上有2位张伟，请写上学院
周明远 私: 登记请假 张伟（机械工程学院） 到周五
  私: 张伟（机械工程学院）请假
周明远 私: 登记请假 经济管理学院张伟 到周四
  私: 张伟（经济管理学院）请假
周明远 私: 登记销假 机械学院张伟
  私: 已给张伟（
周明远 私: 登记销假 C2
  私: 已给张伟（
周明远 私: 绑定码 张伟(经济管理学院)
  私: 张伟（经济管理学院）的绑定码
周明远 私: 第2条 负责人 张伟
  私: 没有记录：名单上有2位张伟，请写是哪一位，例如：第2条 负责人 张伟（机械工程学院）
周明远 私: 第2条 负责人 机械学院张伟
  私: 责任：张伟（机械工程学院）
张伟·机械 私: 我的
  私: 第2条 建立重点学生台账：您负责
张伟·经济 私: 我的
  私: 没有写明由您负责的措施
周明远 私: 张伟 进度
  私: 有2位张伟，请写是哪一位，例如：张伟（机械工程学院） 进度。
周明远 私: 张伟（机械工程学院） 进度
  私: 张伟
周明远 私: C2 进度
  私: 张伟
刘畅 私: 我请假到周三，张伟（经济管理学院）代
  张伟: 刘畅 11月23日至11月25日请假，请您代办
  私: 刘畅请假 11月23日至11月25日，张伟（经济管理学院）代
通知 需回执 学工群: 开会
郭建平 私: 代张伟（机械工程学院） 收到
  私: 已记：张伟（机械工程学院） 已回复通知1
`}})
}

// What cannot be reported on is said, and costs no export.
func TestReports_ofNothing(t *testing.T) {
	tell(t, []story{{"a month, a college, a person, a notice", `
周明远 私: 导出 月报 13月
  私: 没有13月，没有导出。请写1月到12月
周明远 私: 导出 月报 2027年3月
  私: 2027年3月还没有到，没有导出
周明远 私: 导出 火星学院 进度
  私: 名单上没有“火星学院”
周明远 私: 火星学院 进度
  私: 名单上没有“火星学院”
周明远 私: 导出 赵六 进度
  私: 名单上没有“赵六”
周明远 私: 导出 通知99
  私: 没有通知99
周明远 私: 导出 通知
  私: 请写通知的编号
周明远 私: 机械学院 进度
  私: 机械工程学院
`}})
	offices(t, func(o *office) {
		for range 6 {
			o.hear(o.message("周明远", "私", "导出 月报 13月"))
		}
		o.hear(o.message("周明远", "私", "导出 表格"))
		if strings.Contains(o.last["p-A1"], "到上限") {
			t.Error("what was refused counts as an export")
		}
	})
}

// What is quoted in the text itself is the quoted person's, whatever dashes follow it.
func TestQuoted(t *testing.T) {
	tell(t, []story{{"a report is not booked on who quotes it", `
王雪晴 私: 「刘畅：第1条完成80%」⏎———⏎好的
  私: 目前没有等您回复的通知
= 第1条 王雪晴: -
王雪晴 私: 「刘畅：第1条完成80%」⏎－－－－⏎第1条完成60%
  私: 已记：1→60%
`}})
}
