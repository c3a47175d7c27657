package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/plan"
	"duban/progress"
	"duban/zh"
)

// A Monthly is what was reported in a month: the draft of the month's report. It
// holds no sentence that nobody said, and no measure that the plan does not have.
type Monthly struct {
	Plan  string
	First time.Time // the month's first moment
	AsOf  time.Time
	Count Count // of all measures, as of now
	Mark  string

	body []paragraph // parts, their measures, and what was said about these
	part string      // the last one
	mute []string    // numbers of the measures of which nothing was said
}

func (g *gathering) month() (*Monthly, error) {
	sum, err := g.summary()
	if err != nil {
		return nil, err
	}
	at := g.order.Month
	if at.IsZero() {
		at = g.snap.Now()
	}
	at = at.In(g.order.Zone)
	m := &Monthly{
		Plan: sum.Plan, First: time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, g.order.Zone), AsOf: sum.AsOf, Count: sum.Count(), Mark: sum.Mark,
	}
	for _, n := range Measures(g.plan) {
		m.add(g, n, g.wordsOf(n, m.First))
	}
	return m, nil
}

// wordsOf returns what was said about a measure in a month and stands: not what
// was taken back, nor what its author has corrected since.
func (g *gathering) wordsOf(n *plan.Node, first time.Time) []string {
	var all []progress.Latest
	void := map[string]bool{}
	for said := range progress.Said(g.snap, n.ID) {
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
	var words []string
	for _, said := range all {
		u := said.Update
		if void[said.Key] || u.At.Before(first) || !u.At.Before(end) {
			continue
		}
		words = append(words, g.sentence(u))
	}
	return words
}

// sentence is what somebody said, and when: 11月12日：80%，还差经费（王雪晴）。
func (g *gathering) sentence(u progress.Update) string {
	text := zh.Date(u.At.In(g.order.Zone)) + "：" + u.Line()
	if u.Note != "" {
		text += "，" + strings.TrimRight(zh.OneLine(zh.Defang(u.Note)), "。")
	}
	if by := g.author(u); by != "" {
		text += "（" + by + "）"
	}
	return text + "。"
}

// add enters a measure.
func (m *Monthly) add(g *gathering, n *plan.Node, words []string) {
	name := short(n)
	if len(words) == 0 {
		m.mute = append(m.mute, cmp.Or(n.Number, zh.Clip(name, 8)))
		return
	}
	if n.Number != "" {
		name = "第" + n.Number + "条 " + name
	}
	part := "全文"
	if top := outermost(g.plan, n); top != n {
		part = heading(top)
	}
	if m.part != part {
		m.part = part
		m.body = append(m.body, paragraph{headingStyle, part})
	}
	m.body = append(m.body, paragraph{measureStyle, name})
	for _, text := range words {
		m.body = append(m.body, paragraph{bodyStyle, text})
	}
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
	if len(m.mute) == 0 {
		return ""
	}
	return fmt.Sprintf("%s没有填报的措施%d条：%s。", m.First.Format("1月"), len(m.mute), strings.Join(m.mute, "、"))
}

// Say writes the month for a chat.
func (m *Monthly) Say() (head string, blocks []string) {
	head = m.Title() + "\n" + m.state()
	part := ""
	for _, p := range m.body {
		switch p.style {
		case headingStyle:
			part = "【" + p.text + "】\n"
		case measureStyle:
			blocks = append(blocks, part+p.text)
			part = ""
		default:
			blocks[len(blocks)-1] += "\n　" + p.text
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
	for _, p := range m.body {
		d.add(p.style, p.text)
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
