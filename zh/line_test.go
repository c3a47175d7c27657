package zh_test

import (
	"testing"

	"duban/zh"
)

func TestClip(t *testing.T) {
	for _, c := range []struct {
		in, clip, head, brief string
	}{
		{"收到", "收到", "收到", "收到"},
		{"已收到了", "已收到了", "已收到…", "已收到了"},
		{"已经收到了", "已经收…", "已经收…", "已经收…"},
		{"第一\n 条 ", "第一\n…", "第一\n…", "第一 条"},
	} {
		if clip, head, brief := zh.Clip(c.in, 4), zh.Head(c.in, 3), zh.Brief(c.in, 4); clip != c.clip || head != c.head || brief != c.brief {
			t.Errorf("Clip, Head and Brief of %q = %q, %q, %q; want %q, %q, %q", c.in, clip, head, brief, c.clip, c.head, c.brief)
		}
	}
}
