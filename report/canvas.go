package report

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
)

// shades is how many steps there are between a background and the ink on it.
const shades = 16

// An ink is what is written with on a background: the places in the palette of
// the steps from one to the other.
type ink [shades]uint8

// A canvas is a picture of few colours, as PNG stores it most tightly.
type canvas struct {
	img  *image.Paletted
	inks map[[2]color.RGBA]ink

	boxes int // characters that the font does not have, and that were drawn as □
}

func newCanvas(w, h int, background color.RGBA) *canvas {
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{background})
	return &canvas{img: img, inks: map[[2]color.RGBA]ink{}}
}

// colour returns the place of a colour in the palette.
func (c *canvas) colour(want color.RGBA) uint8 {
	if i := slices.Index(c.img.Palette, color.Color(want)); i >= 0 {
		return uint8(i)
	}
	if len(c.img.Palette) == 256 {
		return uint8(c.img.Palette.Index(want))
	}
	c.img.Palette = append(c.img.Palette, want)
	return uint8(len(c.img.Palette) - 1)
}

// ink returns the steps from a background to a colour.
func (c *canvas) ink(fg, bg color.RGBA) ink {
	if k, ok := c.inks[[2]color.RGBA{fg, bg}]; ok {
		return k
	}
	var k ink
	mix := func(a, b uint8, i int) uint8 { return uint8((int(a)*(shades-1-i) + int(b)*i) / (shades - 1)) }
	for i := range k {
		k[i] = c.colour(color.RGBA{mix(bg.R, fg.R, i), mix(bg.G, fg.G, i), mix(bg.B, fg.B, i), 255})
	}
	c.inks[[2]color.RGBA{fg, bg}] = k
	return k
}

// fill paints a rectangle.
func (c *canvas) fill(r image.Rectangle, fg color.RGBA) {
	c.colour(fg)
	draw.Draw(c.img, r, image.NewUniform(fg), image.Point{}, draw.Src)
}

// pill paints a rectangle with round corners on a background.
func (c *canvas) pill(r image.Rectangle, radius int, fg, bg color.RGBA) {
	k := c.ink(fg, bg)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if i := k[cover(r, radius, x, y)]; image.Pt(x, y).In(c.img.Rect) {
				c.img.SetColorIndex(x, y, i)
			}
		}
	}
}

// cover says how much of a pixel lies inside a rectangle with round corners, in
// shades.
func cover(r image.Rectangle, radius, x, y int) int {
	cx, cy := min(max(x, r.Min.X+radius), r.Max.X-1-radius), min(max(y, r.Min.Y+radius), r.Max.Y-1-radius)
	dx, dy := 4*(x-cx), 4*(y-cy)
	if dx == 0 || dy == 0 {
		return shades - 1
	}
	inside, limit := 0, (4*radius+2)*(4*radius+2)
	for _, sy := range [4]int{-1, 0, 1, 2} {
		for _, sx := range [4]int{-1, 0, 1, 2} {
			if (dx+sx)*(dx+sx)+(dy+sy)*(dy+sy) <= limit {
				inside++
			}
		}
	}
	return inside * (shades - 1) / 16
}

// write draws characters with their baseline's start at x, y.
func (c *canvas) write(p *pen, text []rune, x, y int, k ink) {
	for _, r := range text {
		g := p.glyph(r)
		c.stamp(g, x, y, k)
		if r == missing {
			c.boxes++
		}
		x += g.advance
	}
}

func (c *canvas) stamp(g glyph, x, y int, k ink) {
	w := g.at.Dx()
	for i, d := range g.dark {
		level := (int(d)*(shades-1) + 127) / 255
		at := image.Pt(x+g.at.Min.X+i%w, y+g.at.Min.Y+i/w)
		if level > 0 && at.In(c.img.Rect) {
			c.img.Pix[c.img.PixOffset(at.X, at.Y)] = k[level]
		}
	}
}

// png returns the picture as a file.
func (c *canvas) png() ([]byte, error) {
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.DefaultCompression}
	err := enc.Encode(&b, c.img)
	return b.Bytes(), err
}
