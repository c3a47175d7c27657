package reading_test

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/handlers/reading"
)

// BenchmarkRead reads the corpus round and round.
func BenchmarkRead(b *testing.B) {
	var inputs []reading.Input
	for _, row := range readLabelled(b, filepath.Join("testdata", "messages.tsv")) {
		inputs = append(inputs, reading.FromContext(row.context, row.text))
	}
	b.ReportAllocs()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start, i := spent(), 0
	for b.Loop() {
		reading.Read(inputs[i%len(inputs)])
		i++
	}
	b.ReportMetric(float64(b.N)/(spent()-start).Seconds(), "readings/cpu-s")
}

// BenchmarkRead_long reads texts of 2,000 characters.
func BenchmarkRead_long(b *testing.B) {
	var corpus strings.Builder
	for _, row := range readLabelled(b, filepath.Join("testdata", "messages.tsv")) {
		corpus.WriteString(row.text + "，")
	}
	all := []rune(corpus.String())
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		at := i * 101 % (len(all) - 2000)
		reading.Read(reading.FromContext("private", string(all[at:at+2000])))
		i++
	}
}

// TestRead_isFast holds the limits that keep a busy group responsive: the
// slowest of a hundred long messages, and texts built to be slow.
func TestRead_isFast(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var corpus strings.Builder
	for _, row := range readLabelled(t, filepath.Join("testdata", "messages.tsv")) {
		corpus.WriteString(row.text + "，")
	}
	all := []rune(corpus.String())
	var took []time.Duration
	for i := 0; i+2000 <= len(all); i += 101 {
		for _, context := range []string{"private", "group-no-mention"} {
			took = append(took, fastest(10, context, string(all[i:i+2000])))
		}
	}
	slices.Sort(took)
	if p99 := took[len(took)*99/100]; p99 > 2*time.Millisecond {
		t.Errorf("2,000 characters take %v at p99 of %d (p50 %v), want less than 1ms on a free core, and not twice that on this one", p99, len(took), took[len(took)/2])
	} else {
		t.Logf("2,000 characters: p50 %v, p99 %v, max %v of %d", took[len(took)/2], p99, took[len(took)-1], len(took))
	}
	for _, piece := range []string{
		"第3条", "3、", "3 ", "第", "一", "二十", "1-40、", "80%", "百分之", "没", "不是", "收到", "李四", "王", "学院", "张三收到", "1. 张三\n", "「", "@", "@a ", "<", "<br/>", "&lt;", "[", "[语音]",
		"如果", "从60%到", "99999", "，", "等", "剩", "分别", "还是", "1.", "8:30", "四五", "#接龙\n", "1.张三 第3条80%\n", "学", "2022级", "完", "改成", "5应该是",
	} {
		text := strings.Repeat(piece, 4096/len(piece)+1)[:4096/len(piece)*len(piece)]
		for _, context := range []string{"private", "group-no-mention", "quote-of-checkin"} {
			if d := fastest(3, context, text); d > 20*time.Millisecond {
				t.Errorf("4 KiB of %q in %s take %v, want less than 20ms", piece, context, d)
			}
		}
	}
}

// fastest reads text n times and returns the shortest processor time.
func fastest(n int, context, text string) time.Duration {
	in := reading.FromContext(context, text)
	best := time.Hour
	for range n {
		start := spent()
		reading.Read(in)
		best = min(best, spent()-start)
	}
	return best
}
