package e2e_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"duban/bot/webchat/pagetest"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
)

// TestStory_jobs is a reminder on the admin page from its phrase to its first turn: what is
// typed is explained while it is typed, and nothing is saved that was not shown. Then
// another one is changed, brought back, paused and seen in the month, and a holiday is
// entered for it.
func TestStory_jobs(t *testing.T) {
	t.Parallel()
	chrome := pagetest.Start(t)
	dir := t.TempDir()
	conf := shipped(t, dir)
	text, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	// Two texts in one group stand ten minutes apart: the first must be ours.
	write(t, dir, "config.yaml", strings.Replace(string(text), "when: 1分钟后", "when: 2小时后", 1))
	duban := spawn(t, "run", "-config", conf)
	chat, admin := duban.addresses(t)
	w := enters(t, chrome, pagetest.Desktop(), admin, conf)
	retype := func(selector, text string) {
		t.Helper()
		w.Must(w.See(selector, "").SelectAllText())
		w.Type(selector, text)
	}

	t.Log("a phrase is explained, or refused with what may be meant, while it is typed")
	w.Must(w.Navigate(admin + "jobs"))
	w.Click("a", "加提醒")
	w.Type("#when", "工作日下午16点半到17点")
	w.See("#said .err", "是一段时间")
	w.See("#said button", "改成工作日 16:30")
	keepViews(t, w, "story", "jobs-refused", pagetest.Desktop())
	retype("#when", "1分钟后")
	w.See("#said", "只发这一次")
	w.Type("#text", "请各位老师看一眼安全出口。")
	w.Click(".opt", group)
	w.See("#look .bub", "请各位老师看一眼安全出口")
	w.See("#look", "人看到")
	w.Click(".act button", "试发给我")
	w.See(".ban.a", "只有您看得到")
	w.Click(".act button", "^保存$")
	for range 3 { // a minute later it means another minute, and that is shown first
		if w.JS(`/先看看/.test(document.body.innerText)`) != "true" {
			break
		}
		w.Click(".act button", "^保存$")
	}
	w.See(".ban.a", "^已保存")

	t.Log("it comes in the group at its time, and its page says so")
	wang := chrome.Open(t, chat+"#as=JS001&chat="+group, pagetest.Phone())
	wang.Within(2*time.Minute).See(".msg.frombot .bubble", "看一眼安全出口")
	w.Front()
	w.Must(w.Reload())
	w.See("summary", "最近1次")
	w.Must(w.Navigate(admin + "jobs"))
	w.See("h2", "不再发的")

	t.Log("another is changed, and brought back; a double click sends a form once")
	w.Click("a", "加提醒")
	w.See(".act button", "^保存$")
	if n := w.JS(`(function () {
		var n = 0, b = document.querySelector(".act button");
		window.addEventListener("submit", function (e) { if (!e.defaultPrevented) n++; e.preventDefault(); });
		b.click();
		b.click();
		return n;
	})()`); n != "1" {
		t.Errorf("a double click has sent the form %s times", n)
	}
	w.Must(w.Reload())
	w.Type("#when", "工作日下午4点")
	w.Click(".pick label", "^法定工作日")
	w.Click(".opt", group)
	w.Type("#text", "请核对夜间值班安排。")
	w.See("#look .days", "")
	w.See("#look .bub", "请核对夜间值班安排。")
	keepViews(t, w, "story", "jobs-look", pagetest.Desktop())
	w.Click(".act button", "^保存$")
	w.See(".ban.a", "^已保存")
	retype("#when", "工作日17:00")
	w.See("#said", "^工作日 17:00")
	w.Click(".act button", "^保存$")
	w.See(".ban.a", "^已保存")
	w.Click("summary", "一共2版")
	keepViews(t, w, "story", "jobs-versions", pagetest.Desktop())
	w.Click("li button", "恢复")
	w.See(".ban.a", "已恢复成那一版")
	w.See("#said", "工作日 16:00")

	t.Log("it is paused, and goes on from the list, on a phone too")
	w.Click(".act a", "暂停")
	w.Click(".act button", "暂停提醒")
	w.See(".ban.a", "已暂停")
	w.Must(w.Navigate(admin + "jobs"))
	w.See("h2", "停着的")
	w.Click("button", "现在继续")
	w.See(".ban.a", "已继续")

	t.Log("the month shows it, and a holiday takes a day out of it")
	w.Must(w.Navigate(admin + "jobs"))
	w.Click(".seg a", "月历")
	w.Click(".h a", "下月")
	w.See(".cal a", "16:00")
	w.Click(".seg a", "放假和校历")
	w.Click(".acts a", "加一天")
	day := workday(t, time.Now().AddDate(0, 0, 7)).String()
	w.JS(`document.getElementById("day").value = "` + day + `"`)
	w.Type("#name", "校庆")
	w.Type("#source", "校办通知第9号")
	w.Click("form button", "先看影响")
	w.See(".rows", "请核对夜间值班安排，不再发：.*校庆放假")
	keepViews(t, w, "story", "calendar-impact", pagetest.Desktop())
	w.Click(".act button", "记入日历")
	w.See(".ban.a", "已记入日历")
	w.See("td", "校办通知第9号")
	duban.end(t)
	view(t, dir+"/data", func(s *store.Snapshot) {
		jobs, days := schedule.Listed(s), schedule.Days(s)
		if len(jobs) != 4 || jobs[3].When != "工作日 16:00" || jobs[3].Paused || len(days) != 1 || days[0].Day != day {
			t.Errorf("got the reminders %+v and the days %+v", jobs, days)
		}
	})
}

// workday is the next day from a time on that is worked.
func workday(t *testing.T, from time.Time) when.Day {
	cal, err := when.NewCalendar(nil, when.School{})
	if err != nil {
		t.Fatal(err)
	}
	d := when.DayOf(from)
	for !cal.Workday(d) {
		d++
	}
	return d
}
