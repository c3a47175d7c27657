package e2e_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/diff"
)

// update writes what the stories of notices say as the new golden texts.
var update = flag.Bool("update", false, "write the golden texts of stories")

// threeGroups is a roster of 30 people in three groups, five of them in two, with
// two admins and an observer.
func threeGroups() string {
	var b strings.Builder
	b.WriteString("工号,姓名,学院/部门,角色,群,只看\n")
	b.WriteString("A1,周明远,学工处,管理员、学工处,学工群、安全群、辅导员群,\nA2,林晓岚,学工处,管理员、学工处,学工群,\nO1,徐慎行,党政办公室,辅导员,学工群,是\n")
	groups := []string{"学工群", "安全群", "辅导员群"}
	names := strings.Fields("赵一鸣 钱二宝 孙三思 李四维 周五常 吴六合 郑七斤 王八方 冯九如 陈十安 褚百川 卫千帆 蒋万里 沈亦舟 韩春生 杨夏至 朱秋实 秦冬梅 尤东升 许南山 何西岭 吕北辰 施中和 张甲子 孔乙未 曹丙寅 严丁卯")
	colleges := []string{"文学院", "理学院", "工学院"}
	for i, name := range names {
		in := groups[i%3]
		if i%5 == 0 {
			in += "、" + groups[(i+1)%3]
		}
		role := "辅导员"
		if i < 3 {
			role = "学院负责人"
		}
		fmt.Fprintf(&b, "M%02d,%s,%s,%s,%s,\n", i+1, name, colleges[i%3], role, in)
	}
	return b.String()
}

// office30 tells a story of an office with that roster, from Monday morning on.
func office30(t *testing.T, what func(*story)) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "roster.csv", threeGroups())
	tell(t, dir, accountsOnly+"roster: roster.csv\nchase: {grace: 0s}\nbackup: {every: 0s}\n", func(s *story) {
		s.until(2, 9, 0)
		what(s)
	})
}

var codeSaid = regexp.MustCompile(`(确认|确认 通知|延时) \d{4}”`)

// informed is what everybody is told once beside an answer; its words are another
// story's.
var informed = regexp.MustCompile(`\\n（告知：[^）]*）`)

// golden compares the report with which a story ends with a file.
func (s *story) golden(name, report string) {
	s.Helper()
	got := informed.ReplaceAllString(codeSaid.ReplaceAllString(report, "$1 ####”"), "")
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			s.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.Fatal(err)
	}
	if got != string(want) {
		s.Fatalf("%s", diff.Diff(path, want, "this story", []byte(got)))
	}
}

// code is the code of the newest preview.
func (s *story) code() string {
	all := regexp.MustCompile(`确认(?: 通知)? (\d{4})”`).FindAllStringSubmatch(s.text(), -1)
	if len(all) == 0 {
		s.Fatal("no preview with a code")
	}
	return all[len(all)-1][1]
}

// until lets time pass up to a time of the day that many days after the first.
func (s *story) until(days, hour, minute int) string {
	at := time.Date(2000, 1, 1+days, hour, minute, 0, 0, time.FixedZone("CST", 8*3600))
	return s.during(time.Until(at))
}

func TestNotices_safetyNoticeToThreeGroups(t *testing.T) {
	t.Parallel()
	office30(t, func(s *story) {
		s.say("钱二宝: 我请假今天到周三，孙三思代")
		s.say("周明远: 发通知 紧急 需落实 截止1月5日18:00 全部群：1月6日起有暴雪，请逐一核对在外学生，2026年12月1日的旧名册作废。")
		s.want(s.say("周明远: 确认 "+s.code()), "已请林晓岚复核", "林晓岚 ← 周明远要发下面的通知")
		sent := s.say("林晓岚: 确认 通知 " + s.code())
		s.want(sent, "学工群 ← 【通知1】", "安全群 ← 【通知1】", "辅导员群 ← 【通知1】", "应回27人")

		s.Log("answers of every kind")
		s.say("学工群 赵一鸣: 收到")
		s.say("学工群 李四维: 收到[抱拳]")
		s.say("学工群 郑七斤: /引用 【通知1】 | 好的")
		s.say("学工群 吴六合: +1")
		s.say("安全群 周五常: 收倒")
		s.say(`安全群 王八方: #接龙\n1. 王八方 收到\n2. 褚百川 收到`)
		s.say("褚百川: 通知1已落实")
		s.say("安全群 沈亦舟: 已阅")
		s.say("学工群 蒋万里: 文学院蒋万里收到")
		s.say("学工群 陈十安: 今天食堂有饺子")
		s.want(s.say("孙三思: 代钱二宝收到"), "钱二宝 收到通知1")
		s.say("辅导员群 孙三思: 收到，已全部落实到位")
		s.want(s.say("徐慎行: 收到"), "")

		s.Log("one that was wrong is taken back and given again")
		s.say("安全群 何西岭: 收到")
		s.want(s.say("何西岭: 撤回"), "已撤回：通知1的回复")

		s.Log("an escalation, step by step")
		half := s.until(2, 9, 45)
		s.want(half, "何西岭 ← 【通知1】", "还没有收到您的回复")
		s.wantNot(half, "赵一鸣 ←")
		s.say("何西岭: 收到")
		hour := s.until(2, 10, 15)
		s.want(hour, "赵一鸣 ← 【通知1】紧急", "贵学院还有")
		s.wantNot(hour, "何西岭（")
		two := s.until(2, 11, 30)
		s.want(two, "周明远 ← 【通知1】紧急", "林晓岚 ← 【通知1】紧急")
		s.say("学工群 周明远: @学工小助手 还有谁没回复")

		s.Log("the second day: chased once, nobody who answered")
		chased := s.until(3, 18, 30)
		if n := strings.Count(chased, "严丁卯 ←"); n != 1 {
			s.Errorf("严丁卯 was told %d texts on the second day, want 1", n)
		}
		s.wantNot(chased, "褚百川 ←")
		s.wantNot(chased, "钱二宝 ←")
		s.want(chased, "赵一鸣 ← 【通知1】1月6日起有暴雪，请逐一核对在外学生，2026年12月1日的旧名册作废。\\n您回过收到，还没有回“已落实”")
		s.say("严丁卯: 收到，已落实")

		s.Log("the third day: due, and one that is late")
		s.until(4, 19, 0)
		s.want(s.say("曹丙寅: 通知1已落实"), "（迟）")
		report := s.say("周明远: 还有谁没回复") + s.say("赵一鸣: 还有谁没回复")
		ended := s.until(5, 7, 5)
		s.want(ended, "周明远 ← 通知1已到期关闭")
		s.golden("notice_safety", report+ended)
	})
}

func TestNotices_largeChange(t *testing.T) {
	t.Parallel()
	office30(t, func(s *story) {
		s.say("周明远: 发通知 需回执 截止1月7日 辅导员群：1月20日放寒假，请统计留校学生。")
		s.say("周明远: 确认")
		s.say("辅导员群 孙三思: 收到")
		s.say("辅导员群 吴六合: 收到")
		s.say("周明远: 改通知 1 小改：1月20日放寒假，请统计留校学生名单。")
		s.want(s.say("周明远: 确认"), "辅导员群 ← 【通知1】更正：“请统计留校学生”改为“请统计留校学生名单”")
		s.want(s.say("周明远: 还有谁没回复"), "已回2")
		s.say("周明远: 改通知 1 大改：1月18日放寒假，请统计留校学生名单，1月10日前报。")
		s.want(s.say("周明远: 确认"), "辅导员群 ← 【通知1·第2版】", "（原来回复过的也请再回一次）")
		s.want(s.say("周明远: 还有谁没回复"), "已回0")
		s.want(s.say("辅导员群 孙三思: /引用 【通知1】1月20日 | 收到"), "这次回复的是修改前的")
		s.say("辅导员群 孙三思: /引用 第2版 | 收到")
		s.want(s.say("周明远: 还有谁没回复"), "已回1")
		s.until(3, 12, 0)
		report := s.say("周明远: 还有谁没回复")
		s.golden("notice_change", report+s.say("周明远: 撤回通知 1")+s.say("周明远: 确认"))
	})
}

// command runs a subcommand on the data of a story and returns what it prints.
func (s *story) command(name string) string {
	s.Helper()
	said, err := command(s, s.line.outside(), strings.NewReader(""), name, "-config", filepath.Join(s.dir, "config.yaml"))
	if err != nil {
		s.Errorf("duban %s ended with %v", name, err)
	}
	return said
}

func TestSwitch(t *testing.T) {
	t.Parallel()
	tell(t, t.TempDir(), accountsOnly+"quiet_hours: ''\n", func(s *story) {
		s.pass(time.Minute)
		began := time.Now()
		s.want(s.command("pause"), "sending is stopped")
		if took := time.Since(began); took > 3*time.Second { // of which one is spent to find the store locked
			s.Errorf("duban pause took %v", took)
		}
		s.wantNot(s.say("王雪晴: 第3条"), "王雪晴 ←")
		s.want(s.say("周明远: 发通知 紧急 学工工作群：马上撤离"), "预览")
		s.wantNot(s.say("周明远: 确认"), "学工工作群 ←")
		s.end()

		s.Log("the stop survives a restart")
		s.start(accountsOnly + "quiet_hours: ''\n")
		s.wantNot(s.during(time.Minute), "学工工作群 ←")
		before := len(s.text())
		s.want(s.command("resume"), "sending goes on")
		s.pass(time.Second)
		s.want(s.text()[before:], "学工工作群 ← 【通知1】马上撤离")
		s.end()

		s.Log("and can be thrown while nothing runs")
		s.want(s.command("pause"), "sending is stopped")
		s.want(s.command("pause"), "(as before)")
		s.start(accountsOnly + "quiet_hours: ''\n")
		s.want(s.say("周明远: 恢复发送"), "周明远 ← 已恢复发送")
	})
}
