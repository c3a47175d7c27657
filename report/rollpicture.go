package report

import (
	"fmt"
	"image"
	"image/color"
	"strings"
)

// mostNames is how many names of one kind a picture shows of a college; the rest is
// in the table.
const mostNames = 60

// pictures draws who has answered: the counts, and college by college the names
// that the viewer may see.
func (roll *Roll) pictures(name string) ([]File, error) {
	ps, err := newPens()
	if err != nil {
		return nil, err
	}
	const w = pageWidth - 2*margin
	total := roll.Total()
	blocks := []block{
		space(34), text(ps.title, ps.title.wrap(name, w, 2), margin, navy, white),
		text(ps.small, ps.small.wrap(oneLine(roll.Notice.Text), w, 3), margin, grey, white),
		text(ps.small, ps.small.wrap("截至"+roll.AsOf.Format("2006年1月2日 15:04"), w, 1), margin, grey, white), space(20),
		tiles(ps, []tile{{"应回", total.Asked(), navy}, {"已回", total.Done, green}, {"其中迟", total.Late, yellow}, {"请假", total.Absent, blue}, {"未回", total.Open, red}}),
		space(24),
	}
	if total.Unsent > 0 {
		blocks = append(blocks, text(ps.small, ps.small.wrap(fmt.Sprintf("未回的人中，有%d人消息还没送达。", total.Unsent), w, 0), margin, red, white), space(16))
	}
	for i := range roll.Groups {
		blocks = append(blocks, roll.Groups[i].blocks(ps)...)
	}
	if roll.Hidden > 0 && roll.Names {
		blocks = append(blocks, text(ps.small, ps.small.wrap("其他学院只计人数，不列姓名。", w, 0), margin, grey, white))
	}
	again := text(ps.small, ps.small.wrap(name+"（续）", w, 1), margin, grey, white)
	again.height += 20
	return ps.files(name, roll.AsOf, pages(blocks, again))
}

// blocks draw a college.
func (g *Group) blocks(ps *pens) []block {
	const w = pageWidth - 2*margin
	all := []block{space(10), text(ps.strong, ps.strong.wrap(g.Name, w, 1), margin, navy, white), text(ps.small, ps.small.wrap(g.String(), w, 2), margin, grey, white)}
	all[0].keep, all[1].keep = true, true
	for _, k := range []struct {
		st   Standing
		tone color.RGBA
	}{{Unanswered, red}, {Unsent, red}, {OnLeave, blue}, {Late, yellow}, {Answered, black}} {
		var names []string
		for _, a := range g.Answers {
			if a.Standing == k.st {
				names = append(names, a.Name)
			}
		}
		if len(names) == 0 {
			continue
		}
		list := strings.Join(names[:min(len(names), mostNames)], "、")
		if len(names) > mostNames {
			list += fmt.Sprintf(" 等%d人", len(names))
		}
		all = append(all, text(ps.body, ps.body.wrap(string(k.st)+"："+list, w, 0), margin, k.tone, white))
	}
	line := block{height: 20, draw: func(c *canvas, y int) { c.fill(image.Rect(margin, y+16, pageWidth-margin, y+18), pale) }}
	return append(all, line)
}
