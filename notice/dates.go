package notice

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"duban/zh"
)

// written finds the days in a text that are written as dates, and the weekday
// that may stand behind one.
var written = regexp.MustCompile(`(?:(\d{4})\s*年)?\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号](?:\s*[（(，,、]?\s*(?:周|星期)([一二三四五六日天]))?`)

// Doubts says what may be wrong with the dates in a text on a day: that they are
// past, do not exist, or are on another weekday than is written. A date without a
// year is the nearest one, so that in December 1月8日 is next year's.
func Doubts(text string, now time.Time) (all []string) {
	today := zh.StartOfDay(now)
	for _, f := range written.FindAllStringSubmatch(text, -1) {
		year, _ := strconv.Atoi(f[1])
		month, _ := strconv.Atoi(f[2])
		day, _ := strconv.Atoi(f[3])
		at, ok := nearest(year, month, day, today)
		said := fmt.Sprintf("%d月%d日", month, day)
		switch {
		case !ok:
			all = append(all, said+"这一天不存在")
			continue
		case at.Before(today):
			all = append(all, fmt.Sprintf("%s（%d年）已经过去", said, at.Year()))
		}
		if w := f[4]; w != "" && "周"+strings.Replace(w, "天", "日", 1) != zh.Weekday(at.Weekday()) {
			all = append(all, fmt.Sprintf("%d年%s是%s，不是周%s", at.Year(), said, zh.Weekday(at.Weekday()), w))
		}
	}
	return all
}

// nearest returns the date that is meant; without a year the one that is nearest
// to today. Ok is false if there is no such day.
func nearest(year, month, day int, today time.Time) (at time.Time, ok bool) {
	years := []int{year}
	if year == 0 {
		years = []int{today.Year(), today.Year() + 1, today.Year() - 1}
	}
	var best time.Duration
	for _, y := range years {
		t := time.Date(y, time.Month(month), day, 0, 0, 0, 0, today.Location())
		if t.Day() != day || int(t.Month()) != month {
			continue
		}
		if away := t.Sub(today).Abs(); !ok || away < best {
			at, best, ok = t, away, true
		}
	}
	return at, ok
}
