package when

import (
	"regexp"
	"strings"
)

// festivals are days of the year that people call by name, as month*100+day.
// Those of the lunar calendar move, and are refused.
var festivals = map[string]int{
	"元旦": 101, "妇女节": 308, "植树节": 312, "国家安全教育日": 415, "劳动节": 501, "青年节": 504,
	"儿童节": 601, "建党节": 701, "建军节": 801, "教师节": 910, "国庆节": 1001, "国庆": 1001, "消防日": 1109,
	"国家宪法日": 1204, "宪法日": 1204, "国家公祭日": 1213, "公祭日": 1213, "圣诞节": 1225,
}

var (
	festivalMark = regexp.MustCompile(`^((?:今|明|后|[0-9]{4})年的?)?(元旦|妇女节|植树节|国家安全教育日|劳动节|青年节|儿童节|建党节|建军节|教师节|国庆节|国庆|消防日|国家宪法日|宪法日|国家公祭日|公祭日|圣诞节)(?:当天|那天|当日)?`)
	notFestival  = regexp.MustCompile(`^(?:前|后|期间|假期|长假|放假|小长假|节)`)
)

var movableMark = regexp.MustCompile(`^(?:每年|今年|明年)?的?(?:春节|除夕|元宵节?|清明节?|端午节?|七夕节?|中秋节?|重阳节?|腊八节?|冬至|母亲节|父亲节|感恩节)`)

// movable refuses festivals whose date is another one each year.
func movable(_ *draft, s string) (int, error) {
	if m := movableMark.FindString(s); m != "" {
		return 0, Refuse("“%s”每年的日期不同，请写公历日期，如“6月19日9点”", m)
	}
	return 0, nil
}

// festivalDate reads 元旦, 明年国庆节.
func (d *draft) festivalDate(s string) (dateRef, int, error) {
	m := festivalMark.FindStringSubmatch(s)
	if m == nil || notFestival.MatchString(s[len(m[0]):]) {
		return dateRef{}, 0, nil
	}
	md := festivals[m[2]]
	if m[1] == "" {
		return dateRef{yearless: true, month: md / 100, dom: md % 100}, len(m[0]), nil
	}
	year, ok := d.year(strings.TrimSuffix(strings.TrimSuffix(m[1], "的"), "年"))
	if !ok {
		return dateRef{}, 0, nil
	}
	day, err := checkedDate(year, md/100, md%100)
	return dateRef{day: day}, len(m[0]), err
}
