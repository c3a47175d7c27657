package plan_test

import (
	"testing"

	"duban/plan"
)

const seedLike = `海东学院学生处2026年工作要点
2026年总体要求：围绕中心，服务学生。
一、加强思想引领
问题描述：活动形式单一。
目标任务：全年覆盖全体学生。
工作措施：
1. 办好主题班会。每月一次，由辅导员主持。
2. 建好宣讲队伍。遴选骨干二十名。
二、保障校园安全
问题描述：隐患反复出现。
工作措施：
3. 开展消防演练。每学期一次。
学生处
2026年3月1日
上一条：关于放假的通知
`

func TestParse(t *testing.T) {
	p := plan.Parse(seedLike)
	var got []string
	for r := range p.Outline() {
		got = append(got, r.Path)
	}
	want := []string{"一", "一/问题描述", "一/目标任务", "一/工作措施", "一/1", "一/2", "二", "二/问题描述", "二/工作措施", "二/3"}
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("node %d: got %q, want %q", i, got[i], want[i])
		}
	}
	if want := "海东学院学生处2026年工作要点"; p.Title != want {
		t.Errorf("title: got %q, want %q", p.Title, want)
	}
}
