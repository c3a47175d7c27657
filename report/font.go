package report

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"image"
	"io"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

//go:embed font/noto-sans-sc.otf.gz
var fontData []byte

// noto is the font of the pictures, unpacked when the first is drawn. It is only read,
// and may be shared.
var noto = sync.OnceValues(func() (*sfnt.Font, error) {
	r, err := gzip.NewReader(bytes.NewReader(fontData))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return opentype.Parse(data)
})

// missing stands for a character that the font does not have; it is drawn as box.
const (
	missing = '\uFFFF'
	box     = '□'
)

// A pen writes in one size. It may be used by one goroutine at a time.
type pen struct {
	font   *sfnt.Font
	face   font.Face
	buf    sfnt.Buffer
	size   int
	bold   bool
	glyphs map[rune]glyph
}

// A glyph is a drawn character: how dark each pixel is, seen from the place where
// it is written.
type glyph struct {
	at      image.Rectangle
	dark    []uint8
	advance int
}

// newPen returns a pen for characters of a size in pixels.
func newPen(f *sfnt.Font, size int, bold bool) (*pen, error) {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	return &pen{font: f, face: face, size: size, bold: bold, glyphs: map[rune]glyph{}}, nil
}

// has tells whether the font has a character.
func (p *pen) has(r rune) bool {
	i, err := p.font.GlyphIndex(&p.buf, r)
	return err == nil && i != 0
}

// glyph returns the drawn character.
func (p *pen) glyph(r rune) glyph {
	if g, ok := p.glyphs[r]; ok {
		return g
	}
	drawn := r
	if r == missing {
		drawn = box
	}
	dr, mask, at, advance, ok := p.face.Glyph(fixed.Point26_6{}, drawn)
	g := glyph{at: dr, advance: advance.Round()}
	if a, alpha := mask.(*image.Alpha); ok && alpha {
		g.dark = make([]uint8, dr.Dx()*dr.Dy())
		for y := range dr.Dy() {
			copy(g.dark[y*dr.Dx():(y+1)*dr.Dx()], a.Pix[a.PixOffset(at.X, at.Y+y):])
		}
	}
	if p.bold {
		g = g.embolden()
	}
	p.glyphs[r] = g
	return g
}

// embolden makes a glyph one pixel wider: the font has one weight only.
func (g glyph) embolden() glyph {
	w, h := g.at.Dx(), g.at.Dy()
	wide := glyph{at: image.Rect(g.at.Min.X, g.at.Min.Y, g.at.Max.X+1, g.at.Max.Y), advance: g.advance}
	wide.dark = make([]uint8, (w+1)*h)
	for y := range h {
		for x := range w {
			d := g.dark[y*w+x]
			wide.dark[y*(w+1)+x] = max(wide.dark[y*(w+1)+x], d)
			wide.dark[y*(w+1)+x+1] = d
		}
	}
	return wide
}

// runes are the characters of s as they can be drawn: without joiners and
// selectors, and with missing for each that the font lacks.
func (p *pen) runes(s string) []rune {
	var out []rune
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || r == '\u00ad':
			out = append(out, ' ')
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) || unicode.IsControl(r) || r >= 0x1F3FB && r <= 0x1F3FF:
			// direction marks, joiners, variation selectors, shades of skin
		case p.has(r):
			out = append(out, r)
		default:
			out = append(out, missing)
		}
	}
	return out
}

// width is how many pixels the characters take.
func (p *pen) width(text []rune) (w int) {
	for _, r := range text {
		w += p.glyph(r).advance
	}
	return w
}
