package find_test

import (
	"strings"
	"testing"

	"duban/plan/find"
	"duban/plan/outline"
)

func TestFind_byTime(t *testing.T) {
	p := outline.Parse(`保卫处全年安排
一、日常
1. 检修电梯。4月15日前完成。
2. 检查校门。每周一次。
二、月度安排
月份	主题	内容
三月	交通	班会一次
五月	防汛	清理管沟
`)
	index := find.New(p)
	for query, want := range map[string]string{
		"3月": "二/表:三月", "5月份要做哪些工作": "二/表:五月", "五月的工作重点": "二/表:五月", "4月有哪些工作": "一/1", "9月有哪些工作": "",
	} {
		var got []string
		for _, h := range index.Find(query).Hits {
			got = append(got, h.Node.Path)
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s: got %v, want %q", query, got, want)
		}
	}
}
