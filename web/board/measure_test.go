package board_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duban/outbox"
	"duban/progress"
	"duban/store"
	"duban/web/webtest"
)

// spoken is an office in which three colleges have spoken of a measure, more than once,
// and sent evidence.
func spoken(t *testing.T) (o *webtest.House, page string) {
	o = webtest.New(t)
	for i, who := range []string{"C1", "C2", webtest.Counselor} {
		for j, how := range []string{"完成20%", "完成60%", "受阻"} {
			o.Say(who, fmt.Sprintf("第3条 %s，第%d人第%d句", how, i+1, j+1))
		}
		o.Bring(who, fmt.Sprintf("第%d人的材料.pdf", i+1), fmt.Appendf(nil, "%%PDF-1.4 of %s", who))
	}
	o.Order(webtest.Admin, "plan.assign", "第3条 负责人 王雪晴")
	return o, "/plan/m/" + o.Measure(3)
}

var evidence = regexp.MustCompile(`/plan/m/[0-9a-f]+/files/[0-9a-f]{64}`)

// TestMeasure_rights: nobody reads a word or a name, or gets a file, on the page of a
// measure that the chat would not tell them of it.
func TestMeasure_rights(t *testing.T) {
	o, page := spoken(t)
	var secrets, files []string
	for i := range 3 {
		for j := range 3 {
			secrets = append(secrets, fmt.Sprintf("第%d人第%d句", i+1, j+1))
		}
		secrets = append(secrets, fmt.Sprintf("第%d人的材料", i+1))
	}
	secrets = append(secrets, "王雪晴", "张伟（机械工程学院）", "张伟（经济管理学院）")
	files = evidence.FindAllString(o.Visit(webtest.Admin).Get(page), -1)
	if len(files) != 3 {
		t.Fatalf("the admin is offered %d files, want 3", len(files))
	}
	seen := map[string]int{}
	for _, who := range []string{webtest.Counselor, webtest.Lead, webtest.Office, webtest.Admin, "C1", "C2"} {
		var told strings.Builder
		sent := 0
		for _, ask := range []string{"第3条", "第3条 各方", "第3条 历次", "第3条 佐证"} {
			for _, row := range o.Ask(who, ask) {
				if told.WriteString(row.Text); row.File != nil {
					sent++
				}
			}
		}
		v := o.Visit(who)
		text, _, _ := strings.Cut(v.Get(page), `id="report"`) // whom they may write for stands in the form
		_, text, _ = strings.Cut(text, `id="main"`)
		for _, s := range secrets {
			if strings.Contains(text, s) {
				seen[who]++
				if !strings.Contains(told.String(), s) {
					t.Errorf("%s reads %q on the page, and not in chat:\n%s", who, s, told.String())
				}
			}
		}
		got := 0
		for _, f := range files {
			if v.Do(http.MethodGet, f, nil).Status == http.StatusOK {
				got++
			}
		}
		if offered := len(evidence.FindAllString(text, -1)); got != sent || offered != sent {
			t.Errorf("%s is offered %d files and gets %d, the chat sends %d", who, offered, got, sent)
		}
	}
	if seen[webtest.Admin] != len(secrets) || seen[webtest.Office] != len(secrets) || seen[webtest.Counselor] >= seen[webtest.Lead] && seen["C2"] >= len(secrets) {
		t.Errorf("got %v of %d secrets, want all for the office and fewer for others", seen, len(secrets))
	}
}

// TestMeasure_shown: the text of the plan, how it stands and by whose word, what was said
// before, and the file as it was sent.
func TestMeasure_shown(t *testing.T) {
	o, page := spoken(t)
	v := o.Visit(webtest.Office)
	text := v.Get(page)
	o.Shows(text, `<blockquote class="verb"><p>3. 开展宿舍消防检查。每月一次。</p>`, "原文一字未改。导入自“plan.txt”", progress.Rule, "受阻，或离时限", "各人怎么说", "3人填报",
		"<del>60%</del>", "9次填报，3份佐证", "第3人的材料", "还留30天", "王雪晴（计算机学院），私聊")
	if got := strings.Count(text, "这一条按这句算"); got != 1 {
		t.Errorf("%d words are marked as that by which the measure stands, want one", got)
	}
	a := v.Do(http.MethodGet, evidence.FindString(text), nil)
	if !strings.HasPrefix(a.Text, "%PDF-1.4") || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") || a.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the evidence comes as %q with %v", a.Text, a.Header)
	}
	if a := v.Do(http.MethodGet, "/plan/m/"+strings.Repeat("0", 12), nil); a.Status != http.StatusNotFound || !strings.Contains(a.Text, "没有这一条") {
		t.Errorf("a measure that is not there: got %d", a.Status)
	}
	o.Say(webtest.Counselor, "第3条 延到"+o.Store.Time().AddDate(0, 1, 0).Format("2006年1月2日")+"，等设备")
	o.Order(webtest.Admin, "agree", "1")
	o.Shows(v.Get(page), "时限延到", "等设备", "王雪晴申请，周明远同意", "延过1次")
	if strings.Contains(o.Visit("C2").Get(page), "等设备") {
		t.Error("a counselor of another college reads why a day was put off")
	}
}

// TestMeasure_report: what is written into the form is on record as if it had been said,
// and what cannot be taken is kept in the form.
func TestMeasure_report(t *testing.T) {
	o := webtest.New(t)
	page := "/plan/m/" + o.Measure(4)
	latest := func(person string) (u progress.Update) {
		o.View(func(s *store.Snapshot) {
			l, _ := progress.LatestOf(s, o.Measure(4), person)
			u = l.Update
		})
		return u
	}
	v := o.Visit(webtest.Counselor)
	for _, c := range []struct{ status, percent, note, line, kept string }{
		{"doing", "80", "案例发了三期", "80%", "案例发了三期"},
		{"doing", "９０％", "", "90%", ""},
		{"blocked", "", "经费没到\r\n电话13912345678", "90% 受阻", "经费没到 电话139****5678"},
		{"blocked", "40", "等审批", "40% 受阻", "等审批"},
		{"done", "", "已经验收", "办结", "已经验收"},
	} {
		v.Post(page+"/report", "status", c.status, "percent", c.percent, "note", c.note)
		if u := latest(webtest.Counselor); u.Line() != c.line || u.Note != c.kept {
			t.Errorf("%s %s %q: got %q with %q on record, want %q with %q", c.status, c.percent, c.note, u.Line(), u.Note, c.line, c.kept)
		}
	}
	o.Shows(v.Get(page+"?done=reported"), "已记下", "办结", "网页")
	for _, c := range []struct{ status, percent, note, said string }{
		{"doing", "120", "快了", "0到100"}, {"doing", "abc", "快了", "0到100"}, {"doing", "", "", "写一句"}, {"", "", "", "没有记录"},
	} {
		a := v.Do(http.MethodPost, page+"/report", url.Values{"status": {c.status}, "percent": {c.percent}, "note": {c.note}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, c.said) || c.note != "" && !strings.Contains(a.Text, ">"+c.note+"</textarea>") {
			t.Errorf("%+v: got %d\n%s", c, a.Status, a.Text)
		}
	}
	v.Post(page + "/retract")
	if u := latest(webtest.Counselor); u.Line() != "40% 受阻" {
		t.Errorf("got %q on record after taking back, want what stood before", u.Line())
	}
	if a := o.Visit("C2").Do(http.MethodPost, page+"/retract", url.Values{}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("taking back what was never said: got %d", a.Status)
	}
}

// TestMeasure_behalf: who may speak for others may write for them, and nobody else.
func TestMeasure_behalf(t *testing.T) {
	o := webtest.New(t)
	page := "/plan/m/" + o.Measure(4)
	for who, want := range map[string]map[string]bool{
		webtest.Counselor: {"张伟（机械工程学院）": false, "郭建平": false},
		webtest.Lead:      {"张伟（机械工程学院）": true, "张伟（经济管理学院）": false, "王雪晴": false},
		webtest.Office:    {"张伟（经济管理学院）": true, "王雪晴": true, "没有这个人": false},
	} {
		for name, ok := range want {
			a := o.Visit(who).Do(http.MethodPost, page+"/report", url.Values{"status": {"doing"}, "percent": {"30"}, "for": {name}})
			if (a.Status == http.StatusSeeOther) != ok {
				t.Errorf("%s writes for %s: got %d\n%s", who, name, a.Status, a.Text)
			}
		}
		text := o.Visit(who).Get(page)
		if offered := strings.Contains(text, `name="for"`); offered != (who != webtest.Counselor) {
			t.Errorf("%s is offered to write for others: %v", who, offered)
		}
	}
	var all []string
	o.View(func(s *store.Snapshot) {
		for _, l := range progress.Words(s, o.Measure(4)) {
			all = append(all, l.Update.Person+" by "+l.Update.By)
		}
	})
	slices.Sort(all)
	if want := []string{"C1 by L1", "C2 by A2", "C3 by A2"}; !slices.Equal(all, want) {
		t.Errorf("got reports of %v, want %v", all, want)
	}
}

// TestMeasure_danger: what is typed into the form is heard as what is said.
func TestMeasure_danger(t *testing.T) {
	o := webtest.New(t)
	o.Router.Options.CrisisWords = []string{"自杀"}
	page := "/plan/m/" + o.Measure(4)
	a := o.Visit(webtest.Counselor).Do(http.MethodPost, page+"/report", url.Values{"status": {"doing"}, "percent": {"30"}, "note": {"有个学生说想自杀"}})
	if !strings.Contains(a.Text, "请先保证人身安全") || strings.Contains(a.Text, "想自杀") {
		t.Errorf("got %d\n%s", a.Status, a.Text)
	}
	told := ""
	o.View(func(s *store.Snapshot) {
		outbox.EachRow(s, func(row *outbox.Row) { told += row.Chat + "：" + row.Text + "\n" })
	})
	if strings.Count(told, "紧急，请马上联系：王雪晴在网页上") != 2 {
		t.Errorf("want both people of the office told; they are told\n%s", told)
	}
	o.View(func(s *store.Snapshot) {
		if l, _ := progress.LatestOf(s, o.Measure(4), webtest.Counselor); l.Update.Line() != "30%" || l.Update.Note != "" {
			t.Errorf("got %q with %q on record, want the figure without the words", l.Update.Line(), l.Update.Note)
		}
	})
}
