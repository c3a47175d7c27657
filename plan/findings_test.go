package plan_test

import (
	"strings"
	"testing"

	"duban/plan/outline"
)

func TestPlan_Findings(t *testing.T) {
	p := outline.Parse(`某学院2026年工作要点
一、学风建设
1. 抓好课堂。责任单位：教务处。6月底前完成。
2. 抓好考勤。每周抽查两次。
4. 抓好考风。考前逐班教育。
二、安全稳定
5. 查宿舍。每月一次。
5. 防诈骗。案例提醒。
6. 防溺水。暑假前提醒。
`)
	f := p.Findings()
	if f.Parts != 2 || f.Measures != 6 || f.Owners != 1 || f.Dues != 1 {
		t.Errorf("got %+v, want 2 parts, 6 measures, 1 owner, 1 date", f)
	}
	if len(f.Gaps) != 1 || !strings.Contains(f.Gaps[0], "缺第3条（第5行前）") {
		t.Errorf("got gaps %q, want 3 before line 5", f.Gaps)
	}
	if len(f.Repeats) != 1 || !strings.Contains(f.Repeats[0], "第5条重复（第8行）") {
		t.Errorf("got repeats %q, want 5 in line 8", f.Repeats)
	}
	for _, want := range []string{"2部分、6条", "编号不连续", "编号重复"} {
		if said := strings.Join(f.Lines(), "\n"); !strings.Contains(said, want) {
			t.Errorf("got %q, want %q in it", said, want)
		}
	}
}

func TestPlan_Findings_numbersThatBeginAnew(t *testing.T) {
	p := outline.Parse("一、学风\n1. 抓课堂。人人上课。\n2. 抓考勤。每周抽查。\n二、安全\n1. 查宿舍。每月一次。\n2. 防诈骗。案例提醒。\n")
	if f := p.Findings(); len(f.Gaps)+len(f.Repeats) != 0 {
		t.Errorf("got gaps %q and repeats %q, want none", f.Gaps, f.Repeats)
	}
}
