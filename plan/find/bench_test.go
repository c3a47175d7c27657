package find_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"duban/plan/find"
	"duban/plan/outline"
)

// made is a plan of n measures, each of a few sentences.
func made(n int) string {
	topics := []string{"心理健康", "消防演练", "反诈宣传", "学业帮扶", "宿舍文化", "就业指导", "资助认定", "征兵宣传", "志愿服务", "网络舆情"}
	deeds := []string{"建立台账并逐一登记", "每月召开一次会商会", "组织骨干开展培训", "汛期前完成隐患排查", "联合公安机关进班级宣讲", "期中考试后一周内完成分析"}
	var b strings.Builder
	b.WriteString("海东学院2026年工作要点\n")
	for i := range n {
		if i%20 == 0 {
			fmt.Fprintf(&b, "%s、做好第%d组工作\n", []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}[i/20%10], i/20)
		}
		fmt.Fprintf(&b, "%d. 加强%s工作。%s，%s，覆盖第%d号楼。由第%d学院负责，%d月底前完成。\n", i+1, topics[i%len(topics)], deeds[i%len(deeds)], deeds[i/7%len(deeds)], i, i%13, i%12+1)
	}
	return b.String()
}

var benchQueries = []string{
	"第17条", "心理健康那块怎么说", "学生被骗了怎么办", "反炸宣传", "xinli jiankang", "食堂几点开饭", "宿舍着火怎么防",
	"哪个学院负责志愿服务", "汛期前要做什么", "辅导员职称怎么评", "三的目标任务", "期中考试以后多久完成学业分析",
}

func Benchmark(b *testing.B) {
	for _, n := range []int{34, 1000, 5000} {
		text := made(n)
		p := outline.Parse(text)
		x := find.New(p)
		for _, q := range benchQueries {
			x.Find(q) // how words are spelled is worked out for the first one
		}
		for name, do := range map[string]func(i int){
			"parse": func(int) { outline.Parse(text) },
			"new":   func(int) { find.New(p) },
			"find":  func(i int) { x.Find(benchQueries[i%len(benchQueries)]) },
		} {
			b.Run(name+strconv.Itoa(n), func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					do(i)
				}
			})
		}
	}
}
