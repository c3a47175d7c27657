package e2e_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"duban/app"
	"duban/bot/feishu/feishutest"
	"duban/config"
)

// counsellors returns thirty names.
func counsellors() (all []string) {
	for _, surname := range "赵钱孙李陈吴郑王冯褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶" {
		all = append(all, string(surname)+"子涵")
	}
	return all
}

// TestStory_networks is an office on Feishu and the simulator at the same time: who is
// known on both is asked once and answers anywhere; who is missing, the chase and the
// report are exact.
func TestStory_networks(t *testing.T) {
	const group = "oc_1"
	people := counsellors()
	dir := t.TempDir()
	var list strings.Builder
	list.WriteString("工号,姓名,学院/部门,角色,群\nA1,周明远,学工处,管理员,学工群\nA2,何志勤,学工处,管理员,学工群\n")
	for i, name := range people {
		fmt.Fprintf(&list, "C%02d,%s,计算机学院,辅导员,学工群\n", i+1, name)
	}
	c := campusConfig(filepath.Join(dir, "data"))
	c.Path, c.Key, c.Roster = filepath.Join(dir, "config.yaml"), filepath.Join(dir, "duban.key"), write(t, dir, "roster.csv", list.String())
	net := feishu{feishutest.New()}
	r := &robot{T: t, net: net}
	defer net.Shut()
	net.Group("1", append([]string{"周明远"}, people...)...)
	pace := c.Accounts[0].Pace
	c.Accounts = []config.Account{
		{Name: "feishu", Kind: "feishu", Pace: pace, Feishu: config.Feishu{
			App: feishutest.AppID, Secret: config.Secret{File: write(t, dir, "feishu.secret", feishutest.Secret)}, Domain: net.URL,
		}},
		{Name: "console", Kind: "console", Pace: pace},
	}
	var in io.Reader
	in, r.typed = io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- app.Run(ctx, c, app.Options{Log: slog.New(slog.DiscardHandler), In: in, Out: &r.console})
	}()
	r.await("it is connected", func() bool { return net.Connected() == 1 })
	pressing, typing, reading, away, silent := people[:12], people[12:18], people[18:22], people[22:25], people[25:]
	r.binds("周明远", people[:28]...) // the last two are on the simulator only
	r.net.Say(group, "周明远", "@学工小助手 绑定群 学工群")
	r.sees(r.net.Person("周明远"), "将发到群")
	r.asks("周明远", "确认", "已绑定：“学工群”")
	for _, person := range away {
		r.asks("周明远", "登记请假 "+person+" 今天到下周五", person)
	}

	r.confirms("周明远", r.asks("周明远", "发通知 学工群：明天下午召开寒假安全会，收到请回复", "预览"), "已请何志勤复核")
	second := regexp.MustCompile(`何志勤 ← .*“(确认 通知 \d+)”`)
	r.await("the second admin is asked on the other network", func() bool { return second.MatchString(r.console.String()) })
	fmt.Fprintln(r.typed, "何志勤: "+second.FindStringSubmatch(r.console.String())[1])
	r.sees(r.net.Person("周明远"), "何志勤已同意", "已发出：通知1")
	post := r.sees(group, "【通知1】明天下午召开寒假安全会")
	for _, person := range pressing {
		net.Press(group, person, "收到")
	}
	net.Press(group, pressing[0], "收到") // a second press is no second answer
	for i, person := range typing {
		switch i % 3 {
		case 0:
			r.net.Say(group, person, "收到")
		case 1:
			r.asks(person, "通知1收到", "已回复通知1")
		default: // on the other network
			fmt.Fprintln(r.typed, person+": 通知1收到")
			r.await("it is counted on the simulator", func() bool {
				return strings.Contains(r.console.String(), person+" ← 已记："+person+" 已回复通知1")
			})
		}
	}
	for _, person := range reading {
		net.Read(group, person, r.sees(group, post))
	}

	const counts = "应回30，已回18，请假3，未回9（已读4，已送达未读5）"
	missing := r.eventually("周明远", "谁没回 通知1", counts)
	r.has(missing, "已读未回："+strings.Join(reading, "、"), "已送达未读："+strings.Join(silent, "、"), "请假："+strings.Join(away, "、"))
	r.confirms("周明远", r.asks("周明远", "催一下 1", "私聊提醒9人，其中已读没有回复的4人", "已回复18人，请假3人"), "正在提醒没有回复通知1的人")
	for _, person := range reading {
		r.sees(r.net.Person(person), "【通知1】", "您已读，还没有回复")
	}
	for _, person := range silent[:3] {
		r.sees(r.net.Person(person), "【通知1】", "还没有收到您的回复")
	}
	r.await("the simulator has the other two", func() bool {
		return strings.Count(r.console.String(), "还没有收到您的回复") == 2
	})
	chased := 0
	for _, person := range people {
		for _, text := range r.net.Shown(r.net.Person(person)) {
			chased += strings.Count(text, "已经办了就回一句")
		}
	}
	if chased != 7 || strings.Count(r.console.String(), "已经办了就回一句") != 2 {
		t.Errorf("%d were chased on Feishu, want 7, and on the simulator: %s", chased, r.console.String())
	}
	fmt.Fprintln(r.typed, silent[4]+": 通知1收到")
	r.await("who was chased on the simulator has answered", func() bool {
		return strings.Contains(r.console.String(), silent[4]+" 已回复通知1")
	})
	r.has(r.asks("周明远", "谁回复了 1", "应回30，已回19，请假3，未回8（已读4，已送达未读4）"), "已读未回："+strings.Join(reading, "、"))
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the program ended with %v", err)
	}
}

// confirms confirms a preview with the words that it asks for.
func (r *robot) confirms(person, preview string, parts ...string) string {
	r.Helper()
	return r.asks(person, regexp.MustCompile(`“(确认[^”]*)”`).FindStringSubmatch(preview)[1], parts...)
}

// eventually asks until the answer has the part.
func (r *robot) eventually(person, text, part string) (answer string) {
	r.Helper()
	said := 0
	r.await(part, func() bool {
		all := r.net.Shown(r.net.Person(person))
		if len(all) > said {
			if answer = all[len(all)-1]; strings.Contains(answer, part) {
				return true
			}
			said = len(all)
			r.net.Say(r.net.Person(person), person, text)
		}
		return false
	})
	return answer
}

// has checks that a text has all the parts.
func (r *robot) has(text string, parts ...string) {
	r.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			r.Errorf("%q is not in %q", p, text)
		}
	}
}
