package schedule

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
	"time"

	"duban/notice"
	"duban/plan"
	"duban/progress"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// MaxPost is the longest text that a job may say, in bytes.
const MaxPost = 1800

// A template may say {{.名称}} for the job's own variables and call these
// functions, and nothing else: it has no loops, no methods and no access to
// anything beside its variables.
//
//	{{日期}}               1月5日
//	{{周几}}               周一
//	{{还有 "2027-01-15"}}  how many days are left until then
//	{{措施 3}}             measure 3 of the plan in force, in its own words
//	{{未回 12}}            how many have not answered notice 12
func functions(tx *store.Snapshot, at time.Time) template.FuncMap {
	return template.FuncMap{
		"日期": func() string { return zh.Date(at) },
		"周几": func() string { return zh.Weekday(at.Weekday()) },
		"还有": func(day string) (int, error) {
			d, err := when.ParseDay(day)
			return max(int(d-when.DayOf(at)), 0), err
		},
		"措施": func(n int) (string, error) { return measure(tx, n) },
		"未回": func(n int) (int, error) { return unanswered(tx, n) },
	}
}

// countdown finds the days to which a template counts.
var countdown = regexp.MustCompile(`还有\s*"(\d{4}-\d\d-\d\d)"`)

// countEnds returns the end of the last day to which a template counts, the zero time
// if it does not count.
func countEnds(text string, zone *time.Location) (end time.Time, err error) {
	for _, m := range countdown.FindAllStringSubmatch(text, -1) {
		d, err := when.ParseDay(m[1])
		if err != nil {
			return end, err
		}
		if last := (d + 1).At(0, zone).Add(-time.Second); last.After(end) {
			end = last
		}
	}
	return end, nil
}

func measure(tx *store.Snapshot, n int) (string, error) {
	p := progress.Current(tx)
	var found []string
	for _, node := range p.Nodes {
		if node.Kind == plan.Measure && node.Number == strconv.Itoa(n) {
			found = append(found, node.Body)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", when.Refuse("工作要点里没有第%d条措施，请检查模板里的“{{措施 %[1]d}}”", n)
	}
	return "", when.Refuse("工作要点里有%d条措施都是第%d条，不知道是哪一条，请把原文写进文字里", len(found), n)
}

func unanswered(tx *store.Snapshot, number int) (int, error) {
	if _, ok := notice.Find(tx, number); !ok {
		return 0, when.Refuse("没有第%d号通知，请检查模板里的“{{未回 %[1]d}}”", number)
	}
	n := 0
	for _, i := range notice.Items(tx, number) {
		if i.State == notice.Open {
			n++
		}
	}
	return n, nil
}

// render fills in the text of a job for a firing.
func render(tx *store.Snapshot, j Job, at time.Time) (string, error) {
	t, err := template.New("text").Option("missingkey=error").Funcs(functions(tx, at)).Parse(j.Text)
	if err != nil {
		return "", when.Refuse("文字模板写错了：%s", cause(err))
	}
	for _, part := range t.Templates() {
		if err := allowed(part.Root); err != nil {
			return "", err
		}
	}
	var out capped
	vars := j.Vars
	if vars == nil {
		vars = map[string]string{}
	}
	if err := t.Execute(&out, vars); err != nil {
		if refusal := (*when.Refusal)(nil); errors.As(err, &refusal) {
			return "", refusal
		}
		return "", when.Refuse("文字模板不能用：%s", cause(err))
	}
	text := strings.TrimSpace(out.String())
	if text == "" {
		return "", when.Refuse("文字是空的，请写上要发什么")
	}
	return text, nil
}

// faults are what people get wrong in a template, as text/template says it, and
// what to tell them. %s is the group of the pattern.
var faults = []struct {
	pattern *regexp.Regexp
	words   string
}{
	{regexp.MustCompile(`function "([^"]*)" not defined`), "没有“%s”这个用法，可以用 {{日期}}、{{周几}}、{{还有 \"2027-01-15\"}}、{{措施 3}}、{{未回 12}}，自己的变量写成 {{.名称}}"},
	{regexp.MustCompile(`map has no entry for key "([^"]*)"`), "变量“%s”没有值，请在 vars 里写上"},
	{regexp.MustCompile(`(unclosed action|unterminated|unexpected EOF|unexpected "?<?EOF)`), "有一处“{{”没有写完，请用“}}”收尾"},
	{regexp.MustCompile(`(missing value|empty command)`), "有一处“{{ }}”里面是空的"},
	{regexp.MustCompile(`unexpected {{(end|else)}}`), "多了一个 {{%s}}，或者前面少了 {{if}}"},
	{regexp.MustCompile(`wrong number of args for ([^:]+):`), "“%s”后面要写的东西多了或少了，例如 {{还有 \"2027-01-15\"}}、{{措施 3}}"},
	{regexp.MustCompile(`(?:expected integer|expected string|wrong type|can't give argument)`), "“还有”后面写带引号的日期，“措施”“未回”后面写数字，例如 {{还有 \"2027-01-15\"}}、{{措施 3}}"},
	{regexp.MustCompile(`(unexpected|bad character|illegal number)`), "“{{ }}”里面的写法不对，可以用 {{日期}}、{{周几}}、{{措施 3}} 等"},
}

// templateLine finds the line of a template that an error of text/template names.
var templateLine = regexp.MustCompile(`^template: text:(\d+)`)

// cause says in Chinese what is wrong with a template, and where.
func cause(err error) string {
	where := ""
	if m := templateLine.FindStringSubmatch(err.Error()); m != nil {
		where = "第" + m[1] + "行"
	}
	for _, f := range faults {
		if m := f.pattern.FindStringSubmatch(err.Error()); m != nil {
			return where + strings.ReplaceAll(f.words, "%s", m[len(m)-1])
		}
	}
	return where + "写法不对，请参照手册里的例子"
}

// capped is a text that does not grow beyond MaxPost.
type capped struct{ strings.Builder }

// Write refuses what would make the text longer than a post may be.
func (c *capped) Write(p []byte) (int, error) {
	if c.Len()+len(p) > MaxPost {
		return 0, when.Refuse("文字太长，最多%d字节（约%d个汉字），请分成几条", MaxPost, MaxPost/3)
	}
	return c.Builder.Write(p)
}

// allowedCalls are the functions that a template may call.
func allowedCalls() []string {
	return []string{"日期", "周几", "还有", "措施", "未回", "eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not"}
}

// allowed refuses what could run long or reach beyond the variables.
func allowed(n parse.Node) error {
	var parts []parse.Node
	ok := true
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			parts = n.Nodes
		}
	case *parse.ActionNode:
		parts = []parse.Node{n.Pipe}
	case *parse.IfNode:
		parts = []parse.Node{n.Pipe, n.List, n.ElseList}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			parts = append(parts, c.Args...)
		}
	case *parse.IdentifierNode:
		ok = slices.Contains(allowedCalls(), n.Ident)
	case *parse.TextNode, *parse.CommentNode, *parse.FieldNode, *parse.StringNode, *parse.NumberNode, *parse.BoolNode, *parse.DotNode:
	default:
		ok = false
	}
	if !ok {
		return when.Refuse("文字模板里不能用“%s”，可以用 {{.变量}}、{{日期}}、{{周几}}、{{还有 \"2027-01-15\"}}、{{措施 3}}、{{未回 12}}、{{if}}", n)
	}
	for _, part := range parts {
		if err := allowed(part); err != nil {
			return err
		}
	}
	return nil
}
