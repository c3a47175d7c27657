package find

import (
	"regexp"
	"strings"

	"duban/plan"
	"duban/zh"
)

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
	if !strings.ContainsAny(q, "几多哪价贵收月电号") {
		return nil
	}
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
