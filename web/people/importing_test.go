package people_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"duban/roster"
	"duban/store"
	"duban/web/door"
	"duban/web/webtest"
)

// sheet is the office's list as a file, with some rows taken out or put in place of
// others.
func sheet(alter func([]string) []string) string {
	var rows []string
	for _, p := range webtest.Staff().People {
		var roles []string
		for _, x := range p.Roles {
			roles = append(roles, x.String())
		}
		rows = append(rows, strings.Join([]string{p.ID, p.Name, p.College, strings.Join(roles, "、"), strings.Join(p.Groups, "、")}, ","))
	}
	return "工号,姓名,学院,角色,群\n" + strings.Join(alter(rows), "\n") + "\n"
}

// send uploads a list as a browser does.
func send(v *webtest.Visitor, name, text string) webtest.Answer {
	v.Helper()
	return v.Upload("/people/import", name, []byte(text))
}

// taking is the form of a preview as a browser sends it back.
func taking(t *testing.T, text string, more ...string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, name := range []string{"name", "data", "rev", "over"} {
		form.Set(name, html.UnescapeString(between(t, text, `name="`+name+`" value="`, `"`)))
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

const takeAt = "/people/import/take"

// TestImport: a list is looked at first, and comes into force once; a file that cannot be
// read says why.
func TestImport(t *testing.T) {
	o := webtest.New(t)
	admin := o.Visit(webtest.Admin)
	o.Say(webtest.Admin, "第4条 负责人 王雪晴")
	now := func() (rev string) {
		o.View(func(s *store.Snapshot) { rev = roster.Revision(s) })
		return rev
	}
	before := now()
	o.Shows(admin.Get("/people/import"), "现在的名单有6人", "名单文件")
	for name, text := range map[string]string{"名单.doc": "x", "名单.csv": "姓名,学院\n张三,文学院\n", "名单.xlsx": "不是表格"} {
		if a := send(admin, name, text); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "名单读不了") {
			t.Errorf("%s: got status %d, want 422", name, a.Status)
		}
	}
	same := send(admin, "名单.csv", sheet(func(rows []string) []string { return rows }))
	o.Shows(same.Text, "和现在的名单一样")
	a := send(admin, "名单.csv", sheet(func(rows []string) []string {
		rows[4] = "C2,张伟,经济管理学院,辅导员,安全群"
		rows[5] = "C9,邓<可>欣,外国语学院,辅导员,学工群"
		return rows
	}))
	o.Shows(a.Text, "读到6人，还没有导入", "邓&lt;可&gt;欣（外国语学院，辅导员）", "<del>学工群</del> <ins>安全群</ins>", "王雪晴", "负责第4条，导入后没有负责人", "先交接", "导入，改3人")
	if strings.Contains(a.Text, "仍要导入") || strings.Contains(a.Text, "多了权限") {
		t.Error("a word is wanted for a harmless list")
	}
	if now() != before {
		t.Fatal("a preview has changed the roster")
	}
	form := taking(t, a.Text)
	if b := admin.Do(http.MethodPost, takeAt, form); b.Header.Get("Location") != "/people?done=roster" {
		t.Fatalf("taking it: got status %d, %s", b.Status, b.Text)
	}
	o.Shows(admin.Get("/people?done=roster"), "名单已换成这一份", "邓&lt;可&gt;欣")
	if b := admin.Do(http.MethodPost, takeAt, form); b.Status != http.StatusUnprocessableEntity {
		t.Errorf("taking it twice: got status %d, want 422", b.Status)
	}
	if b := send(admin, "名单.csv", strings.Repeat("长", 5<<20)); b.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a file of 15 MB: got status %d, want 413", b.Status)
	}
}

// TestImport_alarm: a list that may be cut off wants a word, one that gives rights wants a
// tick, and neither is taken without.
func TestImport_alarm(t *testing.T) {
	o := webtest.New(t)
	admin := o.Visit(webtest.Admin)
	size := func() (n int) {
		o.View(func(s *store.Snapshot) { n = len(roster.Current(s).People) })
		return n
	}
	a := send(admin, "名单.csv", sheet(func(rows []string) []string {
		rows[3] = "C1,张伟,机械工程学院,学院负责人,学工群"
		return rows[:4]
	}))
	o.Shows(a.Text, "原来的6人少了2人", "仍要导入", "张伟多了权限，我核实过了", "多了权限")
	for _, more := range [][]string{nil, {"word", "导入", "sure", "yes"}, {"word", "仍要导入"}, {"sure", "yes"}} {
		if b := admin.Do(http.MethodPost, takeAt, taking(t, a.Text, more...)); b.Status != http.StatusUnprocessableEntity || !strings.Contains(b.Text, "还没有导入：") {
			t.Errorf("with %v: got status %d, want 422", more, b.Status)
		}
	}
	if size() != 6 {
		t.Fatal("a list was taken without its word")
	}
	admin.Post(takeAt, pairs(taking(t, a.Text, "word", "仍要导入", "sure", "yes"))...)
	if size() != 4 {
		t.Error("the list that was taken is not in force")
	}
	b := send(admin, "名单.csv", sheet(func(rows []string) []string {
		rows[0], rows[1] = "A1,周明远,学工处,学工处,学工群", "A2,何志勤,学工处,管理员,学工群"
		return rows
	}))
	o.Shows(b.Text, "新名单里您不是管理员", "何志勤多了权限")
}

func pairs(form url.Values) (all []string) {
	for name, values := range form {
		all = append(all, name, values[0])
	}
	return all
}

// TestImport_again: whoever typed the password long ago types it again, and what was
// filled in is done then.
func TestImport_again(t *testing.T) {
	o := webtest.New(t)
	o.Change(func(tx *store.Tx) {
		door.PutAccount(tx, webtest.Admin, door.Account{Hash: door.Hash("春天的操场上有三只小黑猫"), Since: tx.Now()})
	})
	admin := o.With(door.Session{Person: webtest.Admin, How: door.ByPassword, Proved: o.Store.Time().Add(-time.Hour)})
	a := send(admin, "名单.csv", sheet(func(rows []string) []string { return rows[:5] }))
	form := taking(t, a.Text)
	b := admin.Do(http.MethodPost, takeAt, form)
	o.Shows(b.Text, "再输一次密码", `name="data" value="`, `action="`+takeAt+`"`)
	form.Set("again", "不对的密码不对的密码")
	if b = admin.Do(http.MethodPost, takeAt, form); b.Status != http.StatusUnauthorized || !strings.Contains(b.Text, "密码不对") || !strings.Contains(b.Text, `name="rev"`) {
		t.Errorf("a wrong password: got status %d, want 401 with what was filled in: %s", b.Status, b.Text)
	}
	form.Set("again", "春天的操场上有三只小黑猫")
	if b = admin.Do(http.MethodPost, takeAt, form); b.Header.Get("Location") != "/people?done=roster" {
		t.Errorf("the right password: got status %d, %s", b.Status, b.Text)
	}
}
