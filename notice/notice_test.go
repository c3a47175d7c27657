package notice_test

import (
	"testing"
	"time"

	"duban/notice"
	"duban/progress"
)

func TestNotice_Post_asksOnce(t *testing.T) {
	for want, n := range map[string]notice.Notice{
		"【通知1】请检查宿舍，收到请回复。":  {Class: notice.Receipt, Text: "请检查宿舍，收到请回复。"},
		"【通知1】请检查宿舍。\n收到请回复": {Class: notice.Receipt, Text: "请检查宿舍。"},
		"【通知1】请检查宿舍。":        {Class: notice.Plain, Text: "请检查宿舍。"},
	} {
		if n.Number = 1; n.Post() != want {
			t.Errorf("got %q, want %q", n.Post(), want)
		}
	}
}

func TestParseClass(t *testing.T) {
	for _, c := range []notice.Class{notice.Plain, notice.Receipt, notice.Report, notice.Urgent} {
		for _, s := range []string{c.String(), string(c)} {
			if got, ok := notice.ParseClass(s); !ok || got != c {
				t.Errorf("got %q, %v from %q, want %q", got, ok, s, c)
			}
		}
	}
	if _, ok := notice.ParseClass("加急"); ok {
		t.Error("took a class that does not exist")
	}
}

func TestItem_Take_again(t *testing.T) {
	n := notice.Notice{Due: on(8, 12, 0)}
	i := notice.Item{State: notice.Open}
	if !i.Take(n, notice.Answer{At: n.Due, Message: "a/1"}) || i.State != notice.Done || i.Late {
		t.Errorf("got %+v, want closed in time", i)
	}
	if i.Take(n, notice.Answer{At: n.Due.Add(time.Hour), Message: "a/2", Note: "补充"}) {
		t.Error("a second answer closed the item again")
	}
	if i.Closed != n.Due || i.Message != "a/1" || i.Note != "补充" {
		t.Errorf("got %+v, want the first time and the later note", i)
	}
	i.Reopen()
	if !i.Take(n, notice.Answer{At: n.Due.Add(time.Second), Message: "a/3"}) || !i.Late {
		t.Errorf("got %+v, want closed late", i)
	}
}

func TestCircumstances_Tally(t *testing.T) {
	items := []notice.Item{
		{State: notice.Done},
		{State: notice.Done, Late: true},
		{State: notice.Absent, Groups: []string{"一群"}},
		{State: notice.Open, Groups: []string{"一群", "二群"}},
		{State: notice.Open, Groups: []string{"二群"}},
	}
	got := notice.Circumstances{Shown: func(g string) bool { return g == "一群" }}.Tally(items)
	want := notice.Tally{Asked: 5, Done: 2, Late: 1, Absent: 1, Open: 2, Unsent: 1}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestUpdate_Line(t *testing.T) {
	p := func(n int) *int { return &n }
	for want, u := range map[string]progress.Update{
		"80%":    {Percent: p(80), Status: progress.Doing},
		"办结":     {Percent: p(100), Status: progress.Finished},
		"未启动":    {Percent: p(0), Status: progress.NotStarted},
		"受阻":     {Status: progress.Blocked},
		"60% 受阻": {Percent: p(60), Status: progress.Blocked},
		"推进中":    {Status: progress.Doing},
		"已记录":    {Note: "材料已交"},
	} {
		if got := u.Line(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
