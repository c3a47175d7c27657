package outline_test

import (
	"fmt"

	"duban/plan/outline"
)

func ExampleParse() {
	p := outline.Parse(`2026年工作要点
一、加强思想引领
1. 开展主题班会，每月一次。
2. 走访学生宿舍，每周一次。
二、守牢安全底线
3. 组织消防演练，责任单位：保卫处。
`)
	fmt.Println(p.Title)
	for _, n := range p.Nodes {
		fmt.Println(n.Path, n.Kind, n.Title)
	}
	// Output:
	// 2026年工作要点
	// 一 part 加强思想引领
	// 一/1 measure 开展主题班会，每月一次
	// 一/2 measure 走访学生宿舍，每周一次
	// 二 part 守牢安全底线
	// 二/3 measure 组织消防演练，责任单位：保卫处
}
