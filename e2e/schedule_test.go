package e2e_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// In the bubble it is eight in the morning of Saturday, the first of January
// 2000, and nobody has a table of that year's holidays.

func TestReminders_followTheSchool(t *testing.T) {
	t.Parallel()
	const school = `calendar:
  school:
    terms: [{name: 1999秋, from: 1999-09-06, to: 2000-01-14, exams: [{from: 2000-01-10, to: 2000-01-14}]}]
    holidays: [{name: 寒假, from: 2000-01-15, to: 2000-02-20}]
`
	tell(t, t.TempDir(), accountsOnly, func(s *story) {
		s.want(s.say("周明远: 加提醒 寒假期间每天18:00：注意安全。"), "未设置寒假起止日期")
		s.configure(accountsOnly + school)
		s.pass(10 * time.Second)
		s.want(s.say("周明远: 加提醒 寒假期间每天18:00：注意安全。"), "寒假 每天 18:00", "接下来：1月15日（周六）18:00")
		s.want(s.say("周明远: 确认"), "已保存“注意安全”", "下次1月15日18:00")
		s.want(s.say("周明远: 加提醒 教学周每周一8:30：升旗。"), "教学周 每周一 08:30", "接下来：1月3日（周一）08:30")
		s.want(s.say("周明远: 加提醒 每天8:30 教学周工作日：早读。"), "规则：教学周工作日", "1月3日（周一）", "跳过")
		s.want(s.say("周明远: 停发提醒 注意安全 寒假"), "1月15日至2月20日停发，今后没有一次")
		s.want(s.say("周明远: 取消停发 注意安全"), "不再停发，下次1月15日18:00")
		s.want(s.say("周明远: 加提醒 1月3日9:00：点名。"), "确认")
		s.want(s.say("周明远: 确认"), "已保存“点名”")
		s.want(s.say("周明远: 停发提醒 点名 到1月4日"), "今后没有一次")
		s.restart(14*24*time.Hour+8*time.Hour, accountsOnly+school) // four in the afternoon of the 15th
		s.want(s.during(3*time.Hour), "学工工作群 ← 【通知1】注意安全。")
	})
}

func TestReminders_stayInTheBudget(t *testing.T) {
	t.Parallel()
	tell(t, t.TempDir(), accountsOnly+"limits: {per_day: 5}\n", func(s *story) {
		s.want(s.say("周明远: 加提醒 每天8点到18点每2小时：测温"), "超出发送额度", "一天要发6条，最多5条")
		s.want(s.say("周明远: 加提醒 每天8点到12点每2小时：测温"), "每次1条消息，一天最多3条", "共3条（额度每天5条）")
		s.want(s.say("周明远: 确认"), "已保存")
		s.want(s.say("周明远: 加提醒 每天8点到12点每2小时：体温"), "超出发送额度：账号console一天最多发5条提醒，加上这条，1月2日要发6条")
		s.want(s.say("周明远: 加提醒 每天15点 各群：体温"), "每次2条消息", "最忙的1月2日共5条（额度每天5条）", "范围较大，请回复“确认 ")
		s.want(s.say("周明远: 确认"), "确认码不对，没有执行")
	})
}

func TestReminders_saveWhatWasPreviewed(t *testing.T) {
	t.Parallel()
	const jobs = "jobs:\n  - {id: report, name: 播报, " + hourly + ", text: 整点了。}\n"
	tell(t, t.TempDir(), accountsOnly+jobs, func(s *story) {
		s.Log("a preview is good for ten minutes")
		s.want(s.say("周明远: 加提醒 每天9点半：该喝水了。"), "10分钟内有效")
		s.pass(10 * time.Minute)
		s.want(s.say("周明远: 确认"), "可能已过10分钟")
		s.wantNot(s.during(2*time.Hour), "喝水")

		s.Log("an edit in between is not lost")
		s.want(s.say("周明远: 改提醒 播报：几点了。"), "预览")
		s.want(s.say("林晓岚: 暂停提醒 播报 到1月2日"), "“播报”已暂停到1月2日，当天起继续，下次1月2日08:00")
		s.want(s.say("周明远: 确认"), "又被改过或删除了，没有保存")
		s.want(s.say("周明远: 停发提醒 播报 到1月4日"), "1月1日至1月4日停发", "下次1月5日08:00")
		s.want(s.say("周明远: 恢复上一版 播报"), "暂停到1月2日", "下次1月2日08:00")
		s.want(s.say("周明远: 推迟提醒 播报 到1月3日23点"), "23:00在安静时段（22:00-07:00）内")
		s.want(s.say("周明远: 谁改的 播报"), "林晓岚：暂停到2000-01-02", "周明远：取消2000-01-01至2000-01-04的停发")
		s.wantNot(s.during(12*time.Hour), "点了")
		s.want(s.during(12*time.Hour), "】整点了。")
	})
}

func TestReminders_saySoWhenTheyReachNobody(t *testing.T) {
	t.Parallel()
	const jobs = `jobs:
  - {id: lost, name: 失联, when: 每天9点, groups: [没有的群], text: 听得见吗。}
  - {id: half, name: 半通, when: 每天10点, groups: [没有的群, 学工工作群], text: 听得见。}
`
	tell(t, t.TempDir(), accountsOnly+jobs, func(s *story) {
		s.want(s.during(time.Minute), "“失联”要发的群“没有的群”不在名单里")
		s.want(s.say("周明远: 看提醒 失联"), "没有的群里还没有机器人，发不到")
		said := s.during(90 * time.Minute)
		if n := strings.Count(said, "周明远 ← 定时提醒“失联”不能运行"); n != 1 {
			s.Errorf("got %d alarms about a reminder that reaches nobody, want 1: %q", n, said)
		}
		said = s.during(90 * time.Minute)
		s.want(said, "学工工作群 ← 【通知1】听得见。", "周明远 ← 提醒“半通”没有发到没有的群")
		s.wantNot(said, "失联")
	})
}

func TestReminders_waitForAPersonWhenTheClockJumps(t *testing.T) {
	t.Parallel()
	const jobs = accountsOnly + "jobs:\n  - {id: report, name: 播报, " + hourly + ", missed: skip, text: 整点了。}\n" +
		"  - {id: other, name: 报时, " + hourly + ", text: 到点了。}\n"
	tell(t, t.TempDir(), jobs, func(s *story) {
		s.want(s.during(2*time.Hour+10*time.Minute), "整点了。", "到点了。") // what fired at 10:00 has left
		s.restart(40*24*time.Hour, jobs)
		said := s.during(2 * time.Hour)
		s.want(said, "周明远 ← 系统时间 2000-02-10", "不可信", "“时钟正确”")
		s.wantNot(said, "学工工作群")
		s.want(s.say("刘畅: 时钟正确"), "管理员")
		s.want(s.say("周明远: 时钟正确"), "继续发提醒")
		s.want(s.during(2*time.Hour), "整点了。", "到点了。")
	})
}

func TestReminders_stayWhenTheFileIsCutOff(t *testing.T) {
	t.Parallel()
	const first = accountsOnly + "jobs:\n  - {id: report, name: 播报, " + hourly + ", missed: skip, text: 整点了。}\n"
	const whole = first + "  - {id: other, name: 报时, " + hourly + ", text: 到点了。}\n"
	tell(t, t.TempDir(), whole, func(s *story) {
		s.during(time.Minute)
		s.configure(first)
		said := s.during(time.Minute)
		s.want(said, "周明远 ← config.yaml 里没有了“报时”；这些提醒仍照原来的运行。", "现在只是原来那份的前一部分，没有生效", "“清理提醒”")
		s.configure(whole)
		s.wantNot(s.during(time.Minute), "config.yaml")
		s.want(s.say("周明远: 清理提醒"), "没有要清理的")
		s.restart(time.Minute, accountsOnly) // half a file at a start
		said = s.during(2 * time.Hour)
		s.want(said, "没有了“报时”、“播报”", "整点了。", "到点了。")
		s.restart(time.Minute, first)
		s.want(s.during(time.Minute), "周明远 ← config.yaml 现在只是原来那份的前一部分") // again at each start
		s.want(s.say("周明远: 清理提醒"), "没有了“报时”", "回复“确认”照文件办")
		s.want(s.say("周明远: 确认"), "已照 config.yaml 处理“报时”")
		said = s.during(2 * time.Hour)
		s.want(said, "整点了。")
		s.wantNot(said, "到点了。")
	})
}

func TestReminders_inAZoneWithSummerTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const config = accountsOnly + "zone: America/New_York\nquiet_hours: \"\"\njobs:\n" +
		"  - {id: gap, name: 缺, when: 每天2:30, always: true, groups: [学工工作群], text: 两点半。}\n" +
		"  - {id: twice, name: 重, when: 每天1:30, always: true, groups: [学工工作群], text: 一点半。}\n"
	synctest.Test(t, func(t *testing.T) {
		zone, err := time.LoadLocation("America/New_York")
		if err != nil {
			t.Fatal(err)
		}
		until := func(month time.Month, day, hour, minute int) time.Duration {
			return time.Until(time.Date(2000, month, day, hour, minute, 0, 0, zone))
		}
		<-time.After(until(time.April, 1, 12, 0))
		s := begin(t, dir, config)
		s.want(s.during(until(time.April, 2, 1, 45)), "一点半。")
		s.wantNot(s.during(until(time.April, 2, 1, 59)), "两点半。")
		s.want(s.during(until(time.April, 2, 3, 1)), "两点半。") // 02:30 does not exist
		s.end()
		<-time.After(until(time.October, 28, 12, 0))
		s = begin(t, t.TempDir(), config) // a new store, which has seen no other time
		defer s.end()
		said := s.during(until(time.October, 29, 12, 0))
		if n := strings.Count(said, "一点半。"); n != 1 {
			t.Errorf("the hour that comes twice fired %d times, want 1: %q", n, said)
		}
		if n := strings.Count(said, "两点半。"); n != 1 {
			t.Errorf("half past two fired %d times, want 1: %q", n, said)
		}
	})
}
