package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// phrases are questions that mean one thing wherever they stand in a short
// message. The first that is found counts.
var phrases = []struct {
	intent Intent
	words  []string
}{
	{Forget, strings.Fields(`删除我的数据 清除我的数据 删掉我的数据 删除我的信息 忘记我`)},
	{MyData, strings.Fields(`我的数据 你存了我什么 存了我哪些 记录了我什么`)},
	{Help, strings.Fields(`帮助 help 菜单 功能 怎么用 怎么使用 咋用 使用说明 使用方法 使用指南 会干什么 会干啥 能干什么 能干啥 会做什么 能做什么 能做啥 会什么 你是谁 你能帮
		怎么报进度 怎么填报 怎么填进度 怎么报送进度 怎么回复你 怎么撤回 怎么修改进度 怎么更正 有什么功能 有哪些功能 有什么用 怎么操作 指令 命令 口令`)},
	{Jobs, strings.Fields(`什么提醒 哪些提醒 下次提醒 下一次提醒 什么时候提醒 有哪些提醒 提醒安排 定时提醒 提醒计划 提醒列表 提醒时间 几点提醒 下次填报 下次什么时候填 定时任务`)},
	{Mine, strings.Fields(`我的待办 我的任务 我的进度 我的填报 我负责哪 我负责的 我负责几 我有哪些 我有什么 我还有哪 我还有什么 我还有几 我还有多少 我还差 我还欠 我还没 我哪些没 我哪几条 我哪条
		我这周 我本周 我要交 我该交 我今天要 我有几 要填哪些 要报哪些 要交哪些 该填哪些 该报哪些 要填什么 要报什么 我报了没 我报了吗 我报过 我交了没 我交了吗 我填了没 我填了吗 我回了没 我回了吗 我回复了吗 我回复了没 我上次报 我上次填 我上次 我之前报 我报的多少 我报了多少 我报到多少 我要报 我要填 我该报 我该填 我的记录 我是不是都报 我报完了吗
		我都报了吗 我的都 哪些是我的 哪几条是我的 哪条是我的 是我负责吗 是不是我负责 我漏了 我这个月 我的条目 我的措施 我名下`)},
	{Missing, strings.Fields(`未回复名单 未回名单 没回的 没回复的 未回复的 没报的 没交的 未报的 未交的 没填的 未填的 多少人没 几个人没 谁没 谁还没 谁未 谁还未 谁回了 都有谁回 回复情况 回执情况 回复率 回执率 收到情况 回复统计 几个人回 多少人回 还差谁 还缺谁 差谁 缺谁 谁没有 还有谁 谁都没 有谁没 哪些没回 哪几个没回 回复了几个 回了几个 回了多少 几人回复 几个没回 几个没交 多少没回 多少没交 未读名单 已回名单 回复名单 填报情况 提交情况 上报情况`)},
	{Summary, strings.Fields(`各学院进度 各院进度 各单位进度 学院进度 各部门进度 各学院完成 各学院情况 进度汇总 汇总 总体进度 整体进度 总进度 总体进展 整体进展 总体情况 整体情况 总体怎么样 进度表 进度报告 报表 总览 一览表 完成情况 进展情况 进度情况 各条进度 所有进度 全部进度 各项进度 全院进度 整体完成 总体完成 完成了多少条 完成了几条 统计表 导出 统计一下进度 进度统计 台账汇总 总的进度 大家进度`)},
	{Contents, strings.Fields(`目录 大纲 提纲 有哪些部分 有几个部分 几个部分 几大部分 哪几部分 哪几个部分 一共多少条 一共几条 一共有多少 一共有几 总共多少条 总共几条 共有多少条 有多少条 有几条措施 有哪些措施 发一下工作要点 发下工作要点 工作要点发 看看工作要点 看下工作要点 看一下工作要点 工作要点全文 工作要点有哪些 整个要点 要点发我 措施列表 条目列表 所有措施 全部措施 所有条目 全部条目 列出措施`)},
	{More, strings.Fields(`更多 下一页 还有呢 接着发 继续发 往下`)},
}

// wholes are messages that mean one thing only if nothing else is said.
var wholes = map[string]Intent{
	"":   Help,
	"继续": More, "下页": More, "统计一下": Summary, "统计": Summary, "进度": Summary, "进展": Summary, "情况": Summary, "进展如何": Summary, "进度如何": Summary, "要点": Contents,
	"工作要点": Contents, "计划": Contents, "待办": Mine, "任务": Mine, "说明": Help, "?": Help, "报进度": Help, "填报": Help, "我要报进度": Help, "提醒": Jobs, "日程": Jobs,
}

// whereabouts are messages that only name a place of the plan which is no list of
// measures: 最后两条, 前3条, 第③条, [3], 1.2.
var whereabouts = regexp.MustCompile(`^(?:查|看|发|查一下|看一下|发一下)?(?:(?:最后面?|末尾?|尾|倒数|前面?|后面?|头)第?[0-9一二三四五六七八九十两]*(?:条|项|点|部分|章)|` +
	`第?[0-9]+(?:\.[0-9]+)+[条项]?|[\[【(][0-9一二三四五六七八九十]+[\]】)]|第?[①-⑳][条项]?|第 *[0-9]{4,6} *[条项])(?:是什么|是啥|的?内容|讲的?什么|说的?什么|呢)?$`)

// beside is a message that asks for the measure before or after another one.
var beside = regexp.MustCompile(`^(?:那|看|查|发)?[上下][一1]?[条项](?:呢|是什么|是啥|内容|讲什么|说什么)?$`)

// A query is what an addressed message asks of the bot.
type query struct {
	intent  Intent
	want    Status
	field   string
	search  string
	section int
}

// queryOf reads tokens as a question that the bot's data answer. Ok is false if
// it is none; what asks nevertheless is a question for a person.
func (m *message) queryOf(tokens []token, rep *report, asks bool) (q query, ok bool) {
	const longest = 150 // bytes; nobody asks the bot in a speech
	s := strings.TrimRight(m.text, " ?!。.，,~")
	if len(s) > longest {
		return q, false
	}
	if intent, ok := wholes[s]; ok {
		return query{intent: intent}, true
	}
	if m.quote == NoQuote && whereabouts.MatchString(s) || m.quote != QuoteNotice && beside.MatchString(s) {
		return query{intent: Lookup, search: s}, true
	}
	roles := rolesOf(tokens)
	if q.intent = phraseIn(s, roles, rep); q.intent != NoIntent {
		return q, true
	}
	if q.want = stuckQuery(m.text, tokens, rep); q.want != NoStatus {
		q.intent = Stuck
		return q, true
	}
	if roles&who != 0 && roles&neg != 0 && roles&reply != 0 {
		q.intent = Missing
		return q, true
	}
	if at := slices.IndexFunc(tokens, func(t token) bool { return t.is(field) }); at >= 0 {
		q.field = m.text[tokens[at].from:tokens[at].to]
	}
	q.section = rep.section
	if n := sectionOf(s); n > 0 {
		q.section = n
	}
	if rep.named() {
		return m.measureQuery(q, tokens, roles, asks)
	}
	return m.planQuery(q, tokens, roles, asks)
}

// sectionOf returns the section that s begins with, as in 二 and 二的目标任务; 0 if
// there is none.
func sectionOf(s string) int {
	n, size := zh.ParseInt(s)
	if size > 0 && s[0] > '9' && (size == len(s) || hasPrefix(s[size:], "的")) {
		return n
	}
	return 0
}

// phraseIn finds a phrase that tells the intent.
func phraseIn(s string, roles role, rep *report) Intent {
	for _, p := range phrases {
		if outOfPlace(p.intent, s, roles, rep) {
			continue
		}
		for _, w := range p.words {
			if strings.Contains(s, w) && (w != "还有谁" || roles&(neg|reply) != 0) {
				return p.intent
			}
		}
	}
	return NoIntent
}

// outOfPlace reports whether words for intent mean something else here: with a
// measure, 进度 asks for that measure alone; 明天汇总 tells what people will do;
// and 我… is a question only with a word that asks.
func outOfPlace(intent Intent, s string, roles role, rep *report) bool {
	switch intent {
	case Summary, Contents, More, Missing:
		tells := roles&(ask|askEnd|want|who) == 0 && roles&(past|later|act|planned|soon|day|ongoing) != 0
		return tells || intent != Missing && rep.named()
	case Help:
		return rep.named() && roles&(want|field) != 0
	case Mine:
		return roles&(ask|askEnd|who|neg|want|left|reply) == 0 && !strings.Contains(s, "我的")
	default:
		return false
	}
}

// stuckQuery reads 哪几条卡住了, 受阻的有哪些, 哪些还没完成.
func stuckQuery(s string, tokens []token, rep *report) Status {
	if rep.named() || !containsAny(s, []string{"哪些", "哪几条", "哪条", "哪几项", "几条", "有没有"}) || containsAny(s, []string{"学院", "人没", "老师", "辅导员"}) {
		return NoStatus
	}
	st := judge(s, tokens)
	if st.side || st.same {
		return NoStatus
	}
	return st.status()
}

// measureQuery reads a message that names measures and says nothing of them.
func (m *message) measureQuery(q query, tokens []token, roles role, asks bool) (query, bool) {
	s := m.text
	switch {
	case roles&extend != 0, roles&needed != 0 && roles&(want|field) == 0 && asks:
		return q, false
	case roles&(who|ask) != 0 && roles&neg != 0 && containsAny(s, []string{"谁", "哪些学院", "哪些人", "哪个学院"}):
		q.intent = Missing
	case q.field != "":
		q.intent = Lookup
	case asks && containsAny(s, []string{"什么时候", "啥时候", "何时", "几号", "哪天", "多久"}) && roles&needed == 0:
		q.intent, q.field = Lookup, "完成时限"
	case roles&degree != 0 && unknownRunes(s, tokens) <= 3, asks && containsAny(s, []string{"多少", "百分之几", "几成", "哪一步", "到哪", "怎么样", "咋样", "如何", "情况", "多大", "几了"}):
		q.intent = Standing
	case asks && (roles&(done|doing|blocked|starting) != 0) && roles&needed == 0 && !containsAny(s, []string{"算", "怎么", "能不能", "可以", "可否", "要不要", "需要"}):
		q.intent = Standing
	case roles&want != 0, !asks && roles&(neg|trouble|thanks|laugh) == 0 && !aspect(s, tokens):
		q.intent = Lookup
	default:
		return q, containsAny(s, []string{"是什么", "什么内容"})
	}
	return q, true
}

// unknownRunes counts the characters that no list knows.
func unknownRunes(s string, tokens []token) int {
	n := 0
	for _, t := range tokens {
		if t.class == other {
			n += utf8.RuneCountInString(s[t.from:t.to])
		}
	}
	return n
}

// aspect reports whether the words after the measures tell that something goes
// on or happened, so that they are no heading.
func aspect(s string, tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool {
		return (t.class == other || t.class == word) && strings.ContainsAny(s[t.from:t.to], "了着过在已刚还没不正给")
	})
}

// planQuery reads a message that asks the plan by part, field or topic.
func (m *message) planQuery(q query, tokens []token, roles role, asks bool) (query, bool) {
	s := m.text
	if roles&(needed|extend|trouble) != 0 && q.field == "" && q.section == 0 {
		return q, false
	}
	if q.section > 0 && roles&(done|blocked) == 0 {
		q.intent = Lookup
		return q, true
	}
	if m.quote == QuoteNotice {
		return q, false // the notice is meant, not the plan
	}
	if roles&(you|third) != 0 {
		return q, false
	}
	if q.field == "" && roles&want == 0 && (asks || !headline(s, tokens, roles)) {
		return q, false
	}
	if q.field == "" && gives(s, tokens) && !containsAny(s, matters) {
		return q, false // 值班表发我一份
	}
	q.search = topicOf(s, tokens)
	if q.search == "" && q.field == "" {
		return q, false
	}
	// 怎么做 and 什么时候截止 ask the plan only about a matter of the plan.
	if hasPrefix(q.field, "怎么", "如何", "截止", "什么时候", "啥时候", "几号", "何时", "哪天") && !containsAny(s, matters) {
		return q, false
	}
	q.intent = Lookup
	return q, true
}

// gives reports whether something is to be handed over: 发我一份.
func gives(s string, tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return t.is(want) && hasPrefix(s[t.from:], "发", "给") })
}

// matters are what a plan of such an office is about.
var matters = strings.Fields(`工作 教育 安全 心理 资助 就业 学风 党建 团建 宿舍 公寓 辅导员 队伍 思政 征兵 奖学金 助学 评优 考研 实习 防 诈 谈心 谈话 危机 育人 社团 毕业 新生 迎新
	军训 网络 舆情 档案 评奖 贷款 补助 国防 劳动 体育 美育 文化 热线 平台 行动 工程 品牌 机制 班会 家校 家访 干部 创业 创新 民族 稳定 意识形态 学业 帮扶 困难 法治 诚信 感恩 志愿 实践`)

// headline reports whether s is a bare noun of the plan's matters: 心理危机干预.
func headline(s string, tokens []token, roles role) bool {
	const sentence = self | day | later | past | laugh | greet | thanks | unrelated | done | neg | blocked | unchanged | ongoing | leave | soon | left | said | fix | void
	s = strings.TrimRight(s, " .。!~")
	n := utf8.RuneCountInString(s)
	if n < 4 || n > 12 || roles&sentence != 0 || hasSuffix(s, "了", "啊", "吧", "呢", "哦", "的", "呀") {
		return false
	}
	plain := !slices.ContainsFunc(tokens, func(t token) bool { return t.class != other && t.class != word && t.class != space })
	return plain && containsAny(s, matters)
}

// topicOf is what is left of s without the words of asking.
func topicOf(s string, tokens []token) string {
	const asking = want | field | ask | askEnd | filler | thanks | self | needed | greet | who
	var b strings.Builder
	for _, t := range tokens {
		if t.class == brk || t.class == mark || t.class == space || t.class == word && t.roles&asking != 0 && t.roles&(act|done|people|decider) == 0 {
			continue
		}
		b.WriteString(s[t.from:t.to])
	}
	return strings.TrimSuffix(b.String(), "那条")
}

func rolesOf(tokens []token) role {
	var r role
	for _, t := range tokens {
		r |= t.roles
	}
	return r
}
