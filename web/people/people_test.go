package people_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"duban/bot"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/web/webtest"
)

func path(o *webtest.House, person string) string { return "/people/p/" + pseudonym(o, person) }

func pseudonym(o *webtest.House, person string) (key string) {
	o.View(func(s *store.Snapshot) { key = store.Pseudonym(s, person) })
	return key
}

// TestList: who may see whom, by what they are known, and the search, which enters no
// address.
func TestList(t *testing.T) {
	o := webtest.New(t)
	o.Change(func(tx *store.Tx) { roster.Unbind(tx, "C2") })
	admin, lead := o.Visit(webtest.Admin), o.Visit(webtest.Lead)
	text := admin.Get("/people")
	o.Shows(text, "6人，5人已绑定", "周明远", "管理员、学工处", "重名", "没绑定", "发绑定码", "导入新名单", "绑定和认领")
	for _, hidden := range []string{"/people/p/C1", "A1"} {
		if strings.Contains(text, hidden) {
			t.Errorf("the list has %s", hidden)
		}
	}
	text = lead.Get("/people")
	o.Shows(text, "2人，2人已绑定", "郭建平", "张伟")
	for _, hidden := range []string{"王雪晴", "经济管理学院", "发绑定码", "导入新名单", "绑定和认领"} {
		if strings.Contains(text, hidden) {
			t.Errorf("a lead sees %s", hidden)
		}
	}
	found := admin.Do(http.MethodPost, "/people/find", url.Values{"q": {"计算机"}}).Text
	o.Shows(found, "找到1人", "王雪晴")
	if strings.Contains(found, "郭建平") {
		t.Error("the search finds who was not looked for")
	}
	o.Shows(admin.Do(http.MethodPost, "/people/find", url.Values{"q": {"<b>无"}}).Text, "没有找到“&lt;b&gt;无”")
	o.Shows(admin.Get("/people?show=twins"), "经济管理学院", `href="/people?show=unbound"`)
	if a := lead.Do(http.MethodGet, path(o, webtest.Counselor), nil); a.Status != http.StatusNotFound {
		t.Errorf("somebody of another college: got status %d, want 404", a.Status)
	}
	for _, known := range []string{"C1", store.Digest("C1")} { // of all numbers anybody can make the digests
		if a := admin.Do(http.MethodGet, "/people/p/"+known, nil); a.Status != http.StatusNotFound {
			t.Errorf("/people/p/%s: got status %d, want 404", known, a.Status)
		}
	}
}

// TestPerson: what is so of somebody, a code that is shown once, and the end of a binding.
func TestPerson(t *testing.T) {
	o := webtest.New(t)
	admin := o.Visit(webtest.Admin)
	o.Order(webtest.Admin, "announce", "需回执 学工群：请自查宿舍")
	o.Change(func(tx *store.Tx) {
		roster.Bind(tx, webtest.Account, "other", roster.Binding{Person: webtest.Lead, Chat: "p/other", How: roster.ByAdmin})
	})
	o.Shows(admin.Get(path(o, webtest.Lead)), "郭建平", "工号", "L1", "学院负责人", "绑定码", "通知1：请自查宿舍", "解除绑定", "离岗交接")
	a := admin.Do(http.MethodPost, path(o, webtest.Counselor)+"/code", nil)
	o.Shows(a.Text, "只在这里显示这一次", "王雪晴的绑定码")
	if text := admin.Get(path(o, webtest.Counselor)); strings.Contains(text, "的绑定码：") {
		t.Error("the code is shown twice")
	}
	if to := admin.Post(path(o, webtest.Lead) + "/unbind"); to != path(o, webtest.Lead)+"?done=unbound" {
		t.Errorf("the end of a binding led to %s", to)
	}
	o.View(func(s *store.Snapshot) {
		if all := roster.Handles(s, webtest.Lead); len(all) != 0 {
			t.Errorf("still bound: %v", all)
		}
	})
	o.Shows(admin.Get(path(o, webtest.Lead)), "没绑定", "还没有绑定")
}

// TestHandover: it is previewed, wants a successor that there is, and happens once.
func TestHandover(t *testing.T) {
	o := webtest.New(t)
	admin := o.Visit(webtest.Admin)
	o.Say(webtest.Admin, "第4条 负责人 王雪晴")
	o.Order(webtest.Admin, "announce", "需回执 学工群：请自查宿舍")
	at := path(o, webtest.Counselor) + "/handover"
	o.Shows(admin.Get(path(o, webtest.Counselor)), "第4条 ", "通知1")
	for typed, wrong := range map[string]string{"张伟": "有2位张伟，请写工号", "赵四": "没有“赵四”", "王雪晴": "同一个人"} {
		a := admin.Do(http.MethodPost, at, url.Values{"to": {typed}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, wrong) || !strings.Contains(a.Text, `value="`+typed+`"`) {
			t.Errorf("to %s: got status %d, want 422 with %q and what was typed: %s", typed, a.Status, wrong, a.Text)
		}
	}
	a := admin.Do(http.MethodPost, at, url.Values{"to": {"张伟（机械工程学院）"}})
	o.Shows(a.Text, "王雪晴的工作交给张伟？", "第4条", "通知1")
	code := url.Values{"code": {between(t, a.Text, `name="code" value="`, `"`)}}
	if b := admin.Do(http.MethodPost, "/people/bind/directory", code); b.Status != http.StatusUnprocessableEntity {
		t.Errorf("a hand-over confirmed as something else: got status %d, want 422: %s", b.Status, b.Text)
	}
	done := admin.Do(http.MethodPost, at, code)
	o.Shows(done.Text, "已交接：王雪晴 → 张伟（机械工程学院）")
	if b := admin.Do(http.MethodPost, at, code); b.Status != http.StatusUnprocessableEntity || !strings.Contains(b.Text, "没有交接") {
		t.Errorf("confirming it twice: got status %d, want 422: %s", b.Status, b.Text)
	}
	o.View(func(s *store.Snapshot) {
		if roster.Reachable(s, webtest.Counselor) {
			t.Error("who has left is still bound")
		}
	})
	o.Shows(admin.Get(path(o, "C1")), "第4条 ", "通知1")
}

// between is what stands in a text between two others.
func between(t *testing.T, text, before, after string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, before)
	found, _, end := strings.Cut(rest, after)
	if !ok || !end {
		t.Fatalf("no %q in %s", before, text)
	}
	return found
}

// TestBind: a stray is claimed by one tap or by a name, what they said is booked, and who
// is nobody is forgotten; each once.
func TestBind(t *testing.T) {
	o := webtest.New(t)
	admin := o.Visit(webtest.Admin)
	o.Shows(admin.Get("/people/bind"), "没有。谁在群里回了话", "名单上的人都认得", "学工群", "名单上6人")
	o.Order(webtest.Admin, "announce", "需回执 学工群：请自查宿舍")
	for i, card := range []string{"计算机-老王", "张伟", "路人<甲>"} {
		o.Change(func(tx *store.Tx) {
			id := string(rune('a' + i))
			m := bot.Message{Account: webtest.Account, ID: "stray" + id, Chat: "group/学工群", Group: true, Sender: "s/1/" + id, Card: card, Text: "通知1收到", Mention: true, Sent: tx.Now()}
			roster.PutStray(tx, roster.Stray{Account: webtest.Account, Sender: m.Sender, Chat: m.Chat, Group: true, Name: card, Card: card, Why: roster.NobodyElse}, m)
		})
	}
	text := admin.Get("/people/bind")
	o.Shows(text, "待认领3个", "计算机-老王", "通知1收到", "是王雪晴", "张伟（机械工程学院）", "张伟（经济管理学院）", "请问过本人再定", "路人&lt;甲&gt;")
	for typed, wrong := range map[string]string{"": "请写姓名或工号", "张伟": "有2位张伟", "赵四": "没有“赵四”"} {
		a := admin.Do(http.MethodPost, "/people/bind/3", url.Values{"name": {typed}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, wrong) {
			t.Errorf("%q: got status %d, want 422 with %q", typed, a.Status, wrong)
		}
	}
	if to := admin.Post("/people/bind/1", "person", pseudonym(o, webtest.Counselor)); to != "/people/bind?done=guest" {
		t.Errorf("a claim led to %s", to)
	}
	if to := admin.Post("/people/bind/2", "name", "C2"); to != "/people/bind?done=guest" {
		t.Errorf("a claim led to %s", to)
	}
	if to := admin.Post("/people/bind/3", "nobody", "1"); to != "/people/bind?done=stranger" {
		t.Errorf("a stranger led to %s", to)
	}
	if a := admin.Do(http.MethodPost, "/people/bind/1", url.Values{"person": {pseudonym(o, "C1")}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a second claim: got status %d, want 422", a.Status)
	}
	o.Shows(admin.Get("/notices/1"), "王雪晴")
	o.View(func(s *store.Snapshot) {
		if n := len(roster.Strays(s)); n != 0 {
			t.Errorf("%d strays wait", n)
		}
		b, _, ok := roster.Bound(s, webtest.Account, "s/1/a")
		if !ok || b.Person != webtest.Counselor || b.How != roster.ByAdmin {
			t.Errorf("got the binding %+v", b)
		}
	})
}

// TestLeave: leave is booked, changed and ended for whom the asker may see, and what was
// typed stays if it is wrong.
func TestLeave(t *testing.T) {
	o := webtest.New(t)
	admin, lead := o.Visit(webtest.Admin), o.Visit(webtest.Lead)
	day := func(n int) string { return o.Store.Time().In(o.Zone).AddDate(0, 0, n).Format("2006-01-02") }
	o.Shows(admin.Get("/people/leave"), "现在没有人请假", "登记请假")
	if to := admin.Post("/people/leave", "who", "王雪晴", "from", day(0), "to", day(3), "stand", "张伟（机械工程学院）"); to != "/people/leave?done=leave" {
		t.Errorf("booking led to %s", to)
	}
	text := admin.Get("/people/leave")
	o.Shows(text, "请假中1人", "王雪晴（计算机学院）", "张伟（机械工程学院）代", "周明远登记的", `value="`+day(3)+`"`)
	if strings.Contains(lead.Get("/people/leave"), "王雪晴") {
		t.Error("a lead sees the leave of another college")
	}
	for _, x := range []struct{ who, from, to, stand, wrong string }{
		{"赵四", day(0), day(1), "", "没有“赵四”"},
		{"张伟", day(0), day(1), "", "有2位张伟"},
		{"王雪晴", day(3), day(1), "", "最后一天要在第一天之后"},
		{"王雪晴", day(-9), day(-5), "", "已经过去了"},
		{"王雪晴", "x", day(1), "", "第一天没读懂"},
		{"王雪晴", day(0), day(1), "王雪晴", "是同一位"},
	} {
		a := admin.Do(http.MethodPost, "/people/leave", url.Values{"who": {x.who}, "from": {x.from}, "to": {x.to}, "stand": {x.stand}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, x.wrong) || !strings.Contains(a.Text, `value="`+x.who+`"`) {
			t.Errorf("%v: got status %d, want 422 with what was typed: %s", x, a.Status, a.Text)
		}
	}
	if a := lead.Do(http.MethodPost, "/people/leave", url.Values{"who": {webtest.Counselor}, "from": {day(0)}, "to": {day(1)}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a lead for another college: got status %d, want 422", a.Status)
	}
	if a := lead.Do(http.MethodPost, "/people/leave", url.Values{"who": {"C1"}, "from": {day(0)}}); !strings.Contains(a.Text, "请写到哪一天") {
		t.Errorf("a lead without an end: got status %d", a.Status)
	}
	key := between(t, text, `name="leave" value="`, `"`)
	admin.Post("/people/leave", "leave", key, "from", day(1), "to", day(3), "stand", "")
	o.View(func(s *store.Snapshot) {
		all := roster.Leaves(s, webtest.Counselor, s.Now())
		if roster.Away(s, webtest.Counselor, s.Now()) || len(all) != 1 || all[0].From.In(o.Zone).Format("2006-01-02") != day(1) || all[0].Delegate != "C1" {
			t.Errorf("a leave that begins a day later now: got %+v", all)
		}
	})
	key = between(t, admin.Get("/people/leave"), `name="leave" value="`, `"`)
	admin.Post("/people/leave", "leave", key, "from", day(10), "to", day(12), "stand", "C2")
	text = admin.Get("/people/leave")
	o.Shows(text, "现在没有人请假", "以后的1次", "张伟（经济管理学院）代")
	if to := admin.Post("/people/leave/end", "leave", between(t, text, `name="leave" value="`, `"`)); to != "/people/leave?done=unleave" {
		t.Errorf("its end led to %s", to)
	}
	o.View(func(s *store.Snapshot) {
		if all := roster.AllLeaves(s, s.Now()); len(all) != 0 {
			t.Errorf("still on leave: %v", all)
		}
	})
	if a := admin.Do(http.MethodPost, "/people/leave/end", url.Values{"leave": {key}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("ending it twice: got status %d, want 422", a.Status)
	}
	o.Change(func(tx *store.Tx) {
		l := roster.Leave{Person: "C1", From: tx.Now()}
		progress.PutRequest(tx, progress.Request{Kind: progress.OpenLeave, Person: "C1", Leave: &l, Reason: "家里<有事>，一直请假"})
	})
	o.Shows(admin.Get("/people/leave"), "要您同意1个", "家里&lt;有事&gt;，一直请假")
}

// TestLeave_twins: a form that was filled in by the page names one person, a lead means
// their own people, and is not told the numbers of others.
func TestLeave_twins(t *testing.T) {
	o := webtest.New(t)
	o.Change(func(tx *store.Tx) {
		staff := webtest.Staff()
		for _, id := range []string{"C8", "C9"} {
			staff.People = append(staff.People, roster.Person{ID: id, Name: "李静", College: "经济管理学院", Roles: []roster.Role{roster.Counselor}, Groups: []string{"学工群"}})
		}
		roster.Replace(tx, staff)
	})
	admin, lead := o.Visit(webtest.Admin), o.Visit(webtest.Lead)
	day := func(n int) string { return o.Store.Time().In(o.Zone).AddDate(0, 0, n).Format("2006-01-02") }

	text := admin.Get("/people/leave?book=" + pseudonym(o, "C8"))
	o.Shows(text, `name="who" list="names" value="C8"`, "没定到哪天")
	admin.Post("/people/leave", "who", "C8", "from", day(0), "to", day(1), "stand", "C9")
	text = admin.Get("/people/leave")
	key, stand := between(t, text, `name="leave" value="`, `"`), between(t, text, `name="stand" list="names" value="`, `"`)
	if to := admin.Post("/people/leave", "leave", key, "from", day(0), "to", day(2), "stand", stand); to != "/people/leave?done=leave" {
		t.Errorf("changing the days alone led to %s", to)
	}

	if text := lead.Get("/people/leave?book=1"); !strings.Contains(text, `id="to" name="to" type="date" value="" required`) {
		t.Error("a lead may leave the last day open")
	}
	a := lead.Do(http.MethodPost, "/people/leave", url.Values{"who": {"张伟"}, "from": {day(0)}, "to": {day(1)}, "stand": {"李静"}})
	if a.Status != http.StatusUnprocessableEntity || strings.Contains(a.Text, "C8") || strings.Contains(a.Text, "有2位张伟") {
		t.Errorf("got status %d, want 422 about 李静 alone, without numbers: %s", a.Status, a.Text)
	}
	o.Shows(a.Text, "有2位李静，请写上学院")
	lead.Post("/people/leave", "who", "张伟", "from", day(0), "to", day(1))
	o.View(func(s *store.Snapshot) {
		if !roster.Away(s, "C1", s.Now()) || roster.Away(s, "C2", s.Now()) {
			t.Error("another 张伟 than the lead's is on leave")
		}
	})
}
