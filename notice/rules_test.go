package notice_test

import (
	"strings"
	"testing"
	"time"

	"duban/notice"
)

var zone = time.FixedZone("CST", 8*3600)

// on is a time in the week of Monday, the 4th of January 2027.
func on(day, hour, minute int) time.Time { return time.Date(2027, 1, day, hour, minute, 0, 0, zone) }

func rules() notice.Rules {
	r := notice.DefaultRules()
	r.Zone = zone
	r.Quiet = func(t time.Time) bool { h := t.In(zone).Hour(); return h >= 22 || h < 7 }
	return r
}

func TestRules_Chase(t *testing.T) {
	asked := on(4, 9, 0)
	open := notice.Item{State: notice.Open, Asked: asked}
	receipt := notice.Notice{Class: notice.Receipt, Created: asked}
	cases := map[string]struct {
		n    notice.Notice
		i    notice.Item
		now  time.Time
		want bool
	}{
		"a day later in working hours":        {receipt, open, on(5, 9, 30), true},
		"before the working hours":            {receipt, open, on(5, 9, 29), false},
		"within a day":                        {receipt, open, on(4, 17, 0), false},
		"in the evening":                      {receipt, open, on(5, 18, 0), false},
		"on a Saturday":                       {receipt, open, on(9, 10, 0), false},
		"on a Saturday, of an urgent one":     {notice.Notice{Class: notice.Urgent, Created: asked}, open, on(9, 10, 0), true},
		"of what asks nothing":                {notice.Notice{Class: notice.Plain, Created: asked}, open, on(5, 10, 0), false},
		"of one who has answered":             {receipt, notice.Item{State: notice.Done, Asked: asked}, on(5, 10, 0), false},
		"of one on leave":                     {receipt, notice.Item{State: notice.Absent, Asked: asked}, on(5, 10, 0), false},
		"of one who has said 收到 only":         {receipt, notice.Item{State: notice.Seen, Asked: asked}, on(5, 10, 0), true},
		"a second time on a day":              {receipt, notice.Item{State: notice.Open, Asked: asked, Chased: on(5, 9, 30), Chases: 1}, on(5, 17, 0), false},
		"on the day after":                    {receipt, notice.Item{State: notice.Open, Asked: asked, Chased: on(5, 17, 0), Chases: 1}, on(6, 9, 30), true},
		"a fourth time":                       {receipt, notice.Item{State: notice.Open, Asked: asked, Chased: on(7, 9, 30), Chases: 3}, on(8, 9, 30), false},
		"of a notice that is closed":          {notice.Notice{Class: notice.Receipt, Created: asked, Closed: on(5, 9, 0)}, open, on(5, 10, 0), false},
		"of one whose time is over":           {notice.Notice{Class: notice.Receipt, Created: asked, Due: on(4, 12, 0)}, open, on(6, 10, 0), false},
		"of one that was asked anew just now": {notice.Notice{Class: notice.Receipt, Created: asked, Revised: on(5, 9, 0)}, open, on(5, 10, 0), false},
	}
	for name, c := range cases {
		if got := rules().Chase(c.n, c.i, asked, c.now); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	if rules().Chase(receipt, open, time.Time{}, on(5, 10, 0)) {
		t.Error("asked somebody again whom no post has reached")
	}
}

func TestRules_Step(t *testing.T) {
	asked := on(4, 21, 50)
	n := notice.Notice{Class: notice.Urgent, Created: asked}
	for outage, want := range map[time.Duration]string{
		0:             "person 22:20, lead 22:50, office 23:50",
		5 * time.Hour: "person 02:50, lead 03:20, office 04:20", // the steps keep their distance
	} {
		i := notice.Item{State: notice.Open, Asked: asked}
		var got []string
		for now := asked.Add(outage); now.Before(on(5, 12, 0)); now = now.Add(time.Minute) {
			if l, ok := rules().Step(n, i, asked, now); ok {
				i.Steps = append(i.Steps, notice.Step{To: l, At: now})
				got = append(got, string(l)+now.Format(" 15:04"))
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("got %s after an outage of %v, want %s", strings.Join(got, ", "), outage, want)
		}
	}
	if _, ok := rules().Step(notice.Notice{Class: notice.Receipt, Created: asked}, notice.Item{State: notice.Open, Asked: asked}, asked, on(6, 0, 0)); ok {
		t.Error("an ordinary notice rises")
	}
}

func TestRules_Ends(t *testing.T) {
	n := notice.Notice{Class: notice.Receipt, Created: on(4, 9, 0), Due: on(8, 18, 0)}
	if got, want := rules().Ends(n), on(10, 0, 0); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if rules().Ended(n, on(9, 23, 59)) || !rules().Ended(n, on(10, 0, 0)) {
		t.Error("does not end at the end of the day after the day it is due")
	}
	n.Due = time.Time{}
	if got, want := rules().Ends(n), on(4, 9, 0).AddDate(0, 0, 30); !got.Equal(want) {
		t.Errorf("got %v without a due time, want %v", got, want)
	}
}

func TestDoubts(t *testing.T) {
	now := time.Date(2026, 12, 20, 9, 0, 0, 0, zone)
	for text, want := range map[string]string{
		"1月8日前报送":                 "",
		"12月19日已发过":               "12月19日（2026年）已经过去",
		"2025年12月31日":             "12月31日（2025年）已经过去",
		"12月20日今天":                "",
		"2月30日返校":                 "2月30日这一天不存在",
		"1月8日（周四）开会":              "2027年1月8日是周五，不是周四",
		"1月8日（周五）开会":              "",
		"1 月 8 号 星期五":             "",
		"11月30日，周一，已过；1月1日放假":     "11月30日（2026年）已经过去",
		"第3条完成80%，7月的材料":          "",
		"2027年2月21日（星期日）、2月21日周天": "",
	} {
		if got := strings.Join(notice.Doubts(text, now), "；"); got != want {
			t.Errorf("got %q, want %q, from %q", got, want, text)
		}
	}
}

func TestDifference(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"1月8日下午三点在报告厅开会", "1月9日下午三点在报告厅开会", "“1月8日”改为“1月9日”"},
		{"带名册。", "带名册，带笔。", "“带名册”改为“带名册，带笔”"},
		{"带名册，带笔。", "带名册。", "“带名册，带笔”改为“带名册”"},
		{"一样", "一样", "文字未变"},
		{"带名册。", "带名册。下午三点集合。", "增加“下午三点集合”"},
		{"带名册。下午三点集合。", "带名册。", "删去“下午三点集合”"},
		{"甲乙丙", "丁戊己", "“甲乙丙”改为“丁戊己”"},
	} {
		if got := notice.Difference(c.before, c.after); got != c.want {
			t.Errorf("got %q, want %q, from %q to %q", got, c.want, c.before, c.after)
		}
	}
}

func TestQuoted(t *testing.T) {
	n := notice.Notice{Number: 7, Class: notice.Receipt, Text: "一"}
	n.Change(notice.Revision{Text: "二", Due: n.Due, Large: true}, "A1", on(4, 9, 0))
	for text, want := range map[string][2]int{
		n.Post():           {7, 2},
		"【通知7】一":           {7, 1},
		n.Correction():     {7, 1},
		"【通知7】一\n\n【通知8】二": {0, 0},
		"":                 {0, 0}, "【通知】放假": {0, 0}, "【通知x】": {0, 0}, "通知12": {0, 0}, "【通知-3】": {0, 0}, "【通知12": {0, 0},
		"【通知7】一\n\n【通知7·第2版】二": {7, 1},
	} {
		number, version, ok := notice.Quoted(text)
		if number != want[0] || version != want[1] || ok != (number > 0) {
			t.Errorf("got %d, %d, %v, want %v, from %q", number, version, ok, want, text)
		}
	}
}

func TestTemplate(t *testing.T) {
	m, err := notice.ParseTemplate("寒假", "类别：需回执\n标题：寒假\n\n{{放假日期}}放假，{{.返校日期}}返校，再说一次：{{ 放假日期 }}。")
	if err != nil {
		t.Fatal(err)
	}
	fill := func(values ...string) string {
		var all []notice.Value
		for i := 0; i < len(values); i += 2 {
			all = append(all, notice.Value{Name: values[i], Text: values[i+1]})
		}
		text, err := m.Fill(all)
		if err != nil {
			return err.Error()
		}
		return text
	}
	for got, want := range map[string]string{
		fill("放假", "1月10日", "返校日期", "2月20日"):                      "寒假\n1月10日放假，2月20日返校，再说一次：1月10日。",
		fill("放假", "1月10日"):                                       "还缺：返校日期",
		fill("天气", "晴"):                                           "没有这一项：天气（可填：放假日期、返校日期）",
		fill("放假", "{{返校日期}}{{range}}{{.Env}}", "返校", "{{call}}"): "寒假\n{{返校日期}}{{range}}{{.Env}}放假，{{call}}返校，再说一次：{{返校日期}}{{range}}{{.Env}}。",
		fill("放假", "一\n二\u202e三\u200b", "返校", "【通知9】"):            "寒假\n一 二三放假，［通知9】返校，再说一次：一 二三。",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, bad := range []string{"", "类别：需回执\n标题：寒假", "类别：加急\n标题：一\n\n二", "标题：一\n\n二", "类别：普通\n作者：一\n\n二"} {
		if _, err := notice.ParseTemplate("x", bad); err == nil {
			t.Errorf("took the template %q", bad)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("{{一}}", "{{.Env}}")
	f.Add("{{range}}", "{{end}}{{call .}}")
	f.Fuzz(func(t *testing.T, body, value string) {
		m, err := notice.ParseTemplate("x", "类别：普通\n标题：一\n\n"+body)
		if err != nil {
			return
		}
		var values []notice.Value
		for _, name := range m.Vars {
			values = append(values, notice.Value{Name: name, Text: value})
		}
		text, err := m.Fill(values)
		if err == nil && len(text) > 4<<10 {
			t.Errorf("a text of %d bytes", len(text))
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("@所有人 <@all> \u202e【通知3】")
	f.Fuzz(func(t *testing.T, text string) {
		clean := notice.Clean(text)
		if notice.Clean(clean) != clean {
			t.Errorf("cleaning twice differs: %q", text)
		}
		if _, _, ok := notice.Quoted(clean); ok {
			t.Errorf("%q looks like one of our notices", clean)
		}
		for _, r := range clean {
			if r < ' ' && r != '\n' || r >= 0x202A && r <= 0x202E || r >= 0x200B && r <= 0x200F {
				t.Errorf("%q is left in %q", r, clean)
			}
		}
	})
}

func TestItem_Take(t *testing.T) {
	due := on(8, 18, 0)
	n := notice.Notice{Class: notice.Receipt, Confirm: true, Due: due}
	i := notice.Item{State: notice.Open}
	if !i.Take(n, notice.Answer{At: on(8, 9, 0), Message: "a/1"}) || i.State != notice.Seen {
		t.Errorf("got %+v after 收到, want seen", i)
	}
	if i.Take(n, notice.Answer{At: on(8, 10, 0), Message: "a/2"}) {
		t.Error("a second 收到 changed something")
	}
	if !i.Take(n, notice.Answer{At: on(8, 19, 0), Message: "a/3", Applied: true}) || i.State != notice.Done || !i.Late || !i.Received.Equal(on(8, 9, 0)) {
		t.Errorf("got %+v after 已落实, want done, late, received before", i)
	}
	i.Reopen()
	if i.State != notice.Seen || !i.From("a/1") {
		t.Errorf("got %+v after 已落实 was taken back, want seen", i)
	}
	i.Reopen()
	if i.State != notice.Open || !i.Received.IsZero() {
		t.Errorf("got %+v after 收到 was taken back, want open", i)
	}
	i.Take(n, notice.Answer{At: on(8, 9, 0), Message: "a/4", By: "L1", Applied: true})
	n.Change(notice.Revision{Text: "新", Due: n.Due, Large: true}, "A1", on(8, 12, 0))
	i.Renew(n)
	if i.State != notice.Open || !i.Older.Equal(on(8, 9, 0)) || i.By != "" {
		t.Errorf("got %+v after a large change, want open, with the older answer remembered", i)
	}
}
