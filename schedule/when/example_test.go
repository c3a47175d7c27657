package when_test

import (
	"fmt"
	"time"

	"duban/schedule/when"
)

func ExampleParse() {
	monday := time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	for _, phrase := range []string{"每月最后一个工作日下午三点", "每两周的周一10:00", "0 9 * * 1", "每天25点"} {
		s, err := when.Parse(phrase, when.Setting{Now: monday})
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s：%s\n", s, s.Next(monday).Format("2006-01-02 15:04"))
	}
	// Output:
	// 每月最后一个工作日 15:00：2026-11-30 15:00
	// 从2026-11-30起 每2周 周一 10:00：2026-11-30 10:00
	// 0 9 * * 1：2026-11-30 09:00
	// 小时应在0到23之间，“25点”不对，请检查时刻
}
