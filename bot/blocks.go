package bot

import "strings"

// Blocks draws a QR code with two rows in each line, dark on light, so that it can be
// scanned from a dark terminal too.
func Blocks(size int, black func(x, y int) bool) string {
	const border = 4
	var b strings.Builder
	for y := -border; y < size+border; y += 2 {
		for x := -border; x < size+border; x++ {
			switch top, bottom := black(x, y), black(x, y+1); {
			case top && bottom:
				b.WriteRune(' ')
			case top:
				b.WriteRune('▄')
			case bottom:
				b.WriteRune('▀')
			default:
				b.WriteRune('█')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
