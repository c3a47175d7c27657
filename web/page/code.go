package page

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// Code draws a code to scan, as SVG: dark on white, whatever the theme.
func Code(text, label string) (template.HTML, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("code: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="qr" viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges"><path d="`,
		c.Size, c.Size, template.HTMLEscapeString(label))
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil //nolint:gosec // its label is escaped, the rest is numbers
}
