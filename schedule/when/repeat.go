package when

import (
	"regexp"
	"strings"
	"time"
)

var (
	laterMark   = regexp.MustCompile(`^(?:再?过)?(?:` + numeral + `个半|` + numeral + `个?|(半)个?)(小时|钟头|分钟|刻钟)(?:之|以)?后|^再?过(?:` + numeral + `个半|` + numeral + `个?|(半)个?)(小时|钟头|分钟|刻钟)`)
	everyMin    = regexp.MustCompile(`^(?:每?间?隔|每)(?:` + numeral + `个半|` + numeral + `个?|(半)个?|个?)(小时|钟头|分钟|刻钟)(?:[一1]次)?`)
	onTheHour   = regexp.MustCompile(`^(?:每个?|逢)?整点`)
	offsetMark  = regexp.MustCompile(`^的?(?:第|过|零)?` + numeral + `分钟?`)
	everyDays   = regexp.MustCompile(`^(每?间?隔|每)` + numeral + `(天|日|个月|个?季度|年)(?:[一1]次)?`)
	everyDay    = regexp.MustCompile(`^(?:每一?天|每日|天天|每个?日子)`)
	everyOther  = regexp.MustCompile(`^隔(天|日)`)
	everyMonth  = regexp.MustCompile(`^` + sep + `?(?:每逢|每一?个?|逢)月份?`)
	everyQuart  = regexp.MustCompile(`^每一?个?季度?(?:的?(首月|第[一1]个月|第[二2]个月|第[三3]个月|末月|最后[一1]个月))?`)
	everyYear   = regexp.MustCompile(`^(?:每一?年|年年)`)
	workdayMark = regexp.MustCompile(`^(?:每逢|每个?|逢)?(?:工作日|上班日)`)
	nextWorkday = regexp.MustCompile(`^下[一1]?个工作日`)
)

// later takes 2小时后.
func later(d *draft, s string) (int, error) {
	m := laterMark.FindStringSubmatch(s)
	if m == nil {
		return 0, nil
	}
	n, ok := amount(m[1]+m[5], m[2]+m[6], m[3]+m[7], m[4]+m[8])
	if !ok || n <= 0 || n > 366*24*60 {
		return 0, Refuse("“%s”不对，请写如“30分钟后”“2小时后”，或写明日期和时刻", m[0])
	}
	if !d.instant.IsZero() {
		return 0, d.conflict("前面的时间", m[0])
	}
	d.instant = d.now.Add(time.Duration(n) * time.Minute)
	return len(m[0]), nil
}

// amount is a duration in minutes: 一个半小时, 2小时, 半小时, 一刻钟.
func amount(andHalf, whole, half, unit string) (int, bool) {
	size := 1
	switch unit {
	case "小时", "钟头":
		size = 60
	case "刻钟":
		size = 15
	}
	switch {
	case half != "":
		return size / 2, size == 60
	case andHalf != "":
		n, ok := number(andHalf)
		return n*size + size/2, ok && size == 60
	case whole == "":
		return size, true
	}
	n, ok := number(whole)
	return n * size, ok
}

// everyMinutes takes 每两小时, 每30分钟, 每小时的第15分.
func everyMinutes(d *draft, s string) (int, error) {
	m, at, n, ok := []string(nil), len(onTheHour.FindString(s)), 60, true
	if at == 0 {
		if m = everyMin.FindStringSubmatch(s); m == nil {
			return 0, nil
		}
		at = len(m[0])
		n, ok = amount(m[1], m[2], m[3], m[4])
	}
	switch {
	case ok && n == 0:
		return 0, Refuse("最小间隔为1分钟，请写如“每30分钟”“每小时”")
	case !ok || n >= 24*60:
		return 0, Refuse("“%s”不对，间隔应在1分钟到一天之间；更长请写如“每两天9点”", s[:at])
	case d.every == 60 && m == nil: // 每小时整点
		return at, nil
	case d.every > 0:
		return 0, d.conflict("前面的间隔", s[:at])
	}
	d.every = n
	if o := offsetMark.FindStringSubmatch(s[at:]); o != nil && n == 60 {
		minute, ok := number(o[1])
		if !ok || minute > 59 {
			return 0, Refuse("分钟应在0到59之间，“%s”不对", o[0])
		}
		d.offset = minute
		at += len(o[0])
	}
	return at, nil
}

// everyUnits takes 每天, 每三天, 每月, 每两个月, 每季度, 每年.
func everyUnits(d *draft, s string) (int, error) {
	if m := everyDays.FindStringSubmatch(s); m != nil {
		return len(m[0]), d.everyN(m)
	}
	if m := everyDay.FindString(s); m != "" {
		return len(m), d.daily(m)
	}
	if m := everyOther.FindString(s); m != "" {
		return len(m), d.repeats(perDay, 2, m)
	}
	if m := everyYear.FindString(s); m != "" {
		return len(m), d.repeats(perYear, 1, m)
	}
	if m := everyQuart.FindStringSubmatch(s); m != nil {
		return len(m[0]), d.quarterly(m)
	}
	if m := everyMonth.FindString(s); m != "" {
		if d.unit == perMonth && d.days.step == 1 && d.days.monthly != 0 && !d.asked {
			d.chosen = false // 每月1号和每月15号
			return len(m), nil
		}
		return len(m), d.repeats(perMonth, 1, m)
	}
	return 0, nil
}

// daily is 每天, which adds nothing after 周一到周五 or 12月1日到5日.
func (d *draft) daily(said string) error {
	if d.unit == perDay && d.each {
		return d.conflict(d.said, said)
	}
	if d.chosen || d.once != nil || d.days.months != 0 {
		d.each = true
		return nil
	}
	return d.repeats(perDay, 1, said)
}

func (d *draft) everyN(m []string) error {
	n, ok := number(m[2])
	apartFrom := strings.Contains(m[1], "隔")
	unit := strings.TrimPrefix(m[3], "个")
	switch {
	case !ok || n < 1 || n > 366:
		return Refuse("“%s”不对，请写如“每3天9点”", m[0])
	case unit == "年" && n == 1 && !apartFrom:
		return d.repeats(perYear, 1, m[0])
	case unit == "季度" && n == 1 && !apartFrom:
		return d.repeats(perQuarter, 1, m[0])
	case unit == "年" || unit == "季度":
		return Refuse("不支持“%s”，请写明日期，或写“每年3月12日9点”“每季度末9点”", m[0])
	case apartFrom && n > 1:
		return apart(n, m[3])
	case apartFrom:
		n = 2
	}
	if unit == "月" {
		return d.repeats(perMonth, n, m[0])
	}
	if n == 1 {
		return d.daily(m[0])
	}
	return d.repeats(perDay, n, m[0])
}

// quarterly is 每季度, or 每季度首月 which means four months of the year.
func (d *draft) quarterly(m []string) error {
	if m[1] == "" {
		return d.repeats(perQuarter, 1, m[0])
	}
	if err := d.repeats(perMonth, 1, m[0]); err != nil {
		return err
	}
	first := 1
	switch {
	case strings.ContainsAny(m[1], "二2"):
		first = 2
	case strings.ContainsAny(m[1], "三3末") || strings.HasPrefix(m[1], "最后"):
		first = 3
	}
	d.days.months = bit(first, first+3, first+6, first+9)
	return nil
}

// workdays takes 工作日 and 下一个工作日.
func workdays(d *draft, s string) (int, error) {
	if m := nextWorkday.FindString(s); m != "" {
		if d.unit != "" || d.chosen || d.once != nil || d.within != nil {
			return 0, d.conflict(d.said, m)
		}
		day := d.today + 1
		for !d.set.Calendar.Workday(day) {
			day++
		}
		d.once, d.said = []dateRef{{day: day, said: m}}, m
		return len(m), nil
	}
	m := workdayMark.FindString(s)
	if m == "" {
		return 0, nil
	}
	if d.unit == perDay && !d.chosen && d.days.step <= 1 { // 每天，工作日
		return 0, d.conflict(d.said, m)
	}
	if d.unit == perWeek && !d.chosen && d.days.step == 1 { // 每周工作日
		d.unit = ""
	}
	if err := d.repeats(perDay, 1, m); err != nil {
		return 0, err
	}
	d.days.work = true
	return len(m), d.choose(m)
}
