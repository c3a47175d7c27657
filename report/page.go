package report

import (
	"errors"
	"fmt"
	"image"
	"image/color"
)

// How the pictures look: 1080 pixels are the width of a phone, on which letters
// of 26 are as large as the small print of a chat.
const (
	pageWidth = 1080
	maxHeight = 3600 // of one picture; more rows go onto another
	margin    = 40
)

var (
	white  = color.RGBA{255, 255, 255, 255}
	black  = color.RGBA{28, 32, 38, 255}
	grey   = color.RGBA{108, 117, 128, 255}
	pale   = color.RGBA{238, 241, 245, 255}
	navy   = color.RGBA{30, 64, 120, 255}
	wash   = color.RGBA{228, 236, 248, 255}
	green  = color.RGBA{36, 132, 72, 255}
	blue   = color.RGBA{40, 110, 210, 255}
	yellow = color.RGBA{196, 132, 0, 255}
	red    = color.RGBA{200, 38, 38, 255}
)

// pens are what a picture is written with.
type pens struct {
	title, head, body, strong, small, figure *pen
}

func newPens() (*pens, error) {
	f, err := noto()
	if err != nil {
		return nil, err
	}
	var failed error
	pen := func(size int, bold bool) *pen {
		p, err := newPen(f, size, bold)
		failed = errors.Join(failed, err)
		return p
	}
	return &pens{
		title: pen(46, true), head: pen(36, true), body: pen(34, false), strong: pen(34, true), small: pen(27, false), figure: pen(54, true),
	}, failed
}

// line is the height of a line.
func (p *pen) line() int { return p.size * 14 / 10 }

// base is where in a line the baseline is.
func (p *pen) base() int { return p.size * 108 / 100 }

// A block is a piece of a picture that is not cut: how high it is, and how it is
// drawn with its top at y.
type block struct {
	height int
	draw   func(c *canvas, y int)
	keep   bool // the next block must stand on the same picture
}

// text is a block of lines.
func text(p *pen, lines [][]rune, x int, fg, bg color.RGBA) block {
	return block{height: len(lines) * p.line(), draw: func(c *canvas, y int) {
		k := c.ink(fg, bg)
		for i, l := range lines {
			c.write(p, l, x, y+i*p.line()+p.base(), k)
		}
	}}
}

// para is a text in the width of the page, on at most so many lines; 0 is any number.
func para(p *pen, s string, most int, fg color.RGBA) block {
	return text(p, p.wrap(s, pageWidth-2*margin, most), margin, fg, white)
}

// kept is the block on the same picture as the next one.
func (b block) kept() block {
	b.keep = true
	return b
}

// space is an empty block.
func space(h int) block { return block{height: h, draw: func(*canvas, int) {}} }

// chip is a small round label with a word in it.
func (c *canvas) chip(p *pen, label string, x, y int, fill, bg color.RGBA) {
	letters := p.runes(label)
	w := p.width(letters) + 24
	r := image.Rect(x, y, x+w, y+p.line()+2)
	c.pill(r, 10, fill, bg)
	c.write(p, letters, x+12, y+p.base()+1, c.ink(white, fill))
}

// below is the space for the foot of a picture.
const below = 60

// pages puts blocks onto as many pictures as they need. Every picture after the
// first begins with again.
func pages(blocks []block, again block, tallest int) [][]block {
	var all [][]block
	var page []block
	height := 0
	for i := 0; i < len(blocks); {
		n, h := 1, blocks[i].height
		for blocks[i+n-1].keep && i+n < len(blocks) {
			h += blocks[i+n].height
			n++
		}
		if height+h > tallest-below && len(page) > 0 {
			all = append(all, page)
			page, height = []block{space(24), again}, 24+again.height
		}
		page = append(page, blocks[i:i+n]...)
		height += h
		i += n
	}
	return append(all, page)
}

// paintAll draws pages, with their numbers below if they are several.
func (ps *pens) paintAll(all [][]block) (files []File, err error) {
	boxes := 0
	for i, page := range all {
		foot := ""
		if len(all) > 1 {
			foot = fmt.Sprintf("第%d张，共%d张", i+1, len(all))
		}
		c := ps.paint(page, foot)
		data, err := c.png()
		if err != nil {
			return nil, fmt.Errorf("picture: %w", err)
		}
		boxes += c.boxes
		files = append(files, File{Type: "image/png", Data: data, Number: i + 1, Of: len(all)})
	}
	for i := range files {
		files[i].Boxes = boxes
	}
	return files, nil
}

// paint draws a page.
func (ps *pens) paint(page []block, foot string) *canvas {
	h := below
	for _, b := range page {
		h += b.height
	}
	c := newCanvas(pageWidth, h, white)
	y := 0
	for _, b := range page {
		b.draw(c, y)
		y += b.height
	}
	letters := ps.small.runes(foot)
	c.write(ps.small, letters, pageWidth-margin-ps.small.width(letters), h-below/2+ps.small.size/2, c.ink(grey, white))
	return c
}
