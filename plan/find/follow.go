package find

import (
	"regexp"
	"slices"
	"strings"

	"duban/plan"
)

// beside is the measure or the part before or after the one that is spoken of.
var beside = regexp.MustCompile(`^(?:那|那么|再|看|查|发|看看)*([上前下后])(?:面|边)?(?:那|的)?[一1]?(条|项|个|部分|章|节)(?:措施|任务)?(?:呢|是什么|是啥|的?内容|[讲说写][的了]?(?:什么|啥))?$`)

// followUps are what people ask of what is spoken of, without saying it again; each
// leads to a field by its key, or to the whole text by "".
var followUps = []struct {
	key string
	re  *regexp.Regexp
}{
	{"责任", regexp.MustCompile(`(?:责任|牵头|主办|配合)(?:单位|部门|处室|人)?|负责人|[由归是]?(?:谁|哪[个些]?家?|哪几[个家]|什么)(?:部门|单位|处室|学院|人)?来?(?:负责|牵头|主办|管)|归谁管?|谁管|找谁|联系谁|负责`)},
	{"时限", regexp.MustCompile(`(?:完成|截止|办结|整改|时间)?(?:时限|期限|日期|节点|时间)|(?:什么时候|啥时候|何时|几号|哪天)(?:之?前)?(?:要|得)?(?:完成|截止|办结|做完|弄完|到期|交)?|截止|多久`)},
	{"目标", regexp.MustCompile(`(?:工作|总体|主要)?目标(?:任务)?|任务目标`)},
	{"问题", regexp.MustCompile(`(?:存在)?(?:什么|哪些|啥)?(?:主要|突出)?问题(?:描述)?`)},
	{"措施", regexp.MustCompile(`(?:工作|具体|主要)?(?:措施|举措|做法)|怎么做|做什么|做哪些`)},
	{"", regexp.MustCompile(`完成(?:得|情况)?|进展|进度|情况|状态|内容|原文|全文|做到哪一?步?|到哪一?步?`)},
}

// besideWords are the words that may stand round a follow-up and say nothing.
var besideWords = regexp.MustCompile(`那么?|它|这一?[条项]|这个?|请问|麻烦|具体|都|再|还|的|是|在|有|由|到|要|得|说|处室?|部门|单位|哪家|哪个|哪些|哪天|哪|几号|多少|什么|啥|谁|怎么样|怎样|如何|时候|呢|吗|啊|呀|吧|了|来|一?下|看看?|查|发`)

// pointing is a follow-up that must be one: 进度 alone is that of everything.
var pointing = regexp.MustCompile(`^那|它|这|呢$|呢[?？]$`)

// Following answers a query that only goes on from n: 责任单位呢, 什么时候完成, 下一条.
// Ok is false for one that says by itself what it is about.
func (x *Index) Following(n *plan.Node, query string) (r Result, ok bool) {
	q := strings.TrimRight(refText(strings.ToLower(typed(query))), "?。!. ")
	if g := beside.FindStringSubmatch(q); g != nil {
		return x.besideOf(n, g[1] == "下" || g[1] == "后", g[2], g[0]), true
	}
	for _, f := range followUps {
		at := f.re.FindStringIndex(q)
		if at == nil || besideWords.ReplaceAllString(q[:at[0]]+q[at[1]:], "") != "" || f.key == "" && !pointing.MatchString(query) {
			continue
		}
		return x.fieldHere(n, f.key), true
	}
	return r, false
}

// fieldHere is a field of n or of what it stands in; what a measure says itself is
// in its text.
func (x *Index) fieldHere(n *plan.Node, key string) Result {
	holds := len(x.numbering.measures(n)) > 0
	up := n
	if n.Kind == plan.Field && x.plan.ParentOf(n) != nil {
		up, holds = x.plan.ParentOf(n), true
	}
	if key == "" || key == "措施" && !holds {
		return Result{Hits: sure([]*plan.Node{n})}
	}
	return x.fieldsOf(key, target{{said: strings.TrimRight(up.Label, "、.．")}}, []*plan.Node{up}, nil)
}

// FindFrom answers a query that is said of n, such as one that quotes it: 谁负责,
// 下一条, 第2点. What says by itself what it is about is found in the whole plan.
func (x *Index) FindFrom(n *plan.Node, query string) Result {
	if r, ok := x.Following(n, query); ok {
		return r
	}
	a := x.readAsk(strings.TrimRight(refText(strings.ToLower(typed(query))), "?。!. "))
	if a.rest == "" && a.field == "" && len(a.targets) == 1 && !a.targets[0][0].level.outer() {
		if scopes, _, many := x.numbering.below([]*plan.Node{n}, a.targets[0]); len(scopes) > 0 {
			return Result{Hits: sure(scopes), List: len(scopes) > 1 || many}
		}
	}
	return x.Find(query)
}

// besideOf is the measure after or before n; of what is no measure, or if another
// unit is asked for, the part.
func (x *Index) besideOf(n *plan.Node, after bool, unit, said string) Result {
	all := x.numbering.measures(nil)
	if unitLevel(unit) != levelItem || !slices.Contains(all, n) {
		for x.plan.ParentOf(n) != nil && (n.Kind == plan.Field || unitLevel(unit) != levelItem) {
			n = x.plan.ParentOf(n)
		}
		if !slices.Contains(all, n) {
			all = x.numbering.tops(x.plan.ParentOf(n))
		}
	}
	i := slices.Index(all, n)
	switch {
	case after && i >= 0 && i+1 < len(all):
		return Result{Hits: sure(all[i+1 : i+2])}
	case !after && i > 0:
		return Result{Hits: sure(all[i-1 : i])}
	}
	return Result{Missing: []string{said}}
}
