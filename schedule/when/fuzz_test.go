package when_test

import (
	"strings"
	"testing"
	"time"

	"duban/schedule/when"
	"duban/schedule/when/whentest"
)

// checkAccepted holds any text against what Parse promises: a Refusal in
// Chinese, or a schedule that fires in the future, ever later, and whose
// canonical form means the same.
func checkAccepted(t *testing.T, text string, set when.Setting) {
	t.Helper()
	spec, err := when.Parse(text, set)
	if err != nil {
		checkRefusal(t, text, spec, err, "")
		if strings.Contains(err.Error(), "%!") && !strings.Contains(text, "%") {
			t.Errorf("%q: refused with %v", text, err)
		}
		return
	}
	last := set.Now
	for i, at := range following(spec, set.Now, 5) {
		if !at.After(last) || at.Second() != 0 || at.Nanosecond() != 0 {
			t.Errorf("%q: firing %d after %v comes %v", text, i, last, at)
		}
		last = at
	}
	if last.Equal(set.Now) {
		t.Errorf("%q: taken as %s, which never fires", text, spec)
	}
	checkRoundTrip(t, text, spec, set)
	checkCron(t, text, spec, set)
	if spec.Gap() <= 0 || spec.Sentence() == "" {
		t.Errorf("%q: gap %v, sentence %q", text, spec.Gap(), spec.Sentence())
	}
}

func FuzzParse(f *testing.F) {
	for _, r := range rows(f, "testdata/phrases.tsv") {
		f.Add(r["phrase"], int64(0))
	}
	for _, text := range []string{"", " ", "每", "周", "月", "第", "\xff", "每月第", "0 0 0 0 0", "TZ=x", strings.Repeat("每", 300), "每周一一一一一", "每年0月0日", "1月1日到1月1日每天"} {
		f.Add(text, int64(1<<40))
	}
	now, cal := whentest.At(f, "2026-11-23 12:00"), whentest.School(f)
	f.Fuzz(func(t *testing.T, text string, shift int64) {
		set := when.Setting{Now: now.Add(time.Duration(shift % int64(20*365*24*time.Hour)))}
		checkAccepted(t, text, set)
		set.Calendar = cal
		checkAccepted(t, text, set)
	})
}

// FuzzParse_cron builds texts that look like cron fields.
func FuzzParse_cron(f *testing.F) {
	f.Add("0", "9", "*", "*", "1")
	f.Add("*/15", "8-18/2", "1,15", "?", "*")
	f.Add("0", "0", "29", "2", "7")
	f.Add("0", "0", "31", "4,6", "sun-tue")
	f.Add("59", "23", "?", "JAN", "5-7/2")
	now := whentest.At(f, "2026-11-23 12:00")
	f.Fuzz(func(t *testing.T, a, b, c, d, e string) {
		checkAccepted(t, strings.Join([]string{a, b, c, d, e}, " "), when.Setting{Now: now})
	})
}

// pieces are what phrases are made of.
var pieces = []string{
	"每", "天", "周", "月", "年", "季度", "一", "二", "三", "五", "十", "日", "号", "点", "半", "上午", "下午", "晚上", "中午", "9", "12", "30", "2026",
	"到", "、", "和", "第", "最后", "个", "工作日", "末", "底", "下", "本", "今天", "明天", "后", "前", "起", "除", "外", "隔", "两", "小时", "分钟", "寒假", "教学周", ":00", " ", "，", "的", "节假日", "单", "双", "次", "从",
}

// FuzzParse_pieces joins words of phrases in any order, which reaches deeper
// than bytes do.
func FuzzParse_pieces(f *testing.F) {
	f.Add([]byte{0, 1, 19, 13})
	f.Add([]byte{0, 2, 6, 16, 19, 13})
	now, cal := whentest.At(f, "2026-11-23 12:00"), whentest.School(f)
	f.Fuzz(func(t *testing.T, order []byte) {
		if len(order) > 24 {
			return
		}
		var b strings.Builder
		for _, i := range order {
			b.WriteString(pieces[int(i)%len(pieces)])
		}
		checkAccepted(t, b.String(), when.Setting{Now: now})
		checkAccepted(t, b.String(), when.Setting{Now: now, Calendar: cal})
	})
}
