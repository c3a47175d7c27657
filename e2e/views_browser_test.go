package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/proto"

	"duban/bot"
	"duban/bot/webchat/pagetest"
	"duban/notice"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/web/door"
	"duban/web/webtest"
	"duban/zh"
)

// canaries are what runs a script if it is not escaped where it stands.
var canaries = []string{
	`<script>window.canary=1</script>`, `<img src=x onerror=window.canary=1>`, `"><svg onload=window.canary=1>`, `' autofocus onfocus=window.canary=1 x='`,
	`javascript:window.canary=1`, `{{.}}<b hx-on:click="window.canary=1" hx-trigger="load" hx-get="/">x</b>`, "</textarea></title><script>window.canary=1</script>",
}

// infected is an office in whose every field somebody has put a canary.
func infected(t *testing.T) *webtest.House {
	o := webtest.New(t)
	o.Change(func(tx *store.Tx) {
		people := webtest.Staff()
		for i := range people.People[3:] {
			c := canaries[i%len(canaries)]
			p := &people.People[3+i]
			p.Name, p.College, p.Groups = c, c, []string{"学工群", c}
		}
		roster.Replace(tx, people)
		for i, c := range canaries {
			roster.BindGroup(tx, roster.Target{Account: webtest.Account, Chat: "group/" + c, Group: c})
			outbox.Enqueue(tx, bot.Outgoing{Key: fmt.Sprint("k/", i, c), Account: webtest.Account, Chat: "group/" + c, Text: c})
			progress.Ask(tx, progress.Question{Kind: "question", Account: webtest.Account, Chat: "p/" + c, Person: "C1", Text: c})
			tx.Audit(store.Audit{Actor: c, Source: store.Source(c), Action: c, Object: c, Result: c})
			door.PutShare(tx, fmt.Sprint("share", i), door.Share{Name: c, Names: true, Until: tx.Now().AddDate(0, 0, 7)})
			stray(tx, fmt.Sprint("s/1/", i), c, c)
		}
		door.Begin(tx, "other", door.Session{Person: webtest.Admin, How: door.ByLink, Device: canaries[0]})
		notice.PutLeave(tx, roster.Leave{Person: "C1", Delegate: "C2", From: tx.Now(), To: tx.Now().AddDate(0, 0, 3)})
		outbox.PutStanding(tx, webtest.Account, outbox.Standing{State: bot.State{Word: bot.Scanning, Detail: canaries[1], Since: tx.Now()}, Out: tx.Now()})
	})
	o.Say(webtest.Counselor, "第3条 完成60% "+canaries[1])
	o.Order(webtest.Admin, "announce", "紧急 学工群："+strings.Join(canaries, "\n"))
	o.Say(webtest.Office, "通知1收到，"+canaries[1])
	o.Change(func(tx *store.Tx) {
		schedule.PutDay(tx, schedule.DayEntry{Override: when.Override{Day: tx.Now().Format(time.DateOnly), Kind: when.Off, Name: canaries[0], Source: canaries[1]}})
		for i, c := range canaries {
			if _, err := o.Jobs.Put(tx, schedule.Job{ID: fmt.Sprint("c", i), Name: c, When: "每天16:00", Groups: []string{c, "学工群"}, Text: "请看" + strings.ReplaceAll(c, "{{.}}", "")}, schedule.Edit{}); err != nil {
				t.Fatal(err)
			}
		}
	})
	return o
}

// stray is somebody in a group whom nobody knows.
func stray(tx *store.Tx, sender, card, text string) {
	m := bot.Message{Account: webtest.Account, ID: sender, Chat: "group/学工群", Group: true, Sender: sender, Card: card, Text: text, Sent: tx.Now()}
	roster.PutStray(tx, roster.Stray{Account: m.Account, Sender: sender, Chat: m.Chat, Group: true, Name: card, Card: card, Why: roster.NobodyElse}, m)
}

// busy is an office at work.
func busy(t *testing.T) *webtest.House {
	o := webtest.New(t)
	today := o.Store.Time()
	day := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
	for _, order := range [][2]string{
		{"job.school", "学期 本学期 " + day(-80) + "到" + day(45) + " 考试周 " + day(32) + "到" + day(45) + "；假期 寒假 " + day(46) + "到" + day(80)},
		{"job.day", day(4) + "到" + day(6) + " 休 校庆 校办通知第9号"},
		{"job.day", day(12) + " 班 校庆 校办通知第9号"},
		{"job.add", "每周五16:00 学工群 填报：请各位老师填报本周进展。"},
		{"job.add", "每月最后一个工作日 安全群：安全工作月报。"},
		{"job.add", "工作日16:00 安全群 法定工作日：请今天值班的老师核对夜间值班安排，有调整的在群里说一声。"},
		{"job.add", "每周一9:00 学工群 教学周工作日 需回执：请各学院报本周研判情况。"},
		{"job.add", "每天21:30 学工群 安全群：晚间报送。"},
		{"job.change", "3 工作日16:30"},
		{"job.pause", "5 到2027-01-11"},
		{"job.add", "每周五11:00 安全群：防溺水提醒。"},
		{"job.delete", "6"},
		{"announce", "需回执 学工群：开学以来宿舍用电增多，请各学院完成一次宿舍安全自查。"},
		{"announce", "紧急 安全群：台风今晚登陆，请关好门窗。"},
	} {
		o.Order(webtest.Admin, order[0], order[1])
	}
	o.Say(webtest.Counselor, "通知1收到，已经排查完两栋")
	o.Say(webtest.Counselor, "第3条 完成60%，还差一栋")
	o.Say("C2", "第4条 受阻，经费没到账")
	o.Say("C1", "第4条要不要交纸质版？")
	o.Say(webtest.Admin, "第4条 负责人 王雪晴")
	o.Say("C1", "家里有事，一直请假")
	o.Order(webtest.Admin, "leave.book", "C2 今天到后天 王雪晴代")
	o.Order(webtest.Admin, "leave.book", "王雪晴 12月20日到12月22日")
	o.Change(func(tx *store.Tx) {
		stray(tx, "s/1/a", "计算机-老王", "通知1收到")
		stray(tx, "s/1/b", "张伟", "收到，宿舍都查过了")
		stray(tx, "s/1/c", "春暖花开", "好的")
		roster.Unbind(tx, webtest.Lead)
		for i, state := range []string{"已经发出的一条", "不知道发到没有的一条"} {
			outbox.Enqueue(tx, bot.Outgoing{Key: fmt.Sprint("busy/", i), Account: webtest.Account, Chat: fmt.Sprint("p/C", i+1), Text: state})
		}
	})
	for i, err := range []error{nil, bot.ErrUnknown} {
		rows, failed := (outbox.Delivery{Store: o.Store}).Exchange(t.Context(), webtest.Account, nil, 1, time.Minute)
		if failed != nil || len(rows) != 1 {
			t.Fatalf("got %d rows to send, %v", len(rows), failed)
		}
		_, failed = (outbox.Delivery{Store: o.Store}).Exchange(t.Context(), webtest.Account, []bot.Attempt{{Outgoing: rows[0], Result: bot.Result{Err: err}}}, 0, time.Minute)
		if failed != nil {
			t.Fatalf("settle row %d: %v", i, failed)
		}
	}
	return o
}

// pages are the paths of all views that a browser can open as they are.
func pages(o *webtest.House) (all []string) {
	for _, r := range o.Routes {
		if r.Method == http.MethodGet && !strings.Contains(strings.ReplaceAll(r.Pattern, "{$}", ""), "{") && !r.Long {
			all = append(all, strings.ReplaceAll(r.Pattern, "{$}", ""))
		}
	}
	all = append(all, "/outbox?show=sent", "/audit?check=1", "/start/1", "/start/2", "/start/3", "/start/4", "/start/5")
	o.View(func(s *store.Snapshot) {
		for _, p := range []string{webtest.Lead, "C1", webtest.Counselor} {
			all = append(all, "/people/p/"+store.Pseudonym(s, p))
		}
		if notice.Last(s) > 0 {
			all = append(all, "/notices/1")
		}
		if jobs := schedule.Listed(s); len(jobs) > 0 {
			of := fmt.Sprint("/jobs/", jobs[min(2, len(jobs)-1)].Number)
			month := zh.StartOfDay(s.Now().In(o.Zone)).AddDate(0, 0, 12) // that of the days that are entered
			all = append(all, of, of+"/pause", of+"/delete", fmt.Sprintf("/jobs/month?of=%s&day=%d", month.Format("2006-01"), month.Day()))
		}
		all = append(all, "/plan/m/"+o.Measure(3))
		if _, ok := door.ShareOf(s, "share0"); ok {
			all = append(all, "/share/share0")
		}
	})
	return all
}

// TestViews_browser opens every view in a browser, on a desk and on a phone, light and
// dark: no script of anybody's runs, nothing is complained of, nothing has to be scrolled
// sideways, and axe-core finds nothing serious. With DUBAN_SHOTS=FOLDER it keeps pictures.
func TestViews_browser(t *testing.T) {
	t.Parallel()
	browser := pagetest.Start(t)
	offices := map[string]func(*testing.T) *webtest.House{"infected": infected, "busy": busy}
	if os.Getenv("DUBAN_SHOTS") != "" {
		offices["empty"] = func(t *testing.T) *webtest.House { return webtest.New(t) }
	}
	for name, open := range offices {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			for _, screen := range []pagetest.Screen{pagetest.Desktop(), pagetest.Phone()} {
				walk(t, browser, o, webtest.Admin, name, screen)
			}
			for _, person := range []string{webtest.Lead, webtest.Counselor} {
				walk(t, browser, o, person, name+"-"+person, pagetest.Phone())
			}
		})
	}
	t.Run("axe", func(t *testing.T) {
		inspects(t, browser.Open(t, webtest.New(t).Server.URL+"/login", pagetest.Desktop()))
	})
}

// walk opens every view that a person may see.
func walk(t *testing.T, browser *pagetest.Browser, o *webtest.House, person, name string, screen pagetest.Screen) {
	v := o.Visit(person)
	w := browser.Open(t, o.Server.URL+"/login", screen)
	w.Must(w.SetCookies([]*proto.NetworkCookieParam{{Name: o.CookieName(), Value: v.Token(), URL: o.Server.URL}}))
	for _, path := range pages(o) {
		if person != webtest.Admin && v.Do(http.MethodGet, path, nil).Status != http.StatusOK {
			continue
		}
		w.Must(w.Navigate(o.Server.URL + path))
		w.Must(w.WaitLoad())
		if got := w.MustEval(`() => window.canary === undefined`); !got.Bool() {
			t.Errorf("%s, %d wide: a script of somebody's ran", path, screen.Width)
		}
		if wide := w.MustEval(`() => document.documentElement.scrollWidth`).Int(); wide > screen.Width {
			t.Errorf("%s is %d wide on a screen of %d", path, wide, screen.Width)
		}
		keepViews(t, w, name, path, screen)
	}
}

// themes are light and dark.
var themes = []string{"light", "dark"}

// keepViews inspects what a window shows, light and dark, and keeps pictures of it.
func keepViews(t *testing.T, w pagetest.Window, name, path string, s pagetest.Screen) {
	t.Helper()
	dir := os.Getenv("DUBAN_SHOTS")
	for _, theme := range themes {
		w.MustEval(`t => document.documentElement.setAttribute("data-theme", t)`, theme)
		inspect(t, w, fmt.Sprintf("%s %s, %d wide", name, path, s.Width), theme)
		if dir == "" {
			continue
		}
		png, err := w.Screenshot(true, nil)
		if err != nil {
			t.Fatal(err)
		}
		file := strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(path), "-")
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s-%d-%s.png", name, file, s.Width, theme)), png, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.MustEval(`() => document.documentElement.removeAttribute("data-theme")`)
}
