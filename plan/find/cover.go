package find

import (
	"cmp"
	"regexp"
	"slices"
	"unicode/utf8"

	"duban/plan"
	"duban/zh"
)

// What the words of a query weigh when it is asked how much of it a node
// covers: things more than doings, and those more than the rest.
var classWeights = map[wordClass]float64{noun: 1.0, verb: 0.55, adjective: 0.4, otherWord: 0.1}

const (
	weightChar    = 0.5 // a character that is no word
	weightCalled  = 0.6 // a word with aliases that this node does not have
	weightService = 1.5 // what is done at a counter and not spoken of
	weightPerson  = 0.5 // who it is about beside what it is about
	commonWorth   = 0.5 // what a word is worth that stands everywhere
	partCovered   = 0.5 // a word of which only a part is there
)

// Below these shares of the query a node is no answer to it. The first holds if
// the plan nowhere says one of the things that are asked about.
const (
	floorUnsaid = 0.58
	floorCover  = 0.25
)

// A cover says how much of a query a node says.
type cover struct {
	all, has float64
	unsaid   int  // things that the plan nowhere says
	firm     bool // more than single characters are there
	whole    bool // the node has what is asked, word for word
}

func (c cover) share() float64 {
	if c.all == 0 {
		return 0
	}
	return c.has / c.all
}

// answers reports whether a node that covers so much of a query may answer it.
func (c cover) answers() bool {
	switch {
	case c.whole:
		return true
	case !c.firm && c.all > weightChar:
		return false
	case c.unsaid > 0:
		return c.share() >= floorUnsaid
	}
	return c.share() >= floorCover
}

// cover measures how much of a query unit u says, with the titles above it.
func (x *corpus) cover(u int32, req request) cover {
	in := x.upwards(u)
	have := func(t term) bool {
		return slices.ContainsFunc(in, func(u int32) bool { return x.has(u, t) })
	}
	r := req.r
	said := make([]bool, len(r))
	var c cover
	for _, s := range req.spans {
		c.whole = c.whole || len(r) <= s.to-s.from+2 && s.class == 1 && allOf(r[s.from:s.to], have)
		for i := s.from; i+1 < s.to; i++ {
			if have(pair(r[i], r[i+1])) && !(isLight(r[i]) && isLight(r[i+1])) {
				said[i], said[i+1], c.firm = true, true, true
			}
		}
		if s.class != 1 {
			c.letters(s, said, req.slots, string(r[s.from:s.to]), have)
			continue
		}
		for _, w := range segment(r, s.from, s.to, x.called) {
			x.coverWord(&c, r, w, said, have)
		}
	}
	return c
}

// allOf reports whether all pairs of two characters or more are there.
func allOf(r []rune, have func(term) bool) bool {
	for i := 0; i+1 < len(r); i++ {
		if !have(pair(r[i], r[i+1])) {
			return false
		}
	}
	return len(r) >= 2
}

// letters covers a word in Latin letters: as it stands, or what it spells.
func (c *cover) letters(s span, said []bool, slots []slot, text string, have func(term) bool) {
	size := float64(s.to - s.from)
	c.all += size
	for i := s.from; i < s.to; i++ {
		if said[i] {
			c.has++
		}
	}
	for _, sl := range slots {
		if sl.text == text && slices.ContainsFunc(sl.options, func(o option) bool { return mostly(o.terms, have) }) {
			c.has += size
			c.firm = true
			return
		}
	}
}

// mostly reports whether two in three of the pairs among the terms are there.
func mostly(terms []term, have func(term) bool) bool {
	all, hit := 0, 0
	for _, t := range terms {
		if !t.single() {
			all++
			if have(t) {
				hit++
			}
		}
	}
	return hit > 0 && hit*3 >= all*2
}

// coverWord adds one word of the query.
func (x *corpus) coverWord(c *cover, r []rune, w word, said []bool, have func(term) bool) {
	size := w.to - w.from
	hit := 0
	for i := w.from; i < w.to; i++ {
		if said[i] {
			hit++
		}
	}
	text := string(r[w.from:w.to])
	weight := float64(size) * weigh(w.class, r[w.from]) * x.tells(text)
	someone := slices.Contains(persons, text)
	if someone {
		weight *= weightPerson
	}
	switch {
	case slices.Contains(service, text) && hit < size && !x.called(text):
		c.unsaid++
		c.add(float64(size)*weightService, 0)
	case hit == size:
		c.add(weight, 1)
	case x.called(text):
		x.coverAlias(c, text, weight, float64(hit)/float64(size), have)
	case size == 1 && have(term(r[w.from])):
		c.add(weight, 0.5)
	case w.class == noun && !someone && !x.says(text):
		c.unsaid++
		c.add(weight, partCovered*float64(hit)/float64(size))
	default:
		c.add(weight, float64(hit)/float64(size))
	}
}

// tells is what a word is worth by how rare it is in the plan: one that stands
// everywhere hardly says what is asked.
func (x *corpus) tells(text string) float64 {
	n := len(x.units)
	least := n + 1
	r := []rune(text)
	for i := 1; i < len(r); i++ {
		least = min(least, x.df(pair(r[i-1], r[i])))
	}
	if least == 0 || least > n {
		return 1
	}
	return commonWorth + (1-commonWorth)*idf(n, least)/idf(n, 1)
}

// service are what people do at a counter. Who asks how to do it is not answered
// by a text that does not speak of doing it.
var service = words("申请 报名 预约 充值 报销 领取 提取 购买 补办 缴费 办理 打印 登录 下载 报到 注册 退票 订票")

// persons are those about whom most of such a plan is.
var persons = words("学生 老师 教师 辅导员 班主任 孩子 家长 领导 校长 同学 大家 人员 保安 阿姨 爸妈 导员 院长 书记 学院 学校")

func (c *cover) add(weight, share float64) {
	c.all += weight
	c.has += weight * share
}

// coverAlias adds a word that has aliases: it is there if one of them is. If
// the plan has neither it nor them, it is a thing unsaid.
func (x *corpus) coverAlias(c *cover, text string, weight, part float64, have func(term) bool) {
	known := x.says(text)
	for _, a := range x.aliases[text] {
		if mostly(allTerms(a), have) {
			c.firm = true
			if utf8.RuneCountInString(text) == 1 {
				c.add(weight, partCovered) // 修, 菜 and 钱 are said of much
				return
			}
			c.add(weight, 1)
			return
		}
		known = known || x.says(a)
	}
	if class := classify(text); !known && (class == noun || class == noWord) && !slices.Contains(persons, text) {
		c.unsaid++
		c.add(weight, part*partCovered)
		return
	}
	c.add(weight*weightCalled, part)
}

func weigh(c wordClass, first rune) float64 {
	switch w, known := classWeights[c]; {
	case known:
		return w
	case isLight(first):
		return 0
	}
	return weightChar
}

// called reports whether people call something else by this word.
func (x *corpus) called(word string) bool {
	_, ok := x.aliases[word]
	return ok
}

// upwards is unit u and those of the nodes above it.
func (x *corpus) upwards(u int32) []int32 {
	out := []int32{u}
	for p := x.plan.Nodes[x.units[u].node].Parent; p >= 0; p = x.plan.Nodes[p].Parent {
		if up := x.unitOf[p]; up >= 0 {
			out = append(out, up)
		}
	}
	return out
}

// has reports whether a term stands in unit u.
func (x *corpus) has(u int32, t term) bool {
	_, ok := slices.BinarySearchFunc(x.byUnit.with[t], u, func(p posting, u int32) int { return cmp.Compare(p.at, u) })
	return ok
}

// An answerKind is what a question asks for and what a text must have in it to
// answer that: who asks what something costs is not told where else it stands.
type answerKind struct{ asked, given *regexp.Regexp }

const amountOf = `[0-9０-９` + hanNumerals + `]`

var answerKinds = []answerKind{
	{
		regexp.MustCompile(`多少钱|几块钱|几毛钱|多少元|什么价|价格|票价|价钱|贵不贵|收多少|一个月多少$`),
		regexp.MustCompile(amountOf + `(?:余|多|亿|万)?(?:元|块|万)|免费|不收费|收费`),
	},
	{
		regexp.MustCompile(`几点|几时`),
		regexp.MustCompile(amountOf + `(?:点|时|:` + amountOf + `)`),
	},
	{
		regexp.MustCompile(`几号|哪[一几]?天|几月|哪个月|星期几|周几|礼拜几|哪一?年`),
		regexp.MustCompile(amountOf + `{1,4}\s*(?:年|月|日|号|周)|[周星][一二三四五六日天期]|月底|月末|年底|年末|学期|寒假|暑假|[每当]天`),
	},
	{
		regexp.MustCompile(`几天|多少天`),
		regexp.MustCompile(amountOf + `个?(?:工作)?[天日周]`),
	},
	{
		regexp.MustCompile(`什么电话|哪个电话|电话(?:号码)?(?:是)?(?:多少|几号)|号码(?:是)?多少`),
		regexp.MustCompile(`[0-9*]{5,}|电话`),
	},
}

// kindOf is what a query asks for; nil if it is nothing in particular.
func kindOf(q string) *regexp.Regexp {
	for _, k := range answerKinds {
		if k.asked.MatchString(q) {
			return k.given
		}
	}
	return nil
}

// gives reports whether a unit has what a question asks for, in its text or in
// the fields and items right below it.
func (x *corpus) gives(u int32, given *regexp.Regexp) bool {
	if given == nil {
		return true
	}
	n := x.plan.Nodes[x.units[u].node]
	if given.MatchString(zh.Fold(n.Title + "\n" + n.Body)) {
		return true
	}
	for c := range x.plan.Children(n) {
		if (c.Kind == plan.Field || c.Kind == plan.Item) && given.MatchString(zh.Fold(c.Body)) {
			return true
		}
	}
	return false
}
