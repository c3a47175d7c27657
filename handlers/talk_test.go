package handlers_test

import (
	"strings"
	"testing"
)

// TestTalk: whoever speaks to the bot is answered, and nothing is stored of it.
func TestTalk(t *testing.T) {
	tell(t, []story{
		{"in private answers a greeting, thanks and what it does not understand", `
王雪晴 私: 你好
  私: 您好，我是学工小助手。可以这样说：⏎· 第3条完成80%
周明远 私: 在吗
  私: · 发通知
何志勤 私: 早上好
  私: · 收件箱
郭建平 私: 您好
  私: · 还有谁没回复
路人 私: 你好
  路人: · 第3条⏎· 目录⏎· 绑定
刘畅 私: 谢谢老师
  私: 不客气。
刘畅 私: 好的
  私: 目前没有等您回复的通知
王雪晴 私: 昨天那个学生的事情我已经跟他家长说过了让他们放心
  私: 没看懂“昨天那个学生的事情我已经跟他家长说过了…”，没有记录。可以这样说
刘畅 私: [图片]
  私: 请先写是哪一条的进度
= 收件箱: 0
`},
		{"in a group gives one line to who addresses it, and none to others", `
王雪晴 群@: 大家早上好
  学工群: 您好，可以这样问：@学工小助手 第3条
王雪晴 群: 大家早上好
王雪晴 群@: 谢谢
  学工群: 不客气。
刘畅 群: 谢谢
刘畅 群@: 昨天那个学生的事情我已经跟他家长说过了让他们放心
  学工群: 没看懂，没有记录
刘畅 群: 昨天那个学生的事情我已经跟他家长说过了让他们放心
`},
	})
}

// TestHelp fits the asker's role and place, and is never a dead end.
func TestHelp(t *testing.T) {
	tell(t, []story{
		{"in a group says what everybody can do there", `
王雪晴 群@: 帮助
  学工群: 可以这样问我（先@学工小助手）
王雪晴 群@:  
  学工群: 可以这样问我
周明远 群@: 帮助 通知
  学工群: 通知，可以这样说：⏎· 收到
`},
		{"shows people the commands that they may give, in private only", `
周明远 私: 帮助
  私: · 通知：发通知 需回执
周明远 私: 帮助 通知
  私: · 撤回通知 3
周明远 私: 帮助提醒
  私: · 看提醒 2
何志勤 私: 帮助
  私: · 提问：收件箱（待答复的问题）
王雪晴 私: 帮助
  私: · 填报：第3条完成80%，还差经费
王雪晴 私: 帮助 提醒
  私: 可以这样说，发“帮助 要点”看这一类的全部
路人 私: 帮助
  路人: · 绑定：绑定 绑定码
`},
	})
	o := newOffice(t, newMem(t), "")
	for _, who := range []string{"周明远", "何志勤", "郭建平", "王雪晴", "徐慎行", "路人"} {
		for _, m := range o.hear(o.message(who, "私", "帮助")) {
			if n := strings.Count(m.Text, "\n") + 1; n > 6 {
				t.Errorf("%s: got %d lines, want at most 6 on a phone:\n%s", who, n, m.Text)
			}
		}
	}
}

// TestFollowUp: for five minutes a question goes on from the answer before.
func TestFollowUp(t *testing.T) {
	tell(t, []story{
		{"goes on from the measure, and from the one that was shown then", `
王雪晴 私: 第1条
  私: 抓好课堂考勤
王雪晴 私: 责任单位呢
  私: 责任单位：学工处
王雪晴 私: 那时限呢
  私: 抓好课堂考勤
王雪晴 私: 目标呢
  私: 形成发现、谈话、帮扶的闭环
王雪晴 私: 第1条进展如何
  私: 第1条 抓好课堂考勤：还没有人填报
王雪晴 私: 下一条
  私: 建立重点学生台账
王雪晴 私: 措施呢
  私: 建立重点学生台账
王雪晴 私: 那进展呢
  私: 建立重点学生台账
王雪晴 私: 前面那条说的啥
  私: 抓好课堂考勤
王雪晴 私: 由哪些部门负责
  私: 责任：学工处
王雪晴 私: 下一部分
  私: 二、安全稳定
王雪晴 私: 措施呢
  私: 开展宿舍消防检查
王雪晴 私: 进度
  私: 进度汇总
`},
		{"is forgotten after five minutes, and is of who asked in that chat", `
王雪晴 群@: 第5条
  学工群: 深化反诈宣传
刘畅 群@: 下一条
  学工群: 没有找到
王雪晴 私: 下一条
  私: 没有找到
王雪晴 群@: 上一条
  学工群: 开展宿舍消防检查
+6m
王雪晴 群@: 上一条
  学工群: 没有找到
`},
		{"leaves what says itself what it is about", `
王雪晴 私: 第5条
  私: 深化反诈宣传
王雪晴 私: 第1条责任单位
  私: 抓好课堂考勤
王雪晴 私: 第2条完成80%
  私: 已记：2→80%
王雪晴 私: 考勤谁负责
  私: 抓好课堂考勤
`},
		{"a bare number answers which measure was meant", `
王雪晴 私: 第5条
  私: 深化反诈宣传
王雪晴 私: 完成60%
  私: 哪一条
王雪晴 私: 4
  私: 已记：4→60%
`},
	})
}

// TestOfItself: what is about the bot itself, and what the office asks itself, is no
// question for the office.
func TestOfItself(t *testing.T) {
	tell(t, []story{
		{"says how something is said to it", `
周明远 私: 怎么发通知？
  私: 请在私聊里这样写：发通知 需回执
周明远 私: 通知怎么撤回
  私: 撤回通知 3
王雪晴 私: 怎么发通知
  私: “发通知”需要管理员来办
王雪晴 私: 怎么请假
  私: · 我请假到周三，刘老师代
王雪晴 群@: 填报的格式是什么
  学工群: · 第3条完成80%
刘畅 私: 现在几点
  私: 现在是2026年11月23日 09:15，周一。
刘畅 私: 你是机器人吗
  私: 可以这样说
刘畅 私: 请假的学生怎么处理
  私: 没答到您的问题
= 收件箱: 0
`},
		{"answers the office from the plan only", `
周明远 私: 第4条要不要交纸质版？
  私: 开展宿舍消防检查
何志勤 群@: 第4条要不要交纸质版？
  学工群: 所以没有转给别人
何志勤 私: 食堂几点开门
  私: 没有找到
通知 需回执 学工群: 明天开会
何志勤 私: 收到，请问要不要带电脑？
  私: 没有
周明远 私: 完成80%
  私: 哪一条
周明远 私: 完成90%
  私: 还是没看懂是哪一条，没有记录
= 收件箱: 0
王雪晴 私: 第4条要不要交纸质版？
  私: 问题1
`},
		{"drops what waits, whoever says so, and takes nothing back", `
王雪晴 私: 第1条完成60%
  私: 已记
王雪晴 私: 取消
  私: 没有等待确认的内容，什么也没有做。要撤回您刚报的
王雪晴 私: 删除我的数据
  私: 确认删除
王雪晴 私: 取消
  私: 好的，这次没有记录，什么也没有做
周明远 私: 发通知 学工群：明天放假
  私: 预览
周明远 私: 算了，先不发
  私: 已取消，什么也没有做
周明远 私: 确认
  私: 没有等待确认的内容
= 第1条 王雪晴: 60%
`},
	})
}
