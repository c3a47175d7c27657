package report

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"time"

	"duban/progress"
	"duban/zh"
)

// pictures draws the summary: how many measures stand how, and below it a row for
// each. A long one goes onto several pictures, so that it need not shrink.
func (s *Summary) pictures() ([]File, error) {
	ps, err := newPens()
	if err != nil {
		return nil, err
	}
	blocks := s.header(ps)
	long := s.Count()[allWord] > manyRows
	for i := range s.Parts {
		p := &s.Parts[i]
		blocks = append(blocks, s.partBand(ps, p))
		for j := range p.Rows {
			if !p.Rows[j].listed(long) {
				blocks = append(blocks, p.Rows[j].block(ps, s.AsOf))
			}
		}
		blocks = append(blocks, p.unheard(ps, long)...)
	}
	return ps.files(s.Title(), s.AsOf, blocks)
}

// manyRows is from how many measures on those that nobody has reported on have no
// row of their own: nobody wants a dozen pictures at once.
const manyRows = 60

// listed tells whether a measure stands in the list of those that nobody has
// reported on.
func (r *Row) listed(long bool) bool { return long && !r.Reported }

// unheard lists the measures of a part that nobody has reported on, by their
// lights.
func (p *Part) unheard(ps *pens, long bool) (blocks []block) {
	for _, l := range append(progress.Lights(), progress.NoLight) {
		var numbers []string
		for i := range p.Rows {
			if r := &p.Rows[i]; r.listed(long) && r.Light == l {
				numbers = append(numbers, r.number())
			}
		}
		if numbers != nil {
			text := fmt.Sprintf("未填报%d条：%s", len(numbers), strings.Join(numbers, "、"))
			blocks = append(blocks, space(14).kept(), lit(ps, ps.body, l, text, -2).kept(), space(10))
		}
	}
	return blocks
}

// lit is a text with a light at its left; down is by how much lower the text begins.
func lit(ps *pens, p *pen, l progress.Light, s string, down int) block {
	const indent = 92
	lines := p.wrap(s, pageWidth-2*margin-indent, 0)
	return block{height: len(lines) * p.line(), draw: func(c *canvas, y int) {
		if l != progress.NoLight {
			c.chip(ps.small, l.String(), margin, y, lightColours[l], white)
		}
		text(p, lines, margin+indent, grey, white).draw(c, y+down)
	}}
}

// mostBytes is how large a picture may be: chats make larger ones coarse.
const mostBytes = 300 << 10

// mostPictures is how many pictures one report may be: they are messages to a chat.
const mostPictures = 10

// enough leaves out what is beyond that, and says so.
func (ps *pens) enough(all [][]block) [][]block {
	if len(all) <= mostPictures {
		return all
	}
	all = all[:mostPictures]
	more := para(ps.body, "后面的没有画出来，请看文字，或导出表格。", 0, red)
	last := all[mostPictures-1]
	for room := 0; room < more.height+16 && len(last) > 1; last = last[:len(last)-1] { // it takes the place of others
		room += last[len(last)-1].height
	}
	all[mostPictures-1] = append(last, space(16), more)
	return all
}

// files paints blocks, as many pictures as they need, and names them.
func (ps *pens) files(name string, at time.Time, blocks []block) ([]File, error) {
	until := "截至" + zh.FullMoment(at)
	again := para(ps.small, name+"（续）"+until, 1, grey)
	again.height += 20
	files, err := ps.paintAll(ps.enough(pages(blocks, again, maxHeight)))
	for height := maxHeight; height > maxHeight/4 && slices.ContainsFunc(files, func(f File) bool { return len(f.Data) > mostBytes }); {
		height = height * 3 / 4
		files, err = ps.paintAll(ps.enough(pages(blocks, again, height)))
	}
	for i := range files {
		files[i].Name = fileName(name, at)
		if len(files) > 1 {
			files[i].Name += fmt.Sprintf("-%d", i+1)
		}
		files[i].Name += ".png"
	}
	return files, err
}

// fileName names a file after what is in it and its time, without what some system
// cannot have in the name of a file.
func fileName(s string, at time.Time) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\/:*?"<>| `, r) || r < ' ' {
			return -1
		}
		return r
	}, s)
	return zh.Clip(s, 40) + "-" + at.Format("20060102-1504")
}

// heading is what stands at the top of a picture; of what it is about it says so
// many lines.
func (ps *pens) heading(title, about string, lines int, at time.Time) []block {
	return []block{
		space(34), para(ps.title, title, 2, navy), para(ps.small, about, lines, grey), para(ps.small, "截至"+zh.FullMoment(at), 1, grey), space(20),
	}
}

// header is what stands above the measures.
func (s *Summary) header(ps *pens) []block {
	blocks := ps.heading(s.Title(), s.planTitle(), 2, s.AsOf)
	c := s.Count()
	if c[allWord] == 0 {
		return append(blocks, para(ps.body, strings.TrimLeft(s.nothing(), "："), 0, black), space(20))
	}
	all := []tile{{"措施", c[allWord], navy}}
	for i, colour := range []color.RGBA{green, blue, red, grey, grey} {
		all = append(all, tile{stateWords[i], c[stateWords[i]], colour})
	}
	blocks = append(blocks, tiles(ps, all), space(20))
	blocks = append(append(blocks, lightRule(ps, c)...), space(8))
	if gone := s.away(); gone != "" {
		blocks = append(blocks, para(ps.small, gone, 0, red), space(8))
	}
	return append(blocks, space(16))
}

// A tile is a number that stands out.
type tile struct {
	word   string
	n      int
	colour color.RGBA
}

func tiles(ps *pens, all []tile) block {
	const gap = 12
	w := (pageWidth - 2*margin - gap*(len(all)-1)) / len(all)
	h := ps.figure.line() + ps.small.line() + 26
	return block{height: h, draw: func(c *canvas, y int) {
		for i, t := range all {
			x := margin + i*(w+gap)
			c.pill(image.Rect(x, y, x+w, y+h), 14, pale, white)
			figure, word := ps.figure.runes(fmt.Sprint(t.n)), ps.small.runes(t.word)
			c.write(ps.figure, figure, x+(w-ps.figure.width(figure))/2, y+12+ps.figure.base(), c.ink(t.colour, pale))
			c.write(ps.small, word, x+(w-ps.small.width(word))/2, y+10+ps.figure.line()+ps.small.base(), c.ink(grey, pale))
		}
	}}
}

// lightRule says how many lights are lit, and when they are.
func lightRule(ps *pens, count Count) (blocks []block) {
	for _, l := range progress.Lights() {
		_, rule, _ := strings.Cut(l.Rule(), "：")
		blocks = append(blocks, lit(ps, ps.small, l, fmt.Sprintf("%d条　%s", count[l.String()], rule), 1), space(12))
	}
	return blocks
}

var lightColours = map[progress.Light]color.RGBA{progress.Red: red, progress.Yellow: yellow, progress.Blue: blue}

// partBand is the heading of a part.
func (s *Summary) partBand(ps *pens, p *Part) block {
	name := ps.head.wrap(p.Name, pageWidth-2*margin-20, 2)
	counts := ps.small.wrap(p.Count().String(), pageWidth-2*margin-20, 1)
	h := len(name)*ps.head.line() + ps.small.line() + 24
	return block{height: h, keep: true, draw: func(c *canvas, y int) {
		c.fill(image.Rect(0, y, pageWidth, y+h), wash)
		c.fill(image.Rect(0, y, 10, y+h), navy)
		text(ps.head, name, margin, navy, wash).draw(c, y+10)
		text(ps.small, counts, margin, grey, wash).draw(c, y+12+len(name)*ps.head.line())
	}}
}

// Columns of a row.
const (
	numberWidth = 84  // 34
	stateWidth  = 230 // 60% 受阻
	barHeight   = 12
)

// block is a measure: its number, what it is about, and how far it is.
func (r *Row) block(ps *pens, now time.Time) block {
	const x = margin + numberWidth
	const w = pageWidth - margin - x - stateWidth - 24
	title := ps.body.wrap(r.Title, w, 2)
	note, meta := ps.small.wrap(zh.OneLine(r.Note), pageWidth-margin-x, 3), ps.small.pack(r.facts(now), pageWidth-margin-x)
	top := max(len(title)*ps.body.line(), ps.strong.line()+4)
	if r.share() >= 0 {
		top = max(top, ps.strong.line()+barHeight+14)
	}
	top = max(top, r.beside(ps)-(len(note)+len(meta))*ps.small.line())
	h := 18 + top + 4 + (len(note)+len(meta))*ps.small.line() + 18
	return block{height: h, draw: func(c *canvas, y int) {
		c.fill(image.Rect(margin, y+h-2, pageWidth-margin, y+h), pale)
		c.write(ps.strong, ps.strong.runes(zh.Clip(r.Number, 4)), margin, y+18+ps.strong.base(), c.ink(navy, white))
		if r.Light != progress.NoLight {
			c.chip(ps.small, r.Light.String(), margin, y+18+ps.strong.line()+4, lightColours[r.Light], white)
		}
		text(ps.body, title, x, black, white).draw(c, y+18)
		r.drawState(c, ps, pageWidth-margin-stateWidth, y+18)
		text(ps.small, note, x, r.tone(), white).draw(c, y+22+top)
		text(ps.small, meta, x, grey, white).draw(c, y+22+top+len(note)*ps.small.line())
	}}
}

// beside is how high what stands at the left of a row is: its number, and its
// light.
func (r *Row) beside(ps *pens) int {
	if r.Light == progress.NoLight {
		return ps.strong.line()
	}
	return ps.strong.line() + ps.small.line() + 10
}

// share is the percentage that a bar shows; -1 is none.
func (r *Row) share() int {
	switch {
	case !r.Reported:
		return -1
	case r.Status == progress.Finished:
		return 100
	case r.Percent != nil:
		return min(max(*r.Percent, 0), 100)
	}
	return -1
}

// drawState draws the word for how far a measure is, and a bar.
func (r *Row) drawState(c *canvas, ps *pens, x, y int) {
	word, tone := "未填报", grey
	if r.Reported {
		word, tone = r.Line, r.tone()
	}
	letters := ps.strong.runes(word)
	c.write(ps.strong, letters, x+stateWidth-ps.strong.width(letters), y+ps.strong.base(), c.ink(tone, white))
	percent := r.share()
	if percent < 0 {
		return
	}
	top := y + ps.strong.line() + 6
	c.pill(image.Rect(x, top, x+stateWidth, top+barHeight), barHeight/2, pale, white)
	if filled := stateWidth * percent / 100; filled >= barHeight {
		c.pill(image.Rect(x, top, x+filled, top+barHeight), barHeight/2, tone, pale)
	}
}

// tone is the colour of a measure's state.
func (r *Row) tone() color.RGBA {
	switch {
	case !r.Reported:
		return grey
	case r.Status == progress.Finished:
		return green
	case r.Status == progress.Blocked:
		return red
	}
	return blue
}

// facts are who is responsible, until when, and when it was last heard of.
func (r *Row) facts(now time.Time) (parts []string) {
	if len(r.Owners) > 0 {
		parts = append(parts, "责任："+zh.Clip(strings.Join(r.Owners, "、"), 40))
	}
	if r.Due != "" {
		parts = append(parts, "时限："+zh.Brief(r.Due, 24))
	}
	if r.Why != "" && r.Why != "受阻" {
		parts = append(parts, r.Why)
	}
	if r.Reported {
		parts = append(parts, zh.DateSeen(r.Updated, now)+"更新")
	}
	if r.People > 1 {
		parts = append(parts, fmt.Sprintf("%d人填报", r.People))
	}
	return parts
}
