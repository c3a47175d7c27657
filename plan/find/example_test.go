package find_test

import (
	"fmt"

	"duban/plan/find"
	"duban/plan/outline"
)

func ExampleIndex_Find() {
	p := outline.Parse(`2026年工作要点
一、加强思想引领
1. 开展主题班会，每月一次。
2. 走访学生宿舍，每周一次。
二、守牢安全底线
3. 组织消防演练，责任单位：保卫处。
`)
	x := find.New(p)
	for _, query := range []string{"第2条", "消防", "第9条", "停车位"} {
		found := x.Find(query)
		fmt.Print(query, "：")
		for _, h := range found.Hits {
			fmt.Print(h.Node.Verbatim(p))
		}
		fmt.Println(found.Missing)
	}
	// Output:
	// 第2条：[2. 走访学生宿舍，每周一次。][]
	// 消防：[3. 组织消防演练，责任单位：保卫处。][]
	// 第9条：[第9条]
	// 停车位：[]
}
