package handlers_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/plan"
	"duban/plan/outline"
	"duban/privacy"
	"duban/roster"
	"duban/store"
	"duban/store/enginetest"
)

var update = flag.Bool("update", false, "write testdata/commands.golden anew")

const commandsGolden = "testdata/commands.golden"

// legend explains the golden file to whoever reads it.
const legend = `# What each command does for whom. A cell has three letters: said in private, said to
# the bot in a group (@), said in a group to nobody.
#   D  done: the store is changed, and the asker is told
#   d  done without a word, here
#   A  answered; nothing is changed
#   P  previewed; it waits for 确认
#   Q  the bot asks something; nothing is changed yet
#   R  refused: the right is missing, or it is not known who asks
#   S  not done here: the asker is sent to the private chat
#   k  kept until it is known who said it, and nothing is told here
#   .  silence
`

// samples are inputs of each command, by its name: what is said, after what the
// same person has said there before (…⏎…). %code% is the code that the bot has shown.
var samples = map[string][]string{
	"missing": {"还有谁没回复"}, "announce": {"发通知 学工群：明天放假"}, "templates": {"模板"},
	"notice.asked": {"请问今天的通知最晚几点交啊"},
	"later":        {"发通知 学工群 安全群：明天放假⏎确认 %code%⏎延时 %code%"},
	"change":       {"改通知 1 小改：明天九点开会", "改通知 1 截止11月30日"},
	"prolong":      {"延长通知 1 到11月30日"},
	"withdraw":     {"撤回通知 1", "撤销通知 1"}, "close": {"关闭通知 1"}, "notices": {"通知列表"}, "chase": {"催一下 1"}, "pause": {"暂停发送"}, "resume": {"暂停发送⏎恢复发送"}, "held": {"发件箱", "发件箱 取消 全部"},
	"confirm": {
		"确认", "发通知 学工群：明天放假⏎确认", "发通知 学工群 安全群：明天放假⏎确认 %code%", "发通知 学工群 安全群：明天放假⏎确认", "改通知 1 大改：后天开会⏎确认", "撤回通知 1⏎确认", "催一下 1⏎确认",
		"导入要点⏎确认", "绑定群 学工群 2026学工群⏎确认", "加提醒 每周一9:00 学工群：例会⏎确认", "删除提醒 1⏎确认",
	},
	"abandon": {"取消", "发通知 学工群：明天放假⏎取消"}, "abandon.draft": {"发通知 学工群：明天放假⏎算了，先不发"},
	"help": {"帮助", "帮助 通知"}, "more": {"更多"},
	"which": {"完成80%⏎1"}, "drop": {"完成80%⏎算了"}, "same": {"第1条完成60%⏎没有新进展⏎1"}, "drop.same": {"第1条完成60%⏎没有新进展⏎算了"}, "drop.meant": {"提醒例表⏎算了"},
	"progress": {"第1条完成80%", "代刘畅报一下，第1条完成80%"}, "correction": {"第1条完成60%⏎改成70%"}, "retract": {"第1条完成60%⏎撤回"},
	"unsure":   {"第1条完成120%"},
	"question": {"第4条要不要交纸质版？"}, "pass": {"反诈宣传由谁来讲？⏎转人工"},
	"inbox": {"收件箱"}, "inbox.todo": {"待办"}, "reply": {"答 1 不用交"},
	"ack":      {"收到", "我请假到周三", "代刘畅收到"},
	"accounts": {"账号状态"}, "strays": {"待认领"}, "directory": {"核对通讯录"}, "claim": {"认领 1 徐慎行"}, "unbind": {"解除绑定 王雪晴"}, "group": {"绑定群 学工群"}, "group.agree": {"确认群 g-学工群"}, "alarm.test": {"测试报警"},
	"code": {"绑定码 王雪晴"}, "bind": {"绑定 482135"},
	"leave.book": {"登记请假 刘畅 到周五"}, "leave.end": {"登记销假 孙静怡"}, "leave.list": {"请假名单", "请假的都有谁，帮我列列"}, "login.link": {"登录网页"}, "handover": {"交接 孙静怡 刘畅"}, "plan.assign": {"第1条 负责人 保卫处"},
	"mydata": {"我的数据"}, "forget": {"删除我的数据"}, "forget.confirm": {"删除我的数据⏎确认删除 %code%"},
	"agree": {"同意 1"}, "refuse": {"不同意 1 太久"},
	"contents": {"目录"}, "lookup": {"第3条", "反诈宣传"}, "choose": {"第3条⏎2"}, "standing": {"第1条进展如何"}, "mine": {"我还有哪几条没填"}, "stuck": {"哪些受阻"},
	"roster.import": {"导入名单"}, "plan.import": {"导入要点"}, "plan.choose": {"导入要点⏎从头开始"}, "plan.undo": {"撤销导入", "导入要点⏎确认⏎撤销导入"}, "plan.alias": {"别名 新冠=疫情"},
	"jobs": {"提醒列表", "有哪些定时提醒"}, "job.add": {"加提醒 每周一9:00 学工群：例会"}, "job.show": {"看提醒 1"}, "job.change": {"改提醒 1 每周四15:00"}, "job.try": {"试发给我 1"},
	"job.pause": {"暂停提醒 1"}, "job.resume": {"暂停提醒 1⏎继续提醒 1"}, "job.snooze": {"推迟提醒 1 到11月28日9点"}, "job.silence": {"停发提醒 1 12月16日到12月21日"}, "job.lift": {"取消停发 1"},
	"job.delete": {"删除提醒 1"}, "job.restore": {"恢复上一版 1"}, "job.trust": {"时钟正确"}, "job.prune": {"清理提醒"}, "job.day": {"日历", "日历 2027-01-01 休 元旦 依据"}, "job.day.delete": {"删除日历 2027-05-04"},
	"job.school":  {"校历", "校历 假期 寒假 2027-01-16到2027-02-21"},
	"job.history": {"谁改的 1"},
	"summary":     {"进度汇总", "进度汇总 图片"}, "stale": {"30天未更新"}, "answered": {"谁回复了 1"}, "export": {"导出 表格"},
}

// strangerHandle is good for one login, so that its sender may turn out to be
// somebody of the roster.
const strangerHandle = "s/1/x"

// history is what has happened in the office before a sample is said.
const history = `
通知 需回执 学工群: 明天开会
刘畅 私: 第2条要不要交纸质版？
  私: 问题1
刘畅 私: 一直请假
  A3: 申请1
  周明远: 申请1
  私: 管理员
孙静怡 私: 我请假到周五
  私: 请假
周明远 私: 加提醒 每周五16:00 学工群 填报：请填报
  私: 预览
周明远 私: 确认
  私: 已保存
周明远 私: 改提醒 1 每周五15:00
  私: 预览
周明远 私: 确认
  私: 已保存
周明远 私: 停发提醒 1 1月16日到2月21日
  私: 停发
周明远 私: 日历 2027-05-04 休 青年节 依据
  私: 已记入
`

// TestCommands runs every command as everybody and everywhere, and compares what
// comes of it with a table that people can read. A new command needs a sample.
func TestCommands(t *testing.T) {
	past := newOffice(t, newMem(t), "")
	r := staff()
	r.People = append(r.People, roster.Person{ID: "A3", Name: "李敏", Roles: []roster.Role{roster.Admin}})
	past.update(func(tx *store.Tx) {
		b := roster.Binding{Person: "A3", Chat: "p-A3", How: "test"}
		roster.Replace(tx, r)
		roster.Bind(tx, account, "u-A3", b)
		roster.PutCode(tx, "482135", "C5", past.now.Add(time.Hour))
	})
	past.tell(history)
	stray := past.message("路人", "学工群", "收到")
	stray.Sender = strangerHandle
	past.hear(stray)
	people := []struct{ who, role string }{
		{"周明远", "admin"}, {"何志勤", "office"}, {"郭建平", "lead"}, {"王雪晴", "counselor"}, {"徐慎行", "norole"}, {"路人", "unknown"},
	}
	var b strings.Builder
	b.WriteString(legend + "\n")
	for _, p := range people {
		fmt.Fprintf(&b, "%-10s", p.role)
	}
	b.WriteString("\n")
	known := map[string]bool{}
	for _, c := range past.router.Commands() {
		if known[c.Name] {
			t.Errorf("two commands are called %q", c.Name)
		}
		known[c.Name] = true
		if len(samples[c.Name]) == 0 {
			t.Errorf("got no sample of the command %q, want at least one in samples", c.Name)
		}
		for _, said := range samples[c.Name] {
			for _, p := range people {
				cell := ""
				for _, where := range []string{"私", "群@", "群"} {
					t.Run(p.who+" "+where+": "+said, func(t *testing.T) {
						o := past.copied(t)
						cell += o.outcome(p.who, where, strings.Split(said, "⏎"))
						if p.role == "admin" && where == "私" {
							o.grows(said)
						}
					})
				}
				fmt.Fprintf(&b, "%-10s", cell)
			}
			fmt.Fprintf(&b, "%-15s %s\n", c.Name, said)
		}
	}
	for name := range samples {
		if !known[name] {
			t.Errorf("got a sample of %q, which is no command", name)
		}
	}
	if *update {
		if err := os.WriteFile(commandsGolden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(commandsGolden)
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(wanted)) {
		g, w := at(got, i), at(wanted, i)
		if g != w {
			t.Errorf("line %d of %s (run with -update if the change is meant):\ngot  %s\nwant %s", i+1, commandsGolden, g, w)
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing"
}

// copied returns an office of its own with everything that o holds.
// grows tells the people of an office what it keeps of them and lets four years pass:
// whatever a command has written, every rule of retention must be able to read it.
func (o *office) grows(said string) {
	o.Helper()
	for _, p := range staff().People {
		o.view(func(s *store.Snapshot) { privacy.About(s, p.ID) })
	}
	o.now = o.now.AddDate(4, 0, 0)
	if _, err := privacy.Sweep(o.Context(), o.store, privacy.DefaultRetention()); err != nil {
		o.Errorf("Sweep four years after %q: got error %v, want none", said, err)
	}
}

func (o *office) copied(t *testing.T) *office {
	t.Helper()
	e := enginetest.New(t)
	var all []store.Pair
	o.must(o.engine.View(t.Context(), func(r store.Reader) error {
		for p, err := range r.Scan([]byte{0}, nil) {
			if err != nil {
				return err
			}
			all = append(all, p)
		}
		return nil
	}))
	o.must(e.Update(t.Context(), func(w store.Writer) error {
		for _, p := range all {
			if err := w.Put(p.Key, p.Value); err != nil {
				return err
			}
		}
		return nil
	}))
	c := &office{T: t, engine: &counted{Engine: e}, now: o.now, last: map[string]string{}, said: map[string]string{}, log: o.log, n: o.n}
	c.open(t)
	set := options(nil)
	next := outline.Parse(samplePlan + "7. 组织家访活动。每月一次。\n8. 开展就业走访。每季一次。\n")
	set.Document = func(context.Context, ...plan.Choice) chat.Document {
		return chat.Document{Name: "要点.txt", Plan: next}
	}
	c.router = route(c.store, set)
	return c
}

var codeShown = regexp.MustCompile(`\d{4}`)

// outcome says in a letter what comes of what somebody says at last.
func (o *office) outcome(who, where string, lines []string) string {
	o.Helper()
	chat := ""
	for i, line := range lines {
		if chat != "" {
			line = strings.ReplaceAll(line, "%code%", codeShown.FindString(o.last[chat]))
		}
		place := where
		if i < len(lines)-1 {
			place = strings.Replace(where, "群", "群@", 1)
			place = strings.Replace(place, "@@", "@", 1)
		}
		m := o.heard(who, place, line)
		if who == "路人" {
			m.Sender = strangerHandle
		}
		chat = m.Chat
		if i < len(lines)-1 {
			o.hear(m)
			continue
		}
		before, waited := o.lasting()
		sent := o.hear(m)
		after, waits := o.lasting()
		asked := slices.ContainsFunc(waits, func(p string) bool { return !slices.Contains(waited, p) })

		return letter(sent, m, before != after || len(waits) < len(waited), asked)
	}
	return ""
}

// letter classifies what was sent because of a message.
func letter(sent []bot.Outgoing, m bot.Message, changed, asked bool) string {
	text, told := "", false
	for _, s := range sent {
		if s.Key == "answer/"+m.Account+"/"+m.ID {
			text, told = s.Text, true
		}
	}
	switch {
	case !told && changed && m.Sender == strangerHandle:
		return "k"
	case !told && changed:
		return "d"
	case !told:
		return "."
	case strings.Contains(text, "来办。") || strings.HasPrefix(text, "还不知道您是"):
		return "R"
	case strings.Contains(text, "请私聊我发") || strings.Contains(text, "请私聊我再问"):
		return "S"
	case strings.Contains(text, "回复“确认"):
		return "P"
	case asked && (strings.Contains(text, "？") || strings.Contains(text, "序号") || strings.Contains(text, "确认请")):
		return "Q"
	case changed || asked:
		return "D"
	}
	return "A"
}

// passing are the records that every message changes, or that only say what was
// said: seen marks, the outbox and its counts, and the audit log.
var passing = regexp.MustCompile(`^(a/[^/]*/(load|out|seen|shut|talk|audit|chain|lane|due|spent|day)|rev/|meta/)`)

// lasting returns what the store holds apart from what is passing, and what the
// bot waits to be answered.
func (o *office) lasting() (kept string, asked []string) {
	o.Helper()
	var k strings.Builder
	for line := range strings.SplitSeq(dump(o.T, o.engine), "\n") {
		switch {
		case strings.HasPrefix(line, "w/pending/") && strings.Contains(line, "/topic = "): // only what was spoken of
		case strings.HasPrefix(line, "w/pending/"):
			asked = append(asked, line)
		case !passing.MatchString(line):
			k.WriteString(line)
		}
	}
	return k.String(), asked
}
