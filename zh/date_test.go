package zh_test

import (
	"testing"
	"time"

	"duban/zh"
)

func TestLasting(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "1分钟", 29 * time.Second: "1分钟", 90 * time.Minute: "1小时30分钟", 2 * time.Hour: "2小时", 24 * time.Hour: "1天",
		51*time.Hour + 20*time.Minute: "2天3小时", 59*time.Minute + 40*time.Second: "1小时",
	} {
		if got := zh.Lasting(d); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 8, 5, 0, 0, time.UTC) }
	now := day(2026, 11, 23)
	for _, c := range []struct {
		from, to time.Time
		want     string
	}{
		{day(2026, 11, 3), day(2026, 11, 3), "11月3日"},
		{day(2026, 11, 3), day(2026, 12, 5), "11月3日至12月5日"},
		{day(2026, 12, 30), day(2027, 1, 2), "2026年12月30日至2027年1月2日"},
		{day(2027, 1, 2), day(2027, 1, 2), "2027年1月2日"},
		{day(2027, 1, 2), day(2027, 1, 9), "2027年1月2日至1月9日"},
	} {
		if got := zh.Span(c.from, c.to, now); got != c.want {
			t.Errorf("Span(%s, %s) = %q, want %q", c.from, c.to, got, c.want)
		}
	}
	if got := zh.DateSeen(now, now) + zh.Weekday(now.Weekday()) + zh.DateSeen(day(2027, 1, 2), now); got != "11月23日周一2027年1月2日" {
		t.Errorf("DateSeen and Weekday = %q", got)
	}
}
