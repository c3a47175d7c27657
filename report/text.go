package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"duban/plan"
	"duban/progress"
	"duban/zh"
)

// heading is a node's label and title in one line.
func heading(n *plan.Node) string { return zh.OneLine(n.Before() + n.Title) }

// short is what a measure is about, without the full stop of a lead sentence.
func short(n *plan.Node) string { return strings.TrimRight(zh.OneLine(n.Title), "。．. ") }

// body is the text of a measure as it is printed, without its number.
func body(p *plan.Plan, n *plan.Node) string {
	blocks := n.Verbatim(p)
	blocks[0] = strings.TrimSpace(strings.TrimPrefix(blocks[0], strings.TrimSpace(n.Before())))
	return strings.Join(blocks, "\n")
}

// String writes a count for a line of text: 办结3，推进中8，未填报23.
func (c Count) String() string { return c.list(stateWords, "，") }

// Lights writes how many lights are lit, "" if none is: 红1 黄2.
func (c Count) Lights() string { return c.list(lightWords, " ") }

func (c Count) list(words []string, between string) string {
	var parts []string
	for _, w := range words {
		if c[w] > 0 {
			parts = append(parts, fmt.Sprintf("%s%d", w, c[w]))
		}
	}
	return strings.Join(parts, between)
}

// rule says when which light is lit; it stands beside them wherever they are.
func rule() string {
	return zh.Join(progress.Lights(), "；", progress.Light.Rule)
}

// away says when the bot was offline: it may have missed what was said then.
func (s *Summary) away() string {
	var parts []string
	for _, o := range s.Away {
		from, to := o.From.In(s.AsOf.Location()), o.To.In(s.AsOf.Location())
		until := zh.Moment(to)
		switch {
		case o.To.IsZero():
			until = "现在"
		case zh.FullDate(from) == zh.FullDate(to):
			until = zh.Clock(to)
		}
		parts = append(parts, zh.Moment(from)+"至"+until)
	}
	if len(parts) == 0 {
		return ""
	}
	const most = 3
	text := strings.Join(parts[:min(most, len(parts))], "，")
	if len(parts) > most {
		text += fmt.Sprintf("等%d次", len(parts))
	}
	return "机器人曾离线：" + text + "，期间的回复可能没有收到。"
}

// Title is what the report is called.
func (s *Summary) Title() string {
	title := "进度汇总"
	if s.Kind == Stale {
		title = "30天未更新的措施"
	}
	if s.Scope != "" {
		title = s.Scope + " " + title
	}
	return title
}

// planTitle is the title of the plan as it is quoted, "" if there is none.
func (s *Summary) planTitle() string {
	if s.Plan == "" {
		return ""
	}
	return "《" + s.Plan + "》"
}

// Say writes the summary for a chat.
func (s *Summary) Say() (head string, blocks []string) {
	c := s.Count()
	head = fmt.Sprintf("%s（截至%s）", s.Title(), zh.Moment(s.AsOf))
	switch {
	case c[allWord] == 0:
		return strings.TrimSpace(head + s.nothing()), nil
	case s.Kind == Stale:
		head += fmt.Sprintf("共%d条：", c[allWord])
	default:
		head += fmt.Sprintf("共%d条：%s", c[allWord], c)
	}
	if lights := c.Lights(); lights != "" && s.Kind != Stale {
		head += "\n" + lights + "（" + rule() + "）"
	}
	if gone := s.away(); gone != "" {
		head += "\n" + gone
	}
	for i := range s.Parts {
		blocks = append(blocks, s.partText(&s.Parts[i])...)
	}
	return head, blocks
}

// nothing says why there is no measure.
func (s *Summary) nothing() string {
	switch {
	case s.Plan == "" && s.Scope == "":
		return "：还没有导入工作要点，请管理员先导入。"
	case s.Kind == Stale:
		return "：没有。"
	}
	return "：没有写明由其负责的措施，也没有填报。"
}

// partText is a part for a chat: one line for all of its measures, or one for
// each where more is to be said.
func (s *Summary) partText(p *Part) []string {
	if s.Kind == Progress && s.Scope == "" {
		list := make([]string, len(p.Rows))
		for i := range p.Rows {
			list[i] = p.Rows[i].brief()
		}
		return []string{zh.Clip(p.Name, 30) + "：" + p.Count().String() + "\n　" + strings.Join(list, "、")}
	}
	var blocks []string
	for i := range p.Rows {
		blocks = append(blocks, p.Rows[i].line(s.AsOf))
	}
	return blocks
}

// brief is a measure in a list: 1 80%【黄】, 3 —.
func (r *Row) brief() string {
	text := r.number() + " —"
	if r.Reported {
		text = r.number() + " " + r.Line
	}
	if r.Light != progress.NoLight {
		text += "【" + r.Light.String() + "】"
	}
	return text
}

func (r *Row) number() string { return cmp.Or(r.Number, zh.Clip(r.Title, 8)) }

// line is a measure on a line of its own.
func (r *Row) line(now time.Time) string {
	text := "第" + r.Number + "条 "
	if r.Number == "" {
		text = "· "
	}
	text += zh.Clip(r.Title, 24) + "："
	if !r.Reported {
		text += "还没有人填报"
	} else {
		text += r.Line
		if r.Note != "" {
			text += "，" + zh.Brief(r.Note, 60)
		}
		text += "（" + zh.DateSeen(r.Updated, now) + "）"
	}
	if r.Light != progress.NoLight {
		text += "【" + r.Light.String() + "】"
	}
	if len(r.Owners) > 0 {
		text += "｜责任：" + zh.Clip(strings.Join(r.Owners, "、"), 30)
	}
	if r.Due != "" {
		text += "｜时限：" + zh.Brief(r.Due, 20)
	}
	return text
}

// Clip joins a heading and blocks as long as they fit in a number of bytes, and
// says how many did not.
func Clip(head string, blocks []string, most int) string {
	const below = 60 // for the line that says so
	text := head
	for i, b := range blocks {
		if i == 0 && len(b) > most-below-len(text) { // one that is too long by itself
			cut := strings.LastIndexAny(b[:max(most-below-len(text), 0)], "、，\n")
			b = b[:max(cut, 0)] + "……"
		}
		if len(text)+1+len(b) > most-below+len("……") {
			return text + fmt.Sprintf("\n（还有%d段没有列出）", len(blocks)-i)
		}
		text += "\n" + b
	}
	return text
}
