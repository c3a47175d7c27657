package handlers_test

import (
	"strings"
	"testing"

	"duban/store/storetest"
)

// Whoever asks about what is damaged is told that something may be missing, and
// reports go on to say so once it lies aside.
func TestDamage_isSaid(t *testing.T) {
	broken := false
	o := newOffice(t, storetest.Damaging(newMem(t), func(key string) bool {
		return broken && strings.HasPrefix(key, "w/latest/")
	}), "")
	o.asks("王雪晴", "第1条完成80%")
	o.has(o.asks("周明远", "进度汇总"), "学风")
	for _, question := range []string{"第1条进展如何", "进度汇总"} {
		if answer := o.asks("周明远", question); strings.Contains(answer, "读不出来") {
			t.Errorf("%s: got %q although nothing is damaged", question, answer)
		}
	}
	broken = true
	o.has(o.asks("周明远", "第1条进展如何"), "有的数据读不出来")
	for range 2 {
		o.has(o.asks("周明远", "进度汇总"), "有1条记录损坏，读不出来")
	}
}
