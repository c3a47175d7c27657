package when

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"duban/zh"
)

// MaxText is the longest text of a schedule, in bytes.
const MaxText = 512

// Parse reads five cron fields or a Chinese phrase. An error is a [*Refusal].
func Parse(phrase string, set Setting) (s *Schedule, err error) {
	defer caught(&err)
	if len(phrase) > MaxText {
		fail("时间写得太长，请写短一些，如“每周一9点”")
	}
	if !utf8.ValidString(phrase) {
		fail("时间里有乱码，请重新输入")
	}
	folded := strings.ToLower(strings.TrimSpace(zh.Fold(phrase)))
	switch {
	case folded == "":
		fail("没有写时间，请写如“每周一9点”或“0 9 * * 1”")
	case isCron(folded):
		return parseCron(folded, set), nil
	}
	d := newDraft(normal(folded), set)
	for d.rest != "" {
		d.read()
	}
	return d.schedule(), nil
}

// ParseStored reads a canonical text, which may be over by now.
func ParseStored(phrase string, set Setting) (*Schedule, error) {
	set.Now, set.stored = time.Date(2000, 1, 1, 0, 0, 0, 0, set.zone()), true
	return Parse(phrase, set)
}

var (
	white   = regexp.MustCompile(`\s+`)
	spaces  = regexp.MustCompile(`([^0-9]) | ([^0-9])`)
	halfDay = regexp.MustCompile(`(每|今|明|当)(晚|早)上?`)
)

// normal brings spellings that mean the same into one form. A space stays only
// between two digits, where it separates numbers.
func normal(s string) string {
	s = white.ReplaceAllString(s, " ")
	for before := ""; before != s; {
		before = s
		s = spaces.ReplaceAllString(s, "$1$2")
	}
	s = strings.NewReplacer(
		"个星期天", "周日", "个礼拜天", "周日", "星期天", "周日", "礼拜天", "周日", "周天", "周日",
		"个星期", "周", "个礼拜", "周", "星期", "周", "礼拜", "周",
		"——", "-", "—", "-", "–", "-", "～", "-", "~", "-", "至", "到", "﹕", ":", "∶", ":",
		"週", "周", "點", "点", "號", "号", "個", "个", "兩", "两", "後", "后", "時", "时", "鐘", "钟", "開", "开", "間", "间", "從", "从",
		"以及", "、", "还有", "、", "并且", "、", "“", "", "”", "", "\"", "", "双休日", "周末",
	).Replace(s)
	return halfDay.ReplaceAllString(s, "${1}天${2}上")
}

// clauses are tried in this order. Each takes what it knows from the beginning of
// the rest; false says that the rest begins with something else.
func clauses() []func(*draft) bool {
	return []func(*draft) bool{
		filler, vague, later, exclusion, monthRange, dateRange, openRange, dateList, period,
		everyMinutes, everyUnits, weekClause, monthList, monthDayList, ordinalClause, unitEnd,
		kindClause, movable, workdays, clockClause,
	}
}

// read takes the next clause. What no clause takes is refused.
func (d *draft) read() {
	start := d.rest
	for _, takes := range clauses() {
		if takes(d) {
			return
		}
		d.rest = start
	}
	unknown(start)
}

var fillers = regexp.MustCompile(`^(?:[ ,。、;!()的在于都就要我请各]|帮我|给我|叫我|提醒大家|提醒|通知|推送|发送|发布|发一|发|定时|准时|按时|固定|统一|各?[一1]次|时候|一下)`)

func filler(d *draft) bool { return d.skip(fillers) != "" }

var vagues = []struct {
	words *regexp.Regexp
	text  string
}{
	{regexp.MustCompile(`^(?:每隔?)?[0-9〇零一二两三四五六七八九十百半几]*秒`), "最小间隔为1分钟，请写如“每30分钟”“每小时”"},
	{regexp.MustCompile(`^(?:左右|前后|上下|大概|大约|约|差不多)`), "时间要写准确，不能写“%s”，请写如“8:30”"},
	{regexp.MustCompile(`^(?:尽快|马上|立即|立刻|现在|随时|不定期|不定时|随机|偶尔|经常|有空|改天|近期|近日|最近|择日|过几天|过两天|几天后|抽空)`), "“%s”不是准确的时间，请写如“今天17:00”“明天9点”“2小时后”"},
	{regexp.MustCompile(`^(?:[0-9二两三四五六七八九十几多]+)次`), "“%s”没有说是哪几个时刻，请写明如“每天8:00、12:00、18:00”"},
	{regexp.MustCompile(`^月?(?:上旬|中旬|下旬|月中|周中|年中)`), "“%s”不是准确的日期，请写明如“每月15号9点”“每月1号到10号每天9点”"},
	{regexp.MustCompile(`^(?:农历|阴历|正月|腊月|冬月|闰月|闰|初[一二三四五六七八九十])`), "不支持农历日期（“%s”），请写公历日期如“2月17日9点”"},
	{regexp.MustCompile(`^(?:学期初|学期末|学期中|开学|放学|放假前|放假后|期末|期中|考前|考后|上课|下课|上班|下班|午休)`), "不知道“%s”是什么时候，请写明日期和时刻，如“9月1日8:30”"},
	{regexp.MustCompile(`^(?:遇节假日)?(?:顺延|提前|推迟)`), "不支持“%s”，可以写“每月第一个工作日9点”或“每月最后一个工作日9点”"},
	{regexp.MustCompile(`^(?:上+个?(?:周|月|季度)|昨天|前天|去年|昨晚|昨日)`), "“%s”已经过去，请写将来的时间"},
}

// vague refuses words that people use and that name no time.
func vague(d *draft) bool {
	for _, v := range vagues {
		if m := d.skip(v.words); m != "" {
			fail("%s", strings.ReplaceAll(v.text, "%s", m))
		}
	}
	return false
}

var movableMark = regexp.MustCompile(`^(?:每年|今年|明年)?的?(?:春节|除夕|元宵节?|清明节?|端午节?|七夕节?|中秋节?|重阳节?|腊八节?|冬至|母亲节|父亲节|感恩节)`)

// movable refuses festivals whose date is another one each year.
func movable(d *draft) bool {
	if m := d.skip(movableMark); m != "" {
		fail("“%s”每年的日期不同，请写公历日期，如“6月19日9点”", m)
	}
	return false
}
