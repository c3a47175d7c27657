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

// dueWords say that the day behind them is when something is due.
var dueWords = regexp.MustCompile(`^(?:截止|截至)(?:时间|日期)?(?:[ 　]*(?:延长|延|推迟|改|顺延)?(?:到|至|于|为|成))?[ 　]*`)

// dueAt reads the due time that text begins with, 截止1月8日18:00前, and returns how
// many bytes it takes; 0 if there is none. Without a time of day it is the end of
// that day.
func dueAt(t *chat.Request, text string) (due time.Time, size int) {
	word := dueWords.FindString(text)
	if word == "" {
		return due, 0
	}
	tail := text[len(word):]
	day, n := zh.ParseDay(tail)
	date := day.On(t.Local())
	if n == 0 || date.IsZero() {
		chat.Decline("截止的日期没看懂，请写如：截止1月8日，或 截止1月8日18:00。")
	}
	tail = tail[n:]
	due = date.AddDate(0, 0, 1).Add(-time.Second)
	if m := clockAfter.FindStringSubmatch(tail); m != nil {
		clock, ok := clockOf(m)
		if !ok {
			chat.Decline("截止的时刻没看懂，请写如：截止1月8日18:00。")
		}
		if clock < 24*time.Hour { // 24点 is the end of the day
			due = date.Add(clock)
		}
		tail = tail[len(m[0]):]
	}
	for _, end := range []string{"之前", "以前", "前"} {
		tail = strings.TrimPrefix(tail, end)
	}
	if !due.After(t.Now()) {
		chat.Decline("截止时间（%s）已经过去，请改一个将来的时间。", t.Desk.When(due))
	}
	return due, len(text) - len(tail)
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
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute, hour*60+minute <= 24*60 && minute < 60
}
