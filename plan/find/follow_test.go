package find_test

import (
	"testing"

	"duban/plan/find"
	"duban/plan/outline"
)

// TestFollowing: what goes on from a measure is answered from there, and what says
// itself what it is about is not.
func TestFollowing(t *testing.T) {
	p := outline.Parse(`某校2026年工作要点
一、学风建设
目标任务：形成闭环。
工作措施：
1. 抓好课堂考勤。每周抽查两次。
2. 建立学生台账。每月更新。
二、安全稳定
问题描述：隐患时有发生。
工作措施：
3. 开展消防检查。每月一次。
`)
	x := find.New(p)
	for _, c := range []struct{ from, said, want string }{
		{"一/1", "下一条", "一/2"},
		{"一/1", "那再下一条呢", "一/2"},
		{"一/2", "下一条", "二/3"},
		{"一/2", "上一条是什么", "一/1"},
		{"一/1", "下一部分", "二"},
		{"一/1", "责任单位呢", "一/1"},
		{"一/1", "谁牵头", "一/1"},
		{"一/1", "责任单位是哪家", "一/1"},
		{"一/1", "那是哪个部门负责", "一/1"},
		{"一/1", "什么时候完成", "一/1"},
		{"一/1", "完成时限是什么时候", "一/1"},
		{"一/1", "那时限呢", "一/1"},
		{"一/1", "几号之前交？", "一/1"},
		{"一/1", "目标呢", "一/目标任务"},
		{"二/3", "存在什么问题", "二/问题描述"},
		{"一/1", "措施呢", "一/1"},
		{"一/1", "这条怎么做", "一/1"},
		{"一/1", "那进展怎么样了", "一/1"},
		{"一", "目标任务呢", "一/目标任务"},
		{"一/目标任务", "措施呢", "一/工作措施"},
		{"一/1", "进度", ""},
		{"一/1", "消防谁负责", ""},
		{"一/1", "第3条责任单位", ""},
		{"一/1", "我负责的", ""},
		{"一/1", "谢谢", ""},
		{"一/1", "3", ""},
		{"一/1", "学生宿舍", ""},
	} {
		r, ok := x.Following(p.Node(c.from), c.said)
		got := ""
		if len(r.Hits) > 0 {
			got = r.Hits[0].Node.Path
		}
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Following(%s, %q) = %q, %v, want %q", c.from, c.said, got, ok, c.want)
		}
	}
	if r, ok := x.Following(p.Node("二/3"), "下一条"); !ok || len(r.Hits) > 0 || len(r.Missing) != 1 {
		t.Errorf("Following the last measure = %+v, %v, want that there is no next one", r, ok)
	}
}

// TestFind_typo: a wrong character of the right sound is put right also where the
// rest of the words stands in several measures.
func TestFind_typo(t *testing.T) {
	p := outline.Parse("某校2026年工作要点\n一、育人\n1. 改进劳动教育。劳动教育、教育评价、教育教学一体推进。\n2. 优化体艺教育。每学期办一次艺术展演。\n3. 做好安全教育。每月一次。\n")
	r := find.New(p).Find("体已教育")
	if len(r.Hits) != 1 || r.Hits[0].Node.Number != "2" {
		t.Errorf("Find(体已教育) = %+v, want measure 2 alone", r.Hits)
	}
}
