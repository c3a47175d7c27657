package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/plan"
	"duban/progress"
	"duban/store"
	"duban/zh"
)

// A Monthly is what was reported in a month: the draft of the month's report. It
// holds no sentence that nobody said, and no measure that the plan does not have.
type Monthly struct {
	Plan  string
	First time.Time // the month's first moment
	AsOf  time.Time
	Count Count // of all measures, as of now
	Parts []MonthPart
	Mute  []string // numbers of the measures of which nothing was said
	Mark  string
}

// A MonthPart is a part of the plan of which something was said.
type MonthPart struct {
	Name     string
	Measures []MonthMeasure
}

// A MonthMeasure is a measure of which something was said.
type MonthMeasure struct {
	Name  string // 第3条 推进理论学习进宿舍进网络
	Words []Sentence
}

// A Sentence is what somebody said about a measure, and when.
type Sentence struct {
	At   time.Time
	Line string // 80%, 办结
	Note string // defanged
	By   string // "" if the viewer may not see it
}

// String writes the sentence: 11月12日：80%，还差经费（王雪晴）.
func (s Sentence) String() string {
	text := zh.Date(s.At) + "：" + s.Line
	if s.Note != "" {
		text += "，" + strings.TrimRight(zh.OneLine(s.Note), "。")
	}
	if s.By != "" {
		text += "（" + s.By + "）"
	}
	return text + "。"
}

func gatherMonth(s *store.Snapshot, o Order) (Document, error) {
	sum, err := GatherSummary(s, Order{Kind: Progress, Zone: o.Zone})
	if err != nil {
		return nil, err
	}
	g, err := newGathering(s, o)
	if err != nil {
		return nil, err
	}
	at := o.Month
	if at.IsZero() {
		at = s.Now()
	}
	at = at.In(o.Zone)
	m := &Monthly{
		Plan: sum.Plan, First: time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, o.Zone), AsOf: sum.AsOf, Count: sum.Count(), Mark: o.Viewer.Mark,
	}
	for _, n := range Measures(g.plan) {
		words, err := g.wordsOf(n, m.First)
		if err != nil {
			return nil, err
		}
		m.add(g, n, words)
	}
	return m, nil
}

// wordsOf returns what was said about a measure in a month and stands: not what
// was taken back, nor what its author has corrected since.
func (g *gathering) wordsOf(n *plan.Node, first time.Time) ([]Sentence, error) {
	var all []progress.Latest
	void := map[string]bool{}
	for said, err := range progress.Said(g.snap, n.ID) {
		if err != nil {
			return nil, err
		}
		u := said.Update
		if !u.Retracted.IsZero() {
			continue
		}
		if u.Corrects != "" {
			void[u.Corrects] = true
		}
		all = append(all, said)
	}
	slices.SortStableFunc(all, func(a, b progress.Latest) int { return a.Update.At.Compare(b.Update.At) })
	end := first.AddDate(0, 1, 0)
	var words []Sentence
	for _, said := range all {
		u := said.Update
		if void[said.Key] || u.At.Before(first) || !u.At.Before(end) {
			continue
		}
		words = append(words, g.sentence(u))
	}
	return words, nil
}

func (g *gathering) sentence(u progress.Update) Sentence {
	s := Sentence{At: u.At.In(g.order.Zone), Line: u.Line(), Note: zh.Defang(u.Note)}
	if p, ok := g.people.find(u.Person); ok && g.order.Viewer.sees(p) {
		s.By = g.people.label(p)
	}
	return s
}

// add enters a measure.
func (m *Monthly) add(g *gathering, n *plan.Node, words []Sentence) {
	name := short(n)
	if n.Number != "" {
		name = "第" + n.Number + "条 " + name
	}
	if len(words) == 0 {
		m.Mute = append(m.Mute, (&Row{Number: n.Number, Title: short(n)}).number())
		return
	}
	part := "全文"
	if top := outermost(g.plan, n); top != n {
		part = heading(top)
	}
	if last := len(m.Parts) - 1; last < 0 || m.Parts[last].Name != part {
		m.Parts = append(m.Parts, MonthPart{Name: part})
	}
	p := &m.Parts[len(m.Parts)-1]
	p.Measures = append(p.Measures, MonthMeasure{name, words})
}

// Title is what the draft is called.
func (m *Monthly) Title() string { return zh.Month(m.First) + "工作进展（草稿）" }

// state says in one sentence how the whole plan stands.
func (m *Monthly) state() string {
	if m.Count[allWord] == 0 {
		return "还没有导入工作要点。"
	}
	return fmt.Sprintf("截至%s，共%d条措施：%s。", zh.FullDate(m.AsOf), m.Count[allWord], m.Count)
}

// silence says of which measures nothing was said.
func (m *Monthly) silence() string {
	if len(m.Mute) == 0 {
		return ""
	}
	return fmt.Sprintf("%s没有填报的措施%d条：%s。", m.First.Format("1月"), len(m.Mute), strings.Join(m.Mute, "、"))
}

// Say writes the month for a chat.
func (m *Monthly) Say() (head string, blocks []string) {
	head = m.Title() + "\n" + m.state()
	for _, p := range m.Parts {
		for i, measure := range p.Measures {
			text := measure.Name
			if i == 0 {
				text = "【" + p.Name + "】\n" + text
			}
			for _, s := range measure.Words {
				text += "\n　" + s.String()
			}
			blocks = append(blocks, text)
		}
	}
	if text := m.silence(); text != "" {
		blocks = append(blocks, text)
	}
	return head, blocks
}

// Files writes the month as a draft for Word.
func (m *Monthly) Files(f Format) ([]File, error) {
	if f != Draft {
		return nil, fmt.Errorf("%s: %w", string(f), ErrFormat)
	}
	d := &document{}
	d.add(titleStyle, m.Title())
	if m.Plan != "" {
		d.add(subtitleStyle, "《"+m.Plan+"》")
	}
	d.add(bodyStyle, m.state())
	for _, p := range m.Parts {
		d.add(headingStyle, p.Name)
		for _, measure := range p.Measures {
			d.add(measureStyle, measure.Name)
			for _, s := range measure.Words {
				d.add(bodyStyle, s.String())
			}
		}
	}
	if text := m.silence(); text != "" {
		d.add(headingStyle, "未填报")
		d.add(bodyStyle, text)
	}
	foot := "本稿只汇集各位老师填报的原话，请核对后使用。截至" + zh.FullMoment(m.AsOf) + "。"
	d.add(noteStyle, foot)
	if m.Mark != "" {
		d.add(noteStyle, m.Mark)
	}
	data, err := d.bytes(m.AsOf)
	if err != nil {
		return nil, fmt.Errorf("draft: %w", err)
	}
	return []File{{Name: fileName(m.Title(), m.AsOf) + ".docx", Type: docxType, Data: data, Number: 1, Of: 1}}, nil
}
