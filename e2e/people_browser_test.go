package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/proto"

	"duban/bot"
	"duban/bot/webchat/pagetest"
	"duban/notice"
	"duban/roster"
	"duban/store"
	"duban/web/door"
	"duban/web/webtest"
)

// thinned is the list of the test office without two of its people, where one of those
// who stay has got rights.
const thinned = `工号,姓名,学院,角色,群
A1,周明远,学工处,管理员、学工处,学工群、安全群
A2,何志勤,学工处,学工处,学工群
L1,郭建平,机械工程学院,学院负责人,学工群
C3,王雪晴,计算机学院,学院负责人、辅导员,学工群、安全群
`

// TestStory_people is a day of who keeps the roster, in a browser: a new list loses people
// and wants a word and the password, somebody whom nobody knows is claimed, a leave is
// booked with who stands in, and somebody's work goes to a successor.
func TestStory_people(t *testing.T) {
	t.Parallel()
	chrome := pagetest.Start(t)
	screens := []pagetest.Screen{pagetest.Phone()}
	if os.Getenv("DUBAN_SHOTS") != "" {
		screens = append(screens, pagetest.Desktop())
	}
	for _, screen := range screens {
		keepRoster(t, chrome, screen)
	}
}

func keepRoster(t *testing.T, chrome *pagetest.Browser, screen pagetest.Screen) {
	const password = "春天的操场上有三只小黑猫"
	o := webtest.New(t)
	o.Change(func(tx *store.Tx) {
		door.PutAccount(tx, webtest.Admin, door.Account{Hash: door.Hash(password), Since: tx.Now()})
		roster.Unbind(tx, webtest.Counselor)
	})
	v := o.With(door.Session{Person: webtest.Admin, How: door.ByPassword, Proved: o.Store.Time().Add(-time.Hour)})
	w := chrome.Open(t, o.Server.URL+"/login", screen)
	w.Must(w.SetCookies([]*proto.NetworkCookieParam{{Name: o.CookieName(), Value: v.Token(), URL: o.Server.URL}}))
	shot := func(name string) { keepViews(t, w, "story", name, screen) }
	retype := func(selector, text string) {
		w.Must(w.See(selector, "").SelectAllText())
		w.Type(selector, text)
	}
	o.Order(webtest.Admin, "announce", "需回执 学工群：请自查宿舍")
	o.Say(webtest.Admin, "第4条 负责人 郭建平")

	t.Log("a list that lost people wants a word, and the password")
	file := filepath.Join(t.TempDir(), "名单.csv")
	w.Must(os.WriteFile(file, []byte(thinned), 0o600))
	w.Must(w.Navigate(o.Server.URL + "/people"))
	w.Click("a", "导入新名单")
	w.Must(w.See("#file", "").SetFiles([]string{file}))
	w.Click("button", "读一遍")
	w.See(".ban.e", "原来的6人少了2人")
	w.See("del", "学工群、安全群")
	shot("preview")
	w.Type("#word", "好的")
	w.Click(".opt span", "王雪晴多了权限")
	w.Click("button", "导入，改4人")
	w.See("h1", "再输一次密码")
	shot("again")
	w.Type("#password", password)
	w.Click("button", "继续")
	w.See(".err", "请照样写上")
	shot("refused")
	retype("#word", "仍要导入")
	w.Click("button", "导入，改4人")
	w.See(".ban", "名单已换成这一份")
	w.See(".asof", "4人，3人已绑定")

	t.Log("somebody answers whom nobody knows, and is claimed by one tap")
	said := bot.Message{Account: webtest.Account, ID: "m1", Chat: "group/学工群", Group: true, Sender: "s/1/x", Name: "春暖花开", Card: "计算机-老王", Text: "通知1收到，已经排查完", Mention: true, Sent: o.Store.Time()}
	w.Must(o.Router.Handle(t.Context(), said))
	w.Must(w.Navigate(o.Server.URL + "/"))
	w.Click("a.btn", "去认领")
	w.See("button", "是王雪晴")
	shot("claim")
	w.Click("button", "是王雪晴")
	w.See(".ban", "已认领")
	w.Must(w.Navigate(o.Server.URL + "/notices/1"))
	w.See(".said", "已经排查完")

	t.Log("a leave is booked, with who stands in")
	w.Must(w.Navigate(o.Server.URL + "/people/leave"))
	w.Click("a", "登记请假")
	w.Type("#who", "王雪晴")
	w.MustEval(`d => { document.querySelector("[name=to]").value = d }`, o.Store.Time().In(o.Zone).AddDate(0, 0, 2).Format(time.DateOnly))
	w.Type("[name=stand]", "张伟")
	w.Click("button", "登记请假")
	w.See(".err", "名单上没有“张伟”")
	shot("leave")
	retype("[name=stand]", "郭建平")
	w.Click("button", "登记请假")
	w.See(".t2", "郭建平代")

	t.Log("the work of somebody who leaves goes to a successor")
	w.Must(w.Navigate(o.Server.URL + "/people"))
	w.Click("th a", "郭建平")
	w.Type("#to", "王雪晴")
	w.Click("button", "看看交什么")
	w.See("h1", "郭建平的工作交给王雪晴？")
	shot("handover")
	w.Click("button.p", "交接")
	w.See(".ban", "已交接：郭建平 → 王雪晴")
	shot("handed")

	o.View(func(s *store.Snapshot) {
		if n := len(roster.Current(s).People); n != 4 {
			t.Errorf("%d people are on the roster, want 4", n)
		}
		if l, away := roster.LeaveAt(s, webtest.Counselor, s.Now()); !away || l.Delegate != webtest.Lead || l.By != webtest.Admin {
			t.Errorf("got the leave %+v", l)
		}
		if roster.Reachable(s, webtest.Lead) || slices.Contains(notice.Owing(s, webtest.Lead), 1) {
			t.Error("who has handed over is still bound, or still owes an answer")
		}
	})
}
