package reading_test

import (
	"fmt"
	"testing"

	"duban/handlers/reading"
)

// TestRead_frames puts each way of saying a state into each way of naming a
// measure: what is said must not depend on how it is put.
func TestRead_frames(t *testing.T) {
	for _, c := range readRows(t, "states.tsv", 3) {
		want := labelled{kind: "progress", measures: "14", percent: c[1], status: c[2]}
		for _, f := range reading.Frames {
			text := fmt.Sprintf(f[1], c[0])
			if got := labelledOf(reading.Read(reading.FromContext(f[0], text))); got != want {
				t.Errorf("[%s] %q reads %v, want %v", f[0], text, got, want)
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
