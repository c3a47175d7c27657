package when

import (
	"regexp"
	"strings"
)

// A clause is one way to say a part of when. What takes it gets the groups of
// the pattern and may read on; if it gives everything back, the next is tried.
type clause struct {
	begins *regexp.Regexp
	take   func(d *draft, m []string)
}

// A namedDay is one way to name a date; reading it returns nil if it is none after all.
type namedDay struct {
	begins *regexp.Regexp
	read   func(r *reader, m []string) *dateRef
}

// begins compiles a pattern for the beginning of the rest.
func begins(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)`) }

// refuse makes a clause of words that people use and that name no time; %s in
// the text stands for them.
func refuse(text string) func(*draft, []string) {
	return func(_ *draft, m []string) { fail("%s", strings.ReplaceAll(text, "%s", m[0])) }
}

// clauses are tried in this order.
var clauses = []clause{
	{begins(`[ ,。、;!()的在于都就要我请各]|帮我|给我|叫我|提醒大家|提醒|通知|推送|发送|发布|发一|发|定时|准时|按时|固定|统一|各?[一1]次|时候|一下`), func(*draft, []string) {}},
	{begins(`(?:每隔?)?[0-9〇零一二两三四五六七八九十百半几]*秒`), refuse("最小间隔为1分钟，请写如“每30分钟”“每小时”")},
	{begins(`左右|前后|上下|大概|大约|约|差不多`), refuse("时间要写准确，不能写“%s”，请写如“8:30”")},
	{
		begins(`尽快|马上|立即|立刻|现在|随时|不定期|不定时|随机|偶尔|经常|有空|改天|近期|近日|最近|择日|过几天|过两天|几天后|抽空`),
		refuse("“%s”不是准确的时间，请写如“今天17:00”“明天9点”“2小时后”"),
	},
	{begins(`[0-9二两三四五六七八九十几多]+次`), refuse("“%s”没有说是哪几个时刻，请写明如“每天8:00、12:00、18:00”")},
	{begins(`月?(?:上旬|中旬|下旬|月中|周中|年中)`), refuse("“%s”不是准确的日期，请写明如“每月15号9点”“每月1号到10号每天9点”")},
	{begins(`农历|阴历|正月|腊月|冬月|闰月|闰|初[一二三四五六七八九十]`), refuse("不支持农历日期（“%s”），请写公历日期如“2月17日9点”")},
	{
		begins(`学期初|学期末|学期中|开学|放学|放假前|放假后|期末|期中|考前|考后|上课|下课|上班|下班|午休`),
		refuse("不知道“%s”是什么时候，请写明日期和时刻，如“9月1日8:30”"),
	},
	{begins(`(?:遇节假日)?(?:顺延|提前|推迟)`), refuse("不支持“%s”，可以写“每月第一个工作日9点”或“每月最后一个工作日9点”")},
	{begins(`上+个?(?:周|月|季度)|昨天|前天|去年|昨晚|昨日`), refuse("“%s”已经过去，请写将来的时间")},

	{begins(`(再?过)?(?:` + howLong + `)` + clockUnit + `((?:之|以)?后)?`), later},
	{begins(`,?(?:除了?|不含|不包括|避开|跳过)` + excluded + `(?:之外|以外|外|除外|,)?`), exclude},
	{begins(`,?` + excluded + `(?:除外|不发送?|不提醒|不用发|不要发|不算)`), exclude},
	{begins(`从?` + numeral + `月?份?(?:到|-)(?:次年|第二年)?的?` + numeral + `月份?(?:底|期间|之间)?`), monthRange},
	{begins(`从?`), dates},
	{begins(`截止到|截止|截到|直到|到`), until},
	{begins(`,?(?:连续|接连|连着|连发)` + numeral + `[天日](?:里|内|都)?`), inARow},
	{
		begins(`(?:(本|这个?|当|下+个?)(月|季度)|(今|明|后|[0-9]{4})年(?:的?` + numeral + `月份?)?|` + numeral + `月份?)(?:的|里|内|期间)?`),
		period,
	},

	{begins(`(?:每个?|逢)?整点`), fullHours},
	{begins(`(?:每?间?隔|每)(?:` + howLong + `|个?)` + clockUnit + `(?:[一1]次)?`), func(d *draft, m []string) { d.interval(amount(m[1:])) }},
	{begins(`(每?间?隔|每)` + numeral + `(天|日|个月|个?季度|年)(?:[一1]次)?`), everyN},
	{begins(`每一?天|每日|天天|每个?日子`), daily},
	{begins(`隔[天日]`), func(d *draft, _ []string) { d.repeats(perDay, 2) }},
	{begins(`每一?年|年年`), func(d *draft, _ []string) { d.repeats(perYear, 1) }},
	{begins(`每一?个?季度?(?:的?(?:(首月|第[一1]个月)|(第[二2]个月)|(第[三3]个月|末月|最后[一1]个月)))?`), quarterly},
	{begins(sep + `?(?:每逢|每一?个?|逢)月份?`), monthly},

	{begins(sep + `?(?:(每逢|每到|每个?|逢)|每隔?` + numeral + `个?|(隔|每隔)|(本|这个?|下+个?))?周`), weekClause},
	{begins(`(?:每年|每逢|每个?|逢)?的?(单|双|奇数|偶数)月份?的?`), everySecondMonth},
	{begins(`(?:每年|每逢|逢)?的?((?:` + numeral + `月?(?:` + sep + `|到|-))*` + numeral + `月)份?`), monthList},
	{begins(sep + `?(每逢|逢)?(?:的?(单|双)[号日]|((?:` + numeral + `[号日]?(?:` + sep + `|(?:一直)?到|-))*` + numeral + `[号日]))`), monthDayList},
	{begins(`(?:的|` + sep + `)?(` + ordinals + `)的?` + counted + `(?:` + sep + `(` + ordinals + `)的?` + counted + `)?`), ordinalClause},
	{begins(`(?:的|` + sep + `)?` + ordinals + `的?(?:周末|周)`), looseOrdinal},
	{begins(`(?:的|` + sep + `)?([月季年]?)[底末初终]`), unitEnd},
	{
		begins(`(?:每逢|每个?|逢|在)?(寒暑假|寒假|暑假|放假|假期|教学周|考试周|单周|双周|第` + numeral + `(?:个?教学)?周|` +
			`法定工作日|法定节假日|节假日|法定假日|休息日|非工作日|(元旦|春节|清明|五一|劳动|端午|中秋|十一|国庆)节?(?:小?长假|假期|放假|期间))(?:的?期间|里|内)?`),
		kindClause,
	},
	{
		begins(`(?:每年|今年|明年)?的?(?:春节|除夕|元宵节?|清明节?|端午节?|七夕节?|中秋节?|重阳节?|腊八节?|冬至|母亲节|父亲节|感恩节)`),
		refuse("“%s”每年的日期不同，请写公历日期，如“6月19日9点”"),
	},
	{begins(`下[一1]?个工作日`), nextWorkday},
	{begins(`(?:每逢|每个?|逢)?(?:工作日|上班日)`), workdays},

	{begins(partOfDay + `?` + numeral + `(?:到|-)` + numeral + oclock), hourRange},
	{begins(``), clockClause},
}

// namedDays are tried in this order.
var namedDays = []namedDay{
	{begins(`([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})([日号]?)`), (*reader).isoDate},
	{begins(`([0-9]{4}|[〇零一二三四五六七八九]{4}|今|明|后)年的?` + numeral + `月(?:份的?)?` + numeral + `([日号]?)`), (*reader).writtenDate},
	{begins(numeral + `月(?:份的?)?` + numeral + `([日号]?)`), (*reader).yearlessDate},
	{begins(`([0-9]{1,2})/([0-9]{1,2})[日号]?`), (*reader).slashDate},
	{begins(`(今|明|大+后|后|即)[天日]`), (*reader).nearDate},
	{begins(`(本|这个?|下+个?)周([一二三四五六日1-7])`), (*reader).weekDate},
	{begins(`(今|明|后|本)年的?年?(?:底|末)`), (*reader).yearEnd},
	{begins(`(本|这个?|当|下+个?)月的?(?:` + numeral + `[日号]|月?底|末|最后[一1]天)`), (*reader).monthDate},
	{begins(`(?:过|再过)?` + numeral + `(天|日|周|个月|年)(?:之|以)?后的?`), (*reader).laterDate},
	{begins(`(?:(今|明|后|[0-9]{4})年的?)?(` + strings.Join(festivalNames(), "|") + `)(?:当天|那天|当日)?`), (*reader).festivalDate},
}
