package reading_test

import (
	"fmt"

	"duban/handlers/reading"
)

func ExampleRead() {
	for _, text := range []string{"收到，谢谢", "第3条80%，5、7条已办结", "改成60%", "心理那块怎么说"} {
		r := reading.Read(reading.Input{Text: text})
		fmt.Printf("%s %v%s\n", r.Kind, r.Items, r.Search)
	}
	// Output:
	// ack []
	// progress [第3条 80% 进行中 第5条 100% 办结 第7条 100% 办结]
	// correction [60% 进行中]
	// query []心理
}
