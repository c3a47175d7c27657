package plans

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/outline"
	"duban/plan/source"
	"duban/progress"
	"duban/store"
	"duban/zh"
)

// NoStructure is said of a document without anything that could be asked for.
const NoStructure = "没有从文件里认出任何条目。请给各部分和措施编上号（一、／1.／第一条），再导入"

// Read reads a plan that is to be kept, as people have decided. Every error is a
// [*source.Refusal]: besides what cannot be read, text without anything that could
// be asked for, and a paragraph that is longer than the store takes. A plan without
// nodes is returned if it has tables, of which somebody may say that they count.
func Read(ctx context.Context, name string, data []byte, choices ...plan.Choice) (*plan.Plan, error) {
	p, err := outline.Read(ctx, name, data, choices...)
	if err != nil {
		return nil, err
	}
	if len(p.Nodes) == 0 && len(p.Tables) == 0 && len(choices) == 0 {
		return nil, &source.Refusal{Text: NoStructure}
	}
	for _, n := range p.Nodes {
		kept, err := json.Marshal(n)
		if err != nil || len(kept) > store.MaxValue {
			return nil, &source.Refusal{
				Text: fmt.Sprintf("第%d至%d行“%s”是一整段，有%d个字，太长了。请把它分成几条，编上号，再导入", n.Line, n.LineEnd, n.Label+zh.Head(n.Title, 12), len([]rune(n.Body))),
				Err:  err,
			}
		}
	}
	return p, nil
}

// A Preview is what it would mean to import a document.
type Preview struct {
	Plan    *plan.Plan // with the ids of the plan in force where it goes on
	Found   plan.Findings
	Changes plan.Diff // from the plan in force
	First   bool      // no plan is in force
	Year    int       // of a plan that does not go on with the one in force, and of that; 0 if it does
	Before  int
	Rev     string // of the plan that would come into force
	Over    string // of the plan in force when this was looked at
}

// PreviewOf compares a document with the plan in force, so that measures that are
// still there keep their progress. The plan of another year is another plan: it goes
// on with what was in force of its own year, or begins anew.
func PreviewOf(s *store.Snapshot, doc *plan.Plan) Preview {
	v := Preview{Plan: doc, First: true, Found: doc.Findings()}
	if head, ok := progress.HeadOf(s); ok {
		v.First, v.Over = false, head.Rev
		year, now := progress.YearOf(doc.Title, 0), progress.YearOf(head.Title, 0)
		if year.First > 0 && now.First > 0 && year != now {
			v.Year, v.Before = year.First, now.First
			head, _ = progress.PlanOf(s, year)
		}
		if year.First > 0 && slices.ContainsFunc(progress.PlanHistory(s), func(h progress.Head) bool { return ofAnother(h, year) }) {
			doc = doc.Apart(strconv.Itoa(year.First)) // what is new takes no id of another year
		}
		v.Plan, v.Changes = plan.Merge(progress.PlanAt(s, head), doc)
	}
	v.Rev = progress.Revision(v.Plan)
	return v
}

// ofAnother tells whether a version is the plan of another year.
func ofAnother(h progress.Head, year progress.Year) bool {
	of := progress.YearOf(h.Title, 0)
	return of.First > 0 && of != year
}

// Same reports whether the document says what is in force already.
func (v Preview) Same() bool { return v.Rev == v.Over }

// Empty reports whether the document holds nothing that could be imported.
func (v Preview) Empty() bool { return len(v.Plan.Nodes) == 0 }

// Lines says in Chinese what was found, what was left out and what would change.
func (v Preview) Lines() []string {
	changes := "还没有现行的要点，这是第一次导入。"
	switch {
	case v.Empty():
		changes = NoStructure + "。"
	case v.Year > 0:
		changes = fmt.Sprintf("这是%d年的要点，与现行的不是同一年：进展从头记起。现行的仍可查，在前面写上年份，例如“%d年第3条”。", v.Year, v.Before)
	case !v.First:
		changes = v.Changes.String()
	}
	return append(v.Found.Lines(), changes)
}

// Take puts the plan in force that was looked at. It does nothing and returns false
// if another came into force since.
func (v Preview) Take(tx *store.Tx, name, by string) bool {
	if head, _ := progress.HeadOf(tx.Snapshot); head.Rev != v.Over || v.Empty() {
		return false
	}
	progress.SetPlan(tx, v.Plan, name, by)
	return true
}

var (
	tableCounts = regexp.MustCompile(`^表 ?([0-9]{1,3}|[一二三四五六七八九十]{1,3}) ?(也算|不算)$`)
	startsAt    = regexp.MustCompile(`^从 ?["“”「『]?([^"“”」』]+?)["“”」』]? ?开始$`)
)

// Bounds on what people decide of one document.
const (
	maxChoices    = 30
	longestChoice = 300 // bytes
)

// ChoiceWords is how people say what a preview has missed.
const ChoiceWords = "“表2也算”“表2不算”“从“二、…”开始”“从头开始”"

// Chooses reports whether a text decides how a document is read: 表2也算, 表2不算,
// 从“二、…”开始, 从头开始.
func Chooses(text string) bool {
	text = zh.Fold(strings.TrimSpace(text))
	return tableCounts.MatchString(text) || startsAt.MatchString(text)
}

// Choose adds to the decisions what a text says of a document. The complaint says
// in Chinese why it cannot.
func Choose(doc *plan.Plan, choices []plan.Choice, text string) (now []plan.Choice, complaint string) {
	text = zh.Fold(strings.TrimSpace(text))
	now = slices.Clone(choices)
	if g := tableCounts.FindStringSubmatch(text); g != nil {
		n, _ := zh.ParseInt(g[1])
		if n < 1 || n > len(doc.Tables) {
			return nil, fmt.Sprintf("文件里没有表%d（共%d张表）。", n, len(doc.Tables))
		}
		c := plan.Choice{Table: clip(doc.Tables[n-1])}
		now = slices.DeleteFunc(now, func(o plan.Choice) bool { return o == c })
		if g[2] == "也算" {
			now = append(now, c)
		}
		return within(now)
	}
	g := startsAt.FindStringSubmatch(text)
	if g == nil {
		return nil, "请这样写：" + ChoiceWords + "。"
	}
	now = slices.DeleteFunc(now, func(o plan.Choice) bool { return o.Start != "" })
	if g[1] != "头" {
		now = append(now, plan.Choice{Start: clip(g[1])})
	}
	return within(now)
}

func within(all []plan.Choice) ([]plan.Choice, string) {
	if len(all) > maxChoices {
		return nil, fmt.Sprintf("定过的太多（最多%d处）。请直接改文件再导入。", maxChoices)
	}
	return all, ""
}

// clip bounds a text that is kept.
func clip(s string) string {
	if len(s) <= longestChoice {
		return s
	}
	for s = s[:longestChoice]; !utf8.ValidString(s); {
		s = s[:len(s)-1]
	}
	return s
}
