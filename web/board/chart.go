package board

import (
	"fmt"
	"html/template"
	"strings"

	"duban/report"
)

// kinds are the segments of a bar of the chart, from the bottom, with their colours.
var kinds = []struct {
	f     int // as in [page.Bar]
	ink   string
	words []string // that are counted together
}{
	{1, "on", []string{"办结"}}, {2, "iv", []string{"推进中"}}, {5, "dk", []string{"受阻"}}, {0, "iv", []string{"未启动", "未填报"}},
}

// counted are the numbers of a month in the order of kinds.
func counted(c report.Count) (all [4]int) {
	for i, k := range kinds {
		for _, w := range k.words {
			all[i] += c[w]
		}
	}
	return all
}

// Sizes of the chart, in its own units: on a phone one is about a pixel.
const (
	chartWidth  = 360
	chartHeight = 204
	chartTop    = 12
	chartFoot   = 176 // the line on which the bars stand
	chartLetter = 15  // the least height of a segment with its number inside
)

// chart draws how many measures stood how, month by month. What it shows is in the table
// below it too.
func chart(all []report.Then, label string) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s"><line x1="2" x2="%d" y1="%d" y2="%d"/>`,
		chartWidth, chartHeight, template.HTMLEscapeString(label), chartWidth-2, chartFoot, chartFoot)
	slot := float64(chartWidth-8) / float64(max(len(all), 6))
	for i, m := range all {
		drawMonth(&b, m, 4+slot*float64(i), slot)
		name := fmt.Sprint(int(m.Month.Month()))
		if len(all) <= 9 || i == 0 || i == len(all)-1 {
			name += "月"
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`, 4+slot*(float64(i)+0.5), chartFoot+18, name)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // its label is escaped, the rest is numbers
}

// drawMonth draws the bar of a month.
func drawMonth(b *strings.Builder, m report.Then, left, slot float64) {
	width, y := min(slot*0.72, 40), float64(chartFoot)
	x := left + (slot-width)/2
	for i, n := range counted(m.Count) {
		if n == 0 {
			continue
		}
		h := float64(n) * (chartFoot - chartTop) / float64(m.Count["条数"])
		fmt.Fprintf(b, `<rect class="f%d" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, kinds[i].f, x, y-h, width, max(h-1, 0.5))
		if h >= chartLetter {
			fmt.Fprintf(b, `<text class="%s" x="%.1f" y="%.1f" text-anchor="middle">%d</text>`, kinds[i].ink, x+width/2, y-h/2+4.5, n)
		}
		y -= h
	}
}
