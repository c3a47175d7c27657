package notices

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/zh"
)

// clockAfter is a time of day behind a day: 18:00, 下午5点半, 17时.
var clockAfter = regexp.MustCompile(`^\s*(上午|早上|中午|下午|晚上|晚)?\s*(\d{1,2})\s*(?:[:：](\d{2})|[点时](半|\d{1,2}分?)?)`)

// takeDue takes 截止1月8日18:00 out of the head of a notice. Without a time of day it
// is the end of that day.
func takeDue(t *chat.Request, rest string) (left string, due time.Time) {
	const word = "截止"
	const most = 120 // bytes: the head is short
	i := strings.Index(rest[:min(len(rest), most)], word)
	if i < 0 || strings.ContainsAny(zh.Fold(rest[:i]), ":\n。") {
		return rest, due
	}
	tail := rest[i+len(word):]
	tail = strings.TrimLeft(tail, " 　")
	for _, filler := range []string{"时间", "日期", "到", "至", "于"} {
		tail = strings.TrimLeft(strings.TrimPrefix(tail, filler), " 　")
	}
	now := t.Local()
	day, size := zh.ParseDay(tail)
	date := day.On(now)
	if size == 0 || date.IsZero() {
		chat.Decline("截止的日期没看懂，请写如：截止1月8日，或 截止1月8日18:00。")
	}
	tail = tail[size:]
	due = date.AddDate(0, 0, 1).Add(-time.Second)
	if m := clockAfter.FindStringSubmatch(tail); m != nil {
		clock, ok := clockOf(m)
		if !ok {
			chat.Decline("截止的时刻没看懂，请写如：截止1月8日18:00。")
		}
		due = date.Add(clock)
		tail = tail[len(m[0]):]
	}
	for _, end := range []string{"之前", "以前", "前"} {
		tail = strings.TrimPrefix(tail, end)
	}
	if !due.After(t.Now()) {
		chat.Decline("截止时间（%s）已经过去，请改一个将来的时间。", t.Desk.When(due))
	}
	return strings.TrimSpace(rest[:i]) + " " + strings.TrimLeft(tail, " 　，,"), due
}

// clockOf reads what clockAfter has found.
func clockOf(m []string) (time.Duration, bool) {
	hour, _ := strconv.Atoi(m[2])
	minute := 0
	switch {
	case m[3] != "":
		minute, _ = strconv.Atoi(m[3])
	case m[4] == "半":
		minute = 30
	case m[4] != "":
		minute, _ = strconv.Atoi(strings.TrimSuffix(m[4], "分"))
	}
	late := m[1] == "下午" || m[1] == "晚上" || m[1] == "晚" || m[1] == "中午" && hour < 11
	if late && hour < 12 {
		hour += 12
	}
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute, hour < 24 && minute < 60
}
