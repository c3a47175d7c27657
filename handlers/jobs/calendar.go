package jobs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/schedule"
	"duban/schedule/when"
	"duban/zh"
)

const dayUsage = "请这样写：日历 2027-01-01到2027-01-03 休 元旦 国办发明电〔2026〕12号（休写“休”，调休上班写“班”，最后写依据）。"

// calendar lists or adds days off and make-up days: 日历, 日历 2027-01-09 班 元旦 依据.
func (d *Desk) calendar(t *chat.Request, rest string) (string, error) {
	own := schedule.OwnOf(t.Snap)
	if strings.TrimSpace(rest) == "" {
		return listDays(own.Days), nil
	}
	e, ok := parseDays(rest, t.Now().In(d.Zone))
	if !ok {
		return dayUsage, nil
	}
	e.By = t.Person.ID
	if _, err := d.Schedule.CalendarOf(schedule.Own{Days: append(slices.Clone(own.Days), e), School: own.School}); err != nil {
		return "", err
	}
	schedule.PutDay(t.Tx, e)
	instead := ""
	for _, old := range own.Days {
		if old.Day == e.Day {
			instead = "替换了原来的" + dayLine(old) + "。"
		}
	}
	t.Audit("calendar.put", e.Day)
	return fmt.Sprintf("已记入日历：%s。%s有提醒因此变动时另行告诉管理员。", dayLine(e), instead), nil
}

// dropDay takes an entry out of the calendar.
func (d *Desk) dropDay(t *chat.Request, rest string) (string, error) {
	day := isoDay(strings.TrimSpace(rest), t.Now().In(d.Zone))
	if !schedule.DeleteDay(t.Tx, day) {
		return "日历里没有这一天的条目。发“日历”看现有的。", nil
	}
	t.Audit("calendar.delete", day)
	return "已从日历删除" + day + "。", nil
}

// parseDays reads 2027-01-01到2027-01-03 休 元旦 依据.
func parseDays(text string, now time.Time) (e schedule.DayEntry, ok bool) {
	words := strings.Fields(zh.Fold(text))
	if len(words) < 4 {
		return e, false
	}
	from, to, _ := cutSpan(words[0])
	e.Override = when.Override{
		Day: isoDay(from, now), Kind: words[1], Name: words[2], Source: strings.Join(words[3:], " "),
	}
	if to != "" {
		e.To = isoDay(to, now)
	}
	return e, e.Day != "" && (to == "" || e.To != "") && (e.Kind == "休" || e.Kind == "班")
}

// cutSpan cuts a row of days at its 到 or 至.
func cutSpan(text string) (from, to string, ok bool) {
	if from, to, ok = strings.Cut(text, "到"); !ok {
		from, to, ok = strings.Cut(text, "至")
	}
	return from, to, ok
}

// isoDay writes a day as the calendar keeps it; "" if it is none.
func isoDay(s string, now time.Time) string {
	if day, size := readDay(s, now); size == len(s) && !day.IsZero() {
		return day.Format(time.DateOnly)
	}
	return ""
}

func listDays(days []schedule.DayEntry) string {
	if len(days) == 0 {
		return "日历里没有自己录入的条目，法定节假日用程序自带的表。" + dayUsage
	}
	return chat.ClipLines("自己录入的日历：\n" + zh.Join(days, "\n", dayLine))
}

func dayLine(e schedule.DayEntry) string {
	span := e.Day
	if e.To != "" {
		span += "至" + e.To
	}
	return fmt.Sprintf("%s %s %s（%s）", span, e.Kind, e.Name, e.Source)
}
