package reading_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"duban/handlers/reading"
)

// spent is the processor time of the calling thread, so that other work on the
// machine does not count.
func spent() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		panic(err)
	}
	return time.Duration(ts.Nano())
}

// BenchmarkRead reads the corpus round and round.
func BenchmarkRead(b *testing.B) {
	var inputs []reading.Input
	for _, row := range readLabelled(b, "messages.tsv") {
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

// BenchmarkRead_long reads texts of 2,000 characters and reports how long the
// slowest in a hundred takes.
func BenchmarkRead_long(b *testing.B) {
	var corpus strings.Builder
	for _, row := range readLabelled(b, "messages.tsv") {
		corpus.WriteString(row.text + "，")
	}
	all := []rune(corpus.String())
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.ReportAllocs()
	var took []time.Duration
	for b.Loop() {
		took = took[:0]
		for i := 0; i+2000 <= len(all); i += 101 {
			for _, context := range []string{"private", "group-no-mention"} {
				took = append(took, fastest(10, context, string(all[i:i+2000])))
			}
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-cpu-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-cpu-µs")
}

// BenchmarkRead_slowest reads 4 KiB texts that were built to be slow and reports
// how long the slowest of them takes.
func BenchmarkRead_slowest(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var worst time.Duration
	for b.Loop() {
		worst = 0
		for _, piece := range slowPieces {
			text := strings.Repeat(piece, 4096/len(piece))
			for _, context := range []string{"private", "group-no-mention", "quote-of-checkin"} {
				worst = max(worst, fastest(3, context, text))
			}
		}
	}
	b.ReportMetric(float64(worst.Microseconds()), "slowest-cpu-µs")
}

// slowPieces are repeated to texts that were built to be slow.
var slowPieces = []string{
	"第3条", "3、", "3 ", "第", "一", "二十", "1-40、", "80%", "百分之", "没", "不是", "收到", "李四", "王", "学院", "张三收到",
	"1. 张三\n", "「", "@", "@a ", "<", "<br/>", "&lt;", "[", "[语音]", "如果", "从60%到", "99999", "，", "等", "剩", "分别", "还是",
	"1.", "8:30", "四五", "#接龙\n", "1.张三 第3条80%\n", "学", "2022级", "完", "改成", "5应该是",
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
