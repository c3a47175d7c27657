package inbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"duban/handlers/chat"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/web/webtest"
)

// TestInbox: a question is answered, an unclear report is booked by one tap in the name of
// who said it, and a request is decided; each once, and what was typed stays if it fails.
func TestInbox(t *testing.T) {
	o := webtest.New(t)
	admin, office := o.Visit(webtest.Admin), o.Visit(webtest.Office)
	o.Shows(office.Get("/inbox"), "没有等您的")
	o.Say(webtest.Counselor, "完成80%")
	o.Say(webtest.Counselor, "完成90%")
	o.Say("C1", "第4条要不要交纸质版？")
	o.Change(func(tx *store.Tx) {
		progress.Ask(tx, progress.Question{Kind: chat.Uncertain, Account: webtest.Account, Chat: "p/C2", Person: "C2", Text: "宿舍消防检查那边弄到95%了"})
		from := tx.Now()
		progress.PutRequest(tx, progress.Request{Kind: progress.OpenLeave, Person: webtest.Lead, Account: webtest.Account, Chat: "p/" + webtest.Lead, Leave: &roster.Leave{Person: webtest.Lead, From: from}, Reason: "住<b>院"})
	})
	text := office.Get("/inbox")
	o.Shows(text, "2句没读准，1个问题等答复", "王雪晴（计算机学院），私聊", "第4条要不要交纸质版", "第3条 95%")
	if strings.Contains(text, "住") {
		t.Error("who may not decide requests sees one")
	}
	o.Shows(office.Get("/"), "3句话等您定", `href="/inbox"`)

	a := office.Do(http.MethodPost, "/inbox/1", url.Values{"text": {"第9条完成90%"}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a measure that is not there: got status %d, want 422", a.Status)
	}
	o.Shows(a.Text, "要点里没有第9条", "第9条完成90%</textarea>")
	answers := map[string]string{"1": "第3条完成90%", "2": "要的", "3": "第3条 宿舍消防检查那边弄到95%了"}
	for n, said := range answers {
		if to := office.Post("/inbox/"+n, "text", said); to != "/inbox?done=answered" {
			t.Errorf("answering %s led to %s", n, to)
		}
	}
	o.View(func(s *store.Snapshot) {
		if n := len(progress.Questions.Open(s)); n != 0 {
			t.Errorf("%d questions still wait", n)
		}
		q, _ := progress.Questions.Find(s, 2)
		if q.By != webtest.Office || q.Answer != "要的" {
			t.Errorf("got the answer %+v", q)
		}
	})
	if a := office.Do(http.MethodPost, "/inbox/2", url.Values{"text": {"不用"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a second answer: got status %d, want 422", a.Status)
	}
	if a := office.Do(http.MethodPost, "/inbox/9", url.Values{"text": {"不用"}}); a.Status != http.StatusNotFound {
		t.Errorf("no such question: got status %d, want 404", a.Status)
	}

	o.Shows(admin.Get("/inbox"), "郭建平从", "住&lt;b&gt;院", "1个申请等您定")
	if to := admin.Post("/inbox/requests/1", "reason", "请写上日子"); to != "/inbox?done=refused" {
		t.Errorf("refusing led to %s", to)
	}
	o.View(func(s *store.Snapshot) {
		if q, _ := progress.Requests.Find(s, 1); q.Granted || q.By != webtest.Admin || q.Answer != "请写上日子" {
			t.Errorf("got the decision %+v", q)
		}
	})
	o.Shows(admin.Get("/inbox"), "没有等您的")
}

// TestInbox_granted: what is agreed to counts.
func TestInbox_granted(t *testing.T) {
	o := webtest.New(t)
	o.Say(webtest.Counselor, "一直请假")
	waits := 0
	o.View(func(s *store.Snapshot) { waits = len(progress.Requests.Open(s)) })
	if waits != 1 {
		t.Fatalf("%d requests wait, want 1", waits)
	}
	o.Visit(webtest.Admin).Post("/inbox/requests/1", "granted", "1")
	o.View(func(s *store.Snapshot) {
		if !roster.Away(s, webtest.Counselor, s.Now()) {
			t.Error("the leave that was agreed to has not begun")
		}
	})
}
