package reading_test

import (
	"fmt"
	"testing"

	"duban/handlers/reading"
)

// TestRead_frames puts each way of saying a state into each way of naming a
// measure: what is said must not depend on how it is put.
func TestRead_frames(t *testing.T) {
	frames := []struct{ context, frame string }{
		{"private", "第14条%s"},
		{"private", "第14条，%s"},
		{"private", "第14条：%s。"},
		{"private", "第十四条 %s"},
		{"private", "第14条目前%s"},
		{"private", "第14条%s，请查收"},
		{"private", "老师，我的第14条%s啦"},
		{"private", "汇报一下，第14条%s，谢谢"},
		{"private", "收到，第14条%s"},
		{"private", "14：%s"},
		{"private", "措施14 %s"},
		{"private", "第14条心理普查%s"},
		{"private", "第14条%s，经费紧张"},
		{"private", "[语音转文字] 嗯第十四条这边%s哈"},
		{"group-mention", "@学工小助手 第14条%s"},
		{"group-mention", "第14条%s @学工小助手"},
		{"group-no-mention", "第14条%s"},
		{"group-no-mention", "张三：第14条%s"},
		{"quote-of-checkin", "「学工小助手：【进度填报】第14条 开展走访」\n- - - -\n%s"},
		{"quote-of-checkin", "「学工小助手：【进度填报】第14条 开展走访」\n- - - -\n收到，%s，谢谢"},
		{"quote-of-checkin", "「学工小助手：【进度填报】第14条 开展走访」\n- - - -\n台账%s"},
	}
	for _, c := range readRows(t, "states.tsv", 3) {
		want := labelled{kind: "progress", measures: "14", percent: c[1], status: c[2]}
		for _, f := range frames {
			text := fmt.Sprintf(f.frame, c[0])
			if got := labelledOf(reading.Read(reading.FromContext(f.context, text))); got != want {
				t.Errorf("[%s] %q reads %v, want %v", f.context, text, got, want)
			}
		}
	}
}

// No number of percent is taken for a word: 88 is no farewell here.
func TestRead_everyPercent(t *testing.T) {
	for percent := range 101 {
		text := fmt.Sprintf("第14条完成%d%%", percent)
		if got := labelledOf(reading.Read(reading.FromContext("private", text))); got.percent != fmt.Sprint(percent) {
			t.Errorf("%q reads %v, want %d%%", text, got, percent)
		}
	}
}
