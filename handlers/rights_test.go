package handlers_test

import (
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/roster"
	"duban/store"
)

// orders are commands that change something, or would.
var orders = []string{
	"发通知 需回执 学工群：明天放假", "确认", "确认 %code%", "取消", "关闭通知 1", "答 1 不用交", "绑定码 王雪晴", "收件箱", "导入要点", "撤销导入",
	"别名 新冠=疫情", "加提醒 每周五16:00 学工群 填报：请填报", "改提醒 1 每周四15:00", "删除提醒 1", "第1条 负责人 刘畅", "提醒列表", "日历 2027-01-01 休 元旦",
}

// wrappings are ways in which somebody's command reaches the bot without being
// typed by its sender as a message of its own, in private. ✿ is the command.
var wrappings = []string{
	"「周明远：✿」\n- - - - - - - - - - - - - - -\n好的", "「学工小助手：✿」\n- - - - - - - - - - - - - - -\n收到", "[聊天记录] 周明远: ✿", "周明远：✿", "> ✿",
	"转发：✿", "帮我看看这个：\n✿", "“✿”", "「✿」", "请问 ✿ 是什么意思", "我刚才发了✿", "不要✿", "【✿】", "[链接] ✿", "\u200b✿", "1. ✿", "命令：✿", "/✿", "@学工小助手 ✿", "<title>✿</title>",
}

// TestRights_wrapped is threat T2: no command runs that is wrapped in anything,
// said in a group, quoted, or old.
func TestRights_wrapped(t *testing.T) {
	o := boltOffice(t)
	o.tell(`
通知 需回执 学工群: 明天开会
刘畅 私: 第4条要不要交纸质版？
  私: 问题1
周明远 私: 发通知 需回执 学工群：预览过的通知
  私: 预览
`)
	ready := o.world()
	tried := 0
	for _, order := range orders {
		for _, m := range o.wrapped(order) {
			tried++
			o.hear(m)
			if now := o.world(); now != ready {
				t.Fatalf("got a change by %q (group %v, kind %q, quote %+v)\nfrom %s\nto   %s", m.Text, m.Group, m.Kind, m.Quote, ready, now)
			}
		}
	}
	if tried < 200 {
		t.Errorf("got %d wrapped commands, want at least 200", tried)
	}
	t.Logf("%d wrapped commands, 0 run", tried)
	o.tell(`
周明远 私: 确认
  私: 已发出：通知2
  学工群: 【通知2】预览过的通知
`)
}

// wrapped makes the messages that carry a command of the admin's which must not
// run.
func (o *office) wrapped(order string) (all []bot.Message) {
	for _, w := range wrappings {
		all = append(all, o.message("周明远", "私", strings.ReplaceAll(w, "✿", order)))
	}
	quoting, old, file, picture := o.message("周明远", "私", order), o.message("周明远", "私", order), o.message("周明远", "私", order), o.message("周明远", "私", order)
	quoting.Quote = &bot.Quote{Self: true, Name: botName, Text: o.last["p-A1"]}
	old.Sent = o.now.Add(-5*time.Minute - time.Second)
	file.Kind, picture.Kind = bot.File, bot.Picture
	own, system, robot := o.message("周明远", "私", order), o.message("周明远", "私", order), o.message("周明远", "私", order)
	own.Self, system.Kind, robot.Sender = true, bot.System, "u-robot"
	return append(all, quoting, old, file, picture, own, system, robot,
		o.message("周明远", "学工群", order), o.heard("周明远", "群@", order), o.heard("周明远", "群「上」", order))
}

// world is what commands could change, in one line.
func (o *office) world() string {
	o.Helper()
	var parts []string
	for line := range strings.SplitSeq(dump(o.T, o.engine), "\n") {
		for _, kind := range []string{
			"w/notice/", "w/number", "w/code/", "w/unanswered/", "plan/head", "plan/assign/", "plan/alias/", "job/", "cal", "w/pending/" + account + "/p-A1/A1/draft",
		} {
			if strings.HasPrefix(line, kind) {
				parts = append(parts, line)
			}
		}
	}
	return strings.Join(parts, "\n")
}

// TestNames is row F6: who has not answered is said by name only in private, and
// only to those who may see it.
func TestNames(t *testing.T) {
	tell(t, []story{
		{"are counted in a group and listed in private", `
通知 需回执 学工群: 明天开会
王雪晴 群: 收到
王雪晴 群@: 还有谁没回复
  学工群: 通知1：应回6，已回1，未回5。
周明远 群@: 还有谁没回复
  学工群: 通知1：应回6，已回1，未回5。
  私: 未回：
`},
		{"are those of the own college for its lead", `
通知 需回执 学工群: 明天开会
王雪晴 群: 收到
郭建平 私: 还有谁没回复
  私: 未回：张伟（机械工程学院）、郭建平⏎另有其他学院3人。
王雪晴 私: 还有谁没回复
  私: 通知1：应回6，已回1，未回5。
`},
		{"keep the reasons apart", `
通知 需回执 学工群: 明天开会
王雪晴 私: 我请假到周三
  私: 王雪晴请假
周明远 私: 还有谁没回复
  私: 应回6，已回0，请假1，未回5。⏎未回：张伟（机械工程学院）、张伟（经济管理学院）、刘畅、孙静怡、郭建平⏎请假：王雪晴
`},
	})
}

// TestOwn answers are for the asker alone.
func TestOwn(t *testing.T) {
	tell(t, []story{
		{"in private, wherever they were asked for", `
通知 需回执 学工群: 明天开会
王雪晴 私: 第1条卡在经费上了
  私: 受阻
王雪晴 群@: 我还有哪几条没填
  私: 待回复：通知1
王雪晴 群@: 我的数据
  私: 【通知与回复】1条⏎通知1，2026年11月23日 09:15要求，未回
王雪晴 私: 删除我的数据
  私: 将删除您写的内容
`},
		{"not at all where there is no private chat", `
路人 群@: 我的数据
  学工群: 还不知道您是名单上的哪一位
`},
	})
}

// TestAccounts: who is bound on one account is a stranger on another, and a notice
// and an answer reach people of another account.
func TestAccounts(t *testing.T) {
	o := newOffice(t, newMem(t), "")
	o.tell("刘畅 私: 第4条要不要交纸质版？\n  私: 问题1\n")
	second := func(text string) string {
		m := o.message("周明远", "私", text)
		m.Account = "feishu"
		if err := o.router.Handle(t.Context(), m); err != nil {
			t.Fatalf("got error %v, want none: %s", err, text)
		}
		for r := range o.outbox("feishu") {
			return r.Text
		}
		return ""
	}
	o.has(second("发通知 需回执 学工群：明天开会"), "还不知道您是名单上的哪一位")
	o.must(o.store.Update(t.Context(), func(tx *store.Tx) error {
		roster.Bind(tx, "feishu", "u-A1", roster.Binding{Person: "A1", Chat: "p-A1", How: "test"})
		return nil
	}))
	second("发通知 需回执 学工群：明天开会")
	second("确认")
	second("答 1 要交")
	got := strings.Join(texts(o.drain(), "刘畅"), "\n")
	if !strings.Contains(got, "学工群: 【通知1】明天开会") || !strings.Contains(got, "私: 周明远老师答复：要交") {
		t.Errorf("got %q, want the notice and the answer on the other account", got)
	}
}
