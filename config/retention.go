package config

import (
	"fmt"
	"time"

	"duban/privacy"
	"duban/schedule/when"
)

// Privacy is what people are told about their data.
type Privacy struct {
	Controller string `yaml:"controller"` // who is responsible
	Contact    string `yaml:"contact"`    // whom to turn to; "" is left out
}

// Keep says what is kept for how long, with the semesters of a calendar.
func (c Config) Keep(zone *time.Location, calendar func() *when.Calendar) privacy.Retention {
	r := c.Retention
	r.Semester = func(t time.Time) time.Time { return semesterEnd(calendar().School().Terms, t.In(zone)) }
	return r
}

// semesterEnd is the end of the term that t lies in, or of the next one if t is
// between two; far from all of them it is that of January or of July.
func semesterEnd(terms []when.Term, t time.Time) time.Time {
	const near = 200 * 24 * time.Hour
	best := time.Time{}
	for _, term := range terms {
		y, m, d := term.To.YMD()
		end := time.Date(y, m, d+1, 0, 0, 0, 0, t.Location())
		if end.After(t) && end.Sub(t) < near && (best.IsZero() || end.Before(best)) {
			best = end
		}
	}
	if best.IsZero() {
		return privacy.SemesterEnd(t)
	}
	return best
}

// Inform returns what everybody is told once, with the first answer that they get alone.
func (c Config) Inform() string {
	if c.Privacy.Controller == "" {
		return ""
	}
	text := fmt.Sprintf("（告知：%s用本助手督办工作，会记下您对通知的回复、填报的进度和请假；文字留到学期结束后%d天。看或删自己的，私聊发“我的数据”“删除我的数据”。",
		c.Privacy.Controller, c.Retention.Replies)
	if c.Privacy.Contact != "" {
		text += "联系：" + c.Privacy.Contact + "。"
	}
	return text + "）"
}
