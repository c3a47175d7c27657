package plan_test

import (
	"testing"

	"duban/plan"
)

func TestMerge_keepsWhatKeepsItsTitle(t *testing.T) {
	old := plan.Parse("一、学风建设\n1. 抓好课堂教学。人人上课，课课点名。\n2. 抓好考勤管理。每周抽查两次。\n二、安全稳定\n3. 排查宿舍隐患。每月一次。\n")
	next := plan.Parse("一、学风建设\n1. 抓好课堂教学。改由教务处按学期组织听课评课。\n二、安全稳定\n2. 排查宿舍隐患。保卫处牵头，逐栋建账销号。\n3. 抓好考勤管理。用校园卡系统统计。\n")
	merged, d := plan.Merge(old, next)
	for from, to := range map[string]string{"一/1": "一/1", "二/3": "二/2", "一/2": "二/3"} {
		if got, want := merged.Node(to).ID, old.Node(from).ID; got != want {
			t.Errorf("%s got id %s, want %s of %s", to, got, want, from)
		}
	}
	if len(d.Added)+len(d.Gone) != 0 || len(d.Moved) != 2 || len(d.Changed) != 3 {
		t.Errorf("got %d added, %d gone, %d moved, %d changed; want 0, 0, 2 and 3", len(d.Added), len(d.Gone), len(d.Moved), len(d.Changed))
	}
}
