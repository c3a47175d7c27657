package find_test

import (
	"testing"

	"duban/plan/find"
)

// TestApart: a slip of the input method is near, another word is not.
func TestApart(t *testing.T) {
	for _, c := range []struct {
		said, meant string
		want        float64
	}{
		{"加提醒", "加提醒", 0},
		{"加题醒", "加提醒", 0.3},
		{"测回", "撤回", 0.3}, // c for ch
		{"撒回", "撤回", 0.5}, // it looks alike
		{"提醒例表", "提醒列表", 0.5},
		{"发知通", "发通知", 0.6},
		{"撤销通知", "撤回通知", 1},
		{"加提", "加提醒", 1},
		{"加加提醒", "加提醒", 1},
		{"第三条", "发通知", 3},
		{"", "目录", 2},
	} {
		if got := find.Apart(c.said, c.meant, 99); got != c.want {
			t.Errorf("Apart(%q, %q) = %v, want %v", c.said, c.meant, got, c.want)
		}
		for _, most := range []float64{0, 0.5, 1, 1.3, 3} {
			if got := find.Apart(c.said, c.meant, most); got != c.want && (c.want <= most || got <= most) {
				t.Errorf("Apart(%q, %q, %v) = %v, want %v", c.said, c.meant, most, got, c.want)
			}
		}
		if got := find.Apart(c.meant, c.said, 99); got != c.want {
			t.Errorf("Apart(%q, %q) = %v, want %v: it does not matter which is meant", c.meant, c.said, got, c.want)
		}
	}
}
