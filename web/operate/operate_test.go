package operate_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/store"
	"duban/web"
	"duban/web/page"
	"duban/web/webtest"
)

// ended lets one text leave, and end so.
func ended(o *webtest.House, key, text string, err error) {
	o.Helper()
	d := outbox.Delivery{Store: o.Store}
	o.Change(func(tx *store.Tx) {
		outbox.Enqueue(tx, bot.Outgoing{Key: key, Account: webtest.Account, Chat: "p/C1", Text: text})
	})
	rows, failed := d.Exchange(o.Context(), webtest.Account, nil, 1, time.Minute)
	if failed != nil || len(rows) != 1 {
		o.Fatalf("got %d rows to send, %v", len(rows), failed)
	}
	if _, failed = d.Exchange(o.Context(), webtest.Account, []bot.Attempt{{Outgoing: rows[0], Result: bot.Result{Err: err}}}, 0, time.Minute); failed != nil {
		o.Fatal(failed)
	}
}

var rowForm = regexp.MustCompile(`action="(/outbox/[^"/]+)/(\w+)"`)

// forms are the paths of rows on a page, by what can be done to them.
func forms(text string) map[string]string {
	all := map[string]string{}
	for _, m := range rowForm.FindAllStringSubmatch(text, -1) {
		all[m[2]] = m[1]
	}
	return all
}

// TestOutbox: what may have arrived is sent again or called sent, what was given up is sent
// again, what waits is taken back; each once, and its path names nobody.
func TestOutbox(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	ended(o, "secret-of-somebody/unsure", "一条不知下落的", bot.ErrUnknown)
	page := v.Get("/outbox?show=unknown")
	o.Shows(page, "给张伟（机械工程学院）：一条不知下落的", "不知发到没有", "那边有，算已发", "再发一次")
	if strings.Contains(page, "secret-of") {
		t.Error("the key of a row stands in the page")
	}
	at := forms(page)
	if to := v.Post(at["sent"] + "/sent"); to != "/outbox?done=sent" {
		t.Errorf("got to %s", to)
	}
	if a := v.Do(http.MethodPost, at["retry"]+"/retry", url.Values{}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("sending again what is called sent: got status %d, want 422", a.Status)
	}
	o.Shows(v.Get("/outbox?show=sent"), "一条不知下落的")

	ended(o, "dead", "一条发不出的", bot.ErrRefused)
	v.Post(forms(v.Get("/outbox?show=dead"))["retry"] + "/retry")
	waits := v.Get("/outbox")
	o.Shows(waits, "一条发不出的", "不发了")
	v.Post(forms(waits)["cancel"] + "/cancel")
	o.Shows(v.Get("/outbox"), "都发完了")

	v.Post("/outbox/pause")
	o.Shows(v.Get("/outbox"), "发送停着", "周明远", "恢复发送")
	o.Shows(v.Get("/"), "发送停着")
	v.Post("/outbox/resume")
	for _, bad := range []string{"/outbox/x/retry", "/outbox/d3g.0123456789abcdef/cancel", "/outbox/!!.1/sent"} {
		if a := v.Do(http.MethodPost, bad, url.Values{}); a.Status/100 != 4 {
			t.Errorf("%s: got status %d, want it refused", bad, a.Status)
		}
	}
	o.Shows(v.Get("/audit?show=send"), "算已发", "再发一次", "不发了", "暂停发送", "恢复发送", "网页")
}

// TestAudit_names: what was done is said of a measure and of a reminder by its name, also
// of a reminder that is there no more.
func TestAudit_names(t *testing.T) {
	o := webtest.New(t)
	o.Order(webtest.Admin, "plan.assign", "第4条 负责人 王雪晴")
	o.Order(webtest.Admin, "job.add", "每周五11:00 安全群：防溺水提醒。")
	o.Order(webtest.Admin, "job.delete", "1")
	o.Shows(o.Visit(webtest.Admin).Get("/audit"), "定负责人：第4条 深化反诈宣传", "改提醒：防溺水提醒")
}

// TestAudit: the log pages back through all of it, and leaves as a table only with a
// reason, which is in the log then. A name that is a formula is none in the table.
func TestAudit(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	for i := range 84 {
		o.Change(func(tx *store.Tx) {
			for j := range 3 { // no page ends between two transactions
				tx.Audit(store.Audit{Actor: webtest.Admin, Source: store.Chat, Action: "notice.send", Object: "1", Account: []string{"", webtest.Account}[(i+j)%2]})
			}
		})
	}
	seen, pages := 0, 0
	for path := "/audit?show=send"; path != ""; pages++ {
		text := v.Get(path)
		seen += strings.Count(text, "发通知：通知1")
		m := regexp.MustCompile(`href="(/audit\?[^"]*before=[^"]*)"`).FindStringSubmatch(text)
		path = ""
		if m != nil && pages < 9 {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if seen != 252 || pages != 3 {
		t.Errorf("got %d entries on %d pages, want 252 on 3", seen, pages)
	}
	o.Shows(v.Get("/audit?check=1"), "首尾相接，没有被改过")
	if a := v.Do(http.MethodPost, "/export/audit", url.Values{}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: got status %d, want 422", a.Status)
	}
	o.Change(func(tx *store.Tx) {
		tx.Audit(store.Audit{Source: store.CLI, Action: "=cmd()", Object: "x"})
	})
	a := v.Do(http.MethodPost, "/export/audit", url.Values{"reason": {"报保卫处"}})
	if got := a.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename") {
		t.Errorf("got the disposition %q, want an attachment", got)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Text, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 254 || !strings.HasPrefix(rows[1][2], "'=cmd()") {
		t.Errorf("got %d rows beginning %q, %v; want 253 and a head, and no formula", len(rows), rows[:min(2, len(rows))], err)
	}
	o.Shows(v.Get("/audit?show=export"), "导出：操作记录，报保卫处")
}

// TestShare: a link for leaders shows how far the plan is, with names only if that was
// chosen, leads nowhere, and ends when it is taken back.
func TestShare(t *testing.T) {
	o := webtest.New(t)
	o.Say(webtest.Counselor, "第3条 完成60%，还差一栋没有查")
	v, leader := o.Visit(webtest.Admin), o.Stranger()
	link := regexp.MustCompile(`/share/[\w-]+`)
	made := func(names string) string {
		a := v.Do(http.MethodPost, "/system/shares", url.Values{"name": {"分管领导"}, "days": {"7"}, "names": {names}})
		return link.FindString(a.Text)
	}
	plain, named := made(""), made("yes")
	for path, want := range map[string]bool{plain: false, named: true} {
		text := leader.Get(path)
		o.Shows(text, "第3条", "60%", "4条里，办结0条，推进中1条")
		if got := strings.Contains(text, "王雪晴") || strings.Contains(text, "还差一栋"); got != want {
			t.Errorf("a link with names %v shows a name or words: %v", want, got)
		}
		if inward := regexp.MustCompile(`href="/[^a]`).FindString(text); inward != "" {
			t.Errorf("a link for leaders leads inward: %s", inward)
		}
	}
	if strings.Contains(v.Get("/system"), strings.TrimPrefix(plain, "/share/")) {
		t.Error("the key of a link is shown again")
	}
	revoke := regexp.MustCompile(`/system/shares/\w+/revoke`).FindAllString(v.Get("/system"), -1)
	if len(revoke) != 2 {
		t.Fatalf("got %d links to take back, want 2", len(revoke))
	}
	for _, path := range revoke {
		v.Post(path)
	}
	for _, path := range []string{plain, named, "/share/none"} {
		if a := leader.Do(http.MethodGet, path, nil); a.Status != http.StatusGone {
			t.Errorf("%s after it was taken back: got status %d, want 410", path, a.Status)
		}
	}
}

// TestSystem: a copy is made and opened again with the recovery key, and with another one
// it is not; the doctor's findings come worst first.
func TestSystem(t *testing.T) {
	o := webtest.New(t)
	v := o.Visit(webtest.Admin)
	v.Post("/system/backup")
	o.Shows(v.Get("/system"), "duban v1.2.3", "18.0 MB", "做一次恢复演练")
	drill := func(key string) webtest.Answer {
		return v.Do(http.MethodPost, "/system/drill", url.Values{"copy": {"duban-20260918T020000Z-abcdefgh.age"}, "key": {key}})
	}
	o.Shows(drill("AGE-SECRET-KEY-1TEST").Text, "演练成功")
	if a := drill("AGE-SECRET-KEY-1OTHER"); a.Status != http.StatusUnprocessableEntity || strings.Contains(a.Text, "1OTHER") {
		t.Errorf("with another key: got status %d, want 422 and the key nowhere in the page", a.Status)
	}
	text := v.Do(http.MethodPost, "/accounts/check", url.Values{}).Text
	if bad, well := strings.Index(text, "有误"), strings.Index(text, "正常</span> 时钟"); bad < 0 || well < bad {
		t.Errorf("the doctor's findings do not come worst first: %d, %d", bad, well)
	}
}

// A crowd is a process with an account of each network.
type crowd struct{ page.Machine }

func (crowd) Accounts() (all []page.Account) {
	for _, kind := range []string{"webchat", "console", "wechat", "wecom", "feishu", "dingtalk"} {
		all = append(all, page.Account{Name: kind + "-1", Kind: kind})
	}
	return all
}

// TestAccounts: each account is shown with the word of its network.
func TestAccounts(t *testing.T) {
	o := webtest.New(t, func(h *page.House, _ *web.Options) { h.Machine = crowd{h.Machine} })
	text := o.Visit(webtest.Admin).Get("/accounts")
	o.Shows(text, "模拟聊天", "命令行里的模拟聊天", "个人微信", "企业微信机器人", "飞书机器人", "钉钉机器人")
	if strings.Contains(text, `<span class="q s"></span>`) {
		t.Error("an account has no word for its network")
	}
}

// TestShare_scheme: without an address of its own, a link begins as the page was reached.
func TestShare_scheme(t *testing.T) {
	for secure, want := range map[bool]string{false: `href="http://`, true: `href="https://`} {
		o := webtest.New(t, func(h *page.House, _ *web.Options) { h.Secure = secure })
		a := o.Visit(webtest.Admin).Do(http.MethodPost, "/system/shares", url.Values{"name": {"分管领导"}, "days": {"7"}})
		o.Shows(a.Text, want)
	}
}
