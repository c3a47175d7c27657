package find

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/zh"
)

// An Index finds nodes of one plan. It may be used by several goroutines at once.
type Index struct {
	plan      *plan.Plan
	numbering numbering
	words     *corpus
	names     map[string][]*plan.Node // by label and title
	fields    map[string]bool         // the names of fields
}

// New makes an index of p, which must not change afterwards. Aliases add
// to those that are shipped.
func New(p *plan.Plan, aliases ...Aliases) *Index {
	all := merged(append([]Aliases{shipped()}, aliases...))
	x := &Index{plan: p, numbering: numbering{plan: p}, words: newCorpus(p, all), names: map[string][]*plan.Node{}, fields: map[string]bool{}}
	for _, n := range p.Nodes {
		x.numbering.class = append(x.numbering.class, classOf(n))
		x.rememberName(n)
	}
	return x
}

func (x *Index) rememberName(n *plan.Node) {
	if n.Kind == plan.Field {
		x.fields[n.Name()] = true
		return
	}
	label := strings.ToLower(strings.TrimPrefix(zh.Fold(n.Name()), "表:"))
	title := strings.ToLower(zh.Bare(zh.Fold(n.Title)))
	x.names[label] = append(x.names[label], n)
	if title != label && title != "" {
		x.names[title] = append(x.names[title], n)
	}
}

// fieldAsks are the ways to ask for a field, and the names that plans have for it.
var fieldAsks = []struct {
	key   string
	re    *regexp.Regexp
	names []string
}{
	{"问题", regexp.MustCompile(`的?(问题描述|(存在|有)(着|的)?(什么|哪些|啥|的)*(主要|突出)?问题|(主要|突出|存在的?)问题|的问题|问题(是什么|是啥|有哪些|在哪里?|有啥))$`), []string{"问题描述", "存在问题", "主要问题", "突出问题", "问题表现", "现状分析"}},
	{"目标", regexp.MustCompile(`的?(目标任务|任务目标|(工作|总体|主要|年度|预期)?目标)(是什么|是啥|有哪些|要求|怎么定的?|怎么写的?|是多少)?$`), []string{"目标任务", "工作目标", "总体目标", "主要目标", "年度目标", "目标要求", "预期目标"}},
	{"措施", regexp.MustCompile(`的?((工作|主要|具体|推进)措施|的措施|措施|举措)(是什么|是啥|有哪些|有什么)?$|有(哪些|什么|啥)(措施|举措)$`), []string{"工作措施", "主要措施", "具体措施", "推进措施", "工作举措", "主要举措", "具体举措", "整改措施"}},
	{"责任", regexp.MustCompile(`的?(由?谁(来)?(负责|牵头|管)|(责任|牵头|主办)(单位|部门|处室)|(哪个|什么)(部门|单位|处室)(来)?(负责|牵头|管)|负责人|责任人|牵头人)(是谁|是哪个|是什么|是)?$`), []string{"责任单位", "责任部门", "牵头单位", "牵头部门", "牵头处室", "责任处室", "责任人", "负责人", "主办单位", "责任领导", "牵头领导", "责任主体"}},
	{"时限", regexp.MustCompile(`的?((完成|截止|办结|整改)(时限|时间|期限|日期)|时间节点|(什么时候|啥时候|何时|几号)(之?前)?(完成|截止|到期|弄完|做完))(是什么时候|是几号|是什么|是)?$`), []string{"完成时限", "完成时间", "完成期限", "办结时限", "时间节点", "整改时限", "时间安排", "进度安排"}},
}

// cutField cuts the name of a field off the end of a query, if the plan has
// such a field or an owner or a date may be meant.
func (x *Index) cutField(q string) (field, rest string) {
	s := strings.TrimRight(q, "?。!. ")
	for _, f := range fieldAsks {
		loc := f.re.FindStringIndex(s)
		if loc == nil {
			continue
		}
		if f.key == "责任" || f.key == "时限" || x.hasField(f.names) {
			return f.key, strings.TrimSpace(s[:loc[0]])
		}
	}
	longest := ""
	for name := range x.fields {
		if utf8.RuneCountInString(name) >= 3 && strings.HasSuffix(s, name) && len(name) > len(longest) {
			longest = name
		}
	}
	if longest == "" {
		return "", q
	}
	return longest, strings.TrimSpace(strings.TrimSuffix(s, longest))
}

func (x *Index) hasField(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return x.fields[name] })
}

// fieldNames are the names that a key stands for.
func fieldNames(key string) []string {
	for _, f := range fieldAsks {
		if f.key == key {
			return f.names
		}
	}
	return []string{key}
}

// fieldOf is the field of n with one of those names: its own, or that of the
// nearest node above which has one.
func (x *Index) fieldOf(n *plan.Node, names []string, climb bool) *plan.Node {
	for ; n != nil; n = x.plan.ParentOf(n) {
		for c := range x.plan.Children(n) {
			if c.Kind == plan.Field && slices.Contains(names, c.Name()) {
				return c
			}
		}
		if !climb {
			break
		}
	}
	return nil
}
