package progress

import (
	"fmt"
	"time"
)

// A Light says at a glance whether a measure needs somebody's attention. The
// zero value is none: it is done, or nothing is due soon and nothing is behind.
type Light string

// The lights, the more pressing ones last.
const (
	NoLight Light = ""
	Blue    Light = "blue"   // due soon
	Yellow  Light = "yellow" // behind
	Red     Light = "red"    // overdue and not done
)

// The bounds of the rule. [Light.Rule] says them in words.
const (
	soon    = 7  // days to the due day from which a measure is due soon
	half    = 30 // days to the due day from which half of it should be done
	silence = 30 // days without a new report after which it counts as behind
)

// Lights returns the lights in the order in which they are explained, the most
// pressing first.
func Lights() []Light { return []Light{Red, Yellow, Blue} }

// String returns the light as people read it, "" for none.
func (l Light) String() string { return map[Light]string{Blue: "蓝", Yellow: "黄", Red: "红"}[l] }

// Rule returns when the light is lit, so that it can stand beside the light.
func (l Light) Rule() string {
	switch l {
	case Red:
		return "红：已过完成时限，还没有办结"
	case Yellow:
		return fmt.Sprintf("黄：受阻，或离时限不到%d天进度不足一半，或超过%d天没有新进展", half, silence)
	case Blue:
		return fmt.Sprintf("蓝：%d天内到完成时限", soon)
	case NoLight:
	}
	return "无灯：已办结，或按期推进"
}

// LightOf returns the light of a measure and, in a few words, why it is lit.
//
// Due is the day by which it must be done, until its end; zero if there is none.
// Percent is nil if nobody said one. Last is when it was last reported on; zero
// leaves its silence out of account, so for a measure that was never reported on
// it should be the day on which the plan came into force. Days are those of now's
// zone.
func LightOf(due, now time.Time, status Status, percent *int, last time.Time) (light Light, why string) {
	if status == Finished || percent != nil && *percent >= 100 {
		return NoLight, ""
	}
	left, quiet := days(now, due, now.Location()), days(last, now, now.Location())
	switch {
	case !due.IsZero() && left < 0:
		return Red, fmt.Sprintf("已超期%d天", -left)
	case status == Blocked:
		return Yellow, "受阻"
	case !due.IsZero() && left < half && (percent == nil || *percent < 50):
		return Yellow, fmt.Sprintf("还剩%d天，进度不足一半", left)
	case !last.IsZero() && quiet > silence:
		return Yellow, fmt.Sprintf("%d天没有新进展", quiet)
	case !due.IsZero() && left <= soon && left == 0:
		return Blue, "今天到期"
	case !due.IsZero() && left <= soon:
		return Blue, fmt.Sprintf("还剩%d天到期", left)
	}
	return NoLight, ""
}

// days counts the days from a to b as the calendar of a zone does.
func days(a, b time.Time, zone *time.Location) int {
	return int(date(b.In(zone)).Sub(date(a.In(zone))) / (24 * time.Hour))
}

// date is the day of t as a time that can be subtracted: without summer time.
func date(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
