package report

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"strings"

	"duban/notice"
	"duban/zh"
)

// mostNames is how many names of one kind a picture shows of a college; the rest is
// in the table.
const mostNames = 60

// manyPeople is from how many on no names are drawn: nobody finds one among them.
const manyPeople = 800

// pictures draws who has answered: the counts, and college by college the names
// that the viewer may see.
func (roll *Roll) pictures(name string) ([]File, error) {
	ps, err := newPens()
	if err != nil {
		return nil, err
	}
	total := roll.Total
	blocks := append(ps.heading(name, zh.OneLine(roll.Notice.Text), 3, roll.AsOf), tiles(ps, roll.tiles()), space(24))
	if why := roll.excuse(); why != "" {
		blocks = append(blocks, para(ps.small, why, 0, red), space(16))
	}
	named := total.Asked-roll.Rest.Asked <= manyPeople
	for i := range roll.Groups {
		blocks = append(blocks, roll.blocks(ps, &roll.Groups[i], named)...)
	}
	if !named {
		blocks = append(blocks, para(ps.small, "人数多，图里不列姓名，请导出表格。", 0, grey))
	}
	if roll.partial() {
		rest := fmt.Sprintf("另有%d人，只计人数。", roll.Rest.Asked)
		blocks = append(blocks, para(ps.small, rest, 0, grey))
	}
	return ps.files(name, roll.AsOf, blocks)
}

// tiles are the counts.
func (roll *Roll) tiles() []tile {
	t := roll.Total
	all := []tile{{"应回", t.Asked, navy}}
	if roll.Notice.Confirm {
		all = append(all, tile{"已收到", t.Received(), blue}, tile{"已落实", t.Done, green})
	} else {
		all = append(all, tile{"已回", t.Done, green}, tile{"其中迟", t.Late, yellow})
	}
	return append(all, tile{"请假", t.Absent, blue}, tile{"未回", t.Open - t.Half, red})
}

// excuse says who of those that have not answered cannot be blamed for it.
func (roll *Roll) excuse() string {
	t := roll.Total
	var parts []string
	if t.Unsent > 0 {
		parts = append(parts, fmt.Sprintf("%d人消息还没送达", t.Unsent))
	}
	if t.Unbound > 0 {
		parts = append(parts, fmt.Sprintf("%d人还没绑定身份", t.Unbound))
	}
	if len(parts) == 0 {
		return ""
	}
	return "未回的人中，" + strings.Join(parts, "，") + "。"
}

// blocks draw a college.
func (roll *Roll) blocks(ps *pens, g *Group, named bool) []block {
	all := []block{
		space(10).kept(), para(ps.strong, g.Name, 1, navy).kept(),
		para(ps.small, g.Tally.Line(roll.Notice), 2, grey),
	}
	var lists []list
	if named {
		lists = g.lists()
	}
	for _, l := range lists {
		names := strings.Join(l.names[:min(len(l.names), mostNames)], "、")
		if len(l.names) > mostNames {
			names += fmt.Sprintf(" 等%d人", len(l.names))
		}
		all = append(all, para(ps.body, l.word+"："+names, 0, cmp.Or(wordColours[l.word], black)))
	}
	line := block{height: 20, draw: func(c *canvas, y int) { c.fill(image.Rect(margin, y+16, pageWidth-margin, y+18), pale) }}
	return append(all, line)
}

// wordColours are the colours of those who stand alike; the others are black.
var wordColours = map[string]color.RGBA{
	string(notice.Silent): red, string(notice.Unread): red, string(notice.Read): red, string(notice.Half): yellow, string(notice.Unsent): yellow, string(notice.Unbound): yellow,
	string(notice.OnLeave): blue, string(notice.Gone): grey,
}
