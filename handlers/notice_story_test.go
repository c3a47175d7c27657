package handlers_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/handlers/people"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// rules are those of the stories: the default ones in the zone of the tests.
func (o *office) rules() notice.Rules {
	r := notice.DefaultRules()
	r.Zone = zone
	r.Quiet = func(t time.Time) bool { return !quietEnd(t).IsZero() }
	return r
}

// quietEnd is seven in the morning after ten at night.
func quietEnd(t time.Time) time.Time {
	t = t.In(zone)
	y, m, d := t.Date()
	switch {
	case t.Hour() >= 22:
		return time.Date(y, m, d+1, 7, 0, 0, 0, zone)
	case t.Hour() < 7:
		return time.Date(y, m, d, 7, 0, 0, 0, zone)
	}
	return time.Time{}
}

// limit opens the store again with limits of what may be said.
func (o *office) limit(l outbox.Limits) {
	o.Helper()
	l.Zone = zone
	var err error
	o.store, err = notice.OpenStore(o.Context(), o.engine, store.Options{Now: func() time.Time { return o.now }, Values: []any{limits(l)}}, people.TellParked)
	o.must(err)
	options := options(slog.New(slog.DiscardHandler))
	options.Rules = o.rules
	options.Templates = o.templates()
	o.router = route(o.store, options)
}

func (o *office) templates() []notice.Template {
	o.Helper()
	m, err := notice.ParseTemplate("寒假安全", "类别：需回执\n标题：寒假安全\n\n{{放假日期}}放假，{{返校日期}}返校，值班电话{{值班电话}}。")
	o.must(err)
	return []notice.Template{m}
}

// attend does what is due now, and returns what is sent.
func (o *office) attend() []bot.Outgoing {
	o.Helper()
	for {
		again, err := notice.FanOut(o.Context(), o.store)
		o.must(err)
		more, err := notice.Attend(o.Context(), o.store, o.rules())
		o.must(err)
		leaves, err := notice.BeginLeaves(o.Context(), o.store)
		o.must(err)
		if !more && !again && !leaves {
			return o.drain()
		}
	}
}

// live lets time pass in steps of five minutes, and compares what is sent
// meanwhile with the lines below. It returns how many those are.
func (o *office) live(line string, below []string) (used int) {
	o.Helper()
	var want []string
	for used < len(below) && strings.HasPrefix(strings.TrimLeft(below[used], "\t"), "  ") {
		want = append(want, strings.TrimSpace(below[used]))
		used++
	}
	end := o.now.Add(o.duration(line[1:]))
	sent := o.attend()
	for o.now.Before(end) {
		o.now = o.now.Add(min(5*time.Minute, end.Sub(o.now)))
		sent = append(sent, o.attend()...)
	}
	o.compare(line, texts(sent, ""), want)
	return used
}

// compare compares what was sent after a line with where and what part of it is
// wanted.
func (o *office) compare(line string, sent, want []string) {
	o.Helper()
	slices.Sort(want)
	same := len(sent) == len(want)
	for i := 0; same && i < len(want); i++ {
		chat, part, _ := strings.Cut(want[i], ": ")
		same = strings.HasPrefix(sent[i], chat+": ") && strings.Contains(sent[i][len(chat):], part)
	}
	if !same {
		o.Errorf("got  %s\nwant %s\nafter %s", show(sent), show(want), line)
	}
}

// tellLimited plays stories in an office with limits and, if there are two, with a
// second admin.
func tellLimited(t *testing.T, l outbox.Limits, stories []story) {
	t.Helper()
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			offices(t, func(o *office) {
				o.limit(l)
				o.tell(s.text)
			})
		})
	}
}

// twoAdmins is the roster of the stories with a second admin.
func twoAdmins() *roster.Roster {
	r := staff()
	r.People[1].Roles = []roster.Role{roster.Admin, roster.Office}
	return r
}

func TestStory_noticeLife(t *testing.T) {
	tellLimited(t, outbox.Limits{}, []story{
		{"a notice with a due time is previewed, answered late and ends with a count", `
周明远 私: 发通知 需回执 截止11月24日18:00 学工群：明天（11月24日，周三）检查宿舍，11月20日已通知过。
  私: 请核对日期：2026年11月24日是周二，不是周三；11月20日（2026年）已经过去。⏎需回执，发到学工群，应回6人，截止11月24日 18:00，共1条消息
周明远 私: 确认
  私: 已发出：通知1到学工群，应回6人
  学工群: 【通知1】明天
王雪晴 群: 收到
~25h
  郭建平: 还没有收到您的回复（截止11月24日18:00）
  孙静怡: 还没有收到
  刘畅: 还没有收到
  张伟: 还没有收到
  张伟: 还没有收到
+10h
刘畅 私: 收到
  私: 已记：刘畅 已回复通知1（迟）
周明远 私: 还有谁没回复
  私: 通知1：应回6，已回2（其中迟1），未回4。⏎未回：张伟（机械工程学院）、张伟（经济管理学院）、孙静怡、郭建平
~48h
  孙静怡: 还没有收到您的回复（已过11月24日18:00）
  郭建平: 还没有收到
  张伟: 还没有收到
  张伟: 还没有收到
  周明远: 通知1已到期关闭（明天（11月24日，周三）检查宿舍，1…）。最后统计：应回6，已回2（其中迟1），未回4。
孙静怡 群「上」: 收到
  学工群: 通知1已经结束
周明远 私: 撤回通知 1
  私: 通知1已经到期关闭了
`},
		{"收到 and 已落实 are kept apart", `
周明远 私: 发通知 紧急 需落实 安全群：立即清查实验室危化品
  私: 预览
周明远 私: 确认
  私: 已发出
  安全群: 【通知1】立即清查实验室危化品⏎收到请回复，落实后再回“已落实”
王雪晴 安全: 收到
= 通知1 王雪晴: seen
郭建平 安全@: 已落实
  安全群: 已记：郭建平 已落实通知1
= 通知1 郭建平: done
周明远 私: 还有谁没回复
  私: 通知1：应回2，已收到2，已落实1，收到未落实1，未回0。⏎收到未落实：王雪晴
王雪晴 安全: 周五前落实
= 通知1 王雪晴: seen
王雪晴 安全: 已全部落实到位
= 通知1 王雪晴: done
王雪晴 私: 撤回
  私: 已撤回：通知1的回复
= 通知1 王雪晴: seen
`},
		{"a small change tells what is different and keeps the answers", `
周明远 私: 发通知 需回执 学工群：1月8日下午三点在报告厅开会
  私: 预览
周明远 私: 确认
  私: 已发出
  学工群: 【通知1】
王雪晴 群: 收到
周明远 私: 改通知 1 小改：1月9日下午三点在报告厅开会
  私: 【通知1】更正：“1月8日”改为“1月9日”。回复过的不用再回。⏎————⏎小改
周明远 私: 确认
  私: 通知1已更正，发到1个群
  学工群: 【通知1】更正
= 通知1 王雪晴: done
刘畅 群「上」: 收到
  学工群: 已记：刘畅 已回复通知1
= 通知1 刘畅: done
周明远 私: 改通知 1 小改：1月9日下午三点在报告厅开会
  私: 和原来一样，不用改
`},
		{"a large change asks everybody anew and takes no answer to the old text", `
周明远 私: 发通知 需回执 学工群：1月10日放假
  私: 预览
周明远 私: 确认
  私: 已发出
  学工群: 【通知1】1月10日放假
王雪晴 群: 收到
刘畅 群「上」: 收到
  学工群: 已记
孙静怡 私: 通知1收到
  私: 已记
+1h
周明远 私: 改通知 1 大改：1月12日放假，离校前报去向
  私: 【通知1·第2版】1月12日放假，离校前报去向⏎（“1月10日放假”改为“1月12日放假，离校前报去向”）⏎收到请回复（原来回复过的也请再回一次）
周明远 私: 确认
  私: 通知1已重新发出
  学工群: 【通知1·第2版】1月12日放假
= 通知1 王雪晴: open
王雪晴 群 -30m: 收到
  私: 这次回复的是修改前的
= 通知1 王雪晴: open
王雪晴 群: 收到
= 通知1 王雪晴: done
刘畅 群「上」: 收到
  学工群: 已记
= 通知1 刘畅: done
周明远 私: 还有谁没回复
  私: 应回6，已回2，未回4
`},
		{"a notice that is withdrawn is closed, and the groups are told", `
周明远 私: 发通知 需回执 安全群：今晚停电
  私: 预览
周明远 私: 确认
  私: 已发出
  安全群: 【通知1】今晚停电
周明远 私: 撤回通知 1
  私: 预览（还没有撤回）⏎【通知1】已撤回，请不要按它办理，不用再回复。⏎————⏎撤回“今晚停电”：发到安全群，共1条消息，已有0人回复，未回的不再等。回复“确认”撤回
周明远 私: 取消
  私: 已取消
周明远 私: 撤回通知 1
  私: 预览（还没有撤回）
周明远 私: 确认
  私: 通知1已撤回，并告诉了看到过它的群
  安全群: 【通知1】已撤回，请不要按它办理，不用再回复。
周明远 私: 撤回通知 1
  私: 通知1已经撤回了
+2m
王雪晴 私: 通知1
  私: 通知1已经撤回了。
周明远 私: 通知1
  私: 通知1已经撤回了。⏎【通知1】今晚停电
王雪晴 安全: 收到
王雪晴 私: 通知1收到
  私: 通知1已经结束
~24h
`},
		{"a notice to many waits two minutes if there is one admin", `
周明远 私: 发通知 需回执 学工群 安全群：全员核对
  私: 范围较大，请回复“确认
周明远 私: 确认
  私: 确认码不对
`},
		{"a chase by hand is previewed and asks only whom it may", `
周明远 私: 发通知 需回执 安全群：检查灭火器
  私: 预览
周明远 私: 确认
  私: 已发出
  安全群: 【通知1】
王雪晴 安全: 收到
周明远 私: 催一下 1
  私: 要催通知1：私聊提醒1人。不催的：已回复1人。回复“确认”催
周明远 私: 确认
  私: 正在提醒
~1m
  郭建平: 【通知1】检查灭火器⏎还没有收到您的回复，看到请回“收到”
周明远 私: 催一下 1
  私: 通知1没有人可催：已回复1人，今天已提醒1人
刘畅 私: 催一下 1
  私: 管理员
`},
		{"a template is listed and filled in", `
周明远 私: 模板
  私: 现有模板：寒假安全（需回执）
周明远 私: 发通知 模板 寒假安全 放假=1月10日 学工群
  私: 还缺：返校日期、值班电话
周明远 私: 发通知 模板 寒假安全 放假=1月10日 返校=2月20日 值班=8765 安全群
  私: 【通知1】寒假安全⏎1月10日放假，2月20日返校，值班电话8765。⏎收到请回复⏎————⏎需回执，发到安全群
周明远 私: 发通知 模板 寒假安全 放假={{.Env}}{{range}} 返校=2月20日 值班=【通知9】 安全群
  私: {{.Env}}{{range}}放假，2月20日返校，值班电话［通知9】。
周明远 私: 发通知 模板 寒假安全 电话=8765 安全群
  私: 没有这一项
周明远 群@: 发通知 需回执 学工群：收到请回复
  学工群: 请私聊我发
`},
		{"sending is stopped for all but admins, and goes on", `
周明远 私: 暂停发送
  私: 已暂停发送
刘畅 私: 第1条
周明远 私: 第1条
  私: 抓好课堂考勤
周明远 私: 账号状态
  私: 暂停发送中，管理员发“恢复发送”后继续
周明远 私: 发通知 紧急 安全群：马上撤离
  私: 现在暂停发送，要等管理员发“恢复发送”后才发出
周明远 私: 确认
  私: 已登记，还没有发出：通知1到安全群，应回2人，可问“还有谁没回复”。现在暂停发送
~1h
周明远 私: 恢复发送
  私: 已恢复发送
  刘畅: 抓好课堂考勤
  安全群: 【通知1】马上撤离
周明远 私: 恢复发送
  私: 发送没有暂停
周明远 私: 账号状态
  私: 在用。
`},
	})
}

// A wrong code is not answered with the right one, and cannot be tried for long.
func TestConfirm_tries(t *testing.T) {
	offices(t, func(o *office) {
		const draft = "发通知 需回执 学工群 安全群：全员核对"
		o.hear(o.message("周明远", "私", draft))
		code := previewCode(o.last["p-A1"])
		wrong := "1000"
		if code == wrong {
			wrong = "1001"
		}
		for _, words := range []string{"确认", "确认 " + wrong, "确认 " + wrong} {
			o.tell("周明远 私: " + words + "\n  私: 确认码不对，没有执行。请按预览")
			if strings.Contains(o.last["p-A1"], code) {
				t.Errorf("%s is answered with the code: %s", words, o.last["p-A1"])
			}
		}
		o.tell("周明远 私: 确认 " + wrong + "\n  私: 错了3次，预览已作废\n周明远 私: 确认 " + code + "\n  私: 没有等待确认的内容")
		o.hear(o.message("周明远", "私", "删除我的数据"))
		_, code, _ = strings.Cut(o.last["p-A1"], "确认删除 ")
		code = code[:4]
		for _, answer := range []string{"确认码不对", "确认码不对", "重新发“删除我的数据”"} {
			o.tell("周明远 私: 确认删除 999\n  私: " + answer)
			if strings.Contains(o.last["p-A1"], code) {
				t.Errorf("a wrong code is answered with the right one: %s", o.last["p-A1"])
			}
		}
		o.tell("周明远 私: 确认删除 " + code + "\n  私: 没有删除")
	})
}

// Codes of notices that wait for a second admin are not guessed either.
func TestSecond_tries(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{})
		o.roster(twoAdmins())
		o.hear(o.message("周明远", "私", "发通知 需回执 学工群 安全群：全员核对"))
		code := previewCode(o.last["p-A1"])
		o.hear(o.message("周明远", "私", "确认 "+code))
		for range 10 {
			o.tell("何志勤 私: 确认 通知 0000\n  私: 没有等待复核的通知")
		}
		o.tell("何志勤 私: 确认 通知 " + code + "\n  私: 当天不再受理\n+24h\n周明远 私: 延时 " + code + "\n  私: 没有您等待复核的通知")
	})
}

func TestStory_secondAdmin(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{})
		o.roster(twoAdmins())
		o.hear(o.message("周明远", "私", "发通知 需回执 学工群 安全群：全员核对"))
		code := previewCode(o.last["p-A1"])
		o.tell(strings.ReplaceAll(`
周明远 私: 确认 ✿
  私: 已请何志勤复核
  何志勤: 周明远要发下面的通知，请复核：⏎【通知1】全员核对
周明远 私: 确认 通知 ✿
  私: 要由另一位管理员确认
刘畅 私: 确认 通知 ✿
  私: 没有找到
何志勤 私: 确认 通知 ✿
  私: 已发出：通知1到学工群、安全群
  周明远: 何志勤已同意。已发出：通知1
  学工群: 【通知1】
  安全群: 【通知1】
何志勤 私: 确认 通知 ✿
  私: 没有等待复核的通知
`, "✿", code))
		o.view(func(s *store.Snapshot) {
			n, _ := notice.Find(s, 1)
			if n.By != "A1" {
				o.Errorf("got a notice by %q, want A1", n.By)
			}
		})
	})
}

// What a notice to many people needs, its 大改 and its withdrawal need as well.
func TestStory_secondAdmin_changes(t *testing.T) {
	for name, c := range map[string]struct {
		order, story string
	}{
		"a large change": {"改通知 1 大改：全员再核对", `
周明远 私: 确认 ✿
  私: 还没有修改：已请何志勤复核，任一位同意后立即修改。等不及请回复“延时 ✿”，2分钟后修改，其间可取消。
  何志勤: 周明远要改通知1，请复核：⏎【通知1·第2版】全员再核对⏎
周明远 私: 确认 通知 ✿
  私: 要由另一位管理员确认
何志勤 私: 确认 通知 ✿
  私: 通知1已重新发出
  周明远: 何志勤已同意。通知1已重新发出
  学工群: 【通知1·第2版】
  安全群: 【通知1·第2版】
`},
		"a withdrawal": {"撤回通知 1", `
周明远 私: 确认 ✿
  私: 还没有撤回：已请何志勤复核
  何志勤: 周明远要撤回通知1，请复核：⏎【通知1】已撤回，请不要按它办理，不用再回复。⏎————⏎撤回“全员核对”：发到学工群、安全群，共2条消息，已有0人回复
何志勤 私: 确认 通知 ✿
  私: 通知1已撤回
  周明远: 何志勤已同意。通知1已撤回
  学工群: 【通知1】已撤回
  安全群: 【通知1】已撤回
`},
		"a withdrawal without the other": {"撤回通知 1", `
周明远 私: 确认 ✿
  私: 还没有撤回：已请何志勤复核
  何志勤: 周明远要撤回通知1
周明远 私: 延时 ✿
  私: 还没有撤回：通知1将于11月23日 09:17撤回。2分钟内回“取消”也可以。
~1m
~2m
  学工群: 【通知1】已撤回
  安全群: 【通知1】已撤回
`},
		"a large change taken back in time": {"改通知 1 大改：全员再核对", `
周明远 私: 确认 ✿
  私: 还没有修改
  何志勤: 周明远要改通知1
周明远 私: 延时 ✿
  私: 还没有修改：通知1将于11月23日 09:17修改
周明远 私: 取消
  私: 已取消，通知1没有修改。
~1h
`},
		"a large change of what was changed meanwhile": {"改通知 1 大改：全员再核对", `
周明远 私: 确认 ✿
  私: 还没有修改
  何志勤: 周明远要改通知1
周明远 私: 延时 ✿
  私: 还没有修改：通知1将于11月23日 09:17修改
何志勤 私: 改通知 1 截止11月27日
  私: 预览
何志勤 私: 确认
  私: 通知1的截止已改为11月27日24点
  学工群: 截止改为
  安全群: 截止改为
~1h
  周明远: 通知1刚才又被改过，您要的修改没有做
`},
	} {
		t.Run(name, func(t *testing.T) {
			offices(t, func(o *office) {
				o.limit(outbox.Limits{})
				o.roster(twoAdmins())
				o.post(notice.Notice{Class: notice.Receipt, Text: "全员核对", By: "A1"}, "学工群", "安全群")
				o.hear(o.message("周明远", "私", c.order))
				o.has(o.last["p-A1"], "范围较大，请回复“确认 ")
				o.tell(strings.ReplaceAll(c.story, "✿", previewCode(o.last["p-A1"])))
			})
		})
	}
}

// Of two admins who each want something done to one notice in a moment, the second
// waits, and nobody takes back what another wants.
func TestStory_twoDeferred(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{})
		o.roster(twoAdmins())
		o.post(notice.Notice{Class: notice.Receipt, Text: "全员核对", By: "A1"}, "学工群", "安全群")
		code := func(who, chat, order string) string {
			o.hear(o.message(who, "私", order))
			code := previewCode(o.last[chat])
			o.hear(o.message(who, "私", "确认 "+code))
			return code
		}
		first := code("周明远", "p-A1", "改通知 1 大改：全员再核对")
		o.tell("周明远 私: 延时 " + first + "\n  私: 通知1将于11月23日 09:17修改")
		second := code("何志勤", "p-A2", "撤回通知 1")
		o.tell(strings.ReplaceAll(`
何志勤 私: 延时 ✿
  私: 没有撤回：通知1已有周明远要的修改在等，11月23日 09:17执行。等它办完或取消以后，请再来一次。
何志勤 私: 取消
  私: 没有等待确认的内容
周明远 私: 取消
  私: 已取消，通知1没有修改。
何志勤 私: 延时 ✿
  私: 还没有撤回：通知1将于
周明远 私: 取消
  私: 没有等待确认的内容
~1h
  学工群: 【通知1】已撤回
  安全群: 【通知1】已撤回
`, "✿", second))
	})
}

// What is changed before it has left is read as another notice, and needs two as well.
func TestStory_secondAdmin_unsent(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{})
		o.roster(twoAdmins())
		o.hear(o.message("周明远", "私", "发通知 明天8点 需回执 学工群 安全群：请查宿舍"))
		code := previewCode(o.last["p-A1"])
		o.hear(o.message("周明远", "私", "确认 "+code))
		o.hear(o.message("何志勤", "私", "确认 通知 "+code))
		o.hear(o.message("周明远", "私", "改通知 1 小改：明天放假"))
		o.has(o.last["p-A1"], "【通知1】明天放假\n", "还没有发出，直接发改好的", "范围较大，请回复“确认 ")
	})
}

// A deferred change that is gone when it is taken back is no order to withdraw.
func TestStory_deferredGone(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{})
		o.roster(twoAdmins())
		o.post(notice.Notice{Class: notice.Receipt, Text: "全员核对", By: "A1"}, "学工群", "安全群")
		o.hear(o.message("周明远", "私", "改通知 1 大改：全员再核对"))
		code := previewCode(o.last["p-A1"])
		o.hear(o.message("周明远", "私", "确认 "+code))
		o.hear(o.message("周明远", "私", "延时 "+code))
		o.update(func(tx *store.Tx) { notice.TakeBack(tx, 1, "A1") })
		o.tell(`
周明远 私: 取消
  私: 通知1没有等着修改，什么也没有做。
= 通知1 王雪晴: open
`)
	})
}

// Of two admins who change one notice, the second is told of the first.
func TestStory_twoChanges(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{})
		o.roster(twoAdmins())
		o.tell(`
通知 需回执 安全群: 检查灭火器
周明远 私: 改通知 1 小改：检查灭火器和门锁
  私: 预览（还没有改）
何志勤 私: 改通知 1 截止11月27日
  私: 预览（还没有改）
何志勤 私: 确认
  私: 通知1的截止已改为11月27日24点
  安全群: 截止改为11月27日24点
周明远 私: 确认
  私: 预览以后，通知1又被何志勤改过（11月23日 09:15），没有改。请重新预览一次。
`)
	})
}

// A text that names a day is no riddle on the day on which it is read.
func TestStory_days(t *testing.T) {
	tellLimited(t, outbox.Limits{Quiet: quietEnd}, []story{
		{"a moved deadline is not told with the old day", `
周明远 私: 发通知 需回执 截止11月26日 学工群：请于11月26日前报值班表。
  私: 预览
周明远 私: 确认
  私: 已发出
  学工群: 请于11月26日前报值班表
周明远 私: 改通知 1 截止11月30日
  私: 【通知1】截止改为11月30日24点。回复过的不用再回。⏎————⏎小改：只发一行更正，回复过的不用再回，发到学工群，共1条消息，截止改为11月30日24点；正文里还写着11月26日，要一起改请写“改通知 1 小改 截止…：改好的正文”。
周明远 私: 确认
  私: 截止已改为11月30日24点
  学工群: 【通知1】截止改为11月30日24点。回复过的不用再回。
`},
		{"明天 that is read tomorrow is asked about", `
周明远 私: 发通知 需回执 学工群：明天9点开会。
  私: ————⏎需回执，发到学工群
+13h
周明远 私: 发通知 需回执 学工群：明天9点开会。
  私: ————⏎请核对：11月24日才发出，正文里的“明天”大家会当作11月25日；若指11月24日，请写日期。⏎需回执，发到学工群
周明远 私: 发通知 紧急 学工群：明天9点开会。
  私: ————⏎紧急，发到学工群
`},
	})
}

// previewCode finds the code in a preview.
func previewCode(text string) string {
	_, rest, _ := strings.Cut(text, "“确认 ")
	code, _, _ := strings.Cut(rest, "”")
	return strings.TrimPrefix(code, "通知 ")
}

func TestStory_twoMinutes(t *testing.T) {
	for name, rest := range map[string]string{
		"cancelled in time": `
~1m
周明远 私: 取消
  私: 通知1已撤回，没有发出过
~1h
`,
		"cancelled too late": `
~3m
  学工群: 【通知1】
  安全群: 【通知1】
周明远 私: 取消
  私: 没有等待确认的内容
~1h
`,
	} {
		t.Run(name, func(t *testing.T) {
			offices(t, func(o *office) {
				o.limit(outbox.Limits{})
				o.hear(o.message("周明远", "私", "发通知 需回执 学工群 安全群：全员核对"))
				code := previewCode(o.last["p-A1"])
				o.tell("周明远 私: 确认 " + code + "\n  私: 还没有发出：通知1将于11月23日 09:17发到学工群、安全群\n王雪晴 私: 收到\n  私: 目前没有等您回复的通知" + rest)
			})
		})
	}
}

func TestStory_merging(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{Merge: 10 * time.Minute})
		o.update(func(tx *store.Tx) {
			to := roster.Targets(tx.Snapshot, []string{"学工群"})
			for _, text := range []string{"一", "二", "三"} {
				notice.Post(tx, "job/"+text, notice.Notice{Class: notice.Receipt, Text: text, Job: text}, to)
			}
		})
		o.compare("three at once", texts(o.attend(), ""), []string{"学工群: 【通知1】一⏎收到请回复⏎⏎【通知2】二⏎收到请回复⏎⏎【通知3】三"})
		o.hear(o.message("刘畅", "学工群", "收到"))
		o.item(3, "刘畅", "done") // the newest of a merged text alone
		o.item(2, "刘畅", "open")
		m := o.message("王雪晴", "学工群", "收到")
		m.Quote = &bot.Quote{Text: o.last["g-学工群"], Self: true}
		o.hear(m)
		o.item(1, "王雪晴", "open")
		o.item(3, "王雪晴", "done")
		o.hear(o.message("王雪晴", "学工群", "通知1收到"))
		o.item(1, "王雪晴", "done")
		post := func(reason string) {
			o.update(func(tx *store.Tx) {
				to := roster.Targets(tx.Snapshot, []string{"学工群"})
				notice.Post(tx, "job/"+reason, notice.Notice{Text: reason, Job: reason, Class: notice.Plain}, to)
			})
		}
		o.now = o.now.Add(3 * time.Minute)
		post("四")
		o.now = o.now.Add(3 * time.Minute)
		post("五")
		post("六")
		o.compare("soon after", texts(o.attend(), ""), nil)
		o.update(func(tx *store.Tx) { notice.WithdrawPosting(tx, "job/五") })
		o.now = o.now.Add(4 * time.Minute)
		o.compare("ten minutes after the first", texts(o.attend(), ""), []string{"学工群: 【通知4】四⏎⏎【通知6】六"})
	})
}

func TestStory_caps(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{PerGroup: 2, Morning: 8 * time.Hour, Quiet: quietEnd})
		for _, text := range []string{"一", "二", "三"} {
			o.hear(o.message("周明远", "私", "发通知 普通 安全群："+text))
			o.hear(o.message("周明远", "私", "确认"))
		}
		o.has(o.last["p-A1"], "还没有发出：通知3将于11月24日 08:00（今天的条数已满）发到安全群")
		o.hear(o.message("周明远", "私", "发通知 紧急 安全群：四"))
		o.compare("an urgent one", texts(o.hear(o.message("周明远", "私", "确认")), "周明远"), []string{"私: 已发出：通知4", "安全群: 【通知4】四"})
		if !strings.Contains(dump(o.T, o.engine), `"action":"passed.cap"`) {
			o.Error("that an urgent text passed the cap was not audited")
		}
		o.now = monday().Add(22 * time.Hour)
		o.compare("at 07:15", texts(o.drain(), ""), nil)
		o.now = monday().Add(23 * time.Hour)
		o.compare("at 08:15", texts(o.drain(), ""), []string{"安全群: 【通知3】三"})
		o.now = monday().Add(37 * time.Hour) // 22:15
		o.hear(o.message("周明远", "私", "发通知 普通 安全群：五"))
		o.has(o.last["p-A1"], "安全群（安静时段）11月25日 07:00发出")
		o.compare("at night", texts(o.hear(o.message("周明远", "私", "确认")), "周明远"), []string{"私: 还没有发出：通知5将于11月25日 07:00（安静时段）发到安全群"})
		o.hear(o.message("周明远", "私", "发通知 紧急 学工群：六"))
		o.compare("urgent at night", texts(o.hear(o.message("周明远", "私", "确认")), "周明远"), []string{"私: 已发出", "学工群: 六"})
	})
}

func TestStory_escalation(t *testing.T) {
	tellLimited(t, outbox.Limits{Quiet: quietEnd}, []story{
		{"an urgent notice rises to the person, the lead and the office, also at night", `
+13h
周明远 私: 发通知 紧急 学工群：暴雪橙色预警，请立即核对在外学生
  私: 预览
周明远 私: 确认
  私: 已发出：通知1
  学工群: 【通知1】
刘畅 群: 收到
~29m
王雪晴 群: 收到
孙静怡 群: 收到
~6m
  张伟: 【通知1】暴雪橙色预警，请立即核对在外学生⏎还没有收到您的回复
  张伟: 【通知1】
  郭建平: 【通知1】
张伟·经济 私: 收到
  私: 已记：张伟（经济管理学院） 已回复通知1
~30m
  郭建平: 贵学院还有1人没有回复：张伟（机械工程学院）
  周明远: 还有1人没有回复：郭建平
  何志勤: 还有1人没有回复：郭建平
周明远 私: 还有谁没回复
  私: 未回：张伟（机械工程学院）、郭建平⏎已上报到学院负责人：张伟（机械工程学院）⏎已上报到学工处：郭建平
郭建平 私: 收到
  私: 已记：郭建平 已回复通知1
~61m
  周明远: 还有1人没有回复：张伟（机械工程学院）
  何志勤: 还有1人没有回复：张伟（机械工程学院）
~8h
`},
		{"an ordinary notice never rises", `
周明远 私: 发通知 需回执 安全群：检查灭火器
  私: 预览
周明远 私: 确认
  私: 已发出
  安全群: 【通知1】
~8h
`},
	})
}

func TestStory_chase(t *testing.T) {
	tellLimited(t, outbox.Limits{Quiet: quietEnd}, []story{
		{"people are asked again on working days, once a day, about everything at once, three times", `
通知 需回执 安全群 400h: 检查灭火器
通知 需回执 安全群: 检查门锁
王雪晴 安全: 收到
  私: 通知1还没有回复
~24h
~1h
  郭建平: 您还有2条通知没有回复：⏎通知1 检查灭火器（截止12月10日01:15）⏎通知2 检查门锁⏎请分别回复，例如：通知1收到。
  王雪晴: 【通知1】检查灭火器
~6h
王雪晴 私: 收到
  私: 已记：王雪晴 已回复通知1
~24h
  郭建平: 您还有2条
郭建平 私: 通知2收到
  私: 已记：郭建平 已回复通知2
~24h
  郭建平: 【通知1】检查灭火器
~96h
`},
		{"nobody is asked again on a weekend or in quiet hours", `
+96h
通知 需回执 安全群: 检查灭火器
~24h
~24h
~25h
  郭建平: 【通知1】
  王雪晴: 【通知1】
`},
		{"who is on leave is not asked again, and who comes back is", `
通知 需回执 安全群: 检查灭火器
王雪晴 私: 我请假今天到明天
  私: 请假
~26h
  郭建平: 【通知1】
周明远 私: 还有谁没回复
  私: 应回2，已回0，请假1，未回1。⏎未回：郭建平⏎请假：王雪晴
`},
	})
}

func TestAnswer_cancelsTheChase(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{})
		o.post(notice.Notice{Class: notice.Receipt, Text: "一", By: "A1"}, "安全群")
		o.post(notice.Notice{Class: notice.Receipt, Text: "二", By: "A1"}, "安全群")
		o.now = o.now.Add(25 * time.Hour)
		for more := true; more; {
			var err error
			more, err = notice.Attend(o.Context(), o.store, o.rules())
			o.must(err)
		}
		// Both wait for their turn now. One answers one of two, the other both.
		for _, who := range []string{"王雪晴", "郭建平"} {
			m := o.message(who, "安全群", "通知2收到")
			o.must(o.router.Handle(o.Context(), m))
		}
		o.must(o.router.Handle(o.Context(), o.message("郭建平", "安全群", "通知1收到")))
		var left []string
		for _, text := range texts(o.drain(), "") {
			if strings.Contains(text, "没有") {
				left = append(left, text)
			}
		}
		o.compare("the answers", left, []string{"王雪晴: 【通知1】一"})
	})
}

func TestStory_deadline(t *testing.T) {
	tellLimited(t, outbox.Limits{}, []story{
		{"it is part of what is posted, and moving it tells the groups", `
周明远 私: 发通知 需回执 截止11月24日 学工群：请报值班表。
  私: 【通知1】请报值班表。⏎收到请于11月24日24点前回复⏎————
周明远 私: 确认
  私: 已发出：通知1
  学工群: 【通知1】请报值班表。⏎收到请于11月24日24点前回复
+25h
王雪晴 群: 收到
+16h
刘畅 群@: 通知1收到
  学工群: 刘畅 已回复通知1（迟）
= 通知1 刘畅: done late
周明远 私: 改通知 1 截止11月26日12:00
  私: 【通知1】截止改为11月26日12:00：请报值班表。回复过的不用再回。⏎————⏎小改：只发一行更正，回复过的不用再回，发到学工群，共1条消息，截止改为11月26日12:00
周明远 私: 确认
  私: 通知1的截止已改为11月26日12:00，告诉了1个群
  学工群: 【通知1】截止改为11月26日12:00
= 通知1 刘畅: done
周明远 私: 延长通知 1 到11月27日
  私: 截止改为11月27日24点
周明远 私: 取消
  私: 已取消
周明远 私: 改通知 1 大改：请报值班表和电话。
  私: 收到请于11月26日12:00前回复（原来回复过的也请再回一次）⏎————⏎大改：重新发出，原来的回复不再算数，大家要重新回复，发到学工群，共1条消息，截止仍是11月26日12:00
周明远 私: 改通知 1 大改 截止11月28日：请报值班表和电话。
  私: 收到请于11月28日24点前回复（原来回复过的也请再回一次）
周明远 私: 确认
  私: 通知1已重新发出
  学工群: 【通知1·第2版】请报值班表和电话。
= 通知1 刘畅: open
周明远 私: 改通知 1
  私: 或 改通知 3 截止12月6日
周明远 私: 改通知 1 截止11月20日
  私: 已经过去
`},
		{"a year is written that is not the next one, and numbers behind a day are no time", `
周明远 私: 发通知 填报 截止2028年1月8日 学工群：请报进度。
  私: 请于2028年1月8日24点前回复进度，例如：第3条完成80%⏎
周明远 私: 发通知 紧急 需落实 截止1月8日18:00 学工群：查宿舍。
  私: 收到请回复，落实后请于1月8日18:00前回“已落实”⏎
周明远 私: 发通知 普通 截止1月8日24点 学工群：领取材料，收到请回复。
  私: 领取材料，收到请回复。⏎（截止1月8日24点）⏎
周明远 私: 发通知 需回执 截止1月8日 2026级学工群：收到请回复。
  私: 没有叫“2026级学工群”的群
`},
	})
}

func TestStory_sentLater(t *testing.T) {
	tellLimited(t, outbox.Limits{Quiet: quietEnd}, []story{
		{"withdrawn before it left", `
周明远 私: 发通知 明天8点 需回执 学工群：请查宿舍。
  私: 预览
周明远 私: 确认
  私: 还没有发出
周明远 私: 撤回通知 1
  私: 通知1已撤回，没有发出过
~24h
王雪晴 私: 通知1
  私: 没有发给您的通知1
周明远 私: 通知1
  私: 通知1已经撤回了。⏎【通知1】请查宿舍。
`},
		{"at the time that stands in front of the text", `
周明远 私: 发通知 明天8点 需回执 学工群：请查宿舍。
  私: 应回6人，共1条消息。学工群11月24日 08:00发出。
周明远 私: 确认
  私: 还没有发出：通知1将于11月24日 08:00发到学工群，应回6人，可问“还有谁没回复”。不发了请回“撤回通知 1”
周明远 私: 还有谁没回复
  私: 目前没有需要回复的通知；还没有发出的：通知1
王雪晴 群: 收到
= 通知1 王雪晴: open
王雪晴 私: 通知1
  私: 没有发给您的通知1
周明远 私: 通知1
  私: 【通知1】请查宿舍。
+22h
~1h
  学工群: 【通知1】请查宿舍。⏎收到请回复
周明远 私: 发通知 学工群 周五16:30：请填表。
  私: 学工群11月27日 16:30发出
周明远 私: 发通知 学工群 12月3日 8:00：请填表。
  私: 学工群12月3日 08:00发出
周明远 私: 发通知 需回执 明天8点 在报告厅开会。
  私: 【通知2】明天8点 在报告厅开会。
周明远 私: 发通知 每天8点 学工群：请填表。
  私: 通知只发一次
周明远 私: 发通知 昨天8点 学工群：请填表。
  私: 没有叫“昨天8点”的群
周明远 私: 发通知 今天8点 学工群：请填表。
  私: 已经过去，请写将来的时间
周明远 私: 发通知 11月30日8点 截止11月29日 学工群：请填表。
  私: 早于发出的时间
`},
		{"in quiet hours at their end, and a 收到 said before that is for no notice", `
+13h
周明远 私: 发通知 需回执 学工群：请查宿舍。
  私: 学工群（安静时段）11月24日 07:00发出，紧急的可改用“紧急”
周明远 私: 确认
  私: 还没有发出：通知1将于11月24日 07:00（安静时段）发到学工群
王雪晴 群: 收到
王雪晴 私: 收到
  私: 目前没有等您回复的通知
= 通知1 王雪晴: open
周明远 群@: 还有谁没回复
  学工群: 目前没有需要回复的通知；还没有发出的：通知1
王雪晴 私: 还有谁没回复
  私: 目前没有需要回复的通知。
`},
	})
}

func TestStory_groupNames(t *testing.T) {
	offices(t, func(o *office) {
		r := staff()
		for i := range r.People {
			if slices.Contains(r.People[i].Groups, "安全群") {
				r.People[i].Groups = append(r.People[i].Groups, "安全 二群", "甲、乙群")
			}
		}
		o.roster(r)
		o.update(func(tx *store.Tx) {
			for _, g := range []string{"安全 二群", "甲、乙群"} {
				roster.BindGroup(tx, roster.Target{Account: account, Chat: "g-" + g, Group: g})
			}
		})
		for said, want := range map[string]string{
			"发通知 需回执 安全 二群：查通道":          "需回执，发到安全 二群，",
			"发通知 需回执 安全二群 查通道":           "需回执，发到安全 二群，",
			"发通知 甲、乙群、安全群：查通道":           "普通，发到安全群、甲、乙群，",
			"发通知需回执学工群：查通道":              "需回执，发到学工群，",
			"发通知需回执学工群明天上午查通道":           "【通知1】明天上午查通道⏎收到请回复⏎————⏎需回执，发到学工群，",
			"发通知需回执 截止12月6日 学工群，安全群 查通道": "需回执，发到学工群、安全群，",
			"发通知 @学工群 请注意：查通道":           "请注意：查通道⏎————⏎普通，发到学工群，",
			"发通知 学工群 安全裙 甲群：查通道":         "学工群，",
			"发通知 学工群 丙群：查通道":             "没有叫“丙群”的群",
			"发通知 需回执 各位老师请查通道":           "需回执，发到学工群，",
			"发通知 学工群主请注意":                "学工群主请注意",
			"加提醒 每周五16:00 安全 二群：查通道":     "发到：安全 二群（",
			"加提醒 每周五16:00 安全二群 查通道":      "发到：安全 二群（",
			"加提醒 每周五 学工群 16:00 请看表":      "每周五 16:00",
			"加提醒每周五16:00 甲、乙群，安全群：查通道":   "发到：甲、乙群、安全群（",
			"加提醒 周一、周三9点 学工群：查通道":        "每周一、三 09:00",
		} {
			got := texts(o.hear(o.message("周明远", "私", said)), "周明远")
			if len(got) != 1 || !strings.Contains(got[0], want) {
				o.Errorf("got %q after %q, want %q in it", got, said, want)
			}
		}
		o.tell(`
周明远 私: 发通知 需回执 安全二群 查通道
  私: 【通知1】查通道⏎
周明远 私: 确认
  私: 已发出：通知1到安全 二群
  安全 二群: 查通道
周明远 私: 催 1
  私: 要催通知1
周明远 私: 撤销通知 1
  私: 预览（还没有撤回）
周明远 私: 确认
  私: 通知1已撤回
  安全 二群: 【通知1】已撤回
`)
	})
}
